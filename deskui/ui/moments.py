"""Times as people type them when they tell what has been: `01:30` is the last such time, `now` is now.  Pure."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from deskui.domain import when
from deskui.ui.countdown import long_span

TOLD = "HH:MM (the last such time), 2026-11-23 22:00, or now"
TOLD_END = "HH:MM (the first such time after it), 2026-11-24 06:00, or now"


def begin(typed: str, zone: str, now: int) -> int:
    """When it began, in epoch seconds: as `when.last_time`, or a date and a time in `zone`.  ValueError: what to do."""
    return _instant(typed, zone, partial(when.last_time, zone=zone, now=now))


def end(typed: str, zone: str, now: int, start: int) -> int:
    """When it ended, as `when.end_time`; or a date and a time.  ValueError."""
    return _instant(typed, zone, partial(when.end_time, zone=zone, now=now, start=start))


def _instant(typed: str, zone: str, known: Callable[[str], int]) -> int:
    said = typed.strip()
    try:
        if len(said) <= 5:
            return known(said)
        moment = datetime.fromisoformat(said)  # the form says at once what it takes it for
        return int((moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment).timestamp())
    except (ValueError, OverflowError):
        raise ValueError(f"{said or 'nothing'} is no time; write 01:30, 2026-11-24 01:30, or now") from None


def between(start: int, until: int | None, zone: str) -> str:
    """`Tue 24 Nov 01:30 to 02:30 (1h00)`, with both dates where they differ; None: it goes on."""
    here = datetime.fromtimestamp(start, ZoneInfo(zone))
    if until is None:
        return f"{here:%a %d %b %H:%M}, and it goes on"
    there = datetime.fromtimestamp(until, ZoneInfo(zone))
    last = f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a %d %b %H:%M}"
    size = f"({long_span(until - start)})" if until > start else "ENDS BEFORE IT BEGINS"
    return f"{here:%a %d %b %H:%M} to {last} {size}"


def spoken(values: dict[str, str], zone: str, now: int) -> str:
    """What the fields `start` and `end` come to so far; empty while they say nothing."""
    try:
        start = begin(values["start"], zone, now)
        return between(start, None if values["end"] == "-" else end(values["end"], zone, now, start), zone)
    except ValueError as wrong:
        return "" if not values["start"] or not values["end"] else str(wrong)
