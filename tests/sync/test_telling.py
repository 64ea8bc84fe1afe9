"""A system without a history: its moves are told by comparing, and nobody's change is written over."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskui.domain.change import Create, Hold, Note
from deskui.domain.event import MESSAGES, Event
from deskui.domain.fields import SetPriority
from deskui.domain.merge import changed
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.sync.engine import Engine
from deskui.sync.telling import told
from deskui.upstream.base import Page, Reading, Receipt
from deskui.upstream.memory import Adapter, World
from tests.make import make_ticket
from tests.sync.test_engine import START, Console, Time


def bare(events: Any) -> tuple[Event, ...]:
    """Without what a system without a history cannot tell."""
    return tuple(event for event in events if event.type in (*MESSAGES, "created"))


class Silent(Adapter):
    """The memory upstream, of whose history only the messages are told; it compares before it writes."""

    history_told = False

    def _page(self, page: Page) -> Iterator[Page]:
        kept = tuple(pair for pair in page.events if bare(pair[1:]))
        yield from super()._page(replace(page, events=kept))

    def read(self, remote_id: str, seen: str) -> Reading:
        reading = super().read(remote_id, seen)
        return replace(reading, events=bare(reading.events))

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        field = entry.change.field
        if ticket.remote_id and field:
            now = self.read(ticket.remote_id, "").ticket
            if field in changed(ticket, now):
                return Receipt(now, (), written=False)
            seen = str(self.world.last)
        receipt = super().push(entry, ticket, seen)
        events = bare(receipt.events)
        return replace(receipt, events=events, own=tuple(event.key for event in events if event.key in receipt.own))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def world(time: Time) -> World:
    world = World(clock=time)
    world.make(Create("Printer on fire", "it burns", requestor="carl@kunde.example", priority=3))
    return world


@pytest.fixture
def console(tmp_path: Path, world: World, time: Time) -> Iterator[Console]:
    made = Console(tmp_path, world, time)
    made.adapter = Silent("mem", made.adapter.options, world=world, faults=made.faults)
    made.engine = Engine(made.store, made.adapter, time)
    assert made.sync().error is None
    yield made
    made.store.close()


def moves(console: Console) -> list[tuple[str, str, dict[str, Any]]]:
    return [(e.type, e.author, dict(e.data)) for e in console.events("1") if e.type not in (*MESSAGES, "created")]


def test_what_others_moved_is_told_once_with_its_time(console: Console, world: World, time: Time) -> None:
    time.now += 100
    at = time.now
    world.change_as("kim", "1", SetPriority(1))
    console.sync()
    time.now += 100
    world.change_as("kim", "1", Hold("vendor"))
    console.sync()
    console.sync()
    console.sync(full=True)
    assert moves(console) == [("priority", "", {"from": 3, "to": 1}), ("hold", "", {"reason": "unspecified"})]
    assert [event.at for event in console.events("1") if event.type == "priority"] == [at]
    assert (console.shown("1").priority, console.shown("1").state) == (1, "pending")


def test_ours_is_ours_and_clashes_with_nothing_of_ours(console: Console) -> None:
    console.do("1", SetPriority(1), Note("Coming."), SetPriority(2))
    console.sync()
    console.sync()
    assert (set(console.states()), console.conflicts()) == ({"sent"}, [])
    assert moves(console)[-1][:2] == ("priority", "anna")
    assert moves(console)[-1][2]["to"] == console.shown("1").priority == 2


def test_nobodys_move_is_written_over(console: Console, world: World, time: Time) -> None:
    console.do("1", SetPriority(1))
    time.now += 10
    world.change_as("kim", "1", SetPriority(2))
    console.sync()
    assert world.ticket("1").priority == 2
    [conflict] = console.conflicts()
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("priority", 3, 1, 2)


def test_a_move_between_pull_and_push_clashes_too(console: Console, world: World, time: Time) -> None:
    def rival(_entry: Entry, _remote: str) -> None:
        console.faults.rival = None
        time.now += 1
        world.change_as("kim", "1", SetPriority(2))

    console.do("1", SetPriority(1))
    push = console.adapter.push

    def raced(entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        rival(entry, ticket.remote_id)
        console.adapter.push = push  # type: ignore[method-assign]
        return push(entry, ticket, seen)

    console.adapter.push = raced  # type: ignore[method-assign]
    console.sync()
    assert world.ticket("1").priority == 2
    assert [conflict.theirs for conflict in console.conflicts()] == [2]


def test_a_lost_answer_is_not_written_twice(console: Console, world: World) -> None:
    console.do("1", Note("Only once."))
    console.faults.drop_next_response = True
    console.sync()
    console.sync()
    assert [event.text for event in world.live.events["1"] if event.type == "internal_note"] == ["Only once."]
    assert console.states() == ["sent"]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({"state": "new"}, {"state": "in_progress"}, ["field"]),
        ({"state": "in_progress"}, {"state": "closed"}, ["resolve", "close"]),
        ({"state": "resolved"}, {"state": "closed"}, ["close"]),
        ({"state": "resolved"}, {"state": "pending"}, ["reopen", "hold"]),
        ({"state": "closed"}, {"state": "in_progress"}, ["reopen"]),
        ({"state": "pending"}, {"state": "in_progress"}, ["resume"]),
        ({"state": "pending"}, {"state": "cancelled"}, ["cancel"]),
        ({}, {"owner": "kim", "cis": ("sw1",), "subject": "Else"}, ["assign", "field", "field"]),
    ],
)
def test_every_difference_is_a_move(before: dict[str, Any], after: dict[str, Any], kinds: list[str]) -> None:
    found = told(make_ticket(**before), make_ticket(updated=START, **after))
    assert [event.type for event in found] == kinds
    assert len({event.key for event in found}) == len(kinds)
    assert {event.at for event in found} == {START}


def test_at_first_sight_a_ticket_is_as_it_is() -> None:
    found = told(None, make_ticket(state="pending", owner="kim"))
    assert [(event.type, dict(event.data)) for event in found] == [
        ("hold", {"reason": "unspecified"}), ("assign", {"from": None, "to": "kim"}),
    ]  # fmt: skip
    said = [Event("1", START, "hold", data={"reason": "vendor"})]
    assert [event.type for event in told(None, make_ticket(state="pending"), said)] == []
    assert told(make_ticket(), make_ticket(state="resolved"), [Event("2", START, "resolve")]) == ()
