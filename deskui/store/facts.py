"""Reading and adding a ticket's events."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from deskui.domain.event import Event
from deskui.store import attachments, search, statements
from deskui.store.outbox import dumps

if TYPE_CHECKING:
    from deskui.store.store import Tx

_SELECT = """SELECT e.pk, e.key, e.at, e.made_at, e.type, e.author, e.side, e.data, e.body, b.text
    FROM event e LEFT JOIN body b ON b.pk = e.body WHERE e.ticket = ?"""
_KEYS = 500  # in one query
_NONE: MappingProxyType[str, Any] = MappingProxyType({})


def of(db: sqlite3.Connection, pk: int) -> list[Event]:
    """The ticket's events, oldest first; equal times in the order of their keys where those are numbers."""
    rows = db.execute(_SELECT, (pk,)).fetchall()
    rows.sort(key=_place)
    held = attachments.of(db, pk)
    return [replace(event, files=held[event.key]) if event.key in held else event for event in map(_event, rows)]


def _place(row: tuple[Any, ...]) -> tuple[int, tuple[int, ...], int]:
    return place(row[2], row[1], row[0])


def place(at: int, key: str, pk: int) -> tuple[int, tuple[int, ...], int]:
    """Where an event stands among the ticket's: by time, then key, then as it came."""
    parts = key.split("/")
    numbers = tuple(map(int, parts)) if all(part.isascii() and part.isdecimal() for part in parts) else ()
    return at, numbers, pk


def _event(row: tuple[Any, ...]) -> Event:
    _, key, at, made_at, kind, author, side, data, body, text = row
    return Event(
        key, at, kind, author, side, made_at, _NONE if data == "{}" else json.loads(data),
        None if body is None else search.plain(text) or "",
    )  # fmt: skip


def add(tx: "Tx", pk: int, upstream: str, events: Iterable[Event]) -> list[Event]:
    """Add what is not there yet and return it; a known event only gets its text, if that was not read before."""
    given = list({event.key: event for event in events}.values())
    there = _there(tx, upstream, [event.key for event in given])
    new, rows = [], []
    for event in given:
        known = there.get(event.key)
        if known is None:
            rows.append(_row(tx, pk, upstream, event))
            attachments.put(tx, pk, event)
            new.append(event)
        elif known[1] != pk:
            if _take_over(tx, known[0], known[1], pk):
                new.append(event)
        else:
            if known[2] is None and event.text is not None:
                tx.db.execute("UPDATE event SET body = ? WHERE pk = ?", (search.add(tx, pk, event.text), known[0]))
            attachments.put(tx, pk, event)
    if rows:
        tx.db.executemany(statements.insert("event", tuple(rows[0])), rows)
    return new


def _there(tx: "Tx", upstream: str, keys: list[str]) -> dict[str, tuple[int, int, int | None]]:
    """Of the events that are known their places, tickets and bodies, by key."""
    found: dict[str, tuple[int, int, int | None]] = {}
    for start in range(0, len(keys), _KEYS):
        some = keys[start : start + _KEYS]
        query = f"SELECT key, pk, ticket, body FROM event WHERE upstream = ? AND key IN ({','.join('?' * len(some))})"
        found |= {key: (event, ticket, body) for key, event, ticket, body in tx.db.execute(query, (upstream, *some))}
    return found


def reword(tx: "Tx", uid: str, events: Iterable[Event]) -> bool:
    """Texts and times that were edited upstream; whether more than that is to be read of the ticket.

    `events` are all of it that have one; what is not among them lost it.  One that is not here, or other minutes, of
    which the ticket has the sum, are more.
    """
    (pk,) = tx.db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()
    now = {event.key: event for event in events}
    rows = tx.db.execute(
        """SELECT e.pk, e.key, e.data, e.body, b.text FROM event e LEFT JOIN body b ON b.pk = e.body
           WHERE e.ticket = ?""",
        (pk,),
    ).fetchall()
    more = not now.keys() <= {row[1] for row in rows}
    for event, key, data, body, text in rows:
        told = now.get(key)
        if body and (new := (told.text if told else None) or "") != search.plain(text):
            search.remove(tx, body)
            tx.db.execute("UPDATE event SET body = ? WHERE pk = ?", (search.add(tx, pk, new), event))
            tx.touch(uid)
        more |= _retimed(tx, event, data, told)
    return more


def _retimed(tx: "Tx", event: int, data: str, told: Event | None) -> bool:
    minutes = told.data.get("minutes", 0) if told else 0
    known = json.loads(data) if '"minutes"' in data else {}
    if known.get("minutes", 0) == minutes:
        return False
    known = {**json.loads(data), "minutes": minutes}
    tx.db.execute("UPDATE event SET data = ? WHERE pk = ?", (dumps(known), event))
    return True


def _row(tx: "Tx", pk: int, upstream: str, event: Event) -> dict[str, Any]:
    return {
        "ticket": pk, "upstream": upstream, "key": event.key, "at": event.at, "made_at": event.made_at,
        "type": event.type, "author": event.author, "side": event.side,
        "data": dumps(dict(event.data)) if event.data else "{}",
        "body": None if event.text is None else search.add(tx, pk, event.text),
    }  # fmt: skip


def _take_over(tx: "Tx", event: int, old: int, pk: int) -> bool:
    """A merge moves facts to the survivor; between two living tickets the first one keeps them."""
    gone = tx.db.execute("SELECT gone FROM ticket WHERE pk = ?", (old,)).fetchone()[0]
    if gone:
        move(tx, pk, "pk = ?", event)
    return bool(gone)


def move(tx: "Tx", pk: int, where: str, value: int) -> None:
    """Give the events that match to the ticket `pk`, their bodies with them."""
    rows = tx.db.execute(
        f"""SELECT e.pk, e.body, b.text, e.ticket, e.key FROM event e LEFT JOIN body b ON b.pk = e.body
            WHERE e.{where}""",
        (value,),
    ).fetchall()
    for event, body, text, old, key in rows:
        attachments.move(tx, old, key, pk)
        if body:
            search.remove(tx, body)
            body = search.add(tx, pk, search.plain(text))
        tx.db.execute("UPDATE event SET ticket = ?, body = ? WHERE pk = ?", (pk, body, event))
