"""When somebody wants to look at a ticket again: how such a time is typed.  Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from deskui.domain import queryvalues, when

USAGE = "follow-up T"
TOLD = "HH:MM (the next such time), 2h, 3d, tomorrow HH:MM, 2026-11-24T09:00Z, or none"
_FARTHEST_S = 731 * 86_400  # beyond two years it is a slip of the finger


def parse(typed: str, zone: str, now: int) -> int | None:
    """The instant, in epoch seconds, after `now`; None: `none`, no more.  ValueError says what is wrong."""
    words = typed.lower().split()
    if words == ["none"]:
        return None
    try:
        at = _instant(words, zone, now)
    except (ValueError, OverflowError):  # QueryError too: a span that is none
        raise ValueError(f"{typed.strip()!r} is no time: write {TOLD}") from None
    if not now < at <= now + _FARTHEST_S:
        raise ValueError(f"{typed.strip()!r} {'has been' if at <= now else 'is more than two years away'}")
    return at


def _instant(words: list[str], zone: str, now: int) -> int:
    if len(words) == 2 and words[0] == "tomorrow" and ":" in words[1]:
        return when.next_time(words[1], zone, _midnight(zone, now) - 1)
    typed = "".join(words) if len(words) == 1 else ""
    if typed[-1:] in ("m", "h", "d", "w"):
        return now + queryvalues.span([(f"<{typed}", 0)]).seconds
    return when.next_time(typed.upper(), zone, now)


def _midnight(zone: str, now: int) -> int:
    """When tomorrow begins there."""
    here = ZoneInfo(zone)
    tomorrow = datetime.fromtimestamp(now, here).date() + timedelta(1)
    return int(datetime.combine(tomorrow, time(), here).timestamp())
