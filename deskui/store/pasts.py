"""The pasts of many tickets at once, as texts: what happened, when; and the clocks of those that are plain."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from deskui.domain import plain
from deskui.store import derive

if TYPE_CHECKING:
    from deskui.domain.contract import Contract
    from deskui.domain.sla import Run

# As they come: nearly always oldest first, and else they are not plain.  Data is JSON, in which a line never ends.
_READ = f"""SELECT ticket, group_concat(at), group_concat(iif(type IN {plain.TELLING}, type || data, type), char(10))
    FROM event WHERE ticket {{}} AND type IN {plain.KINDS} GROUP BY ticket"""
KINDS_KEPT = 4096  # of histories: what happened to the tickets of a desk is much alike


class Wanted(NamedTuple):
    """Some tickets: the condition on their pk, and its values."""

    which: str
    values: tuple[Any, ...]


def among(pks: Iterable[int]) -> Wanted:
    """The tickets with these pks."""
    return Wanted("IN (SELECT value FROM json_each(?))", (f"[{','.join(map(str, pks))}]",))


def between(first: int, last: int) -> Wanted:
    """The tickets with pks from `first` to `last`."""
    return Wanted("BETWEEN ? AND ?", (first, last))


# The SLA facts of a ticket: its pk, their times, and a line for each with its type and, where it counts, its data.
Past = tuple[int, str, str]


def read(db: sqlite3.Connection, wanted: Wanted) -> dict[int, Past]:
    """The pasts of these tickets; those without facts are left out."""
    return {past[0]: past for past in db.execute(_READ.format(wanted.which), wanted.values).fetchall()}


class Counted:
    """The clocks of plain pasts; what a kind of past does to them is worked out once."""

    def __init__(self) -> None:
        self._laws: dict[tuple[int, int], _Law] = {}
        self._kind = lru_cache(maxsize=KINDS_KEPT)(_kind)

    def clocks(self, contract: "Contract", started: int, past: Past, before: str | None) -> "Told | None":
        """Its clocks, which were `before`; None: it is not plain."""
        _, times, facts = past
        kind = self._kind(self._law(contract), facts)
        moments = plain.moments(started, map(int, times.split(",")))
        return None if kind is None or moments is None else kind.told(moments, before)

    def _law(self, contract: "Contract") -> "_Law":
        """A contract for a service is made anew for each ticket; the two things that count in it are not."""
        key = id(contract.policy), id(contract.calendars)
        found = self._laws.get(key)
        if found is None:
            found = self._laws[key] = _Law(contract)  # which keeps both, so that no other has their ids
        return found


Told = tuple[derive.Clocks, bool]  # the columns; whether all figures of stopped clocks are as before, word for word


class _Law:
    """A contract that is known by itself, since its values cannot be hashed."""

    def __init__(self, contract: "Contract") -> None:
        self.contract = contract


class _Kind(NamedTuple):
    """What a kind of past does to response and resolution, and how each begins as a text."""

    response: plain.Course
    resolution: plain.Course
    first: str
    last: str

    def told(self, moments: Sequence[int], before: str | None) -> Told:
        """What `derive.of_runs` says of its clocks at these moments."""
        response, resolution, head, last_head = self
        first, last = response.run(moments), resolution.run(moments)
        one, two = derive.text(head, first), derive.text(last_head, last)
        stay = before is None or (
            (response.stopped is None or one in before) and (resolution.stopped is None or two in before)
        )
        return derive.told(f"{one},{two}", response.stopped is None, _shown(first, last)), stay


def _shown(first: "Run", last: "Run") -> tuple[Any, ...]:
    """As `sla.columns`, of two clocks of which the first, response, never stands; a test holds it against that."""
    due, then = None if first.state == "stopped" else first.due, None if last.state == "stopped" else last.due
    if due is not None and (then is None or due <= then or last.state == "paused"):
        return "response", due, None, "run", due, then, first.calendar, False, first.late_at, None
    if last.state == "paused":
        left = last.target - last.elapsed
        return "resolution", then, left, "paused", due, then, last.calendar, left < 0, None, None
    if then is not None:
        return "resolution", then, None, "run", due, then, last.calendar, False, last.late_at, None
    return "", None, None, "none", due, then, "", False, None, None


def _kind(law: _Law, facts: str) -> _Kind | None:
    """Of a ticket that was made with a priority and goes on plainly."""
    happened = [_fact(line) for line in facts.split("\n")]
    kind, data = happened[0]
    if kind != "created" or not data.get("priority"):
        return None
    found = plain.courses(law.contract, int(data["priority"]), happened)
    if found is None:
        return None
    first, last = found
    return _Kind(first, last, derive.head("response", *first[1:4]), derive.head("resolution", *last[1:4]))


def _fact(line: str) -> plain.Fact:
    kind, brace, data = line.partition("{")
    return kind, json.loads(brace + data) if brace else {}
