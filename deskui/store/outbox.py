"""The outbox: changes on their way, first in, first out per ticket (DESIGN: Outbox)."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.store import statements
from deskui.store.ids import uuid7

if TYPE_CHECKING:
    from deskui.domain import change as changes
    from deskui.domain import outgoing
    from deskui.domain.change import Change
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx
else:
    changes = lazy.Module("deskui.domain.change")
    outgoing = lazy.Module("deskui.domain.outgoing")

STATES = frozenset(("queued", "sending", "sent", "unknown", "conflict", "rejected", "dropped"))
FINAL = frozenset(("sent", "dropped"))
UNSENT = ("queued", "sending", "unknown")

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SELECT = """SELECT o.uid, t.uid, o.seq, o.kind, o.payload, o.author, o.made_at, o.state, o.not_before, o.seen, o.error,
    o.receipt FROM outbox o CROSS JOIN ticket t ON t.pk = o.ticket"""


def add(
    tx: "Tx", uid: str, change: "Change", *, author: str, not_before: int = 0, entry: str = ""
) -> "Entry":  # fmt: skip
    """Queue `change` for the ticket (as `entry`, if that is given); the caller rebuilds it in the same transaction."""
    entry, made_at = entry or uuid7(), tx.now - _ahead(tx.db, uid)
    row = {
        "uid": entry, "ticket": _pk(tx.db, uid), "kind": change.verb, "payload": dumps(outgoing.to_json(change)),
        "author": author, "made_at": made_at, "state": "queued", "not_before": not_before, "seen": "", "error": "",
        "receipt": "[]",
    }  # fmt: skip
    seq = tx.db.execute(statements.insert("outbox", tuple(row)), row).lastrowid
    tx.note("outbox")
    return outgoing.Entry(entry, uid, int(seq or 0), change, author, made_at, "queued", not_before)


def _ahead(db: sqlite3.Connection, uid: str) -> int:
    """How many seconds this machine's clock is ahead of the ticket's upstream: facts are told in its time (SLA.md)."""
    row = db.execute(
        "SELECT s.offset_s FROM sync s JOIN ticket t ON t.upstream = s.upstream WHERE t.uid = ?", (uid,)
    ).fetchone()
    return round(row[0] or 0.0) if row else 0


def entries(
    db: sqlite3.Connection, uid: str | None = None, states: Collection[str] | None = None, upstream: str | None = None
) -> "list[Entry]":
    """The entries of a ticket, of some states, of an upstream; in the order they were made."""
    where, values = ["1"], list[Any]()
    if uid is not None:
        where.append("o.ticket = (SELECT pk FROM ticket WHERE uid = ?)")
        values.append(uid)
    if states is not None:
        where.append(f"o.state IN ({','.join('?' * len(states))})")
        values += sorted(states)
    if upstream is not None:
        where.append("t.upstream = ?")
        values.append(upstream)
    return [_entry(row) for row in db.execute(f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY o.seq", values)]


def get(db: sqlite3.Connection, uid: str) -> "Entry | None":
    """One entry."""
    row = db.execute(f"{_SELECT} WHERE o.uid = ?", (uid,)).fetchone()
    return None if row is None else _entry(row)


def mark(
    tx: "Tx", uid: str, state: str, *, seen: str | None = None, error: str | None = None,
    event_keys: Iterable[str] | None = None, not_before: int | None = None, ticket: str | None = None,
) -> "Entry":  # fmt: skip
    """Move an entry to `state`; what is not given stays.  ValueError: unknown, or already sent or dropped.

    A create that is rejected or dropped takes what waits behind it along as dropped.  The caller rebuilds the ticket.
    """
    old = get(tx.db, uid)
    if old is None or state not in STATES:
        raise ValueError(f"no entry {uid} or no state {state}")
    if old.state in FINAL and state != old.state:
        raise ValueError(f"entry {uid} is {old.state}: it cannot become {state}")
    given = {
        "state": state, "seen": seen, "error": error, "not_before": not_before,
        "receipt": None if event_keys is None else dumps(list(event_keys)),
        "ticket": None if ticket is None else _pk(tx.db, ticket),
    }  # fmt: skip
    moved = {name: value for name, value in given.items() if value is not None}
    tx.db.execute(statements.update("outbox", "uid", tuple(moved)), {**moved, "key_uid": uid})
    if isinstance(old.change, changes.Create) and state in ("rejected", "dropped"):
        _drop_behind(tx, old, keep=state == "rejected")
        if state == "dropped":  # nobody will ever have it
            tx.db.execute("UPDATE ticket SET gone = 1, gone_at = ? WHERE uid = ?", (tx.now, old.ticket))
            _unlinked(tx, old.ticket)
    tx.note("outbox")
    tx.touch(old.ticket)
    now = get(tx.db, uid)
    assert now is not None
    return now


def replace_change(tx: "Tx", uid: str, change: "Change", *, event_keys: Iterable[str] | None = None) -> None:
    """The entry carries another change from now on (a person's value, or what is left to do of it)."""
    moved = {"kind": change.verb, "payload": dumps(outgoing.to_json(change))}
    if event_keys is not None:
        moved["receipt"] = dumps(list(event_keys))
    tx.db.execute(statements.update("outbox", "uid", tuple(moved)), {**moved, "key_uid": uid})
    tx.note("outbox")


def unsettle(tx: "Tx", uid: str, change: "Change") -> bool:
    """A settled clash is open again with what was typed; whether it could be: not once the change has left."""
    from deskui.store import statements

    now = get(tx.db, uid)
    if now is None or now.state not in ("queued", "dropped"):
        return False
    moved = {"kind": change.verb, "payload": dumps(outgoing.to_json(change)), "state": "conflict", "error": ""}
    tx.db.execute(statements.update("outbox", "uid", tuple(moved)), {**moved, "key_uid": uid})
    tx.note("outbox")
    tx.touch(now.ticket)
    return True


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """How many entries are in each state that is not final; a state without any is left out."""
    rows = db.execute("SELECT state, count(*) FROM outbox WHERE state NOT IN ('sent', 'dropped') GROUP BY state")
    return dict(rows.fetchall())


def claimed(db: sqlite3.Connection, uid: str) -> frozenset[str]:
    """The event keys of a ticket that are known to be some entry's effect."""
    return frozenset(key for entry in entries(db, uid) for key in entry.event_keys)


def _unlinked(tx: "Tx", uid: str) -> None:
    """Links to a ticket that will never be made are refused, and say so."""
    (name,) = tx.db.execute("SELECT id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    for entry in entries(tx.db, states=("queued",)):
        if entry.change.verb == "link" and (entry.change.to, entry.change.remote) == (name, ""):  # type: ignore[attr-defined]
            mark(tx, entry.uid, "rejected", error=f"{name} was not made")


def _drop_behind(tx: "Tx", create: "Entry", keep: bool) -> None:
    """What waits behind it goes with it; `keep`: the words become drafts on the ticket, which may yet be made."""
    from deskui.store import drafts

    for entry in entries(tx.db, create.ticket, states=("queued", "conflict", "rejected")):
        if entry.uid != create.uid:
            mark(tx, entry.uid, "dropped", error="its ticket was not created")
            if keep and entry.state != "rejected":
                drafts.back(tx, entry)


def waiting(db: sqlite3.Connection, uid: str) -> "list[Entry]":
    """What is replayed on the ticket's base: queued, sending, unknown, and sent until its events are in the base."""
    return [entry for entry in entries(db, uid, outgoing.WAITING) if entry.state != "sent" or not landed(db, entry)]


def landed(db: sqlite3.Connection, entry: "Entry") -> bool:
    """Whether what the entry became upstream is among the ticket's events (a change that became nothing has landed)."""
    return all(
        db.execute(
            "SELECT 1 FROM event e JOIN ticket t ON t.upstream = e.upstream WHERE t.uid = ? AND e.key = ?",
            (entry.ticket, key),
        ).fetchone()
        for key in entry.event_keys
    )


def dumps(value: Any) -> str:
    """JSON as it is stored: not in ASCII, so that half a character is refused here and not met at display."""
    return _dumps(value)


def _entry(row: tuple[Any, ...]) -> "Entry":
    uid, ticket, seq, kind, payload, author, made_at, state, not_before, seen, error, receipt = row
    change = outgoing.from_json(kind, json.loads(payload))
    return outgoing.Entry(
        uid, ticket, seq, change, author, made_at, state, not_before, seen, error, tuple(json.loads(receipt))
    )


def _pk(db: sqlite3.Connection, uid: str) -> int:
    row = db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        raise LookupError(f"no ticket {uid}")
    return int(row[0])
