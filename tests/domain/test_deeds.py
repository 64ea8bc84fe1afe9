"""What can be undone, in which order, and what undoing one change means: tables."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.domain import bulk, deeds
from deskui.domain.change import Acknowledge, Assign, Cancel, Change, Close, Hold, Note, Reopen, Reply, Resolve, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject
from deskui.domain.ticket import Ticket

BEFORE = Ticket("rt", id="RT-1", state="in_progress", owner="kim", priority=3, impact="low", cis=("gw",))
HELD = Ticket("rt", id="RT-1", state="pending", holds=("vendor", "parts"))

# change, the ticket before -> what makes it good once it was sent, or a part of why it stays
SENT: list[tuple[Change, Ticket, tuple[Change, ...] | str]] = [
    (Assign("anna"), BEFORE, (Assign("kim"),)),
    (SetPriority(1), BEFORE, (SetPriority(3),)),
    (SetImpact("high"), BEFORE, (SetImpact("low"),)),
    (SetCi("other"), BEFORE, (SetCi("gw"),)),
    (SetCategory("mail"), BEFORE, "cannot be set from here"),
    (SetSubject("Tills"), replace(BEFORE, subject="Till"), (SetSubject("Till"),)),
    (Hold("customer"), BEFORE, (Resume("customer"),)),
    (Hold("vendor"), HELD, "cannot be set from here"),
    (Resume("parts"), HELD, (Hold("parts"),)),
    (Resume(), HELD, (Hold("vendor"), Hold("parts"))),
    (Resolve("done"), BEFORE, (Reopen("Undone: resolve"),)),
    (Resolve("done"), HELD, (Reopen("Undone: resolve"), Hold("vendor"), Hold("parts"))),
    (Close(), Ticket("rt", state="resolved"), (Reopen("Undone: close"),)),
    (Cancel("no"), BEFORE, "cannot be opened again"),
    (Reopen("yes"), Ticket("rt", state="resolved"), "resolve it again"),
    (Reply("hello"), BEFORE, "a mail cannot be recalled"),
    (Note("hello"), BEFORE, "stays"),
    (Acknowledge(), Ticket("rt"), "first response has been counted"),
]


@pytest.mark.parametrize(("change", "before", "expected"), SENT)
def test_what_was_sent_is_made_good_where_it_can_be(
    change: Change, before: Ticket, expected: tuple[Change, ...] | str
) -> None:
    found = deeds.back(change, before, change.apply(before), "sent")
    if isinstance(expected, str):
        assert (found.how, found.changes) == ("stays", ())
        assert expected in found.why
    else:
        assert (found.how, found.changes) == ("make_good", expected)


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ("queued", "drop"), ("conflict", "drop"), ("rejected", "drop"), ("sending", "wait"), ("unknown", "wait"),
        ("dropped", "stays"), ("sent", "make_good"),
    ],
)  # fmt: skip
def test_what_is_not_sent_is_dropped_and_what_is_under_way_is_waited_for(state: str, how: str) -> None:
    assert deeds.back(Assign("anna"), BEFORE, Assign("anna").apply(BEFORE), state).how == how


def test_what_somebody_moved_since_stays() -> None:
    found = deeds.back(Assign("anna"), BEFORE, Assign("berta").apply(BEFORE), "sent")
    assert (found.how, found.why) == ("stays", "the owner has been moved since: that stays")


def test_a_ticket_as_it_was_comes_back_from_what_is_kept() -> None:
    assert deeds.restored(deeds.kept(BEFORE)) == Ticket(
        "", id="RT-1", state="in_progress", owner="kim", priority=3, impact="low", cis=("gw",)
    )


# --- the stack


def part(group: str, *tickets: str) -> list[dict[str, Any]]:
    entries = [["e", "note", {"text": "x", "minutes": 0}]]
    return [{"step": "part", "group": group, "ticket": each, "entries": entries, "before": {}} for each in tickets]


def begin(group: str, *tickets: str, again: str = "") -> list[dict[str, Any]]:
    steps = bulk.dumped((Note("x"),))
    return [{"step": "begin", "group": group, "what": "w", "steps": steps, "tickets": list(tickets), "key": "k",
             "again": again}]  # fmt: skip


def end(group: str) -> list[dict[str, Any]]:
    return [{"step": "end", "group": group}]


def undone(group: str, *tickets: str, did: bool = True) -> list[dict[str, Any]]:
    told = [["note", ""]] if did else []
    return [{"step": "undone", "group": group, "ticket": each, "did": told} for each in tickets]


STACKS: list[tuple[list[dict[str, Any]], list[str], list[str], list[str]]] = [
    ([], [], [], []),
    (part("a", "1") + part("b", "2"), ["a", "b"], [], []),
    (part("a", "1") + part("a", "1"), ["a"], [], []),  # two changes, one deed
    (part("a", "1") + part("b", "2") + undone("b", "2"), ["a"], ["b"], []),
    (part("a", "1") + undone("a", "1") + part("b", "2"), ["b"], [], []),  # a new deed ends what could be redone
    (part("a", "1") + undone("a", "1", did=False), [], [], []),  # nothing of it was undone: nothing to do again
    (begin("a", "1", "2") + part("a", "1"), ["a"], [], ["a"]),  # cut off
    (begin("a", "1", "2") + part("a", "1", "2") + end("a"), ["a"], [], []),
    (begin("a", "1", "2") + part("a", "1", "2") + end("a") + undone("a", "1"), ["a"], [], []),  # half undone
    (begin("a", "1", "2") + part("a", "1", "2") + end("a") + undone("a", "1", "2"), [], ["a"], []),
    (part("a", "1") + undone("a", "1") + begin("c", "1", again="a") + part("c", "1"), ["c"], ["a"], ["c"]),
    (part("a", "1") + undone("a", "1") + begin("c", "1", again="a") + part("c", "1") + end("c"), ["c"], [], []),
    (undone("gone", "1") + part("a", "1"), ["a"], [], []),  # what is older than what is read
]


@pytest.mark.parametrize(("rows", "undo", "redo", "open_"), STACKS)
def test_the_stack(rows: list[dict[str, Any]], undo: list[str], redo: list[str], open_: list[str]) -> None:
    found = deeds.history(("anna", 0, row) for row in rows)
    assert [[deed.group for deed in each] for each in (found.undo, found.redo, found.open)] == [undo, redo, open_]
