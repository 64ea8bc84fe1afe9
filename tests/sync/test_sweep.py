"""Once a week all that is known is looked for: what no feed tells of is found, in small pieces, beside the news."""

from dataclasses import replace

import pytest

from deskui.domain.change import Create, Note
from deskui.store import syncstate, tickets
from deskui.sync import sweep
from tests.sync.test_engine import Console, console, open_console, time, world

__all__ = ["console", "open_console", "time", "world"]

WEEK = sweep.EVERY_S


@pytest.fixture
def many(tmp_path, time, world):
    for n in range(60):
        world.make(Create(f"Lamp {n}", "dark", requestor="carl@kunde.example"))
    console = Console(tmp_path / "many", world, time)
    console.sync()
    yield console
    console.store.close()


def state(console):
    return console.store.read(lambda db: syncstate.get(db, "mem"))


def standing(console):
    return console.store.read(lambda db: tickets.open_remotes(db, "mem"))


def surveys(console):
    found = []
    survey = console.adapter.survey
    console.adapter.survey = lambda ids: found.append(len(ids)) or survey(ids)
    return found


def test_a_hard_delete_is_found_after_a_week_and_not_before(many, world, time):
    world.purge("30")
    many.sync()
    assert "30" in standing(many)
    time.now += WEEK
    many.sync()
    assert "30" in standing(many)  # missing once
    many.sync()
    assert "30" not in standing(many)
    assert "29" in standing(many)


def test_an_edited_note_is_read_anew_and_one_taken_out_loses_its_text(console, world, time):
    first, second = (world.note_as("kim", "1", text)[0].key for text in ("password: hunter2", "two"))
    console.sync()
    world.edit("1", first, "password removed")
    world.edit("1", second, None)
    time.now += WEEK
    console.sync()
    assert [event.text for event in console.events("1")] == ["it burns 1", "password removed", ""]
    found = console.store.read(lambda db: db.execute("SELECT text FROM search WHERE search MATCH 'hunter2'").fetchall())
    assert found == []


def test_what_was_added_or_timed_otherwise_without_a_trace_is_read(console, world, time):
    console.do("1", Note("looked", minutes=15), Note("again", minutes=10))
    console.sync()
    console.sync()  # the feed tells of them
    looked, again = ((each.key, each) for each in world.live.events["1"] if each.data.get("minutes"))
    moved = {looked[0]: 60, again[0]: 0}
    world.live.events["1"] = [
        replace(e, data={**e.data, "minutes": moved[e.key]}) if e.key in moved else e for e in world.live.events["1"]
    ] + [replace(again[1], key="9001", text="silent", data={})]
    world.live.tickets["1"] = replace(world.live.tickets["1"], minutes=60, links=("related 2",))
    console.sync()
    assert console.shown("1").minutes == 25
    time.now += WEEK
    console.sync()
    assert [(e.text, e.data.get("minutes", 0)) for e in console.events("1")][1:] == [
        ("looked", 60), ("again", 0), ("silent", 0),
    ]  # fmt: skip
    assert (console.shown("1").minutes, console.shown("1").links) == (60, ("related 2",))
    asked = []
    console.faults.before = asked.append
    time.now += WEEK
    console.sync()
    assert ("bodies" in asked, "history" in asked) == (True, False), "what is as it was is not read again"


def test_what_the_feed_was_silent_about_is_read(console, world, time):
    world.note_as("kim", "5", "missed by the feed")
    console.store.write(lambda tx: syncstate.put(tx, "mem", cursor=str(world.last))).result()
    console.sync()
    assert len(console.events("5")) == 1
    time.now += WEEK
    console.sync()
    assert [event.text for event in console.events("5")][-1] == "missed by the feed"


def test_it_takes_a_little_of_each_run_and_goes_on_where_it_was(many, world, time, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 10)
    monkeypatch.setattr(sweep, "STEPS", 2)
    time.now += WEEK
    asked = surveys(many)
    many.sync()
    assert asked[1:] == [10, 10]  # the first is the probe's
    place = state(many).sweep_cursor
    many.faults.pages_left = 2
    assert many.sync().offline
    many.faults.pages_left = None
    assert int(state(many).sweep_cursor) >= int(place)
    for _ in range(4):
        many.sync()
    assert state(many).sweep_cursor == ""
    assert time.now - state(many).swept_at <= 4
    del asked[:]
    many.sync()
    assert len(asked) == 1


def test_a_full_run_sweeps_all_and_counts_as_one_look(many, world):
    asked = surveys(many)
    world.purge("30")
    many.sync(full=True)
    assert sum(asked) >= 64
    assert "30" in standing(many)
    many.sync()
    assert "30" not in standing(many)
