"""The queue as SQL on the plain connection: ids in order, rows of a page, counts.  Imports nothing heavy."""

import json
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from deskui.domain.ticket import OPEN, STATES
from deskui.store import search

if TYPE_CHECKING:
    from deskui.domain.query import Limit, Query

ROW = (
    "pk", "uid", "id", "upstream", "remote_id", "kind", "priority", "state", "hold_reason", "customer", "subject",
    "owner", "updated", "clock", "due", "frozen", "mode", "calendar", "pending", "late_at", "standing",
)  # fmt: skip
ORDERS = {
    "sla": "done, band, sort_due, priority, pk",
    "priority": "done, priority, band, sort_due, pk",
    "updated": "updated DESC, pk DESC",
    "created": "created DESC, pk DESC",
    "customer": "customer IS NULL, customer COLLATE NOCASE, done, band, sort_due, pk",
    "owner": "owner IS NULL, owner COLLATE NOCASE, done, band, sort_due, pk",
    "state": "done, state, band, sort_due, pk",
    "id": "upstream, cast(remote_id AS INTEGER), pk",
    "subject": "subject COLLATE NOCASE, pk",
}
SOON_S = 900
_PART = 1 << 16  # characters
WHOLE_WORD = 3  # shorter words are looked for in id, subject, customer and owner only
_DONE = frozenset(STATES) - OPEN


@dataclass(frozen=True, slots=True)
class Counts:
    """Of open tickets, and of what a person must settle: how many there are."""

    open: int = 0
    p1: int = 0
    soon: int = 0  # the list's clock is due within 15 minutes, or used up and still in time
    late: int = 0  # the list's clock runs and is past its target
    nofirst: int = 0  # no first response yet
    mine: int = 0
    waiting: int = 0  # changes not yet sent
    conflicts: int = 0
    rejected: int = 0
    unknown: int = 0
    stops: int = 0  # open upstream, but a change that waits here ends or pauses a clock
    first_due: int | None = None  # of those, the nearest due


def ids(
    db: sqlite3.Connection, query: "Query | None", me: frozenset[str] = frozenset(), now: int = 0, order: str = "sla",
    upstream: str | None = None,
) -> "array[int]":  # fmt: skip
    """The pks that `query` asks for (None: every open ticket), in order; tombstones are never among them."""
    sql, values = select(query, me, order, upstream, now)
    # One row instead of a hundred thousand: making them costs more than finding them.
    found = _numbers(db.execute(f"SELECT json_group_array(pk) FROM ({sql})", values).fetchone()[0])
    return _late_first(db, found, now) if order == "sla" else found


def _numbers(text: str) -> "array[int]":
    """A JSON array of numbers; read in parts, since a number on its own takes four times its place here."""
    found, at, end = array("q"), 1, len(text) - 1
    while at < end:
        comma = text.find(",", at + _PART)
        to = end if comma < 0 else comma
        found.extend(json.loads(f"[{text[at:to]}]"))
        at = to + 1
    return found


_PAST = "gone = 0 AND done = 0 AND band = 0 AND sort_due < ?"
_USED = f"SELECT pk FROM ticket INDEXED BY ticket_queue WHERE {_PAST} AND late_at > ?"


def _late_first(db: sqlite3.Connection, found: "array[int]", now: int) -> "array[int]":
    """Of those past their due, which come first, the late ones before those still in time (used up at closing)."""
    still = {pk for (pk,) in db.execute(_USED, (now, now))}
    if not still:  # most of the time
        return found

    def due(pk: int) -> bool:
        row = db.execute(f"SELECT {_PAST} FROM ticket WHERE pk = ?", (now, pk)).fetchone()
        return row is None or not row[0]

    past = bisect_left(found, True, key=due)
    first, rest = found[:past], found[past:]
    return array("q", (*filterfalse(still.__contains__, first), *filter(still.__contains__, first))) + rest


def select(
    query: "Query | None", me: frozenset[str], order: str = "sla", upstream: str | None = None, now: int = 0
) -> tuple[str, list[Any]]:  # fmt: skip
    """The statement of `ids` and its values; in queue order one covering index gives rows, filters and order."""
    where, values = (["gone = 0", "done = 0"], list[Any]()) if query is None else _where(query, me, now)
    if upstream is not None:
        where.append("upstream = ?")
        values.append(upstream)
    hint = "INDEXED BY ticket_queue " if order == "sla" else ""
    return f"SELECT pk FROM ticket {hint}WHERE {' AND '.join(where)} ORDER BY {ORDERS[order]}", values


