"""Tags and Cc on their way: those of two people both count, whatever is lost on the way, and in few requests."""

from dataclasses import replace

import pytest

from deskui.domain.change import Assign, Note
from deskui.domain.fields import SetPriority
from deskui.domain.sets import SetCc, SetTags
from deskui.services.deeds import Deeds
from deskui.services.desk import Desk
from deskui.store import outbox
from deskui.sync.coalescing import gathered, told_by
from deskui.upstream.base import Rejected
from tests.make import make_rules
from tests.sync import test_engine as engine
from tests.sync.test_coalescing import BASE, row

console, open_console, time, world = engine.console, engine.open_console, engine.time, engine.world


def tag_events(world, remote="1"):
    moved = [event.data for event in world.live.events[remote] if event.data.get("field") == "tags"]
    return [f"+{data['to']}" if data["to"] else f"-{data['from']}" for data in moved]


def test_tags_of_two_consoles_become_one_set(console, open_console, world):
    world.change_as("kim", "1", SetTags(("+vpn", "+old", "+gone")))
    console.sync()
    other = open_console("b", "berta")
    other.sync()
    console.do("1", SetTags(("+mine", "-old", "-gone")))
    other.do("1", SetTags(("+hers", "-gone", "+VPN")))
    for each in (console, other, console, other):
        each.sync()
    assert world.ticket("1").tags == console.shown("1").tags == other.shown("1").tags == ("vpn", "mine", "hers")
    assert set(console.states() + other.states()) == {"sent"}
    assert console.conflicts() == other.conflicts() == []
    assert tag_events(world).count("-gone") == 1  # what is out already is not taken out again


def test_somebodys_tags_stop_nothing_else(console, world):
    console.sync()
    console.do("1", Assign("anna"), SetPriority(1))
    world.change_as("kim", "1", SetTags(("+vpn",)))
    console.sync()
    assert (console.states(), console.conflicts(), console.shown("1").tags) == (["sent", "sent"], [], ("vpn",))


def test_cc_of_two_people_is_one_list(console, world):
    world.change_as("kim", "1", SetCc(("+a@x.example",)))
    console.sync()
    console.do("1", SetCc(("+b@x.example", "-A@x.example")))
    world.change_as("kim", "1", SetCc(("+c@x.example",)))
    console.sync()
    assert world.ticket("1").cc == console.shown("1").cc == ("c@x.example", "b@x.example")


@pytest.mark.parametrize("fault", ["drop_next_response", "drop_next_request"])
def test_whatever_is_lost_each_word_is_written_once(console, world, fault):
    console.sync()
    console.do("1", SetTags(("+a",)), SetTags(("+b", "-a")), SetTags(("+c",)), Note("then this"))
    setattr(console.faults, fault, True)
    for _ in range(3):
        console.sync()
    assert (set(console.states()), world.ticket("1").tags) == ({"sent"}, ("b", "c"))
    assert tag_events(world) == ["+b", "+c"]


def test_an_answer_lost_and_another_hand_since(console, world):
    """What was sent of the first ones, too, is sent again, and finds nothing to do but what somebody undid."""
    console.sync()
    console.do("1", SetTags(("+a",)), SetTags(("+b",)))
    console.faults.drop_next_response = True
    console.sync()
    world.change_as("kim", "1", SetTags(("-b",)))
    console.sync()
    assert (set(console.states()), world.ticket("1").tags) == ({"sent"}, ("a",))


def test_a_row_is_sent_as_one_and_nothing_where_nothing_is_left(console, world):
    console.sync()
    pushed, push = [], console.adapter.push
    console.adapter.push = lambda entry, *more: (pushed.append(entry.change), push(entry, *more))[1]
    console.do("1", SetTags(("+a", "+b")), SetTags(("-b",)), SetTags(("+c",)))
    console.do("2", SetTags(("+a",)), SetTags(("-A",)))
    console.do("3", SetTags(("+a",)), SetTags(("+b",)))
    console.sync()
    assert pushed == [SetTags(("+a", "-b", "+c")), SetTags(("+a", "+b"))]
    assert (world.ticket("1").tags, world.ticket("2").tags, set(console.states())) == (("a", "c"), (), {"sent"})


