"""The feed's cursor: what was seen of the issues around the newest change, so that a change in the same second, or one
that was committed late, is read again, and nothing else is.  Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from deskui.domain import when
from deskui.domain.event import Event
from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_facts import CREATED, JOURNAL, TIME
from deskui.upstream._redmine_tale import order

OVERLAP_S = 30  # how late a write may be seen after the time that it bears
_FUTURE_S = 3600  # a change that far ahead of the clock does not move the cursor


@dataclass(slots=True)
class Cursor:
    """`at` is the newest change seen (epoch seconds); `issues` gives of those near it when they were changed, the
    newest journal that was read and whether it was read late enough; `times` likewise for time entries."""

    at: int = 0
    issues: dict[str, tuple[int, int, bool]] = field(default_factory=dict)
    times_at: int = 0
    times: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Of what `__str__` made; anything else begins anew."""
        try:
            at, issues, times_at, times = json.loads(text)
            return cls(int(at), {key: (int(u), int(j), bool(s)) for key, (u, j, s) in issues.items()}, int(times_at),
                       {key: int(at) for key, at in times.items()})  # fmt: skip
        except (ValueError, TypeError, AttributeError):
            return cls()

    def __str__(self) -> str:
        return json.dumps([self.at, self.issues, self.times_at, self.times], separators=(",", ":"))

    @property
    def since(self) -> int:
        """From where to ask: a while before the newest change, and before what has to be read once more."""
        again = (updated for updated, _, settled in self.issues.values() if not settled)
        return max(0, min([self.at - OVERLAP_S, *again]))

    def fresh(self, row: Row) -> bool:
        """Whether a listed issue has to be read."""
        late = when.parse(row["updated_on"]) < self.since
        return not late and not (self.same(row) and self.issues[str(row["id"])][2])

    def same(self, row: Row) -> bool:
        """Whether it bears the time of its last reading."""
        known = self.issues.get(str(row["id"]))
        return known is not None and known[0] == when.parse(row["updated_on"])

    def note(self, issue: Row, now: int) -> None:
        """It was read just now (the system's clock)."""
        updated = when.parse(issue["updated_on"])
        newest = max((number(row["id"]) for row in issue.get("journals") or ()), default=0)
        self.issues[str(issue["id"])] = (updated, newest, now - updated >= OVERLAP_S)
        if updated <= now + _FUTURE_S:
            self.at = max(self.at, updated)

    def trim(self) -> None:
        """Forget what will not be listed again."""
        since = self.since
        self.issues = {key: known for key, known in self.issues.items() if known[0] >= since}
        self.times = {key: at for key, at in self.times.items() if at >= self.times_at - OVERLAP_S}

    # -- time entries

    def spent(self, rows: Iterable[Row]) -> list[str]:
        """The issues of the entries that are new or were changed."""
        since, found = self.times_at - OVERLAP_S, list[str]()
        for row in rows:
            updated = when.parse(row["updated_on"])
            if updated >= since and self.times.get(str(row["id"])) != updated:
                if row.get("issue"):
                    found.append(str(row["issue"]["id"]))
                self.times[str(row["id"])] = updated
                self.times_at = max(self.times_at, updated)
        return list(dict.fromkeys(found))


def news(before: Cursor, remote_id: str, events: Iterable[Event]) -> list[Event]:
    """The events that a cursor did not know yet."""
    known, since = before.issues.get(remote_id), before.at - OVERLAP_S
    fresh = []
    for event in events:
        at, kind, key = order(event.key)[:3]
        if kind == TIME:
            new = str(key) not in before.times and at >= before.times_at - OVERLAP_S
        elif known is not None:
            new = kind == JOURNAL and key > known[1]
        else:
            new = at >= since and kind in (CREATED, JOURNAL)
        if new:
            fresh.append(event)
    return fresh
