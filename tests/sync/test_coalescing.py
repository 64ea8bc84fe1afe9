"""Changes in a row become one, or none: a table, and what is left of it upstream and here."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.domain.change import Acknowledge, Assign, Hold, Note, Resume
from deskui.domain.deeds import back
from deskui.domain.fields import SetImpact, SetPriority
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.store import outbox, tickets
from deskui.sync.coalescing import gathered, told_by
from tests.sync import test_engine as engine

console, open_console, time, world = engine.console, engine.open_console, engine.time, engine.world
BASE = Ticket(upstream="rt", remote_id="1", state="in_progress", priority=3)


def row(*changes: Any, states: str = "") -> list[Entry]:
    """Queued changes of one ticket; `states` says of each whether it is queued, unknown, sending or in conflict."""
    names = {"q": "queued", "u": "unknown", "s": "sending", "c": "conflict"}
    return [
        Entry(str(n), "t", n, change, "anna", 0, names[(states or "q" * len(changes))[n]])
        for n, change in enumerate(changes)
    ]


HOLD, RESUME = Hold("vendor"), Resume("vendor")


@pytest.mark.parametrize(
    ("entries", "sent", "told"),
    [
        (row(SetPriority(1)), "0", ""),
        (row(SetPriority(3)), "0", ""),  # one change that changes nothing is sent: somebody said so
        (row(SetPriority(1), SetPriority(2)), "1", "0"),
        (row(SetPriority(1), SetPriority(2), SetPriority(4)), "2", "01"),
        (row(SetPriority(1), SetPriority(3)), None, "01"),
        (row(Assign("kim"), Assign(None)), None, "01"),
        (row(SetPriority(1), Note("why"), SetPriority(2)), "0", ""),
        (row(SetPriority(1), Assign("kim")), "0", ""),
        (row(SetImpact("high", "the shop is closed"), SetImpact("low")), "0", ""),
        (row(SetPriority(1), SetPriority(2), Note("x")), "1", "0"),
        (row(HOLD, RESUME), None, "01"),
        (row(HOLD, Resume()), None, "01"),
        (row(HOLD, RESUME, Note("x")), None, "01"),
        (row(Hold("vendor", 99), RESUME), "0", ""),  # to look again then was said, too
        (row(HOLD, Resume("parts")), "0", ""),
        (row(HOLD, Note("x"), RESUME), "0", ""),
        (row(RESUME, HOLD), "0", ""),
        (row(Note("a"), Note("a")), "0", ""),
        (row(Acknowledge(), Acknowledge()), "0", ""),
        (row(SetPriority(1), SetPriority(2), states="qu"), "0", ""),
        (row(SetPriority(1), SetPriority(2), states="qs"), "0", ""),
        (row(SetPriority(1), SetPriority(2), states="qc"), "0", ""),
    ],
)
def test_what_is_sent_of_a_row(entries: list[Entry], sent: str | None, told: str) -> None:
    found = gathered(entries, entries[0], BASE)
    assert (found.sent.uid if found.sent else None, "".join(entry.uid for entry in found.told)) == (sent, told)
    if sent:
        assert "".join(entry.uid for entry in told_by(entries, entries[int(sent)])) == told


def test_a_hold_that_leaves_the_ticket_otherwise_is_sent() -> None:
    new = Ticket(upstream="rt", remote_id="1", state="new")
    entries = row(HOLD, RESUME)  # it would be in progress after it
    assert gathered(entries, entries[0], new).sent == entries[0]


def test_another_person_speaks_for_himself() -> None:
    one, two = row(SetPriority(1), SetPriority(2))
    theirs = Entry("1", "t", 1, two.change, "kim", 0)
    assert gathered([one, theirs], one, BASE).sent == one


def pushed(console: Any, kind: str) -> list[Any]:
    return [event.data["to"] for event in console.adapter.world.live.events["1"] if event.type == kind]


def test_two_in_a_row_are_one_upstream_and_two_here(console: Any) -> None:
    console.do("1", SetPriority(1), SetPriority(2), Note("x"))
    console.sync()
    assert (pushed(console, "priority"), console.states(), console.shown("1").priority) == ([2], ["sent"] * 3, 2)
    first, second, _ = console.store.read(lambda db: outbox.entries(db))
    assert (first.change, second.change) == (SetPriority(1), SetPriority(2))  # as they were typed
    assert (first.event_keys, "in its place" in first.error) == ((), True)
    undo = back(second.change, SetPriority(1).apply(BASE), console.shown("1"), second.state)
    assert undo.changes == (SetPriority(1),)


def test_nothing_is_left_and_nothing_is_sent(console: Any) -> None:
    console.do("1", Acknowledge())
    console.sync()
    before = console.adapter.world.last
    console.do("1", HOLD, RESUME, Assign("kim"), Assign(None))
    assert console.sync().pushed == 0
    assert (console.adapter.world.last, set(console.states())) == (before, {"sent"})
    shown = console.shown("1")
    assert (shown.state, shown.holds, shown.owner) == ("in_progress", (), None)


@pytest.mark.parametrize("fault", ["drop_next_request", "drop_next_response"])
def test_what_was_told_waits_until_it_is_known_that_it_was(console: Any, fault: str) -> None:
    console.do("1", SetPriority(1), SetPriority(2))
    setattr(console.faults, fault, True)
    console.sync()
    assert console.states() == ["queued", "unknown"]
    console.faults.offline = True
    console.sync()
    assert console.states() == ["queued", "unknown"]  # the older value never goes past the newer one
    console.faults.offline = False
    console.sync()
    assert (console.states(), pushed(console, "priority")) == (["sent", "sent"], [2])


def test_what_is_refused_leaves_the_others_to_be_sent(console: Any) -> None:
    console.do("1", SetPriority(1), SetPriority(2))
    console.faults.reject_next = "not that one"
    console.sync()
    assert (console.states(), pushed(console, "priority")) == (["sent", "rejected"], [1])


def test_where_the_contract_counts_when_it_was_made_each_is_a_fact(console: Any, monkeypatch: Any) -> None:
    judging = console.store.rules.judging
    made = lambda ticket: replace(  # noqa: E731
        judging(ticket), policy=replace(judging(ticket).policy, offline_events="made")
    )
    monkeypatch.setattr(type(console.store.rules), "judging", lambda self, ticket: made(ticket))
    console.do("1", SetPriority(1), SetPriority(2))
    console.sync()
    assert pushed(console, "priority") == [1, 2]


def test_one_that_was_taken_back_meanwhile_stays_so(console: Any) -> None:
    console.do("1", SetPriority(1), SetPriority(2))
    first = console.store.read(lambda db: outbox.entries(db))[0]

    def undo(method: str) -> None:
        if method == "push":
            console.faults.before = None
            console.store.write(lambda tx: outbox.mark(tx, first.uid, "dropped")).result()

    console.faults.before = undo
    console.sync()
    assert (console.states(), pushed(console, "priority")) == (["dropped", "sent"], [2])
    assert console.store.read(lambda db: tickets.shown(db, console.uid("1"))).priority == 2
