"""What is to be done to several tickets: an order, and what it means for each of them.  Pure."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from deskui.domain import outgoing, sets
from deskui.domain.change import Acknowledge, Assign, Change, Reply
from deskui.domain.fields import SetPriority
from deskui.domain.ticket import Ticket

ME = "me"  # in an order, whoever does it: the name that they have in each ticket's system
MOST = 1000  # tickets that one order may touch


@dataclass(frozen=True, slots=True)
class Order:
    """Changes to make on each ticket, in this order; their texts may name the ticket's fields.  `what` says it."""

    what: str
    steps: tuple[Change, ...]

    @property
    def replies(self) -> bool:
        """Whether customers will read something."""
        return any(isinstance(step, Reply) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Item:
    """One ticket and the changes that it gets; `refused` says why it gets none ("": it does).

    `unread` says why the ticket could not be read again before a reply; `local` what the customer's clock says.
    """

    ticket: Ticket
    changes: tuple[Change, ...] = ()
    refused: str = ""
    unread: str = ""
    local: str = ""

    @property
    def reply(self) -> Reply | None:
        """What its customer will read."""
        return next((change for change in self.changes if isinstance(change, Reply)), None)


def own(steps: Iterable[Change], me: str) -> tuple[Change, ...]:
    """The steps with our own name where they say `me`."""
    return tuple(replace(step, who=me) if isinstance(step, Assign) and step.who == ME else step for step in steps)


def idle(step: Change, ticket: Ticket, acknowledged: bool) -> str:
    """Why the step would change nothing; empty: it would."""
    if isinstance(step, Acknowledge) and acknowledged:
        return "acknowledged already"
    if isinstance(step, Assign) and ticket.owner == step.who:
        return f"{step.who or 'nobody'} has it already"
    if isinstance(step, SetPriority) and ticket.priority == step.to:
        return f"is P{step.to} already"
    return sets.idle(step, ticket)


def plan(
    ticket: Ticket, steps: Sequence[Change], acknowledged: bool, fill: Callable[[Change], Change] = lambda step: step
) -> Item:
    """What the steps mean for this ticket: all that are needed, or, where one is refused, none.

    `fill` completes a text; a ValueError of it refuses the ticket.
    """
    now, kept, without = ticket, list[Change](), list[str]()
    for step in steps:
        if why := idle(step, now, acknowledged):
            without.append(why)
            continue
        try:
            change = fill(step)
        except ValueError as wrong:
            return Item(ticket, refused=str(wrong))
        if refusal := change.refused(now):
            return Item(ticket, refused=refusal)
        kept.append(change)
        now = change.apply(now)
    return Item(ticket, tuple(kept), "" if kept else f"{ticket.id}: {', '.join(without) or 'nothing to do'}")


def moved(item: Item, now: Ticket) -> str:
    """Why the changes do not fit the ticket as it is `now`; empty: they do."""
    for change in item.changes:
        if refusal := change.refused(now):
            return refusal
        now = change.apply(now)
    return ""


# --- as they are kept


def dumped(steps: Iterable[Change]) -> list[list[object]]:
    """The steps as JSON values."""
    return [[step.verb, outgoing.to_json(step)] for step in steps]


def loaded(kept: Iterable[Sequence[object]]) -> tuple[Change, ...]:
    """The inverse of `dumped`."""
    return tuple(outgoing.from_json(str(verb), payload) for verb, payload in kept)  # type: ignore[arg-type]


def key(order: Order, uids: Iterable[str]) -> str:
    """What tells two orders apart: the same steps on the same tickets are the same order, begun twice."""
    return json.dumps([dumped(order.steps), sorted(uids)], ensure_ascii=False, sort_keys=True)