def test_what_is_sent_of_a_row():
    both = row(SetTags(("+a",)), SetTags(("+b",)))
    assert gathered(both, both[0], BASE).sent == replace(both[1], change=SetTags(("+a", "+b")))
    assert told_by(both, both[1]) == ()
    mixed = row(SetTags(("+a",)), SetCc(("+b@x.example",)))
    assert gathered(mixed, mixed[0], BASE).sent == mixed[0]


def test_one_that_is_taken_back_while_the_row_is_read_does_not_leave(console, world, monkeypatch):
    from deskui.sync import pushing

    console.sync()
    desk, look = Desk(console.store, make_rules(), lambda upstream: "anna"), pushing._look
    console.do("1", SetTags(("+a",)))
    first = console.store.read(lambda db: outbox.entries(db))[0]
    console.do("1", SetTags(("+b",)))

    def looked(*asked):
        found = look(*asked)
        if desk.entry(first.uid).state == "queued":
            desk.drop(first.uid).result()
        return found

    monkeypatch.setattr(pushing, "_look", looked)
    console.sync()
    assert (console.states(), world.ticket("1").tags) == (["dropped", "sent"], ("b",))


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_of_a_row_only_the_one_that_is_refused_is(console, world, bad):
    console.sync()
    push = console.adapter.push

    def choosy(entry, ticket, seen):
        if "+bad" in entry.change.moves:
            raise Rejected("'bad' is not included in the list")
        return push(entry, ticket, seen)

    console.adapter.push = choosy
    console.do("1", *(SetTags(("+bad" if n == bad else f"+good{n}",)) for n in range(3)))
    console.sync()
    assert world.ticket("1").tags == tuple(f"good{n}" for n in range(3) if n != bad)
    assert console.states() == ["rejected" if n == bad else "sent" for n in range(3)]


def test_what_a_system_cannot_keep_is_refused_with_the_reason(console, world):
    console.sync()
    console.adapter.tags, console.adapter.recipients = False, "reply"
    console.do("1", SetTags(("+a",)))
    console.do("1", SetCc(("+a@x.example",)))
    console.sync()
    said = [entry.error for entry in console.store.read(lambda db: outbox.entries(db))]
    assert said == ["mem keeps no tags", "mem keeps no Cc of a ticket: nobody can be added or taken off"]
    assert (console.states(), world.ticket("1").tags, world.ticket("1").cc) == (["rejected", "rejected"], (), ())


def test_undo_and_redo_before_and_after_it_was_sent(console, world):
    world.change_as("kim", "1", SetTags(("+vpn",)))
    console.sync()
    desk = Desk(console.store, make_rules(), lambda upstream: "anna")
    deeds = Deeds(desk)
    desk.do("M-1", SetTags(("+new", "-vpn"))).result()
    [outcome] = deeds.undo(deeds.newest())
    assert (outcome.said, desk.ticket("M-1").tags) == ("tag taken back", ("vpn",))
    deeds.redo(deeds.redoable())
    console.sync()
    assert world.ticket("1").tags == ("new",)
    world.change_as("kim", "1", SetTags(("+hers",)))
    console.sync()
    [outcome] = deeds.undo(deeds.newest())
    assert outcome.said == "tag was sent: tag +vpn -new"
    console.sync()
    assert world.ticket("1").tags == console.shown("1").tags == ("hers", "vpn")


def test_what_would_alter_nothing_is_not_queued(console, world):
    console.sync()
    desk = Desk(console.store, make_rules(), lambda upstream: "anna")
    entry = desk.do("M-1", SetTags(("-never",))).result()
    assert (entry.state, entry.error, desk.outbox()) == ("dropped", "M-1: its tags say so already", [])
