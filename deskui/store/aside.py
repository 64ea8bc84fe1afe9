"""A ticket of an upstream as it was before it was restored or swapped: kept, under a name that nobody else gets."""

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from deskui.store import conflicts, outbox, search, tickets
from deskui.store.rebuild import rebuild

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx

LOST = "the system was restored from a backup made before this was sent"


class Known(NamedTuple):
    """What a ticket is compared by; `into`: the survivor's uid."""

    uid: str
    remote_id: str
    created: int
    updated: int
    gone: bool
    into: str | None


def known(db: sqlite3.Connection, upstream: str, after: int, limit: int) -> tuple[list[Known], int]:
    """The tickets behind `after` (a place, 0: from the start) that the upstream has or had, and the next place."""
    rows = db.execute(
        """SELECT pk, uid, remote_id, created, json_extract(base, '$.updated'), gone, merged_into FROM ticket
           WHERE upstream = ? AND pk > ? AND remote_id IS NOT NULL AND base IS NOT NULL ORDER BY pk LIMIT ?""",
        (upstream, after, limit),
    ).fetchall()
    found = [Known(uid, remote, made, moved or 0, bool(gone), into) for _, uid, remote, made, moved, gone, into in rows]
    return found, rows[-1][0] if rows else after


def put(tx: "Tx", uid: str) -> None:
    """Set the ticket aside: a tombstone with all that is known of it; what waits for it is a conflict."""
    found = tx.db.execute("SELECT pk, id, upstream, gone FROM ticket WHERE uid = ?", (uid,))
    pk, name, upstream, gone = found.fetchone()
    if not gone:
        _created_in_vain(tx, uid)
        tickets.tombstone(tx, uid)
    former = f"{upstream}~{tx.now}"
    tx.db.execute("DELETE FROM missing WHERE ticket = ?", (pk,))
    tx.db.execute("UPDATE ticket SET upstream = ?, id = ? WHERE pk = ?", (former, f"{name}~{tx.now}", pk))
    tx.db.execute("UPDATE event SET upstream = ? WHERE ticket = ?", (former, pk))
    # The desk's own facts about it stay with it: the id may soon be another ticket's.
    shared = f"ticket:{upstream}/{tickets.base(tx.db, uid).remote_id}"  # type: ignore[union-attr]
    tx.db.execute("UPDATE journal SET subject = ? WHERE subject = ?", (f"ticket:{uid}", shared))
    rebuild(tx, [uid])


def forget(tx: "Tx", uid: str) -> None:
    """Its history is read anew: none of the facts is sure to be there still."""
    (pk,) = tx.db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()
    for (body,) in tx.db.execute("SELECT body FROM event WHERE ticket = ? AND body > 0", (pk,)).fetchall():
        search.remove(tx, body)
    tx.db.execute("DELETE FROM attachment WHERE ticket = ?", (pk,))
    tx.db.execute("DELETE FROM event WHERE ticket = ?", (pk,))
    tx.db.execute("UPDATE ticket SET history = 0 WHERE pk = ?", (pk,))
    tx.touch(uid)


def lost(tx: "Tx", uid: str) -> None:
    """What was sent and is not among its facts any more is laid before a person: it may be sent again."""
    for entry in outbox.entries(tx.db, uid, states=("sent",)):
        if entry.event_keys and not outbox.landed(tx.db, entry):
            _clash(tx, entry)
    rebuild(tx, [uid])


def _created_in_vain(tx: "Tx", uid: str) -> None:
    for entry in outbox.entries(tx.db, uid, states=("sent",)):
        if entry.change.verb == "create":
            _clash(tx, entry)


def _clash(tx: "Tx", entry: "Entry") -> None:
    tx.db.execute("UPDATE outbox SET state = 'conflict', error = ?, receipt = '[]' WHERE uid = ?", (LOST, entry.uid))
    name = entry.change.field
    base = tickets.base(tx.db, entry.ticket)
    assert base is not None
    mine = getattr(entry.change.apply(base), name) if name else getattr(entry.change, "text", "")
    conflicts.put(
        tx, entry.ticket, entry.uid, name or entry.change.verb, base=None, mine=mine, theirs=LOST,
    )  # fmt: skip
    tx.note("outbox")
