"""Links and merges on their way: once each, whatever is lost, and never over what somebody else did."""

import pytest

from deskui.domain.change import Assign, Note
from deskui.domain.links import Link, Merge, Unlink
from deskui.store import outbox, tickets
from tests.sync import test_engine as engine
from tests.sync.test_engine import texts

console, open_console, time, world = engine.console, engine.open_console, engine.time, engine.world


def test_links_of_two_consoles_become_one_set(console, open_console, world):
    console.sync()
    other = open_console("b", "berta")
    other.sync()
    console.do("1", Link("parent", "M-2", "2"), Link("related", "M-3", "3"))
    other.do("1", Link("related", "M-3", "3"), Link("blocks", "M-4", "4"))
    for each in (console, other, console, other):
        each.sync()
    links = ("blocks 4", "parent 2", "related 3")
    assert world.ticket("1").links == console.shown("1").links == other.shown("1").links == links
    assert console.shown("2").links == other.shown("2").links == ("child 1",)
    assert set(console.states() + other.states()) == {"sent"}
    console.do("2", Unlink("child", "M-1", "1"))
    for each in (console, other, console):  # what it did to the other ticket comes with the feed
        each.sync()
    assert console.shown("1").links == other.shown("1").links == ("blocks 4", "related 3")


@pytest.mark.parametrize("fault", ["drop_next_response", "drop_next_request"])
def test_a_link_whose_answer_is_lost_is_made_once(console, world, fault):
    console.sync()
    console.do("1", Link("parent", "M-2", "2"))
    setattr(console.faults, fault, True)
    for _ in range(3):
        console.sync()
    assert (console.states(), world.ticket("1").links) == (["sent"], ("parent 2",))
    assert [e.type for e in world.live.events["1"]].count("link") == 1


def test_what_a_system_cannot_keep_is_refused_with_the_reason(console, world):
    console.sync()
    console.adapter.links, console.adapter.merges = frozenset(("parent",)), False
    console.do("1", Link("related", "M-2", "2"))
    console.do("3", Merge("M-2", "2"))
    console.sync()
    said = [entry.error for entry in console.store.read(lambda db: outbox.entries(db))]
    assert said == ["mem cannot keep 'related'; it knows: parent", "mem cannot merge tickets"]
    assert console.states() == ["rejected", "rejected"]
    assert (world.ticket("1").links, world.live.into) == ((), {})


@pytest.mark.parametrize("fault", ["", "drop_next_response", "drop_next_request"])
def test_a_merge_is_done_once_and_what_waits_goes_along(console, world, fault):
    console.sync()
    gone, survivor = console.uid("1"), console.uid("2")
    console.do("1", Merge("M-2", "2"), Note("goes along"))
    if fault:
        setattr(console.faults, fault, True)
    for _ in range(3):
        console.sync()
    assert world.live.into == {"1": "2"}
    assert [e.data["to"] for e in world.live.events["2"] if e.type == "link"] == ["1"]
    assert texts(world, "2") == ["goes along"]
    assert console.states() == ["sent", "sent"]
    for name in ("M-1", "M-2", gone):
        assert console.store.read(lambda db, name=name: tickets.uid_of(db, name)) == survivor
    assert console.conflicts() == []


def test_a_merge_does_not_go_over_what_others_do_meanwhile(console, world):
    console.sync()
    console.do("1", Merge("M-2", "2"))
    world.merge("1", "3")
    console.sync()
    assert (console.states(), world.live.into) == (["conflict"], {"1": "3"})


def test_a_merge_that_somebody_else_had_done_is_done(console, world):
    console.sync()
    console.do("1", Merge("M-2", "2"))
    world.merge("1", "2")
    console.sync()
    assert (console.states(), console.conflicts()) == (["sent"], [])


def test_what_others_did_to_the_survivor_is_not_lost_in_the_merge(console, world):
    console.sync()
    console.do("1", Merge("M-2", "2"))
    push = console.adapter.push

    def after_somebody_was_faster(entry, ticket, seen):
        world.change_as("kim", "2", Assign("kim"))
        console.adapter.push = push
        console.do("2", Assign("anna"))
        return push(entry, ticket, seen)

    console.adapter.push = after_somebody_was_faster
    console.sync()
    assert console.states() == ["sent", "conflict"]
    assert world.ticket("2").owner == "kim"
