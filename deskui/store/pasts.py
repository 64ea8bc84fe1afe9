"""The pasts of many tickets at once, as texts: what happened, when; and the clocks of those that are plain."""

import json
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from deskui.domain import plain

if TYPE_CHECKING:
    from deskui.domain.contract import Contract
    from deskui.domain.sla import Run

# As they come: nearly always oldest first, and else they are not plain.  Data is JSON, in which a line never ends.
_READ = """SELECT ticket, group_concat(at), group_concat(iif(type IN ({telling}), type || data, type), char(10))
    FROM event WHERE ticket IN (SELECT value FROM json_each(?)) AND type IN ({kinds}) GROUP BY ticket""".format(
    **{name: ", ".join(f"'{kind}'" for kind in kinds)
       for name, kinds in (("telling", plain.TELLING), ("kinds", plain.KINDS))}
)  # fmt: skip
KINDS_KEPT = 4096  # of histories: what happened to the tickets of a desk is much alike


class Past(NamedTuple):
    """The SLA facts of a ticket: their times, and one line for each with its type and, where it counts, its data."""

    times: str
    facts: str


def read(db: sqlite3.Connection, wanted: str) -> dict[int, Past]:
    """The pasts of the tickets whose pks are listed in `wanted`, a JSON array; those without facts are left out."""
    return {row[0]: Past(row[1], row[2]) for row in db.execute(_READ, (wanted,)).fetchall()}


class Counted:
    """The clocks of plain pasts; the course of each kind of past is worked out once."""

    def __init__(self) -> None:
        self._laws: dict[tuple[int, int], _Law] = {}
        self._courses = lru_cache(maxsize=KINDS_KEPT)(_courses)

    def runs(self, contract: "Contract", started: int, past: Past) -> "dict[str, Run] | None":
        """Its clocks; None: it is not plain."""
        found = self._courses(self._law(contract), past.facts)
        if found is None:
            return None
        moments = plain.moments(started, list(map(int, past.times.split(","))))
        return None if moments is None else plain.runs(found, moments)

    def _law(self, contract: "Contract") -> "_Law":
        """A contract for a service is made anew for each ticket; the two things that count in it are not."""
        key = id(contract.policy), id(contract.calendars)
        found = self._laws.get(key)
        if found is None:
            found = self._laws[key] = _Law(contract)  # which keeps both, so that no other has their ids
        return found


class _Law:
    """A contract that is known by itself, since its values cannot be hashed."""

    def __init__(self, contract: "Contract") -> None:
        self.contract = contract


def _courses(law: _Law, facts: str) -> plain.Courses | None:
    """The courses of a ticket that was made with a priority and goes on plainly."""
    happened = [_fact(line) for line in facts.split("\n")]
    kind, data = happened[0]
    if kind != "created" or not data.get("priority"):
        return None
    return plain.courses(law.contract, int(data["priority"]), happened)


def _fact(line: str) -> plain.Fact:
    kind, brace, data = line.partition("{")
    return kind, json.loads(brace + data) if brace else {}
