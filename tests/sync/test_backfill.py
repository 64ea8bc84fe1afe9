"""Finished tickets of the last days: newest first, behind the news, facts only; texts when somebody opens one."""

import pytest

from deskui.domain.change import Create, Note, Reply
from deskui.services.syncing import Syncing
from deskui.store import syncstate, tickets
from deskui.store.lock import SyncLock
from deskui.sync import backfill
from deskui.upstream.memory import World
from tests.sync.test_engine import Console, Time

DAY = backfill.DAY_S


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def world(time):
    """Fifty finished tickets, one a day, and one that is open; the last finished one is ten days old."""
    world = World(clock=time)
    for n in range(50):
        remote = world.make(Create(f"Old {n}", f"it was {n}", requestor="carl@kunde.example"))
        world.change_as("kim", remote, Reply("on it"))
        world.resolve_as("kim", remote, "done")
        time.now += DAY
    world.make(Create("Still open", "now", requestor="carl@kunde.example"))
    time.now += 10 * DAY
    return world


@pytest.fixture
def console(tmp_path, world, time):
    console = Console(tmp_path / "a", world, time)
    console.adapter.page_size = 5
    console.engine.days = 40
    yield console
    console.store.close()


def here(console):
    found = console.store.read(lambda db: db.execute("SELECT remote_id FROM ticket WHERE done = 1").fetchall())
    return sorted(int(remote) for (remote,) in found)


def state(console):
    return console.store.read(lambda db: syncstate.get(db, "mem"))


def test_the_newest_come_first_a_little_in_each_run_and_no_older_ones(console, world):
    called = []
    console.faults.before = called.append
    console.sync()
    assert here(console) == list(range(41, 51))
    assert called.index("feed") < called.index("finished")
    assert state(console).back_to == world.ticket("41").created
    for _ in range(4):
        console.sync()
    assert here(console) == list(range(22, 51))  # 40 days
    assert state(console).back_cursor == backfill.END
    del called[:]
    console.sync()
    assert "finished" not in called


def test_facts_only_and_the_texts_when_somebody_opens_it(console, tmp_path):
    console.sync()
    uid = console.uid("50")
    assert [(e.type, e.text) for e in console.events("50")][:2] == [("created", None), ("public_reply", None)]
    assert console.shown("50").state == "resolved"
    syncing = Syncing(console.store, {"mem": console.engine}, SyncLock(tmp_path), console.time, {"mem": 60})
    asked = []
    syncing.soon = lambda name, in_s: asked.append(name)
    syncing.opened(uid, "mem")
    assert asked == ["mem"]
    syncing.run_once()
    assert [e.text for e in console.events("50")][:2] == ["it was 49", "on it"]
    assert console.store.read(lambda db: tickets.history(db, console.uid("49"))) == "facts"
    del asked[:]
    syncing.opened(uid, "mem")
    assert asked == []


@pytest.mark.parametrize("pages", range(4, 12))
def test_cut_anywhere_it_goes_on(console, pages):
    console.faults.pages_left = pages
    console.sync()
    console.faults.pages_left = None
    for _ in range(5):
        console.sync()
    assert here(console) == list(range(22, 51))
    assert all(console.events(str(n)) for n in range(22, 51))


def test_what_somebody_typed_does_not_wait_for_it(console, world):
    console.sync()

    def typed(method):
        if method == "finished":
            console.faults.before = None
            console.do("51", Note("urgent"))

    console.faults.before = typed
    before = len(here(console))
    console.sync()
    assert len(here(console)) == before + 5
    assert console.sync().pushed == 1


def test_more_days_reach_further_back(console):
    for _ in range(5):
        console.sync()
    console.engine.days = 1000
    for _ in range(7):
        console.sync()
    assert here(console) == list(range(1, 51))
    console.engine.days = 0
    assert console.sync().pulled == 0
