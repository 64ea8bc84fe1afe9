"""What the dashboard's figures are made of: the open tickets, and those that were finished lately."""

import json
import sqlite3
from types import MappingProxyType
from typing import Any

from deskui.domain.counting import NEVER
from deskui.domain.metrics import CLOCKS, Fact
from deskui.store.asking import LATE

# Each clock's due and, once that has come, from when on the clock is late where that is not the second after it.
_CLOCKS = ", ".join(
    f"{name}_due, CASE WHEN {name}_due <= :now THEN json_extract(runs, '$.{name}.late_at') END" for name in CLOCKS
)
# Both by the queue's index: of finished tickets sort_due is when they were updated last, negative (derive.Clocks.sort).
# The runs of an open ticket are read only where a clock may have stopped lately, or is missed and on hold.
_OPEN = f"""SELECT priority, customer, owner, 1, band = 0, {LATE.replace("?", ":now")}, {_CLOCKS},
    CASE WHEN late OR (updated > :since AND NOT (nofirst AND band = 0)) THEN runs END
    FROM ticket INDEXED BY ticket_queue WHERE gone = 0 AND done = 0"""
_DONE = f"""SELECT priority, customer, owner, 0, 0, 0, {_CLOCKS}, runs FROM ticket INDEXED BY ticket_queue
    WHERE gone = 0 AND done = 1 AND band = 3 AND sort_due < -:since AND state <> 'cancelled'"""
_NOTHING: Any = MappingProxyType({})


def facts(db: sqlite3.Connection, now: int, since: int) -> list[Fact]:
    """One for each ticket that is open or was changed after `since`; cancelled ones count in no figure."""
    return [_fact(row, now) for sql in (_OPEN, _DONE) for row in db.execute(sql, {"now": now, "since": since})]


def _fact(row: tuple[Any, ...], now: int) -> Fact:
    priority, customer, owner, is_open, running, late, response, its_late, resolution, late_at, runs = row
    due: dict[str, int] = {}
    missed: tuple[str, ...] = ()
    for name, at, over in (("response", response, its_late), ("resolution", resolution, late_at)):
        if at is None:
            continue
        if at < now and (over is None or over <= now):
            missed = (*missed, name)
        elif running and (over is None or over < NEVER):
            due[name] = at if at > now else now  # used up, and in time until something counts again: so due now
    known = json.loads(runs) if runs else _NOTHING
    return Fact(priority, customer, owner, is_open == 1, late == 1, due, known, missed)
