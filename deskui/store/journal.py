"""Local facts: append-only rows that could be copied to a team's hub by (origin, seq)."""

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deskui.lazy import dataclass
from deskui.store import statements
from deskui.store.ids import uuid7
from deskui.store.outbox import dumps

if TYPE_CHECKING:
    from deskui.store.store import Tx


@dataclass(frozen=True)
class Record:
    """One fact; `subject` is portable: `ticket:UID`, `ticket:UPSTREAM/REMOTE_ID`, `ci:NAME`; `at` in epoch seconds."""

    uid: str
    origin: str
    seq: int
    at: int
    author: str
    scope: str
    kind: str
    subject: str
    data: Mapping[str, Any]


def append(tx: "Tx", kind: str, subject: str, data: Mapping[str, Any], *, author: str, scope: str = "team") -> str:
    """Add a fact and return its uid; a correction is a new row."""
    origin = _origin(tx.db)
    seq = tx.db.execute("SELECT coalesce(max(seq), 0) + 1 FROM journal WHERE origin = ?", (origin,)).fetchone()[0]
    row = {
        "uid": uuid7(), "origin": origin, "seq": seq, "at": tx.now, "author": author, "scope": scope, "kind": kind,
        "subject": subject, "data": dumps(dict(data)),
    }  # fmt: skip
    tx.db.execute(statements.insert("journal", tuple(row)), row)
    tx.note("journal")
    return str(row["uid"])


def rows(db: sqlite3.Connection, kind: str | None = None, subject: str | None = None) -> list[Record]:
    """The facts of a kind, about a subject; oldest first."""
    found = db.execute(
        """SELECT uid, origin, seq, at, author, scope, kind, subject, data FROM journal
           WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR subject = ?2) ORDER BY at, pk""",
        (kind, subject),
    )
    return [_record(row) for row in found]


def _origin(db: sqlite3.Connection) -> str:
    """The name of this store among others; made with the first fact."""
    row = db.execute("SELECT value FROM meta WHERE key = 'origin'").fetchone()
    if row is None:
        row = (uuid7(),)
        db.execute("INSERT INTO meta(key, value) VALUES ('origin', ?)", row)
    return str(row[0])


def _record(row: tuple[Any, ...]) -> Record:
    uid, origin, seq, at, author, scope, kind, subject, data = row
    return Record(uid, origin, seq, at, author, scope, kind, subject, json.loads(data))
