"""Tickets in the store: bases come in from the upstream, what is shown of them goes out."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from deskui.domain import ticket as values
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.store import derive, facts, outbox, search, statements
from deskui.store import rebuild as rebuilding
from deskui.store.ids import uuid7
from deskui.store.rebuild import rebuild
from deskui.store.tombstone import tombstone

if TYPE_CHECKING:
    from deskui.domain.contract import Contract, Rules
    from deskui.domain.sla import Run
    from deskui.store.store import Tx

__all__ = [
    "add_events", "adopt", "base", "counted", "events", "gone", "history", "insert", "keys", "learn", "new",
    "open_remotes", "put", "rebuild", "runs", "set_history", "shown", "standing", "taken", "textless", "timeline",
    "tombstone", "uid_by_remote", "uid_of", "wanting",
]  # fmt: skip
HISTORY = ("none", "facts", "full")


def put(tx: "Tx", ticket: Ticket) -> str:
    """Take what the upstream has of it as its base and return its uid; the caller adds events and rebuilds.

    One that was not here before is whole without that, as long as it has no events.
    """
    found = tx.db.execute(
        "SELECT uid FROM ticket WHERE upstream = ? AND remote_id = ?", (ticket.upstream, ticket.remote_id)
    ).fetchone()
    if found is None:
        return insert(tx, ticket)
    tx.db.execute(  # a ticket that was deleted and is back is a ticket; one that was merged stays a tombstone
        """UPDATE ticket SET base = ?, gone = iif(merged_into IS NULL, 0, 1),
           gone_at = iif(merged_into IS NULL, NULL, gone_at) WHERE uid = ?""",
        (_base(ticket), found[0]),
    )
    tx.touch(found[0])
    return str(found[0])


def insert(tx: "Tx", ticket: Ticket) -> str:
    """The same, of one that is known not to be here."""
    name = tx.prefix(ticket.upstream) + ticket.remote_id
    return _insert(tx, replace(ticket, id=name), _base(ticket), history=0)


def taken(db: sqlite3.Connection, upstream: str, remote_id: str) -> tuple[str, Ticket | None, str] | None:
    """Uid, base and level of history of a ticket by what its upstream calls it; None: it is not here."""
    row = db.execute(
        "SELECT uid, base, id, history FROM ticket WHERE upstream = ? AND remote_id = ?", (upstream, remote_id)
    ).fetchone()
    if row is None:
        return None
    uid, base, name, level = row
    return uid, replace(values.from_json(json.loads(base)), uid=uid, id=name) if base else None, HISTORY[level]


def new(tx: "Tx", upstream: str) -> str:
    """A ticket that is made here: it is called PREFIX~n; the caller queues its create and rebuilds."""
    key = f"made:{upstream}"
    last = tx.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    number = 1 if last is None else int(last[0]) + 1
    tx.db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, str(number)))
    return _insert(tx, Ticket(upstream, id=f"{tx.prefix(upstream)}~{number}"), None, history=2)


def _insert(tx: "Tx", ticket: Ticket, base: str | None, history: int) -> str:
    shown = replace(ticket, uid=uuid7(), holds=())
    row = rebuilding.columns(shown, derive.Clocks() if shown.is_open else derive.Clocks(mode="none")) | {
        "uid": shown.uid, "id": shown.id, "upstream": shown.upstream, "remote_id": shown.remote_id or None,
        "pending": 0, "answered": 0, "gone": 0, "history": history, "merged_into": None, "gone_at": None, "base": base,
    }  # fmt: skip
    pk = tx.db.execute(statements.insert("ticket", tuple(row)), row).lastrowid
    search.first(tx, int(pk or 0), shown.subject)
    tx.touch(shown.uid)
    return shown.uid


def _base(ticket: Ticket) -> str:
    return outbox.dumps(values.to_json(replace(ticket, uid="", id="", holds=())))


def adopt(tx: "Tx", uid: str, ticket: Ticket) -> None:
    """The ticket made here has its remote id now; its first name stays an alias.  The caller rebuilds.

    If a pull brought it in meanwhile as a ticket of its own, that one becomes part of this one.
    """
    pk, old = tx.db.execute("SELECT pk, id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    double = tx.db.execute(
        "SELECT pk, uid, history FROM ticket WHERE upstream = ? AND remote_id = ? AND uid <> ?",
        (ticket.upstream, ticket.remote_id, uid),
    ).fetchone()
    history = 0
    if double is not None:
        history = double[2]
        _absorb(tx, pk, double[0])
        tx.touch(double[1])
    name = tx.prefix(ticket.upstream) + ticket.remote_id
    tx.db.execute(
        "UPDATE ticket SET remote_id = ?, id = ?, base = ?, history = ? WHERE pk = ?",
        (ticket.remote_id, name, _base(ticket), history, pk),
    )
    if old.casefold() != name.casefold():
        tx.db.execute("INSERT OR IGNORE INTO alias(name, ticket) VALUES (?, ?)", (old, pk))
    tx.touch(uid)


def _absorb(tx: "Tx", pk: int, double: int) -> None:
    facts.move(tx, pk, "ticket = ?", double)
    for table in ("outbox", "conflict", "alias", "attachment", "draft"):
        tx.db.execute(f"UPDATE {table} SET ticket = ? WHERE ticket = ?", (pk, double))
    tx.db.execute("DELETE FROM missing WHERE ticket = ?", (double,))
    search.remove(tx, double << search.SHIFT)
    tx.db.execute("DELETE FROM ticket WHERE pk = ?", (double,))


def add_events(tx: "Tx", uid: str, events: Iterable[Event]) -> list[Event]:
    """Add facts and return the new ones; the caller rebuilds.  LookupError: no such ticket."""
    found = tx.db.execute("SELECT pk, upstream FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        raise LookupError(f"no ticket {uid}")
    tx.touch(uid)
    return facts.add(tx, found[0], found[1], events)


def learn(tx: "Tx", uid: str, level: str) -> None:
    """At least `level` is known of its past; the caller rebuilds."""
    known = HISTORY.index(level)
    tx.db.execute("UPDATE ticket SET history = ? WHERE uid = ? AND history < ?", (known, uid, known))


def set_history(tx: "Tx", uids: Iterable[str], level: str) -> None:
    """At least `level` is known of these tickets' past: `facts`, or `full` with all bodies.  They are rebuilt.

    What is known is never forgotten: a lower level than before changes nothing.
    """
    known = HISTORY.index(level)
    for uid in uids:
        was = tx.db.execute("SELECT history FROM ticket WHERE uid = ?", (uid,)).fetchone()
        if was is not None and was[0] < known:
            tx.db.execute("UPDATE ticket SET history = ? WHERE uid = ?", (known, uid))
            if was[0] == 0:
                rebuild(tx, [uid])  # its clocks can be believed now
            tx.touch(uid)


def history(db: sqlite3.Connection, uid: str) -> str:
    """The level that `set_history` set; `none` for an unknown ticket."""
    row = db.execute("SELECT history FROM ticket WHERE uid = ?", (uid,)).fetchone()
    return HISTORY[row[0]] if row else HISTORY[0]


def gone(db: sqlite3.Connection, uid: str) -> bool:
    """Whether it is a tombstone: merged or deleted upstream, or its create was dropped."""
    row = db.execute("SELECT gone FROM ticket WHERE uid = ?", (uid,)).fetchone()
    return bool(row and row[0])


def base(db: sqlite3.Connection, uid: str) -> Ticket | None:
    """The ticket as the upstream has it; None if there is none, or the upstream has not got it yet."""
    row = db.execute("SELECT base, id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    return replace(values.from_json(json.loads(row[0])), uid=uid, id=row[1]) if row and row[0] else None


def standing(db: sqlite3.Connection, uid: str) -> Ticket | None:
    """The base with the holds that run there, which no upstream has as a field."""
    known = base(db, uid)
    return None if known is None else replace(known, holds=derive.holds(events(db, uid)))


def shown(db: sqlite3.Connection, uid: str) -> Ticket | None:
    """The ticket with what waits here on top; of a tombstone, as it was last."""
    row = db.execute("SELECT shown, uid, id, remote_id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        return None
    return replace(values.from_json(json.loads(row[0])), uid=row[1], id=row[2], remote_id=row[3] or "")


def uid_of(db: sqlite3.Connection, name: str) -> str | None:
    """The uid of a ticket by its uid, its id or a name it had before, in any case; of a merged one its survivor's."""
    row = db.execute(
        """SELECT uid, merged_into FROM ticket WHERE uid = ?1 UNION ALL
           SELECT uid, merged_into FROM ticket WHERE id = ?1 UNION ALL
           SELECT uid, merged_into FROM alias a JOIN ticket t ON t.pk = a.ticket WHERE a.name = ?1 LIMIT 1""",
        (name,),
    ).fetchone()
    if row is None:
        return None
    seen = {row[0]}
    while row[1] and row[1] not in seen:  # the upstream's word on merges is not trusted to end
        seen.add(row[1])
        row = db.execute("SELECT uid, merged_into FROM ticket WHERE uid = ?", (row[1],)).fetchone() or (row[1], None)
    return str(row[0])


