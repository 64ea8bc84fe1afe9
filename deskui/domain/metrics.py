"""How well the promises were kept: shares of clocks met, by priority and by customer, and their trend.  Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

CLOCKS = ("response", "resolution")  # two clocks, two figures, everywhere (SLA.md)
DAY = 86_400
DAYS = 7
RISK_S = 3600  # at risk: a clock falls due within the hour


class Fact(NamedTuple):
    """What of a ticket the figures need; `due` by clock, of those that run; `runs` as the store keeps them (JSON).

    `late`: the list's clock runs and is past its target.
    """

    priority: int
    customer: str | None
    owner: str | None
    is_open: bool
    late: bool
    due: Mapping[str, int]
    runs: Mapping[str, Mapping[str, Any]]

    def falls(self, start: int, end: int) -> bool:
        """Whether a clock of it that runs falls due from `start` to `end` (epoch seconds, both included)."""
        return any(start <= at <= end for at in self.due.values())


class Verdict(NamedTuple):
    """A clock that was judged: when (epoch seconds), and whether it was met."""

    clock: str
    at: int
    met: bool


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many were met."""

    met: int = 0
    total: int = 0

    @property
    def missed(self) -> int:
        """How many were not."""
        return self.total - self.met

    @property
    def percent(self) -> int | None:
        """Whole percent, cut: never shown better than it was; None: nothing was judged."""
        return self.met * 100 // self.total if self.total else None

    def plus(self, met: bool) -> "Share":
        """With one more."""
        return Share(self.met + met, self.total + 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One priority or one customer; `now` and `trend` (oldest day first) by clock, over the last DAYS times 24 h."""

    key: str
    open: int
    late: int
    risk: int
    now: Mapping[str, Share]
    trend: Mapping[str, tuple[Share, ...]]


def verdicts(fact: Fact, now: int, since: int) -> list[Verdict]:
    """The clocks of a ticket that were judged after `since`: those that stopped, and those missed that go on."""
    out = []
    for name in CLOCKS:
        run = fact.runs.get(name)
        if run is None:
            continue
        stopped, over = run.get("stopped_at"), run["elapsed"] > run["target"]
        if stopped is not None:
            if stopped > since:
                out.append(Verdict(name, stopped, not over))
        elif over or fact.due.get(name, now) < now:
            out.append(Verdict(name, now, False))
    return out


def table(facts: Iterable[Fact], now: int, key: Callable[[Fact], str]) -> dict[str, Row]:
    """The rows by what `key` says of each ticket."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(key(fact), []).append(fact)
    return {name: row(name, found, now) for name, found in sorted(groups.items())}


def row(name: str, facts: Sequence[Fact], now: int) -> Row:
    """The figures of some tickets together."""
    whole = dict.fromkeys(CLOCKS, Share())
    days = {clock: [Share()] * DAYS for clock in CLOCKS}
    for fact in facts:
        for clock, at, met in verdicts(fact, now, now - DAYS * DAY):
            day = DAYS - 1 - max(0, now - at) // DAY
            whole[clock] = whole[clock].plus(met)
            days[clock][day] = days[clock][day].plus(met)
    return Row(
        name, sum(fact.is_open for fact in facts), sum(fact.late for fact in facts),
        sum(fact.falls(now, now + RISK_S) for fact in facts), whole,
        {clock: tuple(found) for clock, found in days.items()},
    )  # fmt: skip
