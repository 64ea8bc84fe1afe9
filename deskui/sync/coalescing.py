"""Changes in a row that say one thing: only the last is sent (of sets one that does all), or none where nothing is
left of them.  Pure.

Only what is still queued is looked at; each change stays in the outbox and in the list of deeds as it was typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deskui.domain.change import Assign, Hold, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.outgoing import Entry
from deskui.domain.sets import Moves, together
from deskui.domain.ticket import Ticket

PLAIN = (Assign, SetPriority, SetImpact, SetUrgency, SetCategory, SetCi, SetSubject)  # that set one field to one value


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is sent of a row of changes (None: nothing is left of it), and what is told by that."""

    sent: Entry | None
    told: tuple[Entry, ...] = ()


def gathered(entries: Sequence[Entry], head: Entry, ticket: Ticket) -> Gathered:
    """The row that begins with `head`, among one ticket's `entries` in their order; `ticket` is its base."""
    row = _row(entries, head)
    if isinstance(head.change, Moves) and len(row) > 1:
        if _after(ticket, row) == ticket:
            return Gathered(None, row)
        both = together([entry.change for entry in row if isinstance(entry.change, Moves)])
        return Gathered(replace(row[-1], change=both), row[:-1])
    if len(row) > 1:
        nothing = getattr(_after(ticket, row), str(head.change.field)) == getattr(ticket, str(head.change.field))
        return Gathered(None, row) if nothing else Gathered(row[-1], row[:-1])
    pair = tuple(_waiting(entries, head)[:2])
    if len(pair) == 2 and _cancel(*pair) and _after(ticket, pair) == ticket:
        return Gathered(None, pair)
    return Gathered(head)


def told_by(entries: Sequence[Entry], last: Entry) -> tuple[Entry, ...]:
    """The changes that `last`, which was sent, has told too: those in a row before it that still wait.

    Of sets none: what was sent of them in one is known only to whom it was sent by.
    """
    if isinstance(last.change, Moves):
        return ()
    before = [entry for entry in entries if entry.state == "queued" and entry.seq < last.seq]
    told = list[Entry]()
    for entry in reversed(before):
        if not _same(entry, last):
            break
        told.insert(0, entry)
    return tuple(told)


def _waiting(entries: Sequence[Entry], head: Entry) -> list[Entry]:
    return [entry for entry in entries if entry.ticket == head.ticket and entry.state == "queued"
            and entry.seq >= head.seq]  # fmt: skip


def _row(entries: Sequence[Entry], head: Entry) -> tuple[Entry, ...]:
    row = list[Entry]()
    for entry in _waiting(entries, head):
        if not _same(entry, head):
            break
        row.append(entry)
    return tuple(row)


def _same(one: Entry, other: Entry) -> bool:
    """Whether both set the same field, for the same person, and neither has words that somebody should read."""
    plain = type(one.change) is type(other.change) and isinstance(one.change, (*PLAIN, Moves))
    alike = plain and one.author == other.author
    return alike and not (getattr(one.change, "why", "") or getattr(other.change, "why", ""))


def _cancel(one: Entry, other: Entry) -> bool:
    """Whether a hold is ended at once: the clocks of this contract would count nothing of it."""
    hold, resume = one.change, other.change
    return (
        isinstance(hold, Hold) and hold.until is None and one.author == other.author
        and isinstance(resume, Resume) and resume.reason in (None, hold.reason)
    )  # fmt: skip


def _after(ticket: Ticket, row: Sequence[Entry]) -> Ticket:
    for entry in row:
        ticket = entry.change.apply(ticket)
    return ticket
