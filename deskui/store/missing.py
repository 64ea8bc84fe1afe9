"""Tickets that their upstream did not show when it was looked for: gone only after a second look, or its own word."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskui.store.store import Tx

TWICE = 2
LEAST, PART = 20, 20  # more than max(20, 5 %) are not believed


@dataclass(frozen=True, slots=True)
class Missing:
    """One of them; `times` it was looked for in vain, `told`: the upstream said that it was deleted."""

    uid: str
    remote_id: str
    times: int
    told: bool
    open: bool

    @property
    def gone(self) -> bool:
        """Whether it may be taken away."""
        return self.told or self.times >= TWICE


def note(tx: "Tx", uids: Iterable[str], *, looks: int = 1, told: bool = False) -> None:
    """So many more looks in vain (`told`: the upstream's own word) for each that is no tombstone yet."""
    for uid in uids:
        tx.db.execute(
            """INSERT INTO missing(ticket, since, times, told) SELECT pk, ?, ?, ? FROM ticket WHERE uid = ? AND gone = 0
               ON CONFLICT(ticket) DO UPDATE SET times = times + excluded.times, told = max(told, excluded.told)""",
            (tx.now, looks, int(told), uid),
        )
    tx.note("sync")


def found(tx: "Tx", upstream: str, remotes: Iterable[str]) -> None:
    """They are there."""
    if any_(tx.db, upstream):
        tx.db.executemany(
            "DELETE FROM missing WHERE ticket = (SELECT pk FROM ticket WHERE upstream = ? AND remote_id = ?)",
            [(upstream, remote) for remote in remotes],
        )
        tx.note("sync")


def any_(db: sqlite3.Connection, upstream: str) -> bool:
    """Whether one is missing."""
    return count(db, upstream) > 0


def count(db: sqlite3.Connection, upstream: str) -> int:
    """How many are missing."""
    query = "SELECT count(*) FROM missing m JOIN ticket t ON t.pk = m.ticket WHERE t.upstream = ?"
    return int(db.execute(query, (upstream,)).fetchone()[0])


def of(db: sqlite3.Connection, upstream: str) -> list[Missing]:
    """All that are missing, the longest first."""
    rows = db.execute(
        """SELECT t.uid, t.remote_id, m.times, m.told, t.done FROM missing m JOIN ticket t ON t.pk = m.ticket
           WHERE t.upstream = ? AND t.gone = 0 ORDER BY m.since, m.ticket""",
        (upstream,),
    )
    return [Missing(uid, remote, times, bool(told), not done) for uid, remote, times, told, done in rows]


def too_many(db: sqlite3.Connection, upstream: str, lost: list[Missing]) -> str:
    """Why so many are not believed to be gone, in words; empty: they are few enough."""
    query = "SELECT count(*), count(*) FILTER (WHERE done = 0) FROM ticket WHERE upstream = ? AND gone = 0"
    every, standing = db.execute(query, (upstream,)).fetchone()
    found = ((sum(each.open for each in lost), standing, "open tickets"), (len(lost), every, "tickets"))
    for absent, known, words in found:
        if absent > max(LEAST, known // PART):
            return f"{absent} of {known} {words} have disappeared from it"
    return ""
