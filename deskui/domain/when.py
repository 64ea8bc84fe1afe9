"""Times at the edge: the inside counts whole epoch seconds in UTC, people and servers write ISO 8601.

People also write `HH:MM`; which day it is of depends on what is asked, and in the same way wherever it is: a time of
something that happened (a call, an outage) is the last such time, of something to come (look again) the next one.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def iso(at: int) -> str:
    """`at` (epoch seconds) as `2026-11-24T02:07:00Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> int:
    """Epoch seconds, cut to the second, of an ISO 8601 time with a zone; ValueError names what is wrong with it."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no zone: write it as 2026-11-24T02:07:00Z or with +01:00")
    try:
        return int(moment.astimezone(UTC).timestamp() // 1)
    except OverflowError:
        raise ValueError(f"{text!r} is before the first or after the last year") from None


def next_time(text: str, zone: str, now: int) -> int:
    """Of what is to come, as a person types it: `HH:MM` is the next such time in `zone`, else ISO 8601 with zone."""
    return next(at for at in _times(text, zone, now) if at > now) if _is_time(text) else parse(text)


def last_time(text: str, zone: str, now: int) -> int:
    """Of what has been: `HH:MM` is the last such time, `now` is now, else ISO 8601 with zone.  ValueError."""
    if _is_time(text):
        return max(at for at in _times(text, zone, now) if at <= now)
    return now if text.strip() == "now" else parse(text)


def end_time(text: str, zone: str, now: int, start: int) -> int:
    """Of the end of what began at `start`: `HH:MM` is the first such time after that, else as `last_time`."""
    return next_time(text, zone, start) if _is_time(text) else last_time(text, zone, now)


def _is_time(text: str) -> bool:
    return len(text) <= 5 and ":" in text


def _times(text: str, zone: str, near: int) -> list[int]:
    """When the clocks of `zone` show so, on the days around `near`, in order.

    An hour that comes twice is there twice; one that is left out in spring is later by the gap, as in a calendar.
    """
    parts = text.split(":")
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise ValueError(f"{text!r} is no time of day")
    wanted, here = time(int(parts[0]), int(parts[1])), ZoneInfo(zone)
    today, found = datetime.fromtimestamp(near, here).date(), set[int]()
    for days in range(-2, 3):
        wall = datetime.combine(today + timedelta(days), wanted)
        first, again = (int(wall.replace(tzinfo=here, fold=fold).timestamp()) for fold in (0, 1))
        found |= {first, max(first, again)}  # in the gap the second is before it
    return sorted(found)
