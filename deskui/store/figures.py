"""What the dashboard's figures are made of: the open tickets, and those that were finished lately."""

import json
import sqlite3
from types import MappingProxyType
from typing import Any

from deskui.domain.metrics import Fact

_COLUMNS = "priority, customer, owner, done, band, sort_due, response_due, resolution_due"
# Both by the queue's index: of finished tickets sort_due is when they were updated last, negative (derive.Clocks.sort).
# The runs of an open ticket are read only where a clock may have stopped lately, or is missed and on hold.
_OPEN = f"""SELECT {_COLUMNS}, CASE WHEN late OR (updated > ? AND NOT (nofirst AND band = 0)) THEN runs END
    FROM ticket INDEXED BY ticket_queue WHERE gone = 0 AND done = 0"""
_DONE = f"""SELECT {_COLUMNS}, runs FROM ticket INDEXED BY ticket_queue
    WHERE gone = 0 AND done = 1 AND band = 3 AND sort_due <= ? AND state <> 'cancelled'"""
_NOTHING: Any = MappingProxyType({})


def facts(db: sqlite3.Connection, now: int, since: int) -> list[Fact]:
    """One for each ticket that is open or was changed after `since`; cancelled ones count in no figure."""
    return [
        _fact(row, now) for sql, values in ((_OPEN, (since,)), (_DONE, (-since,))) for row in db.execute(sql, values)
    ]


def _fact(row: tuple[Any, ...], now: int) -> Fact:
    priority, customer, owner, done, band, sort_due, response, resolution, runs = row
    running = band == 0
    due = {
        name: at for name, at in (("response", response), ("resolution", resolution)) if running and at is not None
    }  # fmt: skip
    return Fact(
        priority, customer, owner, not done, running and sort_due < now, due, json.loads(runs) if runs else _NOTHING
    )
