"""The first page of the queue, read before anything else is loaded, by the SQL that the last console left in the store.

It is the page of what the queue showed last, which the console comes back to, or of the plain queue where that is not
found at once (`atonce`).  The one reader beside `driver`: read-only, hardly waiting, and silent: where anything is not
as expected there is no page.  Imports nothing heavy.
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
SESSION = "session:"  # and the person: what the queue showed last
USUAL = '["st","customer","own","upd"]'
WAIT_S = 0.02
LEAST = 64  # rows: as many as the list reads at first, half of them before the cursor; the widest id gives its column
DEEPEST = 2048  # rows: a cursor further down is not looked for
FEW = 3000  # tickets: among so many whatever a query asks for is found at once
ROW = (
    "pk", "uid", "id", "upstream", "remote_id", "kind", "priority", "state", "hold_reason", "customer", "subject",
    "owner", "updated", "clock", "due", "frozen", "mode", "calendar", "pending", "late_at", "standing",
)  # fmt: skip
SELECT = f"SELECT {', '.join(ROW)} FROM ticket WHERE pk IN"
_LAST = """SELECT json_extract(value, '$.view'), json_extract(value, '$.query'), json_extract(value, '$.sort'),
    json_extract(value, '$.columns'), json_extract(value, '$.cursor') FROM meta WHERE key = ?"""
_MANY = {
    "open": "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE gone = 0 AND done = 0 LIMIT ?)",
    "all": "SELECT count(*) FROM (SELECT 1 FROM ticket LIMIT ?)",
}
FAILURES = (OSError, sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError)

_PAST = "gone = 0 AND done = 0 AND band = 0 AND sort_due < ?"
_USED = f"SELECT pk FROM ticket INDEXED BY ticket_queue WHERE {_PAST} AND late_at > ?"


class Upstream:
    """What is kept of the last traffic with one system."""

    next_try = None  # nobody has planned one yet

    def __init__(self, name: str, row: "Sequence[Any]") -> None:
        self.name = name
        known: Any = row or (None, None, "", 0.0, "")
        self.last_ok, self.offline_since, self.error, self.offset_s, self.frozen = known


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
    """What the first frame is drawn from; `view` is what was left by name, each a list of lines, each of fields.

    `said`: what the header and the filter say, and the columns; `rows` begin at `first`, which counts as `cursor` does.
    """

    def __init__(
        self, view: "dict[str, list[list[str]]]", said: "Sequence[str]", order: str, total: int, cursor: int,
        first: int, rows: "list[tuple[Any, ...]]", sync: Sync,
    ) -> None:  # fmt: skip
        self.view, self.said, self.order, self.total, self.sync = view, said, order, total, sync
        self.cursor, self.first, self.rows = cursor, first, rows

    def part(self, start: int, most: int) -> "list[tuple[Any, ...]]":
        """So many rows from there on, as far as there are any."""
        begin = max(0, start) - self.first
        return self.rows[begin : begin + most]

    def near(self) -> "list[tuple[Any, ...]]":
        """Those that the list reads first."""
        return self.part(self.cursor - LEAST // 2, LEAST)


def stamp(home: str) -> str:
    """Changes with whatever else the console reads at its start: what was left before is not its first page then."""
    files = [__file__, os.path.join(os.path.dirname(__file__), "queue.py"), os.path.join(home, "config.toml")]
    views = os.path.join(home, "views.toml")
    files += [views] if os.path.exists(views) else []
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
    if [saved(db)] != view["views"]:
        return None
    cursor, number = _cursor(db, *view["session"][0]), _which(db, view["sql"])
    order, select, count, when = view["sql"][number]
    values = [value(each, now) for each in view["values"][number]]
    total = db.execute(count, values).fetchone()[0]
    pk = db.execute("SELECT pk FROM ticket WHERE uid = ?", (cursor if when != "plain" else "",)).fetchone()
    most = DEEPEST if pk else lines
    pks = _first(db, select, values, now, most, order)
    at = _place(pks, pk, most)
    first = max(0, at - lines)
    pks = pks[first : at + lines]
    found = {row[0]: row for row in db.execute(f"{SELECT} ({','.join('?' * len(pks))})", pks)}
    rows = [found[pk] for pk in pks]
    return Page(view, view["said"][number], order, total, at, first, rows, _sync(db, view["upstreams"][0]))


def _cursor(db: sqlite3.Connection, person: str, *shown: str) -> str:
    """The uid of the ticket under it.  LookupError: something else than what was left is what was shown last."""
    *last, cursor = db.execute(_LAST, (SESSION + person,)).fetchone() or ("", "", "sla", USUAL, "")
    if tuple(last) != shown:
        raise LookupError("another console showed something else")
    return str(cursor)


def saved(db: sqlite3.Connection) -> list[str]:
    """The names of the saved views, in order: by them views have their numbers."""
    return [name for (name,) in db.execute("SELECT name FROM view ORDER BY position, name")]


def few(db: sqlite3.Connection, when: str) -> bool:
    """Whether there are `when` few tickets, open or all, among which any query finds at once what it asks for."""
    return bool(db.execute(_MANY[when], (FEW + 1,)).fetchone()[0] <= FEW)


def _which(db: sqlite3.Connection, statements: "Sequence[Sequence[str]]") -> int:
    when = statements[0][3]
    return -1 if when in _MANY and not few(db, when) else 0


def _place(pks: "Sequence[int]", pk: "tuple[int] | None", most: int) -> int:
    """Where the cursor stands: on its ticket, or at the top if that is not in the list.  LookupError: too far down."""
    if pk is None:
        return 0
    if pk[0] in pks:
        return pks.index(pk[0])
    if len(pks) == most:
        raise LookupError("nobody has looked so far down")
    return 0


def _first(db: sqlite3.Connection, select: str, values: "list[Any]", now: int, most: int, order: str) -> list[int]:
    """The first ids.  Those that give way to late ones are at most as many as there are: so many more are read."""
    sla = order.startswith("sla")
    more = db.execute(f"SELECT count(*) FROM ({_USED})", (now, now)).fetchone()[0] if sla else 0
    if more and order.endswith("-"):
        raise LookupError("the order is turned round, and the other end was not read")
    pks = [pk for (pk,) in db.execute(f"{select} LIMIT {most + more}", values)]
    return (late_first(db, pks, now) if more else pks)[:most]


def _sync(db: sqlite3.Connection, names: "Iterable[str]") -> Sync:
    known = {
        row[0]: row[1:]
        for row in db.execute("SELECT upstream, last_ok, offline_since, error, offset_s, frozen FROM sync")
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
