"""How far the desk is with each upstream."""

import sqlite3
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from deskui.lazy import dataclass
from deskui.store import statements

if TYPE_CHECKING:
    from deskui.store.store import Tx


@dataclass(frozen=True)
class State:
    """`cursor` is the feed's, `open_cursor` the first pull's; `stage` says where that is; times in epoch seconds.

    `frozen` says why nothing is pushed, `frozen_kind` whether for another system's sake (`epoch`) or since too many
    tickets are missing (`gone`); `accepted`: a person said that it is right so.  `swept_at` is the end of the last
    sweep; finished tickets are here back to `back_to`, and `back_cursor` is where the backfill goes on.  After so many
    `failures` in a row the schedule asks again at `retry_at`.
    """

    upstream: str
    cursor: str = ""
    open_cursor: str = ""
    stage: str = ""
    last_ok: int | None = None
    last_try: int | None = None
    offline_since: int | None = None
    error: str = ""
    error_kind: str = ""
    offset_s: float = 0.0
    frozen: str = ""
    frozen_kind: str = ""
    accepted: int = 0
    sweep_cursor: str = ""
    swept_at: int | None = None
    back_cursor: str = ""
    back_to: int | None = None
    failures: int = 0
    retry_at: int | None = None


_SELECT = """SELECT upstream, cursor, open_cursor, stage, last_ok, last_try, offline_since, error, error_kind, offset_s,
    frozen, frozen_kind, accepted, sweep_cursor, swept_at, back_cursor, back_to, failures, retry_at FROM sync"""


def get(db: sqlite3.Connection, upstream: str) -> State:
    """The state of one upstream; a fresh one if it was never asked."""
    row = db.execute(f"{_SELECT} WHERE upstream = ?", (upstream,)).fetchone()
    return State(upstream) if row is None else State(*row)


def all_(db: sqlite3.Connection) -> list[State]:
    """The states of all upstreams that were ever asked, by name."""
    return [State(*row) for row in db.execute(f"{_SELECT} ORDER BY upstream")]


def put(tx: "Tx", upstream: str, **values: Any) -> State:
    """Save these fields; what is not given stays.  TypeError: no such field."""
    state = replace(get(tx.db, upstream), **values)
    row = asdict(state)
    tx.db.execute(statements.upsert("sync", ("upstream",), tuple(row)), row)
    tx.note("sync")
    return state
