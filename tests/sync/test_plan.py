"""What may leave, and what a lost answer meant, as tables."""

import pytest

from deskui.domain.change import Acknowledge, Assign, Change, Close, Create, Hold, Note, Reply, Resolve
from deskui.domain.event import Event
from deskui.domain.fields import SetPriority
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.sync.plan import Landing, beyond, landed, next_turn, normal, others, sendable
from tests.make import make_ticket

NOW = 1_000


def entry(uid, change, ticket="t", state="queued", not_before=0):
    return Entry(uid, ticket, int(uid), change, "anna", NOW - 60, state, not_before, seen="10")


@pytest.mark.parametrize(
    ("entries", "ready"),
    [
        ([], ""),
        ([entry("1", Note("a")), entry("2", Note("b"))], "1"),
        ([entry("1", Note("a")), entry("2", Note("b"), "u")], "12"),
        ([entry("1", Reply("a"), not_before=NOW + 1), entry("2", Note("b"))], ""),
        ([entry("1", Reply("a"), not_before=NOW)], "1"),
        ([entry("1", Note("a"), state="unknown"), entry("2", Note("b")), entry("3", Note("c"), "u")], "3"),
        ([entry("1", Note("a"), state="sending"), entry("2", Note("b"))], ""),
        ([entry("1", Assign("me"), state="conflict"), entry("2", Assign("kim")), entry("3", SetPriority(1))], "3"),
        ([entry("1", Hold("x"), state="conflict"), entry("2", Resolve()), entry("3", Note("n"))], "3"),
        ([entry("1", Note("a"), state="sent"), entry("2", Note("b"), state="rejected"), entry("3", Note("c"))], "3"),
        ([entry("1", SetPriority(1)), entry("2", SetPriority(2), state="unknown")], ""),  # told by the second one
        ([entry("1", SetPriority(1)), entry("2", SetPriority(2), state="sending"), entry("3", Note("c"), "u")], "3"),
        ([entry("1", Create("s")), entry("2", Note("b"))], "1"),
        ([entry("1", Create("s"), state="unknown"), entry("2", Note("b"))], ""),
    ],
)
def test_first_in_first_out_a_ticket(entries, ready):
    assert "".join(e.uid for e in sendable(entries, NOW)) == ready


TICKET = Ticket(upstream="rt", remote_id="1", state="new", priority=3)


def event(key, kind, author="anna", text=None, **data):
    return Event(key, NOW, kind, author, data=data, text=text)


NOTE = Note("disk full\non sw1")


@pytest.mark.parametrize(
    ("change", "events", "taken", "found"),
    [
        (NOTE, [], (), Landing((), NOTE)),
        (NOTE, [event("11", "internal_note", text="disk full\r\non sw1 ")], (), Landing(("11",), None)),
        (NOTE, [event("11", "internal_note", text="disk full\non sw2")], (), Landing((), NOTE)),
        (NOTE, [event("11", "internal_note", text="disk full\non sw1\n-- anna")], (), Landing(("11",), None)),
        (NOTE, [event("11", "internal_note", "kim", "disk full\non sw1")], (), Landing((), NOTE)),
        (NOTE, [event("11", "public_reply", text=NOTE.text)], (), Landing((), NOTE)),
        (NOTE, [event("11", "internal_note", text=NOTE.text)], ("11",), Landing((), NOTE)),
        (Assign("me"), [event("11", "assign", to="me")], (), Landing(("11",), None)),
        (Assign("me"), [event("11", "assign", to="kim")], (), Landing((), Assign("me"))),
        (SetPriority(1), [event("11", "priority", to=1)], (), Landing(("11",), None)),
        (Hold("vendor"), [event("11", "hold", reason="vendor")], (), Landing(("11",), None)),
        (Hold("vendor"), [event("11", "hold", reason="customer")], (), Landing((), Hold("vendor"))),
        (Acknowledge(), [event("11", "acknowledge")], (), Landing(("11",), None)),
        (Acknowledge(), [event("11", "field", field="state", to="in_progress")], (), Landing((), Acknowledge())),
        (Resolve("done"), [event("11", "internal_note", text="done"), event("12", "resolve")], (),
         Landing(("11", "12"), None)),
        (Resolve("done"), [event("11", "internal_note", text="done")], (), Landing(("11",), Resolve())),
        (Resolve("done"), [event("12", "resolve")], (), Landing(("12",), Note("done"))),
        (Close(), [event("12", "close")], (), Landing(("12",), None)),
    ],
)  # fmt: skip
def test_a_lost_answer_is_looked_up(change, events, taken, found):
    assert landed(entry("1", change), TICKET, events, {"anna"}, taken) == found


def test_two_equal_notes_are_matched_one_to_one():
    events = [event("11", "internal_note", text="ping")]
    first = landed(entry("1", Note("ping")), TICKET, events, {"anna"}, ())
    assert first.keys == ("11",)
    assert landed(entry("2", Note("ping")), TICKET, events, {"anna"}, first.keys).keys == ()


def test_others_are_neither_ours_nor_automatic():
    events = [event("1", "assign"), Event("2", NOW, "resume", "RT_System", "system"), event("3", "assign", "kim")]
    assert [e.key for e in others(events, {"1"})] == ["3"]


@pytest.mark.parametrize(("raw", "plain"), [(None, ""), ("a\r\n b\t c \n", "a b c"), ("-- anna", "-- anna")])
def test_bodies_are_compared_without_what_systems_change(raw, plain):
    assert normal(raw) == plain


@pytest.mark.parametrize(
    ("entries", "turn"),
    [
        ([], None),
        ([entry("1", Note("a"))], None),  # made before the run: it had its chance
        ([entry("1", Reply("a"), not_before=NOW + 10)], NOW + 10),
        ([entry("1", Note("a"), state="unknown"), entry("2", Reply("b"), not_before=NOW + 10)], None),
        ([entry("1", Reply("a"), not_before=NOW + 9), entry("2", Reply("b"), "u", not_before=NOW + 5)], NOW + 5),
    ],
)
def test_the_next_turn_is_when_something_new_can_leave(entries, turn):
    assert next_turn(entries, since=NOW) == turn


@pytest.mark.parametrize(
    ("change", "notes", "work_time", "said"),
    [
        (Note("x"), True, False, ""),
        (Note("x", minutes=5), True, False, "it keeps no work time"),
        (Note("x"), False, True, "it has no private notes"),
        (Resolve("Fixed."), False, True, "it has no private notes"),
        (Resolve(), False, True, ""),
        (Reply("Dear all"), False, False, ""),
    ],
)
def test_what_a_system_has_no_place_for_is_not_sent(change: Change, notes: bool, work_time: bool, said: str) -> None:
    why = beyond(change, make_ticket(state="in_progress"), notes=notes, work_time=work_time)
    assert why.startswith(said)
    assert bool(why) == bool(said)
