"""Windows of working time: what people write (`09:00`, `2026-12-24`), and sets of [from, to) intervals."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400
Window = tuple[int, int]  # [from, to): seconds from a local midnight, or epoch seconds


def zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone (write it like Europe/Berlin)") from error


def windows(pairs: Iterable[Iterable[str]]) -> tuple[Window, ...]:
    if isinstance(pairs, str) or not isinstance(pairs, Iterable):
        raise ValueError(f"{pairs!r} is no list of windows (write it like [['09:00', '18:00']])")
    return tuple(_window(pair) for pair in pairs)


def _window(pair: Iterable[str]) -> Window:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(f"{pair!r} is no window (write it like ['09:00', '18:00'])")
    start, end = _clock(pair[0]), _clock(pair[1])
    if start == DAY:
        raise ValueError("a window does not begin at 24:00 (write 00:00 of the next day)")
    return (start, end) if end > start else (start, end + DAY)


def _clock(text: str) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", str(text))
    hour, minute = (int(part) for part in match.groups()) if match else (99, 0)
    if minute > 59 or hour * 60 + minute > 1440:
        raise ValueError(f"{text!r} is no time of day (write it like 09:00; midnight at the end is 24:00)")
    return hour * 3600 + minute * 60


def ordinal(text: str) -> int:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise ValueError(f"{text!r} is no date (write it like 2026-12-24)") from None


def month_day(text: str) -> tuple[int, int]:
    try:
        local = date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError(f"{text!r} is no date (write it like 2026-12-24, or 12-24 for every year)") from None
    return local.month, local.day


def by_date(spec: Mapping[str, Iterable[Iterable[str]]]) -> dict[int, tuple[Window, ...]]:
    return {ordinal(str(day)): windows(pairs) for day, pairs in spec.items()}


def merged(spans: list[Window]) -> list[Window]:
    """Sorted, without the empty ones; what overlaps or touches is one."""
    out: list[Window] = []
    for start, end in sorted(window for window in spans if window[0] < window[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def without(spans: list[Window], holes: list[Window]) -> Iterator[Window]:
    """`spans` less `holes`, both merged."""
    for start, end in spans:
        for hole, after in holes:
            if hole < end and after > start:
                if start < hole:
                    yield start, hole
                start = max(start, after)
        if start < end:
            yield start, end


def plain_week(days: tuple[tuple[Window, ...], ...]) -> Iterator[Window]:
    """The week from Monday 00:00; what runs over its end begins it (last Sunday's night)."""
    whole = [(day * DAY + a, day * DAY + b) for day, spans in enumerate(days) for a, b in spans]
    wrapped = [(a - 7 * DAY, b - 7 * DAY) for a, b in whole]
    for start, end in merged(whole + wrapped):
        if end > 0 and start < 7 * DAY:
            yield max(start, 0), min(end, 7 * DAY)
