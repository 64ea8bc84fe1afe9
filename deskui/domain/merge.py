"""Merging what we changed with what the upstream became: the hard part of sync, as pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from deskui.domain.change import Change
from deskui.domain.event import Event, fields_of
from deskui.domain.fields import SetSubject
from deskui.domain.ticket import Ticket

FIELDS = ("state", "owner", "priority", "impact", "urgency", "category", "kind", "customer", "subject", "cis")


@dataclass(frozen=True, slots=True)
class Merge:
    """The ticket to show, the changes that clash with somebody else's, and those that became another one by merging."""

    ticket: Ticket
    conflicts: tuple[Change, ...]
    merged: tuple[tuple[Change, Change], ...] = ()


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
    rules) are taken as they are, unless they leave a state that no longer allows the change.  Of a subject only the
    same words conflict.
    """
    moved, ticket, conflicts = fields_of(others) & changed(base, theirs), theirs, list[Change]()
    merged = list[tuple[Change, Change]]()
    for typed in pending:
        change = _both(typed, base, ticket) if moved else typed
        mine = (change or typed).apply(ticket)
        if change is None or (change is typed and changed(ticket, mine) & moved) or change.refused(ticket):
            conflicts.append(typed)
            continue
        if change is not typed:
            merged.append((typed, change))
        ticket, base = mine, typed.apply(base)
    return Merge(ticket, tuple(conflicts), tuple(merged))


def _both(change: Change, base: Ticket, theirs: Ticket) -> Change | None:
    """A subject with what they made of it; None: both moved the same words.  Any other change stays itself."""
    if not isinstance(change, SetSubject) or theirs.subject in (base.subject, change.to):
        return change
    both = words(base.subject, theirs.subject, change.to)
    return None if both is None else replace(change, to=both)


def words(base: str, theirs: str, mine: str) -> str | None:
    """`base` with the edits of both, word by word; None: they overlap, or both put something in at the same place."""
    old = base.split()
    edits = sorted({*_edits(old, theirs.split()), *_edits(old, mine.split())})  # what both did is done once
    if any(_overlap(one, other) for one, other in pairwise(edits)):
        return None
    for start, end, given in reversed(edits):
        old[start:end] = given
    return " ".join(old)


Edit = tuple[int, int, tuple[str, ...]]


def _edits(old: list[str], new: list[str]) -> list[Edit]:
    """Which words become which."""
    from difflib import SequenceMatcher

    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(a, b, tuple(new[c:d])) for tag, a, b, c, d in codes if tag != "equal"]


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether they touch the same words; what is put in touches the words of an edit right beside it."""
    start, end = max(one[0], other[0]), min(one[1], other[1])
    puts_in = one[0] == one[1] or other[0] == other[1]
    return start < end or (puts_in and start == end)