def _where(query: "Query", me: frozenset[str], now: int) -> tuple[list[str], list[Any]]:
    where, values = ["gone = 0"], list[Any]()
    states = query.shown_states
    if not states & _DONE:
        where.append("done = 0")
    elif not states & OPEN:
        where.append("done = 1")
    if states not in (OPEN, _DONE, frozenset(STATES)):
        where.append(_in("+state", states, values))  # + : it must not change the index
    if query.priorities is not None:
        where.append(_in("+priority", query.priorities, values))
    if query.owners is not None:
        where.append(_either("owner", _expanded(query.owners, me), values))
    if query.customers is not None:
        where.append(_either("customer", query.customers, values))
    where += _clocks(query, now, values)
    for word in query.words:
        where.append(_word(word, values))
    return where, values


# Of open tickets the place in the queue says it, and is in its index; a finished one's clocks may run on until what
# waits here is sent.
_QUEUED = {"runs": "band = 0", "due": "sort_due", "held": "band = 2", "doubt": "band = 1"}
_ANY = {"runs": "mode = 'run'", "due": "due", "held": "mode = 'paused'", "doubt": "mode = 'doubt'"}
# The list's clock stands though it runs: in time that was agreed not to count.
_STANDS = """(standing IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(standing)
    WHERE json_extract(value, '$[0]') <= ? AND json_extract(value, '$[1]') > ?))"""
_LATE = "({runs} AND {due} < ? AND coalesce(late_at, 0) <= ?"
_FLAGS = {
    "late": f"{_LATE} AND NOT {_STANDS})", "paused": f"({{held}} OR ({{runs}} AND {_STANDS}))", "doubtful": "{doubt}",
    "unacked": "nofirst = 1", "answered": "answered = 1", "unsent": "pending > 0",
}  # fmt: skip
LATE = _FLAGS["late"].format(**_QUEUED)  # of an open ticket; each ? is now
_MISSED = "json_extract(runs, '$.{0}.elapsed') > json_extract(runs, '$.{0}.target')"
_STOPPED = "json_extract(runs, '$.{0}.stopped_at')"
_LATE_AT = "json_extract(runs, '$.{0}.late_at')"


def _clocks(query: "Query", now: int, values: list[Any]) -> list[str]:
    """What is asked of the clocks; the names that go into SQL come from the tables here, never from the query."""
    where = []
    place = _ANY if query.shown_states & _DONE else _QUEUED
    for flag in sorted(query.flags):
        where.append(_FLAGS[flag].format(**place))
        values += [now] * _FLAGS[flag].count("?")
    if query.left is not None:
        where.append("{runs} AND {due} {sign} ?".format(sign="<" if query.left.below else ">", **place))
        values.append(query.left.until(now))
    if query.due is not None:
        where.append(_due(query.due, now, place, values))
    for late, clocks in ((True, query.missed), (False, query.met)):
        if clocks:
            if query.judged is not None:  # of finished ones sort_due is when they were updated last, negative
                where.append("(done = 0 OR sort_due < ?)")
                values.append(query.judged - now)
            either = [_verdict(clock, late, query.judged, now, values) for clock in sorted(clocks)]
            where.append(f"({' OR '.join(either)})")
    return where


def _due(limit: "Limit", now: int, place: dict[str, str], values: list[Any]) -> str:
    """Response or resolution, which run, fall due between now and then, or are used up in time; or after it."""
    from deskui.domain.counting import NEVER
    from deskui.domain.query import CLOCKS

    start, end = (now, limit.until(now)) if limit.below else (max(now, limit.until(now)), NEVER)
    values.append(end)
    either = []
    for clock in CLOCKS:
        either.append(f"({clock}_due > ? AND {clock}_due <= ?)")
        values += [start, end]
        if limit.below:
            late_at = f"coalesce({_LATE_AT.format(clock)}, {clock}_due + 1)"
            either.append(f"({clock}_due <= ? AND {late_at} > ? AND {late_at} < ?)")
            values += [start, start, NEVER]
    # the list's due is the earlier of the two: it keeps what is due later out by the index
    return "{runs} AND {due} <= ? AND ({either})".format(either=" OR ".join(either), **place)


def _verdict(clock: str, late: bool, lately: int | None, now: int, values: list[Any]) -> str:
    """Whether a clock was judged so: it stopped, or it is missed already; a cancelled ticket counts in no figure."""
    stopped, missed = _STOPPED.format(clock), _MISSED.format(clock)
    since = ""
    if lately is not None:
        since = f" AND {stopped} > ?"
        values.append(now - lately)
    ended = f"({stopped} IS NOT NULL{since} AND {missed if late else f'NOT {missed}'})"
    if not late:
        return f"(+state <> 'cancelled' AND {ended})"
    values += [now, now]
    over = f"({clock}_due < ? AND coalesce({_LATE_AT.format(clock)}, 0) <= ?)"
    return f"(+state <> 'cancelled' AND ({ended} OR ({stopped} IS NULL AND ({over} OR {missed}))))"


