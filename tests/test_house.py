"""The house rules, kept by tools: lint, format, types; and the few that no tool knows."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "deskui").rglob("*.py"))
# The three places that may catch everything: the scheduler's job, the SSH worker, the discovery of plug-ins.
CATCH_ALL = {"sync/schedule.py", "services/diagnose.py", "plugins.py"}


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=["lint", "format", "types"],
)
def test_tool(command: tuple[str, ...]):
    name, *rest = command
    tool = Path(sys.executable).with_name(name)
    done = subprocess.run([tool, *rest], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_says_what_it_is_for():
    silent = [path for path in SOURCES if path.read_text(encoding="utf-8").strip() and not doc(path)]
    assert not silent


def doc(path: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def test_nothing_catches_everything_but_the_three_places():
    broad = re.compile(r"\bexcept (Base)?Exception\b|\bexcept:")
    found = {
        str(path.relative_to(ROOT / "deskui")) for path in SOURCES if broad.search(path.read_text(encoding="utf-8"))
    }
    assert found <= CATCH_ALL


def test_what_a_store_raises_is_caught_whichever_library_it_is_of():
    """An encrypted one raises classes of its own: only the reader of plain files names those of sqlite3."""
    named = re.compile(r"(except|suppress)\b.*\bsqlite3\.")
    found = {path.name for path in SOURCES if named.search(path.read_text(encoding="utf-8"))}
    assert found == {"wreck.py"}  # a table made in memory


def test_no_file_is_longer_than_anybody_wants_to_read():
    long = {str(path.relative_to(ROOT)): count for path in SOURCES if (count := lines(path)) > 400}
    assert not long


def lines(path: Path) -> int:
    """How many there are."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_nothing_committed_names_a_package_index():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_the_lock_has_everything_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    names = {re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0].lower().replace("_", "-") for each in asked}
    assert names <= locked
