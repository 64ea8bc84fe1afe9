"""The queue while somebody types: a longer word finds some of what was found, so that only this is looked at."""

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from deskui.store import queue
from deskui.store.asking import WHOLE_WORD

if TYPE_CHECKING:
    import sqlite3

    from deskui.domain.query import Query

MOST = 6000  # tickets: to look up each of more costs more than to read the queue's index once
_MOVING = frozenset(("late", "paused"))  # becomes so by the time of day alone


class _Found(NamedTuple):
    """What was found in which version of the store; `asked` is all of the question but its words."""

    version: int
    asked: tuple[object, ...]
    words: tuple[str, ...]
    pks: "array[int]"


class Last:
    """What was found last, on one connection: `PRAGMA data_version` says nothing about another one."""

    def __init__(self) -> None:
        self._db: sqlite3.Connection | None = None
        self._found: _Found | None = None

    def ids(
        self, db: "sqlite3.Connection", query: "Query | None", me: frozenset[str], now: int, order: str,
        upstream: str | None,
    ) -> "array[int]":  # fmt: skip
        """What `queue.ids` says; sooner where all of it is among what was found last."""
        last = self._found if db is self._db else None
        self._db, self._found = db, None
        if query is None or not _timeless(query):
            return queue.ids(db, query, me, now, order, upstream)
        version, asked = _version(db), (replace(query, words=()), me, order, upstream)
        among = None
        if last is not None and (last.version, last.asked) == (version, asked) and len(last.pks) <= MOST:
            among = _beyond(last.words, query.words)
        if last is None or among is None:
            found = queue.ids(db, query, me, now, order, upstream)
        else:
            found = queue.ids(db, query, me, now, order, upstream, (last.pks, among))
            if _version(db) != version:  # what was written meanwhile is not among them
                return queue.ids(db, query, me, now, order, upstream)
        self._found = _Found(version, asked, query.words, found)
        return found


def _version(db: "sqlite3.Connection") -> int:
    """Another one once anybody has written."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _timeless(query: "Query") -> bool:
    """Whether nothing becomes part of it by waiting."""
    return not any(
        group.flags & _MOVING or group.missed or group.met
        or any((group.left, group.update, group.due, group.created, group.updated))
        for group in query.every()
    )  # fmt: skip


def _beyond(before: tuple[str, ...], words: tuple[str, ...]) -> list[str] | None:
    """The words whose texts may hold more than what `before` found; None: anything may.

    A word that became long enough for full text finds those in which it stands alone, too.
    """
    more = []
    for old in before:
        grown = [word for word in words if word.startswith(old)]
        if old in grown:
            continue
        if not grown or not any(map(str.isalnum, old)):  # signs alone are no word of a text
            return None
        if len(old) < WHOLE_WORD <= len(grown[0]):
            more.append(grown[0])
    return more
