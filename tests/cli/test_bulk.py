"""Several tickets at once from the command line: shown, done with the count, undone as one; a kill doubles nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from deskui.wiring import now
from tests.cli.conftest import Cli


@pytest.fixture
def three(cli: Cli, world: World) -> list[str]:
    for number, subject in enumerate(("Tills offline", "VPN flapping", "Badge reader"), 1):
        world.make(
            Create(subject, priority=number, customer="Nordkauf", requestor="max@nordkauf.example"), at=now() - 60
        )
    assert cli("sync", "--once").code == 0
    return ["M-1", "M-2", "M-3"]


def changes(cli: Cli) -> list[tuple[str, str]]:
    return [(each["ticket"], each["verb"]) for each in cli("outbox", "--json").json["changes"]]


def test_nothing_is_done_without_the_count(cli: Cli, three: list[str]) -> None:
    said = cli("bulk", *three, "hold", "customer")
    assert said.code == 2
    assert "hold customer: 3 tickets" in said.out
    assert "P1 AMONG THEM: M-1 | no mail goes to a customer" in said.out
    assert "--yes-count 3 does it" in said.err
    wrong = cli("bulk", *three, "hold", "customer", "--yes-count", "2", "--json")
    assert (wrong.code, wrong.error) == (2, "usage")
    assert wrong.json["count"] == 3
    assert cli("bulk", "--dry-run", *three, "hold", "customer").code == 0
    assert changes(cli) == []


def test_a_bulk_its_undo_and_its_redo(cli: Cli, three: list[str]) -> None:
    said = cli("bulk", *three, "note", "-m", "seen {{ ticket.id }}", "--yes-count", "3", "--json")
    assert said.code == 0
    assert [each["outcome"] for each in said.json["tickets"]] == ["done"] * 3
    assert changes(cli) == [(name, "note") for name in three]
    assert "seen M-2" in cli("show", "M-2").out
    assert cli("undo").code == 2
    assert "note taken back" in cli("undo", "--dry-run").out
    assert cli("undo", "--yes-count", "3").code == 0
    assert changes(cli) == []
    assert cli("redo", "--yes-count", "3", "--json").json["tickets"][0]["outcome"] == "done"
    assert changes(cli) == [(name, "note") for name in three]
    assert cli("redo", "--json").error == "refused"


def test_own_takes_what_is_not_ours_and_says_what_was(cli: Cli, three: list[str]) -> None:
    assert cli("do", "M-2", "ack").code == 0
    assert cli("do", "M-2", "assign", "me").code == 0
    said = cli("bulk", *three, "M-9", "own", "--yes-count", "2", "--json")
    assert said.code == 1
    assert [each["outcome"] for each in said.json["tickets"]] == ["done", "refused", "done", "refused"]
    assert said.json["tickets"][1]["said"] == "M-2: acknowledged already, anna has it already"
    assert said.json["tickets"][3]["said"] == "there is no ticket M-9"


@pytest.mark.parametrize("words", [(), ("M-1",), ("note",), ("M-1", "note", "-m", "x", "--yes-count", "x")])
def test_words_that_make_no_bulk(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli("bulk", *words, "--json").error == "usage"


def test_macros_are_shown_and_run(cli: Cli, three: list[str]) -> None:
    listed = cli("macro", "list", "--json")
    assert listed.code == 0
    assert [each["name"] for each in listed.json["macros"]] == [
        "received-and-own", "resolved-by-phone", "waiting-for-customer"
    ]  # fmt: skip
    assert "hold customer" in cli("macro", "show", "waiting-for-customer").out
    dry = cli("macro", "run", "waiting-for-customer", *three, "--dry-run", "--json")
    assert dry.json["mails"] == 3
    assert 'go on with M-2 ("VPN flapping")' in dry.json["tickets"][1]["reply"]
    assert dry.json["tickets"][1]["to"] == ["max@nordkauf.example"]
    assert changes(cli) == []
    assert cli("macro", "run", "waiting-for-customer", *three).code == 2
    assert cli("macro", "run", "waiting-for-customer", *three, "--yes-count", "3").code == 0
    assert changes(cli) == [(name, verb) for name in three for verb in ("reply", "hold")]
    assert cli("macro", "run", "nonsense", "M-1", "--json").error == "config"


KILLED = """
import os, signal, sys
from deskui.services import bulk
one = bulk.Bulk._one
def dying(self, group, item):
    done = one(self, group, item)
    if item.ticket.id == "M-2":
        os.kill(os.getpid(), signal.SIGKILL)
    return done
bulk.Bulk._one = dying
from deskui.cli.main import run
run(sys.argv[1:])
"""


def test_a_kill_between_two_tickets_doubles_nothing(cli: Cli, three: list[str], home: Path) -> None:
    words = ("bulk", *three, "note", "-m", "seen", "--yes-count", "3")
    died = subprocess.run(
        [sys.executable, "-c", KILLED, "--home", str(home), *words], check=False, env=dict(os.environ)
    )
    assert died.returncode == -signal.SIGKILL
    assert changes(cli) == [("M-1", "note"), ("M-2", "note")]
    assert "begun before and cut off: 2 done then" in cli(*words[:-2]).out
    assert cli(*words).code == 0
    assert changes(cli) == [(name, "note") for name in three]
    assert cli("undo", "--yes-count", "3").code == 0
    assert changes(cli) == []
