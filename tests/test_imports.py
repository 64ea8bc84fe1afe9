"""The architecture as failing tests: who may import whom, and what `deskui --help` must not load."""

import ast
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "deskui"
HEAVY = (
    "textual",
    "rich",
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "httpx",
    "paramiko",
    "keyring",
    "apscheduler",
    "pydantic",
    "jinja2",
)


def loaded_by(*argv: str) -> set[str]:
    """The top-level modules that a command has loaded when it ends."""
    code = (
        "import sys\nfrom deskui.cli.main import run\n"
        "try: run(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print('\\n@' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("@")[2].split())


def test_the_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_help_loads_nothing_heavy():
    assert not loaded_by("--help").intersection(HEAVY)


def test_list_loads_no_framework_and_no_network(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[upstream.m]\nkind = "memory"\nurl = "memory:"\n')
    loaded_by("--home", str(tmp_path), "list")  # makes the store, which takes Alembic
    loaded = loaded_by("--home", str(tmp_path), "list", "--json")
    assert not loaded.intersection(HEAVY)


NOT_YET = (
    *(name for name in HEAVY if name not in ("textual", "rich")), "csv", "importlib.metadata", "deskui.domain.change",
    "deskui.domain.asset", "deskui.domain.fields", "deskui.domain.nextstep", "deskui.domain.outgoing",
    "deskui.domain.query", "deskui.secrets", "deskui.services.diagnose", "deskui.services.triage",
    "deskui.store.tables", "deskui.store.tickets", "deskui.sync.engine", "deskui.sync.schedule", "deskui.upstream.base",
    "deskui.ui.screens.choose", "deskui.ui.screens.ticket", "deskui.ui.screens.write", "logging.handlers", "ssl",
    "textual.widgets._text_area",
)  # fmt: skip
SESSION = '{"view": "", "query": "", "sort": "sla", "columns": ["st", "customer", "own", "upd"], "cursor": "some"}'
FIRST_PAINT = """
import sys
from deskui import lazy, wiring
lazy.event_loop()
import asyncio
from pathlib import Path
from deskui.ui.app import DeskApp
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.stub import themes
painted = []
drawn = TicketList.render_line
def render_line(self, y):
    painted.append(frozenset(sys.modules))
    return drawn(self, y)
TicketList.render_line = render_line
async def show(services):
    async with DeskApp(services, themes=themes()).run_test(size=(80, 24)):
        pass
with wiring.desk(Path(sys.argv[1])) as desk:
    asyncio.run(show(desk.services))
print("\\n@" + " ".join(painted[0]))
"""


def test_the_first_paint_waits_for_nothing_that_it_does_not_show(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[upstream.m]\nkind = "memory"\nurl = "memory:"\n')
    loaded_by("--home", str(tmp_path), "list")  # makes the store, which takes Alembic
    with sqlite3.connect(tmp_path / "desk.db") as db:  # which ticket it was is looked up, too
        db.execute("INSERT INTO meta (key, value) VALUES ('session:me', ?)", (SESSION,))
    argv = [sys.executable, "-c", FIRST_PAINT, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert not set(done.stdout.rpartition("@")[2].split()).intersection(NOT_YET)


@pytest.mark.parametrize(
    "path", [*sorted((PACKAGE / "domain").glob("*.py")), PACKAGE / "text.py"], ids=lambda p: p.name
)
def test_domain_and_text_stand_on_the_standard_library(path: Path):
    outside = {name for name in imported(path) if name not in sys.stdlib_module_names and name != "deskui"}
    assert not outside


def imported(path: Path) -> set[str]:
    """The top-level modules that a file names, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names