def _expanded(owners: frozenset[str], me: frozenset[str]) -> frozenset[str]:
    return (owners - {"me"}) | me if "me" in owners else owners


def _in(column: str, wanted: Iterable[Any], values: list[Any]) -> str:
    chosen = sorted(wanted)
    values += chosen
    return f"{column} IN ({','.join('?' * len(chosen))})"


def _either(column: str, names: frozenset[str], values: list[Any]) -> str:
    """One of the names in any case, or nobody."""
    parts = [_in(f"{column} COLLATE NOCASE", names - {"none"}, values)]
    if "none" in names:
        parts.append(f"{column} IS NULL")
    return f"({' OR '.join(parts)})"


def _word(word: str, values: list[Any]) -> str:
    values.append(word)
    if len(word) < WHOLE_WORD:
        return "instr(find, ?) > 0"
    values.append(search.match(word))
    return f"(instr(find, ?) > 0 OR pk IN (SELECT rowid >> {search.SHIFT} FROM search WHERE search MATCH ?))"


def rows(db: sqlite3.Connection, pks: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows of a page in the order of `pks`, columns as in ROW; one that is not there any more is left out."""
    found = db.execute(f"SELECT {', '.join(ROW)} FROM ticket WHERE pk IN ({','.join('?' * len(pks))})", tuple(pks))
    by_pk = {row[0]: row for row in found}
    return [by_pk[pk] for pk in pks if pk in by_pk]


def pk(db: sqlite3.Connection, uid: str) -> int | None:
    """The pk of a ticket."""
    found = db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()
    return found[0] if found else None


def uid(db: sqlite3.Connection, pk: int) -> str | None:
    """The uid of the ticket with this pk."""
    found = db.execute("SELECT uid FROM ticket WHERE pk = ?", (pk,)).fetchone()
    return found[0] if found else None


def started(db: sqlite3.Connection, pk: int) -> int | None:
    """When the clocks of a ticket began: received, else created (epoch seconds); None: it is gone."""
    said = "coalesce(json_extract(shown, '$.received'), created)"
    found = db.execute(f"SELECT {said} FROM ticket WHERE pk = ?", (pk,)).fetchone()
    return None if found is None else int(found[0])


def runs(db: sqlite3.Connection, pks: Sequence[int]) -> dict[int, str | None]:
    """What the clocks of these tickets can be read from, as the JSON that is kept; None: doubtful."""
    marks = ",".join("?" * len(pks))
    return dict(db.execute(f"SELECT pk, runs FROM ticket WHERE pk IN ({marks})", tuple(pks)).fetchall())


_BURNING = f"""SELECT count(*) FILTER (WHERE {LATE}),
    count(*) FILTER (WHERE sort_due >= ? OR late_at > ?)"""


def counts(db: sqlite3.Connection, me: frozenset[str], now: int) -> Counts:
    """The figures of the header, each from the narrowest index there is."""
    queue = "FROM ticket WHERE gone = 0 AND done = 0"
    by_priority: dict[int, int] = dict(db.execute(f"SELECT priority, count(*) {queue} GROUP BY priority").fetchall())
    nofirst = db.execute(
        "SELECT count(*) FROM ticket INDEXED BY ticket_nofirst WHERE nofirst = 1 AND gone = 0 AND done = 0"
    ).fetchone()[0]
    late, soon = db.execute(
        f"{_BURNING} {queue} AND band = 0 AND sort_due <= ?", [*[now] * _BURNING.count("?"), now + SOON_S]
    ).fetchone()
    mine: list[Any] = []
    own = db.execute(f"SELECT count(*) {queue} AND {_either('owner', me, mine)}", mine).fetchone()[0] if me else 0
    states: dict[str, int] = dict(
        db.execute(
            "SELECT state, count(*) FROM outbox WHERE state IN ('queued','sending','unknown','rejected') GROUP BY state"
        ).fetchall()
    )
    clashes = db.execute("SELECT count(*) FROM conflict WHERE closed_at IS NULL").fetchone()[0]
    stops, first_due = db.execute(
        """SELECT count(DISTINCT t.pk), min(t.due) FROM outbox o CROSS JOIN ticket t ON t.pk = o.ticket WHERE t.gone = 0
           AND t.mode = 'run' AND o.state IN ('queued','sending','unknown')
           AND o.kind IN ('ack','reply','hold','resolve','close','cancel')"""
    ).fetchone()
    return Counts(
        sum(by_priority.values()), by_priority.get(1, 0), soon, late, nofirst, own,
        sum(states.get(s, 0) for s in ("queued", "sending", "unknown")),
        clashes, states.get("rejected", 0), states.get("unknown", 0), stops, first_due,
    )  # fmt: skip


def similar(db: sqlite3.Connection, uid: str, limit: int) -> list[int]:
    """The pks of the tickets most like this one."""
    return search.similar(db, uid, limit)
