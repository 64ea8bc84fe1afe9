"""How well the promises were kept: shares of clocks met, by priority and by customer, and their trend.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

CLOCKS = ("response", "resolution")  # two clocks, two figures, everywhere (SLA.md)
DAY = 86_400
DAYS = 7
NOBODY = "none"  # as QUERY says it
RISK_S = 3600  # at risk: a clock falls due within the hour


class Fact(NamedTuple):
    """What of a ticket the figures need; `runs` as the store keeps them (JSON).

    `runs` may be left out where no clock of it can have stopped lately.  `late`: the list's clock runs and is past its
    target.  `due` by clock, of those that run and are not past their targets, which have not stopped but are `missed`.
    """

    priority: int
    customer: str | None
    owner: str | None
    is_open: bool
    late: bool
    due: Mapping[str, int]
    runs: Mapping[str, Mapping[str, Any]]
    missed: tuple[str, ...] = ()

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


class Table(NamedTuple):
    """All tickets, and the same by priority (`P1`) and by customer (NOBODY: those without one)."""

    whole: Row
    priorities: Mapping[str, Row]
    customers: Mapping[str, Row]


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def verdicts(fact: Fact, now: int, since: int) -> list[Verdict]:
    """The clocks of a ticket that were judged after `since`: those that stopped, and those missed that go on."""
    out = []
    for name in CLOCKS:
        run = fact.runs.get(name, _NOTHING)
        stopped, over = run.get("stopped_at"), run.get("elapsed", 0) > run.get("target", 0)
        if stopped is not None:
            if stopped > since:
                out.append(Verdict(name, stopped, not over))
        elif over or name in fact.missed:
            out.append(Verdict(name, now, False))
    return out


def table(facts: Iterable[Fact], now: int) -> "Table":
    """The figures of all tickets, by priority and by customer; each ticket is looked at once."""
    groups: dict[tuple[int, str | None], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.priority, fact.customer), []).append(fact)
    priorities: dict[str, list[Row]] = {}
    customers: dict[str, list[Row]] = {}
    for (priority, customer), found in sorted(groups.items(), key=lambda each: (each[0][0], each[0][1] or "")):
        each = row("", found, now)
        priorities.setdefault(f"P{priority}", []).append(each)
        customers.setdefault(customer or NOBODY, []).append(each)
    return Table(
        together("all", [each for rows in priorities.values() for each in rows]),
        {name: together(name, rows) for name, rows in priorities.items()},
        {name: together(name, rows) for name, rows in sorted(customers.items())},
    )


def together(name: str, rows: Sequence[Row]) -> Row:
    """The rows of different tickets as one."""
    return Row(
        name, sum(each.open for each in rows), sum(each.late for each in rows), sum(each.risk for each in rows),
        {clock: _sum([each.now[clock] for each in rows]) for clock in CLOCKS},
        {clock: tuple(_sum([each.trend[clock][day] for each in rows]) for day in range(DAYS)) for clock in CLOCKS},
    )  # fmt: skip


def _sum(shares: Iterable[Share]) -> Share:
    met = total = 0
    for share in shares:
        met, total = met + share.met, total + share.total
    return Share(met, total)


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
