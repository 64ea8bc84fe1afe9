"""A ticket that the upstream merged or deleted: it leaves the queue, and nothing that waits for it is lost."""

from dataclasses import replace
from typing import TYPE_CHECKING

from deskui.domain.links import Merge
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.store import conflicts, outbox
from deskui.store.rebuild import rebuild

if TYPE_CHECKING:
    from deskui.store.store import Tx

DELETED = "deleted"  # what a conflict says of theirs where there is no ticket any more


def tombstone(tx: "Tx", uid: str, into: str | None = None, at: int | None = None) -> None:
    """`uid` was merged `into` another ticket (uid), or deleted, at `at` (epoch seconds; default: now).

    Queued notes, replies and time follow to the survivor; the rest, and everything of a deleted ticket, becomes a
    conflict; a message of which it is not known whether it arrived stays where it is.  Both tickets are rebuilt.
    """
    waiting = outbox.waiting(tx.db, uid)
    found = tx.db.execute("SELECT id, remote_id FROM ticket WHERE uid = ?", (into,))
    survivor = None if into is None else found.fetchone()
    theirs = f"merged into {survivor[0]}" if survivor else DELETED
    tx.db.execute(
        "UPDATE ticket SET gone = 1, gone_at = ?, merged_into = ? WHERE uid = ?",
        (tx.now if at is None else at, into if survivor else None, uid),
    )
    for entry in waiting:
        if entry.state == "sent":
            continue
        if isinstance(entry.change, Merge) and survivor is not None and entry.change.remote == survivor[1]:
            outbox.mark(tx, entry.uid, "sent")  # by us, or by somebody who had the same idea
            continue
        if survivor is not None and entry.change.field is None:
            if entry.state == "queued":  # of the others the sync finds out, on the ticket that they were sent to
                outbox.mark(tx, entry.uid, entry.state, ticket=into)
        else:
            _clash(tx, uid, entry, theirs)
    rebuild(tx, [uid] if into is None else [uid, into])


def _clash(tx: "Tx", uid: str, entry: Entry, theirs: str) -> None:
    from deskui.store import tickets

    base = tickets.base(tx.db, uid) or Ticket("")
    name = entry.change.field
    mine = entry.change.apply(replace(base))
    outbox.mark(tx, entry.uid, "conflict", error=theirs)
    conflicts.put(
        tx, uid, entry.uid, name or entry.change.verb, theirs=theirs,
        base=getattr(base, name) if name else None,
        mine=getattr(mine, name) if name else getattr(entry.change, "text", ""),
    )  # fmt: skip
