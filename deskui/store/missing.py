"""Tickets that their upstream did not show when it was looked for: gone only after a second look, or its own word."""

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from deskui.lazy import dataclass

if TYPE_CHECKING:
    from deskui.store.store import Tx

TWICE = 2
LEAST, PART = 20, 20  # more than max(20, 5 %) are not believed
DAY_S = 86_400  # within so long: in pieces, none of them too many, they would pass


@dataclass(frozen=True)
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
    """Whether one is missing, or was taken away lately."""
    query = "SELECT EXISTS (SELECT 1 FROM missing m JOIN ticket t ON t.pk = m.ticket WHERE t.upstream = ?)"
    return bool(db.execute(query, (upstream,)).fetchone()[0])


def count(db: sqlite3.Connection, upstream: str) -> int:
    """How many are missing."""
    query = "SELECT count(*) FROM missing m JOIN ticket t ON t.pk = m.ticket WHERE t.upstream = ? AND t.gone = 0"
    return int(db.execute(query, (upstream,)).fetchone()[0])


def of(db: sqlite3.Connection, upstream: str) -> list[Missing]:
    """All that are missing, the longest first."""
    rows = db.execute(
        """SELECT t.uid, t.remote_id, m.times, m.told, t.done FROM missing m JOIN ticket t ON t.pk = m.ticket
           WHERE t.upstream = ? AND t.gone = 0 ORDER BY m.since, m.ticket""",
        (upstream,),
    )
    return [Missing(uid, remote, times, bool(told), not done) for uid, remote, times, told, done in rows]


def taken(tx: "Tx", uid: str) -> None:
    """It was taken away: remembered for a day.  Were it back, it would have to be looked for twice again."""
    tx.db.execute("UPDATE missing SET times = 0, told = 0 WHERE ticket = (SELECT pk FROM ticket WHERE uid = ?)", (uid,))


def forget(tx: "Tx", upstream: str, before: int) -> None:
    """Those that were taken away `before` (epoch seconds) count no more."""
    tx.db.execute(
        """DELETE FROM missing WHERE ticket IN
           (SELECT pk FROM ticket WHERE upstream = ? AND gone = 1 AND coalesce(gone_at, 0) < ?)""",
        (upstream, before),
    )


def forgettable(db: sqlite3.Connection, upstream: str, before: int) -> bool:
    """Whether there is one of these."""
    query = """SELECT EXISTS (SELECT 1 FROM missing m JOIN ticket t ON t.pk = m.ticket
               WHERE t.upstream = ? AND t.gone = 1 AND coalesce(t.gone_at, 0) < ?)"""
    return bool(db.execute(query, (upstream, before)).fetchone()[0])


def too_many(db: sqlite3.Connection, upstream: str, lost: list[Missing]) -> str:
    """Why so many are not believed to be gone, in words; empty: they are few enough.

    Those that were taken away lately count with them.
    """
    query = "SELECT count(*), count(*) FILTER (WHERE done = 0) FROM ticket WHERE upstream = ? AND gone = 0"
    every, standing = db.execute(query, (upstream,)).fetchone()
    taken = """SELECT count(*), count(*) FILTER (WHERE t.done = 0) FROM missing m JOIN ticket t ON t.pk = m.ticket
               WHERE t.upstream = ? AND t.gone = 1 AND t.merged_into IS NULL"""
    before, opened = db.execute(taken, (upstream,)).fetchone()
    found = (
        (sum(each.open for each in lost) + opened, standing + opened, "open tickets"),
        (len(lost) + before, every + before, "tickets"),
    )
    for absent, known, words in found:
        if lost and absent > max(LEAST, known // PART):
            return f"{absent} of {known} {words} have disappeared from it{' within a day' if before else ''}"
    return ""
