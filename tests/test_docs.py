"""What the documents say is so: commands, keys, configuration, and a wheel that can be installed and started.

`python -m tests.test_docs` writes the generated parts of README.md anew: the keys and the picture.
"""

import re
import shlex
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from deskui import config
from deskui.cli.output import Failure
from deskui.cli.parser import parser

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SCREEN = ROOT / "tests" / "ui" / "screens" / "queue-80x24.txt"


def keys_table() -> str:
    """The registry as README's table."""
    from deskui.ui.actions import ACTIONS, WHERE
    from deskui.ui.keynames import show

    rows = ["| where | key | what |", "|---|---|---|"]
    for scope, where in WHERE.items():
        for action in ACTIONS:
            if action.scope == scope and action.keys:
                keys = " ".join(f"`{show(key)}`" for key in action.keys)
                rows.append(f"| {where} | {keys.replace('|', chr(92) + '|')} | {action.tip} |")
    return "\n".join(rows)


def readme() -> str:
    return README.read_text(encoding="utf-8")


def test_the_keys_are_those_of_the_registry():
    assert keys_table() in readme(), "python -m tests.test_docs writes them anew"


def test_the_picture_is_the_screen():
    assert SCREEN.read_text(encoding="utf-8").rstrip("\n") in readme(), "make docs copies it anew"


def test_every_key_of_the_registry_is_told():
    from deskui.ui.actions import ACTIONS, WHERE

    assert {action.scope for action in ACTIONS if action.keys} <= set(WHERE)


def commands() -> list[str]:
    """Every `deskui …` that README shows in a table, as it would be typed."""
    found = re.findall(r"^\| `deskui ?([^`]*)`", readme(), flags=re.MULTILINE)
    return [line.replace("ID VERB", "RT-1 ack").replace(" N ", " 10 ") for line in found]


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_readme_parses(line: str):
    try:
        args = parser().parse_args(shlex.split(line))
    except Failure as error:
        pytest.fail(f"deskui {line}: {error}")
    assert not line or args.run


def test_every_command_is_in_the_readme():
    actions = [action for action in parser()._actions if action.choices]
    for name in set(actions[0].choices or ()) - {"console"}:
        assert f"`deskui {name}" in readme(), name


def test_the_configuration_of_the_readme_is_read():
    block = re.search(r"```toml\n(.*?)```", readme(), flags=re.DOTALL)
    assert block
    assert config.parse(block[1], "README.md").upstream["rt"].user == "anna"


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"])
def test_the_other_documents_are_there(name: str):
    assert len((ROOT / name).read_text(encoding="utf-8")) > 500


def test_contributing_names_files_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:deskui|tests|data|themes)/[\w./]*)`", text):
        real = path.rpartition("/")[0] if "NAME" in path else path
        assert (ROOT / real).exists(), path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_data_and_themes(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("data", "themes"):
        for path in (ROOT / folder).rglob("*.toml"):
            assert f"deskui/{path.relative_to(ROOT)}" in names
    assert "deskui/data/sla/default.toml" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_wheel_installs_and_starts(wheel: Path, tmp_path: Path):
    place = tmp_path / "venv"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "--no-index"]
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, capture_output=True)
    done = subprocess.run(
        [place / "bin" / "deskui", "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "COMMAND" in done.stdout
    code = "from deskui import resources as r; assert (r.data()/'sla'/'default.toml').is_file() and r.themes()"
    subprocess.run([python, "-c", code], check=True, cwd=tmp_path)


def write() -> None:
    """Put the generated parts into README.md."""
    text = readme()
    text = re.sub(r"%KEYS%|\| where \| key \| what \|\n(?:\|.*\n)*(?=\n)", lambda _: keys_table() + "\n", text, count=1)
    if SCREEN.exists():
        picture = SCREEN.read_text(encoding="utf-8").rstrip("\n")
        text = re.sub(r"(?<=```\n)(?:%SCREEN%|deskui .*?)(?=\n```)", lambda _: picture, text, count=1, flags=re.DOTALL)
    README.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")


if __name__ == "__main__":
    write()