def uid_by_remote(db: sqlite3.Connection, upstream: str, remote_id: str) -> str | None:
    """The uid of a ticket by what its upstream calls it; tombstones too."""
    row = db.execute("SELECT uid FROM ticket WHERE upstream = ? AND remote_id = ?", (upstream, remote_id)).fetchone()
    return row[0] if row else None


def events(db: sqlite3.Connection, uid: str) -> list[Event]:
    """The upstream's facts, oldest first."""
    row = db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()
    return facts.of(db, row[0]) if row else []


def keys(db: sqlite3.Connection, uid: str) -> list[str]:
    """The keys of the ticket's events."""
    rows = db.execute("SELECT e.key FROM event e JOIN ticket t ON t.pk = e.ticket WHERE t.uid = ?", (uid,))
    return [key for (key,) in rows]


def timeline(db: sqlite3.Connection, uid: str) -> list[Event]:
    """The same, and last what waits here."""
    known = events(db, uid)
    start = base(db, uid)
    ticket = shown(db, uid) if start is None else replace(start, holds=derive.holds(known))
    if ticket is None:
        return known
    for entry in outbox.waiting(db, uid):
        known += entry.events(ticket)
        ticket = entry.change.apply(ticket)
    return known


def counted(db: sqlite3.Connection, uid: str, rules: "Rules") -> "tuple[Contract, int, int, list[Event]] | None":
    """What its clocks are computed from: contract, start, first priority, facts; None: doubtful."""
    row = db.execute(rebuilding.READ, (uid,)).fetchone()
    return None if row is None else rebuilding.counted(db, rebuilding.Row(*row), rules)


