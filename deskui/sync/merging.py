"""Taking in what the upstream says: runs inside one write transaction, so base, events and conflicts move together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deskui.domain.change import Note
from deskui.domain.event import Event, field_of
from deskui.domain.merge import rebase
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.store import conflicts, derive, drafts, outbox, outfiles, provisional, tickets
from deskui.store.store import Tx
from deskui.sync import coalescing, plan
from deskui.upstream.base import Swapped

TOLD = "a later change of the same field was sent in its place"


def take(tx: Tx, ticket: Ticket, events: Sequence[Event] = (), own: Iterable[str] = (), level: str = "") -> str:
    """Store `ticket` as the base with its new `events`; what waits is replayed on it, or conflicts.  Gives the uid.

    `level`: with these events that much of its past is known.

    Swapped: it is not the ticket that it was.
    """
    taken = tickets.taken(tx.db, ticket.upstream, ticket.remote_id)
    if taken is None and not events and not level:
        return tickets.insert(tx, ticket)  # as it is made, nothing can be derived of it
    before = taken[1] if taken else None
    if before is not None and before.created != ticket.created:
        raise Swapped(f"ticket {ticket.remote_id} is another ticket there than it was: restored or swapped")
    known = taken is not None and taken[2] != "none"
    uid = tickets.put(tx, ticket) if taken else tickets.insert(tx, ticket)
    fresh = tickets.add_events(tx, uid, events)
    if before is not None:
        # Without its history, a ticket's past arrives late: only what happened since the base was read is news.
        news = fresh if known else [event for event in fresh if event.at > before.updated]
        theirs = plan.others(news, frozenset(own))
        _clashes(tx, uid, plan.unmoved(before, theirs), ticket, theirs)
    if level:
        tickets.learn(tx, uid, level)
    tickets.rebuild(tx, [uid])
    return uid


def _clashes(tx: Tx, uid: str, before: Ticket, theirs: Ticket, others: Sequence[Event]) -> None:
    pending = [entry for entry in outbox.entries(tx.db, uid) if entry.state == "queued"]
    if not pending:
        return
    held = derive.holds(tickets.events(tx.db, uid))
    before, theirs = replace(before, holds=held), replace(theirs, holds=held)  # a resume names one of them
    rebased = rebase(before, theirs, [entry.change for entry in pending], others)
    for entry in pending:
        for typed, both in rebased.merged:
            if entry.change is typed:
                outbox.replace_change(tx, entry.uid, both)
        if any(entry.change is change for change in rebased.conflicts):
            if plan.moot(entry.change, theirs):
                _spoken(tx, entry)
            else:
                _clash(tx, entry, before, theirs, others)


def _spoken(tx: Tx, entry: Entry) -> None:
    """Somebody else has moved it there: no clash, and what was to be said of it is said all the same."""
    if text := getattr(entry.change, "text", ""):
        outbox.replace_change(tx, entry.uid, Note(text))
    else:
        outbox.mark(tx, entry.uid, "sent", error="somebody else had done it")


def _clash(tx: Tx, entry: Entry, before: Ticket, theirs: Ticket, others: Sequence[Event]) -> None:
    """Take `entry` out of the queue and lay the three values before a person."""
    field = str(entry.change.field)
    outbox.mark(tx, entry.uid, "conflict")
    conflicts.put(
        tx,
        ticket=entry.ticket,
        entry=entry.uid,
        field=field,
        base=getattr(before, field),
        mine=getattr(entry.change.apply(before), field),
        theirs=getattr(theirs, field),
        by=next((event.author for event in reversed(others) if field_of(event) == field), ""),
    )


def adopt(tx: Tx, entry: Entry, ticket: Ticket, events: Sequence[Event], keys: Sequence[str]) -> None:
    """A ticket made here has arrived upstream: it gets its id, its base and its events, and its create is sent.

    What others did to it before we knew clashes like any other of their moves.
    """
    first = tickets.shown(tx.db, entry.ticket)
    tickets.adopt(tx, entry.ticket, ticket)
    sent(tx, entry, ticket, events, keys)
    made = entry.change.apply(Ticket(ticket.upstream, ticket.remote_id))
    _clashes(tx, entry.ticket, made, ticket, plan.others(events, frozenset(keys)))
    tickets.rebuild(tx, [entry.ticket])
    tickets.set_history(tx, [entry.ticket], "full")
    if first is not None:
        provisional.replaced(tx, entry.ticket, first.id)


def sent(tx: Tx, entry: Entry, ticket: Ticket, events: Sequence[Event], keys: Sequence[str]) -> None:
    """A receipt: base, events and the entry's `sent` in one transaction."""
    outbox.mark(tx, entry.uid, "sent", event_keys=tuple(keys))
    told(tx, coalescing.told_by(outbox.entries(tx.db, entry.ticket, states=("queued",)), entry), TOLD)
    outfiles.sent(tx, getattr(entry.change, "files", ()))
    take(tx, ticket, events, own=keys)


def told(tx: Tx, entries: Iterable[Entry], why: str) -> None:
    """These changes need not be sent any more; they stay as they were typed, and can be undone as if they were sent."""
    for entry in entries:
        now = outbox.get(tx.db, entry.uid)
        if now is not None and (now.state, now.change) == ("queued", entry.change):
            outbox.mark(tx, entry.uid, "sent", error=why)
            tickets.rebuild(tx, [entry.ticket])


def merged(tx: Tx, entry: Entry, survivor: Ticket, events: Sequence[Event], keys: Sequence[str]) -> None:
    """Our ticket is part of `survivor` now: its id finds that one, and what waits for it follows."""
    outbox.mark(tx, entry.uid, "sent", event_keys=tuple(keys))
    uid = take(tx, survivor, events, own=keys)
    tickets.tombstone(tx, entry.ticket, into=uid)


def settle(tx: Tx, entry: Entry, state: str, error: str = "") -> None:
    """The entry ends, or goes back to the queue; a create that ends takes what waited for its ticket with it.

    What was written and is refused is a draft again.
    """
    outbox.mark(tx, entry.uid, state, error=error)
    if state == "rejected":
        drafts.back(tx, entry)
    if entry.change.verb == "create" and state in ("rejected", "dropped"):
        for other in outbox.entries(tx.db, entry.ticket):
            if other.state == "queued":
                outbox.mark(tx, other.uid, "dropped", error="its ticket was not made")
    tickets.rebuild(tx, [entry.ticket])
