"""`deskui upstream test` on an adapter in a file of the user's, against a system that somebody made up."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.upstream.ledger_server import Ledger, serve

ADAPTER = Path(__file__).parents[1] / "upstream" / "ledger.py"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(lambda: int(time.time()))


@pytest.fixture
def run(ledger: Ledger, tmp_path: Path) -> Iterator[Run]:
    """`deskui ARGS` in a process of its own, in a home whose one upstream is that system's."""
    home = tmp_path / "home"
    (home / "plugins" / "upstreams").mkdir(parents=True)
    for folder in (home, home / "plugins", home / "plugins" / "upstreams"):
        folder.chmod(0o700)
    file = home / "plugins" / "upstreams" / "ledger.py"
    file.write_text(ADAPTER.read_text())
    file.chmod(0o600)
    with serve(ledger) as url:
        (home / "config.toml").write_text(f'[upstream.led]\nkind = "ledger"\nurl = "{url}"\nuser = "anna"\n')

        def call(*argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [sys.executable, "-m", "deskui", "--home", str(home), *argv], capture_output=True, text=True,
                env={**os.environ, "DESKUI_SECRET_LED": "key-of-anna", **env}, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip

        yield call


def test_nothing_is_written_without_a_yes(run: Run, ledger: Ledger) -> None:
    said = run("upstream", "test", "led")
    assert said.returncode == 1
    assert 'whose subjects begin with\n"deskui test: "' in said.stderr
    assert "--yes does it." in said.stderr
    assert ledger.tickets == {}


def test_an_adapter_that_keeps_the_contract_passes_and_leaves_nothing_open(run: Run, ledger: Ledger) -> None:
    other = ledger.make("erika@nordkauf.example", "Not ours", "Mine.")
    said = run("upstream", "test", "led", "--yes", "--colleague", "kim", "--json")
    found = json.loads(said.stdout)
    assert (said.returncode, found["ok"], found["left"]) == (0, True, []), said.stdout
    outcomes = [each["outcome"] for each in found["tests"]]
    assert outcomes.count("passed") >= 30
    assert outcomes.count("failed") == 0
    untouched = ledger.tickets.pop(other)
    assert (untouched["rev"], untouched["stage"]) == (1, "Inbox")
    titles = [ticket["title"] for ticket in ledger.tickets.values()]
    assert [title for title in titles if not title.startswith("deskui test: ")] == []
    assert {ticket["stage"] for ticket in ledger.tickets.values()} <= {"Void", "Done", "Filed"}


def test_an_adapter_that_breaks_it_fails_and_says_where(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "home" / "plugins" / "upstreams" / "ledger.py"
    source = file.read_text()
    assert 'return {"holder": change.who}' in source
    file.write_text(source.replace('return {"holder": change.who}', 'return {"text": "it should go to somebody"}'))
    said = run("upstream", "test", "led", "--yes", "--colleague", "kim", "--only", "assign")
    assert said.returncode == 1
    assert "FAILED  assign and unassign: AssertionError: assert None == 'anna'" in said.stdout
    assert said.stdout.splitlines()[-1].startswith("led: 0 passed, 2 failed")


def test_a_system_that_goes_away_is_away_and_no_fault_of_the_adapter(run: Run, ledger: Ledger) -> None:
    ledger.limit = 40
    said = run("upstream", "test", "led", "--yes", "--json")
    assert (said.returncode, json.loads(said.stdout)["error"]["kind"]) == (3, "busy")
    assert ledger.refused < 5
    left = {str(no) for no, ticket in ledger.tickets.items() if ticket["stage"] not in ("Void", "Done", "Filed")}
    assert left
    assert left <= set(said.stderr.partition("still open there: ")[2].splitlines()[0].split(", "))


def test_without_pytest_it_says_what_to_install(run: Run, tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'pytest' else find(name, *more)\n"
    )
    said = run("upstream", "test", "led", "--yes", PYTHONPATH=str(tmp_path / "none"))
    assert said.returncode == 2
    assert "this takes pytest, which is not installed" in said.stderr
    assert "pipx inject deskui pytest" in said.stderr
    assert ledger.tickets == {}


def test_the_whole_desk_works_with_it(run: Run, ledger: Ledger) -> None:
    made = ledger.make("erika@nordkauf.example", "Tills offline", "All of them.", "erika@nordkauf.example", "A")
    assert run("sync", "--once").returncode == 0
    assert run("do", f"LED-{made}", "note", "-m", "On my way.", "--send").returncode == 0
    refused = run("do", f"LED-{made}", "note", "-m", "Took long.", "--minutes", "5", "--send")
    assert (refused.returncode, ledger.log[-1]["text"]) == (1, "On my way.")
    assert "it keeps no work time" in run("outbox").stdout
    assert run("do", f"LED-{made}", "resolve", "-m", "Fixed.", "--send").returncode == 0
    assert (ledger.tickets[made]["stage"], ledger.log[-2]["text"]) == ("Done", "Fixed.")
    shown = json.loads(run("show", f"LED-{made}", "--json").stdout)
    assert (shown["priority"], shown["state"]) == ("P1", "resolved")
