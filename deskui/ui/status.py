"""What the top and bottom lines say: pure functions from values to words."""

from datetime import datetime
from typing import Any

from rich.text import Text

from deskui.ui.countdown import age

SKEW_S = 30  # from here on the queue says that the clock is off (SLA.md)
NIGHT = (22, 6)  # local hours


def clock(here: datetime) -> str:
    """`02:14 NIGHT`, `14:05`."""
    night = here.hour >= NIGHT[0] or here.hour < NIGHT[1]
    return f"{here:%H:%M} NIGHT" if night else f"{here:%H:%M}"


def counts(view: str, found: Any) -> str:
    """`Open 23  P1:1 <15m:2 LATE:1 nofirst:3`."""
    numbers = (("P1", "p1"), ("<15m", "soon"), ("LATE", "late"), ("nofirst", "nofirst"))
    return f"{view} {found.open}  " + " ".join(f"{word}:{getattr(found, name)}" for word, name in numbers)


def sync_age(status: Any, now: int, local: Any) -> str:
    """`sync 02:13`, `OFFLINE 12m`, `never synced`."""
    if status.offline_since is not None:
        return f"OFFLINE {age(now - status.offline_since)}"
    if status.last_ok is None:
        return "never synced" if status.upstreams else "no upstream"
    if now - status.last_ok >= 86_400:
        return f"sync {age(now - status.last_ok)} ago"
    return f"sync {local(status.last_ok):%H:%M}"


def waiting(status: Any, local: Any) -> list[tuple[str, str]]:
    """What a person should know of the traffic, each with a style word: offline, changes waiting, conflicts, skew."""
    said = [_offline(upstream, local) for upstream in status.upstreams if upstream.offline_since is not None]
    if status.queued:
        said.append((f"{_many(status.queued, 'change')} waiting to send", ""))
    if status.unknown:
        said.append((f"{status.unknown} unsure if sent (gs)", "warning"))
    if status.conflicts:
        said.append((f"{_many(status.conflicts, 'conflict')} (gs)", "warning"))
    if status.rejected:
        said.append((f"{status.rejected} rejected (gs)", "error"))
    for upstream in status.upstreams:
        if upstream.offline_since is None and upstream.error:
            said.append((f"{upstream.name}: {upstream.error}", "error"))
    skew = max((abs(upstream.offset_s) for upstream in status.upstreams), default=0.0)
    if skew > SKEW_S:
        said.append((f"clock off by {skew:.0f} s", "error"))
    return said


def _offline(upstream: Any, local: Any) -> tuple[str, str]:
    again = "" if upstream.next_try is None else f", next try {local(upstream.next_try):%H:%M} (R: now)"
    return f"OFFLINE {upstream.name} since {local(upstream.offline_since):%H:%M}{again}", "error"


STYLES = {"error": "bold reverse", "warning": "bold"}


def joined(parts: list[tuple[str, str]]) -> Text:
    """The remarks as one line; what is wrong stands out without colour."""
    return Text(" | ").join(Text(said, STYLES.get(style, "")) for said, style in parts)


def stops(found: Any, local: Any) -> str:
    """`3 stops to send, first due 07:41`: clocks that still run upstream because a change waits here; or empty."""
    if not found.stops:
        return ""
    first = f", first due {local(found.first_due):%H:%M}" if found.first_due is not None else ""
    return f"{_many(found.stops, 'stop')} to send{first}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
