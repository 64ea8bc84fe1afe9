"""Whether what a query asks for is found at once, so that the first paint can wait for it."""

import sqlite3
from typing import TYPE_CHECKING

from deskui.domain.ticket import OPEN
from deskui.domain.view import direction
from deskui.store import firstpage

if TYPE_CHECKING:
    from deskui.domain.query import Limit, Query

ALWAYS, PLAIN = "always", "plain"  # the latter: the plain queue is shown in its place
FEW_OPEN, FEW = "open", "all"
_INDEXED = frozenset(("sla", "priority", "customer", "owner", "state"))  # orders by what the queue's index has

_NARROW = frozenset(("late", "paused", "doubtful", "unacked"))


def when(query: "Query | None", order: str) -> str:
    """ALWAYS, FEW_OPEN, FEW: where there are few (open) tickets; PLAIN: never, it asks for other things each day."""
    groups = [] if query is None else list(query.every())
    if any(limit is not None and limit.at is not None for group in groups for limit in _limits(group)):
        return PLAIN
    if any("vip" in group.flags for group in groups):  # their addresses are in files that may be others by then
        return PLAIN
    if any(not group.shown_states <= OPEN for group in groups):
        return FEW
    return FEW_OPEN if direction(order)[0] not in _INDEXED or any(map(_wide, groups)) else ALWAYS


def _limits(query: "Query") -> "tuple[Limit | None, ...]":
    return query.left, query.due, query.created, query.updated


def _wide(query: "Query") -> bool:
    """Whether it reads more than that index: full text, other columns, a ticket's JSON, its events."""
    read = (
        query.words, query.tags, query.cis, query.has, query.due, query.missed, query.met, query.created, query.updated,
        query.flags - _NARROW,
    )  # fmt: skip
    return any(read)


def is_so(db: sqlite3.Connection, query: "Query | None", order: str) -> bool:
    """Whether it is found at once in this store."""
    said = when(query, order)
    return said == ALWAYS or (said != PLAIN and firstpage.few(db, said))
