"""What is known of the files at a ticket's messages; their content stays upstream until somebody saves it."""

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskui.domain.attachment import File
    from deskui.domain.event import Event
    from deskui.store.store import Tx


def of(db: sqlite3.Connection, pk: int) -> "dict[str, tuple[File, ...]]":
    """The files of a ticket by the key of the event that they came with, in the upstream's order."""
    rows = db.execute(
        "SELECT event, remote_id, name, kind, size FROM attachment WHERE ticket = ? ORDER BY pk", (pk,)
    ).fetchall()
    if not rows:
        return {}
    from deskui.domain.attachment import File

    found: dict[str, tuple[File, ...]] = {}
    for event, *values in rows:
        found[event] = (*found.get(event, ()), File(*values))
    return found


def put(tx: "Tx", pk: int, event: "Event") -> None:
    """Keep what is new of an event's files: the same fact may be read again."""
    if not event.files:
        return
    known = {
        remote_id
        for (remote_id,) in tx.db.execute(
            "SELECT remote_id FROM attachment WHERE ticket = ? AND event = ?", (pk, event.key)
        )
    }
    tx.db.executemany(
        "INSERT INTO attachment(ticket, event, remote_id, name, kind, size) VALUES (?, ?, ?, ?, ?, ?)",
        [(pk, event.key, file.id, file.name, file.kind, file.size) for file in event.files if file.id not in known],
    )


def move(tx: "Tx", old: int, event: str, pk: int) -> None:
    """They go where their event goes."""
    tx.db.execute("UPDATE attachment SET ticket = ? WHERE ticket = ? AND event = ?", (pk, old, event))
