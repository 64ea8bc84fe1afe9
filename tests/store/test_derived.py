"""By which rules the clocks were derived: however a process ends, and whoever else writes, the mark is never a lie."""

import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from deskui.store import derived, driver, tickets
from deskui.store.recount import Recount
from deskui.store.store import Store
from tests.make import NOW, make_event, make_store, make_ticket, pull, write
from tests.store.test_recount import columns, recount, rules

ROOT = Path(__file__).parents[2]
OLD, NEW = rules("1"), rules("2", response="2h", resolution="9h")
TICKETS = 12
PASS = """
    import os, signal, sys
    from pathlib import Path
    from deskui.store import recount
    from deskui.store.store import Store
    from tests.make import NOW
    from tests.store.test_derived import NEW

    def told(tickets):
        if tickets == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    recount.SLICE = 2
    store = Store(Path(sys.argv[1]) / "desk.db", NEW, lambda: NOW, {"rt": "RT-"}).open(later=True)
    done = recount.Recount(tell=told)
    store.write_each(done.steps(), slice_s=0).result()
    store.write(done.end).result()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A desk of running clocks, derived by the old rules and closed."""
    with make_store(tmp_path, rules=OLD) as store:
        for number in range(TICKETS):
            pull(store, make_ticket(number), [make_event("created", NOW - 3600 - 60 * number, priority=2)])
    return tmp_path


def opened(home: Path, law, **how) -> Store:
    return Store(home / "desk.db", law, lambda: NOW, {"rt": "RT-"}).open(**how)


def settled(home: Path, law) -> list[tuple]:
    """The columns after a start by these rules, and the pass that it may have found necessary."""
    with opened(home, law) as store:
        store.write(lambda tx: None, background=True).result(30)
        return columns(store)


def mark(home: Path) -> str | None:
    db = driver.connect(home / "desk.db", readonly=True)
    try:
        return derived.by(db)
    finally:
        db.close()


def wanted(home: Path) -> tuple[list[tuple], list[tuple]]:
    """The columns by the old rules and by the new ones."""
    copy = Path(shutil.copytree(home, home.with_name(f"{home.name}-copy")))
    old, new = settled(copy, OLD), settled(copy, NEW)
    assert all(before[1:] != after[1:] for before, after in zip(old, new, strict=True))
    return old, new


def killed(home: Path, after: int) -> None:
    """A pass by the new rules in a process of its own, which dies when so many tickets are done, or else at the end."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(PASS), str(home), str(after)], cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL


def integrity(home: Path) -> str:
    db = driver.connect(home / "desk.db")
    try:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        db.close()


@pytest.mark.parametrize("law", [OLD, NEW], ids=["old", "new"])
def test_a_pass_that_was_killed_is_done_again_by_whichever_rules_come_next(home: Path, law):
    old, new = wanted(home)
    killed(home, TICKETS // 2)
    with opened(home, law, later=True) as store:
        found = columns(store)
    assert sum(row in old for row in found) > 2 < sum(row in new for row in found)  # some by these, some by those
    assert settled(home, law) == (old if law is OLD else new)
    assert (mark(home), integrity(home)) == (law.version, "ok")


def test_whatever_a_power_cut_takes_back_the_mark_does_not_lie(home: Path, tmp_path: Path):
    """A pass does not wait for the disk: the log may end anywhere, and what comes after that may be rubbish."""
    old, new = wanted(home)
    killed(home, 0)
    log = (home / "desk.db-wal").read_bytes()
    dice = random.Random(1)
    whole = torn = 0
    for number in range(24):
        end = dice.randrange(32, len(log)) if number else len(log)
        for law, expected in ((OLD, old), (NEW, new)):
            copy = tmp_path / f"cut-{number}-{law.version}"
            copy.mkdir()
            shutil.copy(home / "desk.db", copy)
            (copy / "desk.db-wal").write_bytes(log[:end] + dice.randbytes(len(log) - end))
            with opened(copy, law, later=True) as store:
                found = columns(store)
            whole += found == new
            torn += found not in (old, new)
            assert settled(copy, law) == expected
            assert integrity(copy) == "ok"
    assert whole
    assert torn > 10  # the cuts do find the pass half done


def test_what_is_derived_before_the_pass_takes_the_mark_away(home: Path):
    old, _ = wanted(home)
    with opened(home, NEW, later=True) as store:
        uid = store.read(lambda db: db.execute("SELECT uid FROM ticket LIMIT 1").fetchone()[0])
        write(store, lambda tx: tx.note("nothing is derived here"))
        assert mark(home) == "1"
        write(store, lambda tx: tickets.rebuild(tx, [uid]))
        assert mark(home) is None
    assert settled(home, OLD) == old  # the contract was taken back


def test_so_does_another_console_that_still_has_the_older_rules(home: Path):
    _, new = wanted(home)
    with opened(home, OLD, later=True) as other:
        uid = other.read(lambda db: db.execute("SELECT uid FROM ticket LIMIT 1").fetchone()[0])
        with opened(home, NEW, later=True) as store:
            recount(store, NEW)
            assert mark(home) == "2"
        write(other, lambda tx: tickets.rebuild(tx, [uid]))
        assert mark(home) is None
    assert settled(home, NEW) == new


def test_also_in_the_middle_of_a_pass(home: Path):
    with opened(home, OLD, later=True) as other, opened(home, NEW, later=True) as store:
        uid = other.read(lambda db: db.execute("SELECT uid FROM ticket LIMIT 1").fetchone()[0])
        write(store, lambda tx: derived.begin(tx.db, tx.rules.version))
        assert mark(home) is None  # under way
        write(store, lambda tx: tickets.rebuild(tx, [uid]))
        write(other, lambda tx: tickets.rebuild(tx, [uid]))
        write(store, lambda tx: derived.end(tx.db, tx.rules.version))
        assert mark(home) is None


def test_a_pass_that_was_done_by_hand_meanwhile_is_not_done_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    own, whole = list[Recount](), Recount.unless_done
    monkeypatch.setattr(Recount, "unless_done", lambda self: (own.append(self), whole(self))[1])
    with opened(home, NEW, later=True) as store:
        gate = threading.Event()
        store.write(lambda tx: gate.wait(30))
        store.catch_up()  # its own pass waits in the background
        by_hand = Recount()
        counted = store.write_each(by_hand.steps(), background=False)
        ended = store.write(by_hand.end)
        gate.set()
        counted.result(30)
        ended.result(30)
        store.write(lambda tx: None, background=True).result(30)
        assert (by_hand.changed, [each.done for each in own], mark(home)) == (TICKETS, [0], "2")


def test_a_new_store_is_marked_by_what_fills_it(tmp_path: Path):
    with make_store(tmp_path, rules=OLD):
        assert mark(tmp_path) == "1"
    with make_store(tmp_path, rules=NEW) as store:
        assert mark(tmp_path) == "2"
        pull(store, make_ticket(1))
        assert mark(tmp_path) == "2"


def test_the_end_of_a_pass_reaches_the_disk_even_where_it_changes_nothing(home: Path):
    log = home / "desk.db-wal"
    with opened(home, NEW, later=True) as store:
        done = recount(store, NEW)
        size, said = log.stat().st_size, list[str]()
        assert store._db is not None
        store._db.set_trace_callback(said.append)
        write(store, done.end)
        assert log.stat().st_size > size
        assert (said[0], said[-2:].count("COMMIT")) == ("PRAGMA synchronous=FULL", 1)
