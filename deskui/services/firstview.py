"""What the console leaves in the store so that the next one can show its first page at once (`store/firstpage.py`)."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from deskui.domain.view import Session
from deskui.services.desk import Desk
from deskui.store import atonce, firstpage, migrate, queue
from deskui.store.driver import StoreError

if TYPE_CHECKING:
    from deskui.domain.calendar import Calendar
    from deskui.domain.query import Query

Said = tuple[str, str, Sequence[str]]  # what the header calls it, the filter's line, the columns

DAY = 86_400
AHEAD_S = 15 * DAY  # so long the hours of service are known; a later start shows its first frame with the console
RENEWED_S = DAY // 4  # so often they are looked at anew while a console is open
SHIFT_S = 86_400_000  # another time of day, to see which values of a statement go with it
TERMINALS = 8  # whose colours are kept


class FirstView:
    """Of one desk; `upstreams` are the configured ones, `home` its folder."""

    def __init__(self, desk: Desk, home: str, upstreams: Sequence[str]) -> None:
        self._desk, self._home, self._upstreams = desk, home, tuple(upstreams)
        self._stamp = firstpage.stamp(home)
        self._last: tuple[Any, ...] = ()

    def leave(
        self, now: int, shown: Session, said: tuple[Said, Said], night: str, hints: Sequence[str], looks: Sequence[str]
    ) -> "Future[Any] | None":  # fmt: skip
        """Keep it if it is not there: what is `said` of what is `shown`, and of the plain queue, and how it looks.

        `looks`: which terminal, then SGR parameters.  None: it is there already, or such a query is none.
        """
        left = replace(shown, cursor="")  # that is kept with the session
        newest = (now // RENEWED_S, left, said, night, tuple(hints), tuple(looks))
        if newest == self._last:
            return None
        self._last = newest
        with suppress(StoreError, ValueError):  # the next start shows its first frame with the console
            view = {**self._view(now, left, said), "night": [[night]], "hints": [hints]}
            view["looks"] = [looks, *self._others(looks[0])]
            return self._desk.store.put_aside(firstpage.KEY, firstpage.pack(view))
        return None

    def _view(self, now: int, shown: Session, said: tuple[Said, Said]) -> dict[str, list[Any]]:
        asked = self._desk.query(shown.query, now) if shown.query.strip() else None
        statements = [_statement(asked, self._desk.names(), shown.sort, now)]
        if statements[0][0][3] != atonce.ALWAYS:
            statements.append(_statement(None, self._desk.names(), "sla", now, atonce.PLAIN))
        last = [shown.view, shown.query, shown.sort, json.dumps(shown.columns, separators=(",", ":"))]
        return {
            "made": [(str(migrate.SCHEMA), self._stamp)],
            "session": [(self._desk.me(self._desk.default_upstream), *last)],
            "views": [self._desk.store.read(firstpage.saved)],
            "sql": [sql for sql, _ in statements],
            "values": [values for _, values in statements],
            "said": [(label, asked, *columns) for label, asked, columns in said],
            "me": [sorted(self._desk.names())],
            "upstreams": [self._upstreams],
            "zone": list(_offsets(ZoneInfo(self._desk.zone), now)),
            "hours": list(self._hours(now)),
        }

    def _others(self, terminal: str) -> list[list[str]]:
        """What is known of other terminals, the latest first."""
        row = self._desk.store.read(
            lambda db: db.execute("SELECT value FROM meta WHERE key = ?", (firstpage.KEY,)).fetchone()
        )
        known = firstpage.unpack(row[0]).get("looks", []) if row else []
        return [fields for fields in known if fields and fields[0] != terminal][: TERMINALS - 1]

    def _hours(self, now: int) -> Iterator[tuple[str, str, str]]:
        """Customer ("": all without a contract), calendar and its openings; "?": versions of a contract differ."""
        rules = self._desk.rules
        yield from self._named("", [rules.default.calendars], now)
        for customer, newest in rules.contracts.items():
            yield customer, "", ""  # it has a contract of its own
            versions = [newest]
            if rules.dated(customer):
                versions += [*rules.versions.get(customer, ()), rules.default]
            yield from self._named(customer, [each.calendars for each in versions], now)

    @staticmethod
    def _named(
        customer: str, versions: "Sequence[Mapping[str, Calendar]]", now: int
    ) -> Iterator[tuple[str, str, str]]:  # fmt: skip
        for name in sorted({name for calendars in versions for name in calendars}):
            said = {_openings(calendars.get(name), now) for calendars in versions}
            yield customer, name, said.pop() if len(said) == 1 else "?"


def _statement(
    query: "Query | None", me: frozenset[str], order: str, now: int, when: str = ""
) -> tuple[Sequence[str], list[str]]:  # fmt: skip
    """The page, its count and when it is shown; its values, of which those that go with the time of day say how."""
    sql, values = queue.select(query, me, order, now=now)
    _, later = queue.select(query, me, order, now=now + SHIFT_S)
    where = sql.partition(" ORDER BY ")[0].replace("SELECT pk", "SELECT count(*)", 1)
    where = where.replace("INDEXED BY ticket_queue ", "", 1)
    said = [_value(*pair, now) for pair in zip(values, later, strict=True)]
    return (order, sql, where, when or atonce.when(query, order)), said


def _value(then: Any, later: Any, now: int) -> str:
    if then is None:
        return "n"
    if isinstance(then, str):
        return f"s{then}"
    if then == later:
        return f"i{then}"
    return f"+{then - now}" if later - then == SHIFT_S else f"-{then + now}"


def _offsets(zone: ZoneInfo, now: int) -> Iterator[tuple[str, str, str]]:
    """(seconds ahead of UTC, from, until) from yesterday until a year from now."""

    def offset(at: int) -> int:
        found = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
        return 0 if found is None else int(found.total_seconds())

    start = now - 400 * DAY  # the last sync may be long ago
    since, end = start, now + 400 * DAY
    while start < end:
        after = start + DAY
        if offset(after) != offset(since) or after >= end:
            change = _change(offset, start, after) if offset(after) != offset(since) else after
            yield str(offset(since)), str(since), str(change)
            since = change
        start = after


def _change(offset: Callable[[int], int], low: int, high: int) -> int:
    """The first second with the offset of `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
    return high


def _openings(hours: "Calendar | None", now: int) -> str:
    """Whether it is open now (1 or 0), now, each change, and until when they are known; empty: it never closes."""
    if hours is None or hours.plain:
        return ""
    changes, at = [now], now
    while (after := hours.next_change(at)) is not None and after < now + AHEAD_S:
        changes.append(after)
        at = after
    return " ".join(map(str, (int(hours.is_open(now)), *changes, now + AHEAD_S)))
