"""What may stand behind a field of a QUERY: each function takes (value, place) pairs and raises QueryError."""

import re

from deskui.domain import when
from deskui.domain.querywords import QueryError
from deskui.domain.ticket import OPEN, STATES
from deskui.lazy import dataclass

SHOWN = {
    "new": "new",
    "work": "in_progress",
    "wait": "pending",
    "done": "resolved",
    "clsd": "closed",
    "canc": "cancelled",
}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(?:\d{1,6}[smhdw]){1,9}", re.ASCII)
_PART = re.compile(r"(\d+)([smhdw])", re.ASCII)
_TIME = re.compile(r"\d{1,2}:\d{2}", re.ASCII)

Given = list[tuple[str, int]]


@dataclass(frozen=True)
class Limit:
    """Less (`below`) or more than so many seconds from now; `at`: until that instant (epoch seconds) instead."""

    below: bool
    seconds: int = 0
    at: int | None = None

    def until(self, now: int) -> int:
        """The instant, in epoch seconds."""
        return now + self.seconds if self.at is None else self.at


def states(given: Given) -> frozenset[str]:
    """`open`, `all`, a state's name or how the list shows it."""
    found: set[str] = set()
    for value, at in given:
        name = value.lower()
        name = SHOWN.get(name, name)
        if name not in (*STATES, "open", "all"):
            raise QueryError(f"no state {value!r}; there are open, all, {', '.join(STATES)}", at)
        found |= OPEN if name == "open" else set(STATES) if name == "all" else {name}
    return frozenset(found)


def priority(value: str, at: int) -> int:
    """`1` or `P1`."""
    digit = value.lower().removeprefix("p")
    if digit not in ("1", "2", "3", "4"):
        raise QueryError(f"no priority {value!r}; there are P1, P2, P3, P4", at)
    return int(digit)


def names(given: Given) -> frozenset[str]:
    """As they are written; `me` and `none` in small letters."""
    return frozenset(value.lower() if value.lower() in ("me", "none") else value for value, _ in given)


def of(given: Given, known: tuple[str, ...], what: str) -> frozenset[str]:
    """Words from a fixed list."""
    for value, at in given:
        if value.lower() not in known:
            raise QueryError(f"no {what} {value!r}; there are {', '.join(known)}", at)
    return frozenset(value.lower() for value, _ in given)


def span(given: Given) -> Limit:
    """`<30m`, `>1h30m`: of several the last counts."""
    value, at = given[-1]
    if value[0] not in "<>" or not _SPAN.fullmatch(value[1:].lower()):
        raise QueryError(f"{value!r} is no limit; write <30m, >2h, <1d12h (units {', '.join(UNITS)})", at)
    parts = _PART.findall(value[1:].lower())
    return Limit(value[0] == "<", sum(int(number) * UNITS[unit] for number, unit in parts))


def instant(given: Given, zone: str, now: int) -> Limit:
    """`<15m`, `<06:00`, `<2026-11-24T06:00Z`, `today`: until the next midnight."""
    value, at = given[-1]
    value = "<00:00" if value.lower() == "today" else value
    if value[0] in "<>" and _SPAN.fullmatch(value[1:].lower()):
        return span([(value, at)])
    wrong = f"{value!r} is no limit; write <30m, <06:00, <2026-11-24T06:00Z or today"
    if value[0] not in "<>" or not (_TIME.fullmatch(value[1:]) or "T" in value):
        raise QueryError(wrong, at)
    try:
        return Limit(value[0] == "<", at=when.next_time(value[1:], zone, now))
    except (ValueError, OverflowError):
        raise QueryError(wrong, at) from None


def judged(given: Given, clocks: frozenset[str]) -> int:
    """`<7d`, beside missed: or met:."""
    limit = span(given)
    if not limit.below or not clocks:
        raise QueryError("judged: says how long ago, with missed: or met: (missed:response judged:<7d)", given[-1][1])
    return limit.seconds
