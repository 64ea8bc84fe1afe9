"""Everything in the store as plain values: one line each, tickets by their uid, times in epoch seconds."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from deskui.store.search import plain

# In an order in which each line only speaks of tickets that came before it.  No row id leaves the store.
_PARTS = (
    ("ticket", """SELECT uid, id, upstream, remote_id, gone, gone_at, merged_into, history, base, shown, runs
        FROM ticket ORDER BY pk"""),
    ("alias", "SELECT t.uid AS ticket, a.name FROM alias a JOIN ticket t ON t.pk = a.ticket"),
    ("event", """SELECT t.uid AS ticket, e.key, e.at, e.made_at, e.type, e.author, e.side, e.data, b.text
        FROM event e JOIN ticket t ON t.pk = e.ticket LEFT JOIN body b ON b.pk = e.body
        ORDER BY e.ticket, e.at, e.pk"""),
    ("attachment", """SELECT t.uid AS ticket, a.event, a.remote_id, a.name, a.kind, a.size
        FROM attachment a JOIN ticket t ON t.pk = a.ticket"""),
    ("outbox", """SELECT o.uid, t.uid AS ticket, o.kind, o.payload, o.author, o.made_at, o.state, o.not_before, o.error,
        o.receipt FROM outbox o JOIN ticket t ON t.pk = o.ticket ORDER BY o.seq"""),
    ("conflict", """SELECT c.uid, t.uid AS ticket, c.entry, c.field, c.base, c.mine, c.theirs, c.by, c.at, c.closed_at,
        c.settled FROM conflict c JOIN ticket t ON t.pk = c.ticket"""),
    ("draft", """SELECT d.uid, t.uid AS ticket, d.kind, d.author, d.text, d.data, d.began, d.at
        FROM draft d JOIN ticket t ON t.pk = d.ticket"""),
    ("journal", "SELECT uid, origin, seq, at, author, scope, kind, subject, data FROM journal ORDER BY pk"),
    ("ci", "SELECT name, data FROM ci"),
    ("view", "SELECT name, position, query, sort, columns FROM view"),
    ("sync", "SELECT upstream, stage, last_ok, last_try, offline_since, error FROM sync"),
)  # fmt: skip
_JSON = frozenset(("base", "shown", "runs", "data", "payload", "receipt", "mine", "theirs"))


def rows(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """All of it as it was at one moment; the first line says what it is."""
    db.execute("BEGIN")
    try:
        yield {"is": "desk", "format": 1, "schema": db.execute("PRAGMA user_version").fetchone()[0]}
        for name, sql in _PARTS:
            found = db.execute(sql)
            columns = [column[0] for column in found.description]
            for values in found:
                yield {"is": name, **{c: _plain(c, v) for c, v in zip(columns, values, strict=True)}}
    finally:
        db.execute("ROLLBACK")


def _plain(column: str, value: Any) -> Any:
    """JSON that is kept as text as what it says; an archived text as it was."""
    if isinstance(value, bytes):
        return plain(value)
    return json.loads(value) if column in _JSON and isinstance(value, str) else value
