"""The content of files that wait to be sent: theirs from when they were attached, whatever becomes of the originals."""

import sqlite3
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from deskui.domain.attachment import File
from deskui.store.ids import uuid7

if TYPE_CHECKING:
    from deskui.store.store import Tx

UNUSED_S = 86_400  # one that no draft and no change names is kept so long: it may be on a screen
DROPPED_S = 7 * 86_400  # one whose reply was taken back: it may be done again


def add(tx: "Tx", name: str, kind: str, data: bytes) -> File:
    """Keep it; nothing names it yet."""
    _sweep(tx, f"at < {tx.now - UNUSED_S:d}")
    file = File(uuid7(), name, kind, len(data))
    tx.db.execute(
        "INSERT INTO outfile(uid, name, kind, size, at, content) VALUES (?, ?, ?, ?, ?, ?)",
        (file.id, file.name, file.kind, file.size, tx.now, data),
    )
    return file


def missing(db: sqlite3.Connection, files: Iterable[File]) -> tuple[File, ...]:
    """Those whose content is not here (any more)."""
    return tuple(file for file in files if not db.execute("SELECT 1 FROM outfile WHERE uid = ?", (file.id,)).fetchone())


def contents(db: sqlite3.Connection, files: Iterable[File]) -> dict[str, bytes]:
    """The content of those that are here, by their ids."""
    found = {}
    for file in files:
        row = db.execute("SELECT content FROM outfile WHERE uid = ?", (file.id,)).fetchone()
        if row is not None:
            found[file.id] = bytes(row[0])
    return found


def sent(tx: "Tx", files: Collection[File]) -> None:
    """They are upstream: what nothing else names goes."""
    for file in files:
        _sweep(tx, "uid = ?", file.id)


def _sweep(tx: "Tx", which: str, *values: str) -> None:
    tx.db.execute(
        f"""DELETE FROM outfile WHERE {which}
            AND NOT EXISTS (SELECT 1 FROM draft WHERE instr(draft.data, outfile.uid))
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = 'reply' AND outbox.state <> 'sent'
                AND (outbox.state <> 'dropped' OR outbox.made_at > ?) AND instr(outbox.payload, outfile.uid))""",
        (*values, tx.now - DROPPED_S),
    )
