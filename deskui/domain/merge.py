"""Merging what we changed with what the upstream became: the hard part of sync, as pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskui.domain.change import Change
from deskui.domain.event import Event, fields_of
from deskui.domain.ticket import Ticket

FIELDS = ("state", "owner", "priority", "impact", "urgency", "category", "kind", "customer", "subject", "cis")


@dataclass(frozen=True, slots=True)
class Merge:
    """The ticket to show, and the changes that clash with somebody else's."""

    ticket: Ticket
    conflicts: tuple[Change, ...]


def changed(before: Ticket, after: Ticket) -> frozenset[str]:
    """The fields in which two readings of one ticket differ."""
    return frozenset(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def replay(base: Ticket, pending: Iterable[Change]) -> Ticket:
    """`base` with `pending` on top: what the technician sees."""
    for change in pending:
        base = change.apply(base)
    return base


def rebase(base: Ticket, theirs: Ticket, pending: Sequence[Change], others: Iterable[Event]) -> Merge:
    """Replay `pending` on `theirs`; a change conflicts where somebody else moved its field to another value.

    `others` are the events since `base` that are neither ours nor automatic; automatic moves (the upstream's own
    rules) are taken as they are, unless they leave a state that no longer allows the change.
    """
    moved, ticket, conflicts = fields_of(others) & changed(base, theirs), theirs, []
    for change in pending:
        mine = change.apply(ticket)
        if (changed(ticket, mine) & moved) or change.refused(ticket):
            conflicts.append(change)
        else:
            ticket = mine
    return Merge(ticket, tuple(conflicts))
