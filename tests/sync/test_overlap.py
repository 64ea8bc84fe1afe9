"""Nothing is missed on pull: what is committed late, rows with equal times, clocks that are apart, a cut anywhere."""

import random

import pytest

from deskui.domain.change import Create
from deskui.store import syncstate
from deskui.upstream._gaps import Cursor
from tests.sync.test_engine import console, open_console, time, world

__all__ = ["console", "open_console", "time", "world"]


def notes(console, remote="1"):
    return [event.text for event in console.events(remote) if event.type == "internal_note"]


def cursor(console):
    return Cursor.parse(console.store.read(lambda db: syncstate.get(db, "mem")).cursor)


def test_a_transaction_that_is_committed_late_is_brought(console, world, time):
    world.note_as("kim", "1", "begun first")
    console.faults.late.add(world.last)
    world.note_as("kim", "2", "committed first")
    console.sync()
    assert (notes(console), notes(console, "2")) == ([], ["committed first"])
    console.sync()
    console.faults.late.clear()
    time.now += 500
    assert console.sync().pulled == 1
    assert notes(console) == ["begun first"]
    assert console.sync().pulled == 0


def test_one_that_was_under_way_during_the_first_pull_too(open_console, world):
    world.note_as("kim", "1", "begun first")
    console = open_console()
    console.faults.late.add(world.last)
    world.note_as("kim", "2", "committed first")
    console.sync()
    assert notes(console) == []
    console.faults.late.clear()
    console.sync()
    assert notes(console) == ["begun first"]


def test_a_cut_between_pages_never_moves_the_cursor_past_one(console, world):
    console.adapter.page_size = 2
    for n in range(7):
        world.note_as("kim", str(n % 5 + 1), f"note {n}")
    for pages in (3, 4, 5):  # three of them are the probe's
        before = cursor(console).last
        console.faults.pages_left = pages
        assert console.sync().offline
        assert cursor(console).last == before + 2 * (pages - 3)
        told = [row.events[0].text for row in world.rows if 5 < row.n <= cursor(console).last]
        assert sorted(text for n in range(1, 6) for text in notes(console, str(n))) == told
    console.faults.pages_left = None
    console.sync()
    assert sorted(text for n in range(1, 6) for text in notes(console, str(n))) == [f"note {n}" for n in range(7)]


@pytest.mark.parametrize("skew", [-600, 600])
def test_clocks_that_are_apart_or_set_lose_nothing(console, world, time, skew):
    console.faults.offset_s = float(skew)
    world.note_as("kim", "1", "begun first")
    console.faults.late.add(world.last)
    world.note_as("kim", "1", "committed first")
    console.sync()
    time.now += skew
    console.faults.late.clear()
    world.note_as("kim", "1", "after the clock was set")
    console.sync()
    assert sorted(notes(console)) == ["after the clock was set", "begun first", "committed first"]


@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_they_are_committed_all_arrive_once(console, world, time, seed):
    dice = random.Random(seed)
    console.adapter.page_size = dice.choice((1, 2, 3, 100))
    wanted = []
    for n in range(40):
        if dice.random() < 0.1:
            world.make(Create(f"New {n}", "x", requestor="carl@kunde.example"))
        else:
            world.note_as("kim", str(dice.randint(1, 5)), f"note {n}")
            wanted.append(f"note {n}")
        if dice.random() < 0.4:
            console.faults.late.add(world.last)
        if dice.random() < 0.3:
            console.faults.late = {n for n in console.faults.late if dice.random() < 0.5}
        if dice.random() < 0.4:
            console.faults.pages_left = dice.choice((None, 2, 4))
            console.sync()
    console.faults.late.clear()
    console.faults.pages_left = None
    console.sync()
    found = [text for n in world.live.tickets for text in notes(console, n)]
    assert sorted(found) == sorted(wanted), f"seed {seed}"
    assert all(console.uid(remote) for remote in world.live.tickets), f"seed {seed}"
