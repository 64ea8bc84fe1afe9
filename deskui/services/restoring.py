"""A ticket that was deleted upstream while changes waited for it goes on as a new one, if a person says so."""

from concurrent.futures import Future
from typing import TYPE_CHECKING

from deskui.domain.change import Change, Create, Note
from deskui.domain.links import Merge, Unlink
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused
from deskui.store import conflicts, deeds, drafts, outbox, tickets
from deskui.store.ids import uuid7
from deskui.store.tombstone import DELETED

if TYPE_CHECKING:
    from deskui.store.conflicts import Conflict
    from deskui.store.store import Tx


def deleted(conflict: "Conflict") -> bool:
    """Whether it is about a ticket that is not there any more."""
    return bool(conflict.theirs == DELETED)


def restore(desk: Desk, uid: str) -> "Future[str]":
    """Make the ticket of the conflict `uid` anew, with all that waited for it; the new id.  The future raises Refused.

    The old one stays a tombstone, and what waited for it stays there as it was typed.
    """

    def work(tx: "Tx") -> str:
        if desk.read_only:
            raise Refused("this is a read-only session: nothing is changed")
        conflict = next((each for each in conflicts.open_(tx.db) if each.uid == uid), None)
        if conflict is None or not deleted(conflict):
            raise Refused(f"there is no open conflict {uid} with a ticket that was deleted")
        if not tickets.gone(tx.db, conflict.ticket):
            raise Refused(f"{conflict.ticket_id} is there again: keep mine, and it goes there")
        return _anew(desk, tx, conflict.ticket)

    return desk.store.write(work)


def _anew(desk: Desk, tx: "Tx", old: str) -> str:
    ticket = tickets.shown(tx.db, old)
    assert ticket is not None
    uid, who = tickets.new(tx, ticket.upstream), desk.me(ticket.upstream)
    entries = [outbox.add(tx, uid, _create(tx, ticket), author=who)]
    tickets.rebuild(tx, [uid])
    made = begun = tickets.shown(tx.db, uid)
    assert made is not None
    assert begun is not None
    for conflict in [each for each in conflicts.open_(tx.db, old) if deleted(each)]:
        waiting = outbox.get(tx.db, conflict.entry)
        conflicts.close(tx, conflict.uid, made.id)
        if waiting is None or waiting.state != "conflict":
            continue
        if change := fitting(waiting.change, made):
            entries.append(desk.add(tx, uid, made, change))  # behind its create, and a reply can be taken back again
            made = change.apply(made)
        outbox.mark(tx, waiting.uid, "dropped", error=f"goes on in {made.id}")
    drafts.move(tx, old, uid)
    deeds.part(tx, desk.group(), begun, entries, who)
    tickets.rebuild(tx, [old, uid])
    return made.id


def _create(tx: "Tx", ticket: Ticket) -> Create:
    told = next((event.text for event in tickets.events(tx.db, ticket.uid) if event.type == "created"), None)
    said = f"{ticket.id} was deleted in {ticket.upstream}; this ticket goes on with it."
    return Create(
        ticket.subject, "\n\n".join(filter(None, (said, told))), queue=ticket.queue, customer=ticket.customer,
        requestor=next(iter(ticket.requestors), None), priority=ticket.priority, kind=ticket.kind,
        ci=next(iter(ticket.cis), None), token=uuid7(),
    )  # fmt: skip


def fitting(change: Change, made: Ticket) -> Change | None:
    """What of a change makes sense on a ticket made anew: its words in any case; None: nothing."""
    if not isinstance(change, Merge | Unlink) and change.refused(made) is None:
        return change
    words = getattr(change, "text", "") or getattr(change, "why", "")
    return Note(words) if words else None
