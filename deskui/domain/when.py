"""Times at the edge: the inside counts whole epoch seconds in UTC, people and servers write ISO 8601."""

from datetime import UTC, datetime, timedelta
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


def parse_input(text: str, zone: str, now: int) -> int:
    """What a person typed: ISO 8601 with zone, or `HH:MM`, the next such time in `zone` (DESIGN: Values)."""
    if len(text) <= 5 and ":" in text:
        hour, minute = (int(part) for part in text.split(":"))
        here = datetime.fromtimestamp(now, ZoneInfo(zone))
        wanted = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if wanted <= here:
            wanted = (here + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return int(wanted.timestamp())
    return parse(text)
