"""The first page of the queue, read before anything else is loaded, by the SQL that the last console left in the store.

The one reader beside `driver`: read-only, hardly waiting, and silent: where anything is not as expected there is no
page.  Imports nothing heavy.
"""

import os
import sqlite3
from bisect import bisect_left
from itertools import filterfalse

TYPE_CHECKING = False  # `typing` costs more than all of this; checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

KEY = "lastview"  # of the table `meta`
WAIT_S = 0.02
LEAST = 64  # rows: as many as the list reads at first, whose widest id gives its column
ROW = (
    "pk", "uid", "id", "upstream", "remote_id", "kind", "priority", "state", "hold_reason", "customer", "subject",
    "owner", "updated", "clock", "due", "frozen", "mode", "calendar", "pending", "late_at", "standing",
)  # fmt: skip
SELECT = f"SELECT {', '.join(ROW)} FROM ticket WHERE pk IN"
FAILURES = (OSError, sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError)

_PAST = "gone = 0 AND done = 0 AND band = 0 AND sort_due < ?"
_USED = f"SELECT pk FROM ticket INDEXED BY ticket_queue WHERE {_PAST} AND late_at > ?"


class Upstream:
    """What is kept of the last traffic with one system."""

    next_try = None  # nobody has planned one yet

    def __init__(self, name: str, row: "Sequence[Any]") -> None:
        self.name = name
        known: Any = row or (None, None, "", 0.0)
        self.last_ok, self.offline_since, self.error, self.offset_s = known


class Sync:
    """What `status` says of the traffic, as the services would: all upstreams, and how many changes are where."""

    def __init__(self, upstreams: "Iterable[Upstream]", counts: "Mapping[str, int]") -> None:
        self.upstreams = tuple(upstreams)
        good = [upstream.last_ok for upstream in self.upstreams]
        away = [upstream.offline_since for upstream in self.upstreams if upstream.offline_since is not None]
        self.last_ok = None if not good or None in good else min(good)
        self.offline_since = min(away, default=None)
        self.queued = counts.get("queued", 0) + counts.get("sending", 0)
        self.conflicts, self.rejected = counts.get("conflict", 0), counts.get("rejected", 0)
        self.unknown = counts.get("unknown", 0)


class Page:
    """What the first frame is drawn from; `view` is what was left by name, each a list of lines, each of fields."""

    def __init__(self, view: "dict[str, list[list[str]]]", total: int, rows: "list[tuple[Any, ...]]", sync: Sync):
        self.view, self.total, self.rows, self.sync = view, total, rows, sync


def stamp(home: str) -> str:
    """Changes with whatever else the console reads at its start: what was left before is not its first page then."""
    files = [__file__, os.path.join(os.path.dirname(__file__), "queue.py"), os.path.join(home, "config.toml")]
    for folder in ("contracts", "themes"):
        path = os.path.join(home, folder)
        files += [os.path.join(path, name) for name in (sorted(os.listdir(path)) if os.path.isdir(path) else ())]
    marks = [f"{found.st_size}.{found.st_ctime_ns}" for found in map(os.stat, files)]
    return " ".join([os.environ.get("DESKUI_USER", ""), *marks])


def pack(view: "Mapping[str, Iterable[Iterable[str]]]") -> str:
    """Named lines of fields as one text that is read without any library."""
    return "\n".join("\t".join(map(_escaped, (name, *fields))) for name, lines in view.items() for fields in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def unpack(text: str) -> "dict[str, list[list[str]]]":
    """What was packed."""
    found: dict[str, list[list[str]]] = {}
    for line in text.split("\n"):
        fields = line.split("\t")
        if "\\" in line:
            fields = list(map(_plain, fields))
        found.setdefault(fields[0], []).append(fields[1:])
    return found


def _plain(field: str) -> str:
    parts = (part.replace("\\t", "\t").replace("\\n", "\n") for part in field.split("\\\\"))
    return "\\".join(parts)


def value(said: str, now: int) -> "int | str | None":
    """One value of the statement: `i5`, `stext`, `n`, or from the time of day: `+900` (later), `-900` (900 - now)."""
    kind, rest = said[0], said[1:]
    if kind == "s":
        return rest
    if kind == "n":
        return None
    return int(rest) + {"i": 0, "+": now, "-": -now}[kind]


def read(home: str, now: int, lines: int, least: int = LEAST) -> "Page | None":
    """The page as the live queue would show it at `now`; None: there is none that is sure."""
    try:
        path = os.path.join(home, "desk.db")
        left = stamp(home) if os.path.exists(path) else ""
        if not left:
            return None
        quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        db = sqlite3.connect(f"file:{quoted}?mode=ro", uri=True, isolation_level=None, timeout=WAIT_S)
        try:
            db.execute("BEGIN")  # all of it at the same moment
            return _page(db, left, now, max(lines, least))
        finally:
            db.close()
    except FAILURES:
        return None


def _page(db: sqlite3.Connection, left: str, now: int, lines: int) -> "Page | None":
    row = db.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    view = unpack(row[0]) if row else {}
    if view.get("made") != [[str(db.execute("PRAGMA user_version").fetchone()[0]), left]]:
        return None
    (order, select, count), values = view["sql"][0], [value(each, now) for each in view["values"][0]]
    total = db.execute(count, values).fetchone()[0]
    pks = _first(db, select, values, now, lines, order)
    found = {row[0]: row for row in db.execute(f"{SELECT} ({','.join('?' * len(pks))})", pks)}
    return Page(view, total, [found[pk] for pk in pks if pk in found], _sync(db, view["upstreams"][0]))


def _first(db: sqlite3.Connection, select: str, values: "list[Any]", now: int, lines: int, order: str) -> list[int]:
    """The first ids.  Those that give way to late ones are at most as many as there are: so many more are read."""
    more = db.execute(f"SELECT count(*) FROM ({_USED})", (now, now)).fetchone()[0] if order == "sla" else 0
    pks = [pk for (pk,) in db.execute(f"{select} LIMIT {lines + more}", values)]
    return (late_first(db, pks, now) if more else pks)[:lines]


def _sync(db: sqlite3.Connection, names: "Iterable[str]") -> Sync:
    known = {
        row[0]: row[1:] for row in db.execute("SELECT upstream, last_ok, offline_since, error, offset_s FROM sync")
    }
    counts = dict(
        db.execute("SELECT state, count(*) FROM outbox WHERE state NOT IN ('sent', 'dropped') GROUP BY state")
    )
    return Sync([Upstream(name, known.get(name, ())) for name in names], counts)


def late_first(db: sqlite3.Connection, found: "Any", now: int) -> "Any":
    """Of those past their due, which come first, the late ones before those still in time (used up at closing).

    `found` is a list or an array, and so is the answer.
    """
    still = {pk for (pk,) in db.execute(_USED, (now, now))}
    if not still:  # most of the time
        return found

    def due(pk: int) -> bool:
        row = db.execute(f"SELECT {_PAST} FROM ticket WHERE pk = ?", (now, pk)).fetchone()
        return row is None or not row[0]

    past = bisect_left(found, True, key=due)
    first, rest = found[:past], found[past:]
    sorted_ = found[:0]
    sorted_.extend(filterfalse(still.__contains__, first))
    sorted_.extend(filter(still.__contains__, first))
    return sorted_ + rest
