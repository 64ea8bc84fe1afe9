"""Tickets that are not found: gone at the second look, never too many at once, and back when they are back."""

from dataclasses import replace

import pytest

from deskui.domain.change import Note
from deskui.store import anchors, missing, syncstate, tickets
from deskui.sync import vanished
from tests.sync.test_engine import console, open_console, time, world
from tests.sync.test_sweep import many, standing

__all__ = ["console", "many", "open_console", "time", "world"]


def missed(console):
    return {each.remote_id: each.times for each in console.store.read(lambda db: missing.of(db, "mem"))}


def test_missing_once_is_not_gone(console):
    console.do("2", Note("not lost"))
    console.faults.hidden = lambda remote: remote == "2"
    console.sync()
    assert (missed(console), "2" in standing(console), console.states()) == ({"2": 1}, True, ["queued"])
    console.faults.hidden = None
    result = console.sync()
    assert (missed(console), result.pushed) == ({}, 1)


def test_at_the_second_look_it_is_gone_and_what_waited_is_kept(console, world):
    console.do("2", Note("not lost"))
    world.purge("2")
    console.sync()
    console.sync()
    assert ("2" in standing(console), console.states()) == (False, ["conflict"])
    assert missed(console) == {}


def test_the_word_of_the_system_counts_at_once(console, world):
    world.delete("3")
    console.sync()
    assert "3" not in standing(console)


@pytest.mark.parametrize("how", ["hidden", "deleted"])
def test_more_than_twenty_are_asked_about(many, world, how):
    many.do("3", Note("waits"))
    lost = [str(n) for n in range(30, 55)]
    if how == "hidden":
        many.faults.hidden = lambda remote: remote in lost
    else:
        for remote in lost:
            world.delete(remote)
    for _ in range(3):
        result = many.sync(full=True)
        assert "25 of 65 open tickets have disappeared" in result.frozen
        assert (result.needs_a_person, result.pushed, len(standing(many))) == (True, 0, 65)
        assert "--accept mem" in result.hint
    many.store.write(lambda tx: syncstate.put(tx, "mem", accepted=1)).result()
    result = many.sync()
    assert (result.frozen, result.pushed, len(standing(many)), missed(many)) == ("", 1, 40, {})


def test_nor_do_they_pass_in_pieces(many, world):
    """The probe of the run finds some, its feed the others."""
    picked = [each.remote_id for each in many.store.read(lambda db: anchors.pick(db, "mem")).every][-2:]
    for remote in [*picked, *(str(n) for n in range(30, 49))]:
        world.delete(remote)
    result = many.sync()
    assert (result.frozen[:8], len(standing(many))) == ("21 of 65", 65)


def lose(console, world, first, last):
    for remote in range(first, last):
        world.delete(str(remote))
    return console.sync()


def test_nor_do_they_pass_run_by_run(many, world, time):
    """Fifteen and ten within a day: a person looks, however long that takes, and then they count no more."""
    assert not lose(many, world, 30, 45).frozen
    assert len(standing(many)) == 50
    time.now += missing.DAY_S // 2
    why = lose(many, world, 45, 55).frozen
    assert why == "25 of 65 open tickets have disappeared from it within a day"
    time.now += missing.DAY_S
    assert (many.sync().frozen, len(standing(many))) == (why, 50)
    many.store.write(lambda tx: syncstate.put(tx, "mem", accepted=1)).result()
    assert (many.sync().frozen, len(standing(many))) == ("", 40)
    assert not lose(many, world, 10, 20).frozen
    assert len(standing(many)) == 30


def test_so_many_in_two_days_are_believed(many, world, time):
    lose(many, world, 30, 45)
    time.now += missing.DAY_S
    assert not lose(many, world, 45, 55).frozen
    assert len(standing(many)) == 40


def test_what_was_taken_away_is_back_with_all_that_is_open(many):
    many.faults.hidden = lambda remote: 30 <= int(remote) < 48
    for _ in range(2):
        many.sync(full=True)
    assert len(standing(many)) == 47
    many.faults.hidden = None
    many.sync(full=True)
    assert (missed(many), len(standing(many))) == ({}, 65)


def test_one_that_was_back_is_looked_for_twice_again(console, world):
    base = console.store.read(lambda db: tickets.base(db, console.uid("2")))
    world.purge("2")
    console.sync()
    console.sync()
    assert "2" not in standing(console)
    console.store.write(lambda tx: tickets.rebuild(tx, [tickets.put(tx, base)])).result()  # a late answer of a push
    console.sync()
    assert "2" in standing(console)
    console.sync()
    assert "2" not in standing(console)


def test_they_are_all_back_when_their_rights_are(many):
    many.faults.hidden = lambda remote: int(remote) >= 20 and remote != "65"
    assert many.sync(full=True).frozen
    assert many.sync().frozen
    many.faults.hidden = None
    result = many.sync()
    assert (result.frozen, missed(many), len(standing(many))) == ("", {}, 65)


def test_twenty_are_believed(many):
    many.faults.hidden = lambda remote: 30 <= int(remote) < 50
    assert not many.sync(full=True).frozen
    assert not many.sync().frozen
    assert len(standing(many)) == 45


def test_few_are_asked_after_singly_and_none_is_forgotten(many):
    reads = []
    read = many.adapter.read
    many.adapter.read = lambda remote, seen: reads.append(remote) or read(remote, seen)
    many.faults.hidden = lambda remote: 20 <= int(remote) < 60
    many.sync(full=True)
    assert len(reads) == vanished.READS
    assert len(missed(many)) == 40


def test_a_ticket_that_was_merged_unseen_becomes_part_of_its_survivor(console, world):
    rows, last = len(world.rows), world.last
    console.do("1", Note("follows"))
    world.merge("1", "2")
    world.rows[rows:] = [replace(row, n=last) for row in world.rows[rows:]]  # no feed tells of it
    console.sync()
    assert console.states() == ["sent"]
    assert [e.text for e in world.live.events["2"] if e.type == "internal_note"] == ["follows"]
