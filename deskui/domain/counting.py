"""What counts: the time of an event, and working seconds less the excluded ones."""

from collections.abc import Iterable

from deskui.domain.calendar import Calendar
from deskui.domain.contract import Policy
from deskui.domain.event import Event
from deskui.domain.windows import merged

Interval = tuple[int, int]  # [from, to), epoch seconds
Exclusion = tuple[int, int, str]  # from, to, reason: agreed with the customer not to count
NEVER = 1 << 62  # an instant that does not come
MADE = frozenset(("acknowledge", "hold", "resume", "resolve", "reopen", "priority"))  # may count when they were made


def intervals(exclusions: Iterable[Exclusion]) -> tuple[Interval, ...]:
    """The exclusions sorted and merged, so that none is taken out twice."""
    return tuple(merged([(start, end) for start, end, _ in exclusions]))


def moment(policy: Policy, event: Event) -> int:
    """The time that counts: the upstream's stamp, or under `offline_events = "made"` when a staff member did it."""
    if policy.offline_events == "made" and event.made_at is not None and event.type in MADE and event.side == "staff":
        return min(event.made_at, event.at)
    return event.at


def moments(policy: Policy, started: int, events: Iterable[Event]) -> list[tuple[int, Event]]:
    """The events with the time that counts, sorted; equal times keep their order, none is before `started`."""
    if policy.offline_events == "made":
        timed = [(max(moment(policy, event), started), event) for event in events]
    else:  # most: a fifth of a rebuild would go into asking it of each event
        timed = [(event.at if event.at > started else started, event) for event in events]
    timed.sort(key=_time)
    return timed


def _time(pair: tuple[int, Event]) -> int:
    return pair[0]


def count(calendar: Calendar | None, a: int, b: int, excluded: Iterable[Interval]) -> int:
    """Working seconds in [a, b) less the excluded ones; without a calendar nothing counts."""
    if calendar is None or b <= a:
        return 0
    total = calendar.between(a, b)
    for start, end in excluded:
        total -= calendar.between(max(a, start), min(b, end))
    return total


def add(calendar: Calendar | None, at: int, seconds: int, excluded: Iterable[Interval]) -> int | None:
    """The earliest instant by which `seconds` (more than 0) were counted since `at`; None: never."""
    if calendar is None:
        return None
    for start, end in excluded:
        if end <= at:
            continue
        worked = calendar.between(at, start)
        if seconds <= worked:
            break
        seconds, at = seconds - worked, end
    return calendar.add(at, seconds)


def late_at(
    calendar: Calendar | None, since: int, left: int, due: int, excluded: Iterable[Interval] = ()
) -> int | None:
    """The first second past the target of a clock with `left` at `since`; None: the one after `due`, as nearly always.

    What is used up exactly at a closing, or when an exclusion begins, is in time until something counts again.  NEVER:
    nothing does.
    """
    goes_on = calendar is not None and due >= since and calendar.is_open(due)
    if goes_on and not any(start <= due < end for start, end in excluded):
        return None
    found = add(calendar, since, left + 1, excluded)
    return NEVER if found is None else found
