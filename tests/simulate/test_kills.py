"""A real kill -9 at any moment: what was acknowledged is there, each edit whole, and the store sound."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskui.store import outbox, tickets
from tests.make import make_store, make_ticket, pull
from tests.simulate import size

KILLS = size.of(25, 500)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def victim():
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulate.victim"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    yield process
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


def killed(victim, home, after_s):
    """The entries that a child acknowledged before it was killed."""
    victim.stdin.write(f"{home}\n")
    victim.stdin.flush()
    pid, told = 0, []
    while (line := victim.stdout.readline().strip()) != "end":
        assert line, "the victim ended by itself"
        if not line.startswith("pid "):
            told.append(line)
            continue
        pid = int(line[4:])
        time.sleep(after_s)
        os.kill(pid, signal.SIGKILL)
    return told


def test_what_was_acknowledged_survives_a_real_kill(tmp_path, victim, simulated):
    dice, promised, kept = random.Random(size.SEED), 0, 0
    for number in range(KILLS):
        home = tmp_path / str(number // 10)
        if not home.exists():
            with make_store(home) as store:
                uid, acknowledged = pull(store, make_ticket(1)), list[str]()
        acknowledged += killed(victim, home, dice.uniform(0, 0.08))
        with make_store(home) as store:
            assert store.read(lambda db: db.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
            found = store.read(lambda db, uid=uid: [entry.uid for entry in outbox.entries(db, uid)])
            shown = store.read(lambda db, uid=uid: tickets.shown(db, uid))
        assert not set(acknowledged) - set(found), f"lost at kill {number} of seed {size.SEED}"
        assert shown.minutes == len(found), "torn: the ticket does not show each edit once"
        if number % 10 == 9 or number == KILLS - 1:
            promised, kept = promised + len(acknowledged), kept + len(found)
    assert promised
    simulated(f"{KILLS} real kills, {promised} edits acknowledged, {kept} there, 0 lost, 0 torn")
