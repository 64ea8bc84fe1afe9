"""How much a service was up, by what is known of it, and what is left of the downtime that its guarantee allows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from deskui.domain.calendar import Calendar
from deskui.domain.counting import Interval
from deskui.domain.terms import PPM
from deskui.domain.windows import merged, without

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Outage:
    """[start, end) in epoch seconds, `end` None: it goes on.  `kind`: down, planned (agreed before), no_data.

    `cause` is what several outages and breaches may have in common: a ticket's id, mostly.
    """

    start: int
    end: int | None
    kind: str = "down"
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Uptime:
    """A period so far; lengths in seconds of service time less exclusions, shares in millionths.

    `availability` = 1 − down / (service − no_data): time of which nothing is known is neither up nor down; None: of no
    second is anything known.  `budget` is what the guarantee allows in the whole period, `gone_at` when it is used up:
    when it was, or at the rate so far will be before `end`; None: it lasts, or there is no guarantee.
    """

    start: int
    end: int
    service: int
    down: int
    planned: int
    no_data: int
    availability: int | None
    guarantee: int | None = None
    budget: int | None = None
    left: int | None = None
    gone_at: int | None = None

    @property
    def missed(self) -> bool:
        """Whether less was up than was promised, so far."""
        return None not in (self.guarantee, self.availability) and (self.availability or 0) < (self.guarantee or 0)


def period(zone: ZoneInfo, length: str, at: int) -> Interval:
    """The month, quarter or year around `at` in local time, as [from, to)."""
    here, months = datetime.fromtimestamp(at, zone), MONTHS[length]
    number = here.year * 12 + (here.month - 1) // months * months
    return _first_of(zone, number), _first_of(zone, number + months)


def _first_of(zone: ZoneInfo, number: int) -> int:
    first = date(number // 12, number % 12 + 1, 1)
    return int(datetime(first.year, first.month, first.day, tzinfo=zone).timestamp())


def day(zone: ZoneInfo, at: int) -> str:
    """The local date of `at`: 2026-11-01."""
    return datetime.fromtimestamp(at, zone).date().isoformat()


def measure(
    calendar: Calendar, span: Interval, now: int, outages: Iterable[Outage], excluded: Iterable[Interval] = (),
    guarantee: int | None = None,
) -> Uptime:  # fmt: skip
    """The period `span` up to `now`: union(unplanned down ∩ service time − exclusions) and what follows from it."""
    start, end = span
    until, holes = min(max(now, start), end), merged([tuple(each) for each in excluded])  # type: ignore[misc]
    known = list(outages)

    def counted(kind: str) -> list[Interval]:
        spans = [(max(each.start, start), min(until if each.end is None else each.end, until))
                 for each in known if each.kind == kind]  # fmt: skip
        return list(without(merged(spans), holes))

    down = counted("down")
    blind = list(without(counted("no_data"), down))
    service = _worked(calendar, without([(start, until)] if until > start else [], holes))
    lost, unknown = _worked(calendar, down), _worked(calendar, blind)
    measured = service - unknown
    share = None if measured <= 0 else PPM - _up(lost * PPM, measured)
    out = Uptime(start, end, service, lost, _worked(calendar, counted("planned")), unknown, share, guarantee)
    return out if guarantee is None else _budgeted(out, calendar, down, until, holes)


def _up(part: int, whole: int) -> int:
    """Divided and rounded up: an availability is never shown better than it was."""
    return -(-part // whole)


def _budgeted(
    so_far: Uptime, calendar: Calendar, down: Sequence[Interval], now: int, holes: list[Interval]
) -> Uptime:  # fmt: skip
    whole = _worked(calendar, without([(so_far.start, so_far.end)], holes))
    budget = whole * (PPM - (so_far.guarantee or 0)) // PPM
    left = budget - so_far.down
    gone = _was_gone(calendar, down, budget) if left <= 0 and so_far.down else _will_be(calendar, so_far, left, now)
    return Uptime(
        so_far.start, so_far.end, so_far.service, so_far.down, so_far.planned, so_far.no_data, so_far.availability,
        so_far.guarantee, budget, left, gone,
    )  # fmt: skip


def _was_gone(calendar: Calendar, down: Sequence[Interval], budget: int) -> int | None:
    """When the last second of the budget was used."""
    for start, end in down:
        worked = calendar.between(start, end)
        if worked and worked >= budget:
            return calendar.add(start, budget) if budget else start
        budget -= worked
    return None


def _will_be(calendar: Calendar, so_far: Uptime, left: int, now: int) -> int | None:
    if not so_far.down or not so_far.service:
        return None
    at = calendar.add(now, left * so_far.service // so_far.down)
    return at if at is not None and at < so_far.end else None


def _worked(calendar: Calendar, spans: Iterable[Interval] | Iterator[Interval]) -> int:
    return sum(calendar.between(start, end) for start, end in spans)
