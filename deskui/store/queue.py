"""The queue as SQL on the plain connection: ids in order, rows of a page, counts.  Imports nothing heavy."""

import json
import sqlite3
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deskui.domain.view import direction
from deskui.lazy import dataclass
from deskui.store import asking, search
from deskui.store.firstpage import ROW as ROW
from deskui.store.firstpage import SELECT, late_first

if TYPE_CHECKING:
    from deskui.domain.query import Query

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
Few = tuple["array[int]", Sequence[str]]  # tickets, and words: those too whose texts have one of them


@dataclass(frozen=True)
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
    upstream: str | None = None, few: "Few | None" = None,
) -> "array[int]":  # fmt: skip
    """The pks that `query` asks for (None: every open ticket), in order; tombstones are never among them.

    `few`: all that is asked for is among these.
    """
    name, backwards = direction(order)
    sql, values = select(query, me, order, upstream, now, few)
    # One row instead of a hundred thousand: making them costs more than finding them.
    found = _numbers(db.execute(f"SELECT json_group_array(pk) FROM ({sql})", values).fetchone()[0])
    if name != "sla":
        return found
    late: array[int] = late_first(db, found[::-1] if backwards else found, now)
    return late[::-1] if backwards else late


def _order_by(order: str) -> str:
    name, backwards = direction(order)
    if not backwards:
        return ORDERS[name]
    terms = ORDERS[name].split(", ")
    return ", ".join(term.removesuffix(" DESC") if term.endswith(" DESC") else f"{term} DESC" for term in terms)


def _numbers(text: str) -> "array[int]":
    """A JSON array of numbers; read in parts, since a number on its own takes four times its place here."""
    found, at, end = array("q"), 1, len(text) - 1
    while at < end:
        comma = text.find(",", at + _PART)
        to = end if comma < 0 else comma
        found.extend(json.loads(f"[{text[at:to]}]"))
        at = to + 1
    return found


def select(
    query: "Query | None", me: frozenset[str], order: str = "sla", upstream: str | None = None, now: int = 0,
    few: "Few | None" = None,
) -> tuple[str, list[Any]]:  # fmt: skip
    """The statement of `ids` and its values; in queue order one covering index gives rows, filters and order."""
    where, values = ["gone = 0", "done = 0"], list[Any]()
    if query is not None:
        asked = asking.Asked(query, me, now)
        where, values = asked.where, asked.values
    if upstream is not None:
        where.append("upstream = ?")
        values.append(upstream)
    if few is not None:  # each looked up by its number
        pks, words = few
        within = " UNION ALL ".join(("SELECT value FROM json_each(?)", *[search.TICKETS] * len(words)))
        where.insert(0, f"pk IN ({within})")
        values = [json.dumps(pks.tolist()), *map(search.match, words), *values]
    hint = "NOT INDEXED " if few is not None else "INDEXED BY ticket_queue " if direction(order)[0] == "sla" else ""
    return f"SELECT pk FROM ticket {hint}WHERE {' AND '.join(where)} ORDER BY {_order_by(order)}", values


def rows(db: sqlite3.Connection, pks: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows of a page in the order of `pks`, columns as in ROW; one that is not there any more is left out."""
    found = db.execute(f"{SELECT} ({','.join('?' * len(pks))})", tuple(pks))
    by_pk = {row[0]: row for row in found}
    return [by_pk[pk] for pk in pks if pk in by_pk]


def there(db: sqlite3.Connection, pks: Sequence[int]) -> frozenset[int]:
    """Those of the rows whose tickets are not gone."""
    sql = "SELECT json_group_array(pk) FROM ticket WHERE gone = 0 AND pk IN (SELECT value FROM json_each(?))"
    return frozenset(json.loads(db.execute(sql, (json.dumps(list(pks)),)).fetchone()[0]))


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


_BURNING = f"""SELECT count(*) FILTER (WHERE {asking.LATE}),
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
    own = db.execute(f"SELECT count(*) {queue} AND {asking.either('owner', me, mine)}", mine).fetchone()[0] if me else 0
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
