"""What an order means for a ticket, as a table."""

from typing import Any

import pytest

from deskui.domain import bulk
from deskui.domain.bulk import Item, Order
from deskui.domain.change import Acknowledge, Assign, Change, Close, Hold, Note, Reply, Resolve, Resume
from deskui.domain.fields import SetPriority
from deskui.domain.ticket import Ticket


def ticket(**values: Any) -> Ticket:
    return Ticket(**{"upstream": "rt", "id": "RT-1", "uid": "u1", "state": "in_progress", "priority": 3, **values})


# steps, the ticket, whether it was acknowledged -> the verbs that are left, or why none is
CASES: list[tuple[tuple[Change, ...], dict[str, Any], bool, list[str] | str]] = [
    ((Acknowledge(), Assign("anna")), {"state": "new"}, False, ["ack", "assign"]),
    ((Acknowledge(), Assign("anna")), {}, True, ["assign"]),
    ((Acknowledge(), Assign("anna")), {"owner": "anna"}, True, "RT-1: acknowledged already, anna has it already"),
    ((Assign(None),), {}, False, "RT-1: nobody has it already"),
    ((SetPriority(3),), {}, False, "RT-1: is P3 already"),
    ((SetPriority(1),), {}, False, ["priority"]),
    ((Close(),), {}, False, "RT-1 is in_progress: resolve it before closing it"),
    ((Resolve("done"), Close()), {}, False, ["resolve", "close"]),  # each on what the one before made
    ((Reply("hello"), Hold("customer")), {"state": "resolved"}, True, "RT-1 is resolved: hold needs an open ticket"),
    ((Resume(),), {"state": "pending", "holds": ("vendor",)}, True, ["resume"]),
    ((Note("a"), Note("a")), {}, True, ["note", "note"]),
]


@pytest.mark.parametrize(("steps", "values", "acked", "expected"), CASES)
def test_a_ticket_gets_all_that_is_needed_or_nothing(
    steps: tuple[Change, ...], values: dict[str, Any], acked: bool, expected: list[str] | str
) -> None:
    item = bulk.plan(ticket(**values), steps, acked)
    assert (item.refused or [change.verb for change in item.changes]) == expected
    assert bool(item.changes) != bool(item.refused)


def test_a_text_that_cannot_be_filled_refuses_its_ticket() -> None:
    def fill(step: Change) -> Change:
        raise ValueError("no such field")

    assert bulk.plan(ticket(), (Note("{{ x }}"),), True, fill) == Item(ticket(), refused="no such field")


def test_me_is_another_name_in_each_system() -> None:
    assert bulk.own((Assign("me"), Assign(None), Note("me")), "anna.k") == (Assign("anna.k"), Assign(None), Note("me"))


def test_an_order_is_known_again_by_what_it_does_and_where() -> None:
    order = Order("x", (Hold("customer", 5), Reply("hi", 3, ("+a@b.c",))))
    assert bulk.loaded(bulk.dumped(order.steps)) == order.steps
    assert bulk.key(order, ["b", "a"]) == bulk.key(Order("said otherwise", order.steps), ["a", "b"])
    assert bulk.key(order, ["a"]) != bulk.key(order, ["a", "b"])
    assert bulk.key(order, ["a"]) != bulk.key(Order("x", (Hold("customer", 6),)), ["a"])
    assert order.replies
    assert not Order("x", (Note("n"),)).replies
