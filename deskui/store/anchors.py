"""The tickets by which an upstream is known again: its id is another ticket's where the time of creation differs."""

import sqlite3
from typing import NamedTuple

_FEW, _LATE = 3, 200
_KNOWN = "upstream = ? AND gone = 0 AND remote_id IS NOT NULL AND base IS NOT NULL"


class Anchor(NamedTuple):
    """One ticket; `created` in epoch seconds never changes."""

    remote_id: str
    created: int


class Anchors(NamedTuple):
    """The first and the newest that are known, and those that something waits for; none is in two of them."""

    first: tuple[Anchor, ...]
    newest: tuple[Anchor, ...]
    waiting: tuple[Anchor, ...]

    @property
    def every(self) -> tuple[Anchor, ...]:
        """All of them."""
        return (*self.first, *self.newest, *self.waiting)


def pick(db: sqlite3.Connection, upstream: str) -> Anchors:
    """Those of an upstream; none at all on a desk that has never synced."""
    first = _read(db, f"SELECT remote_id, created FROM ticket WHERE {_KNOWN} ORDER BY remote_id LIMIT {_FEW}", upstream)
    late = f"SELECT remote_id, created FROM ticket WHERE {_KNOWN} ORDER BY pk DESC LIMIT {_LATE}"
    newest = _read(db, f"SELECT * FROM ({late}) ORDER BY created DESC LIMIT {_FEW}", upstream)
    waiting = _read(
        db,
        """SELECT DISTINCT t.remote_id, t.created FROM outbox o CROSS JOIN ticket t ON t.pk = o.ticket
           WHERE o.state IN ('queued', 'sending', 'unknown') AND t.upstream = ? AND t.gone = 0
           AND t.remote_id IS NOT NULL AND t.base IS NOT NULL""",
        upstream,
    )
    newest = tuple(each for each in newest if each not in first)
    return Anchors(first, newest, tuple(each for each in waiting if each not in (*first, *newest)))


def _read(db: sqlite3.Connection, query: str, upstream: str) -> tuple[Anchor, ...]:
    return tuple(Anchor(*row) for row in db.execute(query, (upstream,)))
