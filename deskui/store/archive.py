"""Texts of tickets that were finished long ago, kept in less room: found and shown as before, their facts untouched."""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.store import presence
from deskui.store.search import SHIFT
from deskui.store.vacuum import vacuum

if TYPE_CHECKING:
    from deskui.store.store import Tx

KEY = "archived"  # of the table `meta`: when that was done last
EVERY_S = 86_400
LEAST = 200  # characters: a shorter text hardly gets smaller
LONG = 100_000  # bytes: a longer one is packed quickly rather than well, so that a slice stays short
PART = 50  # tickets that one step looks at
_NEXT = """SELECT pk FROM ticket WHERE pk > ? AND done = 1 AND pending = 0 AND updated < ? ORDER BY pk LIMIT ?"""
_TEXTS = """SELECT pk FROM body WHERE pk BETWEEN ? AND ? AND typeof(text) = 'text' AND length(text) >= ?"""


def due(db: sqlite3.Connection, now: int) -> bool:
    """Whether it was done more than a day ago, or never."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    return row is None or now - int(row[0]) >= EVERY_S


def steps(days: int) -> Iterator[Callable[["Tx"], Any]]:
    """What is to be done, in pieces for `Store.write_each`: all that has been finished for `days` and more."""
    at = [0]

    def part(tx: "Tx") -> None:
        found = [pk for (pk,) in tx.db.execute(_NEXT, (at[0], tx.now - days * 86_400, PART))]
        for pk in found:
            within = ((pk << SHIFT) + 1, (pk + 1 << SHIFT) - 1, LEAST)  # its subject stays as it is
            bodies.extend(body for (body,) in tx.db.execute(_TEXTS, within))
        at[0] = found[-1] if found else -1

    bodies: list[int] = []
    while at[0] >= 0:
        yield part
        while bodies:
            yield partial(_pack, body=bodies.pop())
    yield _done


def _pack(tx: "Tx", body: int) -> None:
    """One text, if it gets smaller."""
    row = tx.db.execute("SELECT text FROM body WHERE pk = ? AND typeof(text) = 'text'", (body,)).fetchone()
    plain = row[0].encode() if row else b""
    packed = zlib.compress(plain, 9 if len(plain) < LONG else 1)
    if len(packed) < len(plain):
        tx.db.execute("UPDATE body SET text = ? WHERE pk = ?", (packed, body))


def _done(tx: "Tx") -> None:
    tx.db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (KEY, str(tx.now)))


def compact(path: Path) -> tuple[int, int]:
    """Give the room that is free in the file back to the disk; bytes before and after.  StoreError: it is in use."""
    with presence.alone(path.parent):
        before = path.stat().st_size
        vacuum(path)
    return before, path.stat().st_size
