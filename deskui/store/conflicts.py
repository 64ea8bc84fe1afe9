"""Changes that clash with somebody else's, until a person says which one holds."""

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from deskui.lazy import dataclass
from deskui.store import statements
from deskui.store.ids import uuid7
from deskui.store.outbox import dumps

if TYPE_CHECKING:
    from deskui.store.store import Tx

_SELECT = """SELECT c.uid, t.uid, t.id, c.entry, c.field, c.base, c.mine, c.theirs, c.by, c.at
    FROM conflict c JOIN ticket t ON t.pk = c.ticket"""


@dataclass(frozen=True)
class Conflict:
    """One field of one ticket; `base`, `mine`, `theirs` are its values as JSON values; `entry` is the outbox entry."""

    uid: str
    ticket: str  # uid
    ticket_id: str
    entry: str
    field: str
    base: Any
    mine: Any
    theirs: Any
    by: str = ""
    at: int = 0


def put(
    tx: "Tx", ticket: str, entry: str, field: str, *, base: Any, mine: Any, theirs: Any, by: str = "",
    at: int | None = None,
) -> Conflict:  # fmt: skip
    """Open one; an open one of the same entry and field is replaced.  LookupError: no such ticket."""
    found = tx.db.execute("SELECT pk, id FROM ticket WHERE uid = ?", (ticket,)).fetchone()
    if found is None:
        raise LookupError(f"no ticket {ticket}")
    tx.db.execute("DELETE FROM conflict WHERE entry = ? AND field = ? AND closed_at IS NULL", (entry, field))
    when = tx.now if at is None else at
    row = {
        "uid": uuid7(), "ticket": found[0], "entry": entry, "field": field, "base": dumps(base), "mine": dumps(mine),
        "theirs": dumps(theirs), "by": by, "at": when, "closed_at": None, "settled": "",
    }  # fmt: skip
    tx.db.execute(statements.insert("conflict", tuple(row)), row)
    tx.note("conflicts")
    tx.touch(ticket)
    return Conflict(row["uid"], ticket, found[1], entry, field, base, mine, theirs, by, when)


def open_(db: sqlite3.Connection, ticket: str | None = None) -> list[Conflict]:
    """The open ones, oldest first; of one ticket (uid) if given."""
    rows = db.execute(f"{_SELECT} WHERE c.closed_at IS NULL AND (?1 IS NULL OR t.uid = ?1) ORDER BY c.pk", (ticket,))
    return [_conflict(row) for row in rows]


def get(db: sqlite3.Connection, uid: str) -> Conflict | None:
    """One, open or closed."""
    row = db.execute(f"{_SELECT} WHERE c.uid = ?", (uid,)).fetchone()
    return None if row is None else _conflict(row)


def close(tx: "Tx", uid: str, how: str = "") -> None:
    """A person has decided `how` (mine, theirs, or a value); the row stays as history."""
    tx.db.execute(
        "UPDATE conflict SET closed_at = ?, settled = ? WHERE uid = ? AND closed_at IS NULL", (tx.now, how, uid)
    )
    tx.note("conflicts")
    row = tx.db.execute("SELECT t.uid FROM conflict c JOIN ticket t ON t.pk = c.ticket WHERE c.uid = ?", (uid,))
    for (ticket,) in row.fetchall():
        tx.touch(ticket)


def reopen(tx: "Tx", uid: str) -> None:
    """It was not settled after all."""
    tx.db.execute("UPDATE conflict SET closed_at = NULL, settled = '' WHERE uid = ?", (uid,))
    tx.note("conflicts")


def close_of(tx: "Tx", entry: str, how: str = "") -> None:
    """The same for all open ones of an outbox entry."""
    for (uid,) in tx.db.execute("SELECT uid FROM conflict WHERE entry = ? AND closed_at IS NULL", (entry,)).fetchall():
        close(tx, uid, how)


def _conflict(row: tuple[Any, ...]) -> Conflict:
    values = [json.loads(value) for value in row[5:8]]
    return Conflict(*row[:5], *values, *row[8:])