def open_remotes(db: sqlite3.Connection, upstream: str) -> list[str]:
    """The remote ids of the open tickets of one upstream, oldest first."""
    rows = db.execute(
        """SELECT remote_id FROM ticket
           WHERE upstream = ? AND gone = 0 AND done = 0 AND remote_id IS NOT NULL ORDER BY pk""",
        (upstream,),
    )
    return [remote_id for (remote_id,) in rows]


def wanting(db: sqlite3.Connection, upstream: str, level: str, limit: int) -> list[str]:
    """The remote ids of open tickets whose history is below `level`, nearest due (else highest priority) first."""
    rows = db.execute(
        """SELECT remote_id FROM ticket WHERE upstream = ? AND gone = 0 AND (done = 0 OR pending > 0) AND history < ?
           AND remote_id IS NOT NULL ORDER BY band, iif(band = 1, priority, 0), sort_due, pk LIMIT ?""",
        (upstream, HISTORY.index(level), limit),
    )
    return [remote_id for (remote_id,) in rows]


def textless(db: sqlite3.Connection, upstream: str, uids: Iterable[str]) -> list[str]:
    """The remote ids of those of an upstream's tickets of which the facts are here and the texts are not."""
    query = "SELECT remote_id FROM ticket WHERE uid = ? AND upstream = ? AND history = 1 AND gone = 0"
    return [row[0] for uid in uids for row in db.execute(query, (uid, upstream))]


def runs(db: sqlite3.Connection, uid: str) -> "dict[str, Run] | None":
    """What its clocks can be computed from at any later time; None: doubtful, its facts are missing."""
    row = db.execute("SELECT runs FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if row is None or row[0] is None:
        return None
    from deskui.domain.sla import Run

    return {name: Run.from_json(data) for name, data in json.loads(row[0]).items()}
