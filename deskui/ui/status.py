"""What the lines around the queue say, and where in their line: pure, and light for the first frame.

A local time is anything with an `hour` that formats as `%H:%M`; a remark has a style word: error, warning or none.
"""

from deskui.domain.night import NIGHT, is_night
from deskui.text import clip, line, width
from deskui.ui.countdown import age

NAME = 10  # letters of an upstream's name that the top line has room for
SKEW_S = 30  # from here on the queue says that the clock is off (SLA.md)
MADE_FOR = (80, 24)
TOUR = "new here? :tour"
OPEN = "Open"  # the view of all open tickets

TYPE_CHECKING = False  # `typing` costs the first frame more than all of this; checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def header(found: str, here: "Any", night: tuple[int, int] | None = NIGHT) -> str:
    """The first line, left: what is shown, and the time of day."""
    return f"deskui {found}  {clock(here, night)}"


def asked(query: str) -> str:
    """The second line, left: the filter."""
    return f"/{query}" if query else "/ open tickets"


def place(cursor: int, total: int, marked: int = 0, order: str = "sla") -> str:
    """The second line, right: how it is sorted, how many are marked if any, and where the cursor stands."""
    return f"sort:{order} {f'marked:{marked} ' if marked else ''}{cursor + 1 if total else 0}/{total}"


def clock(here: "Any", night: tuple[int, int] | None = NIGHT) -> str:
    """`02:14 NIGHT`, `14:05`."""
    return f"{here:%H:%M} NIGHT" if is_night(here, night) else f"{here:%H:%M}"


def counts(view: str, found: "Any", total: "int | None" = None) -> str:
    """`Open 23  P1:1 <15m:2 LATE:1 nofirst:3`; `total`: how many are in the view, if it is not all that are open."""
    numbers = (("P1", "p1"), ("<15m", "soon"), ("LATE", "late"), ("nofirst", "nofirst"))
    return f"{view} {found.open if total is None else total}  " + " ".join(
        f"{word}:{getattr(found, name)}" for word, name in numbers
    )


def sync_age(status: "Any", now: int, local: "Any") -> str:
    """`sync 02:13`, `OFFLINE 12m`, `never synced`; of several upstreams `acme OFFLINE 12m`, `2/3 OFFLINE 12m`."""
    if status.offline_since is not None:
        away = [upstream.name for upstream in status.upstreams if upstream.offline_since is not None]
        some = 0 < len(away) < len(status.upstreams)
        who = "" if not some else f"{len(away)}/{len(status.upstreams)} " if away[1:] else f"{away[0][:NAME]} "
        return f"{who}OFFLINE {age(now - status.offline_since)}"
    if status.last_ok is None:
        return "never synced" if status.upstreams else "no upstream"
    if now - status.last_ok >= 86_400:
        return f"sync {age(now - status.last_ok)} ago"
    return f"sync {local(status.last_ok):%H:%M}"


def waiting(status: "Any", local: "Any") -> list[tuple[str, str]]:
    """What a person should know of the traffic, each with a style word: offline, changes waiting, conflicts, skew."""
    said = [_offline(upstream, local) for upstream in status.upstreams if upstream.offline_since is not None]
    said += [(f"FROZEN {each.name}: nothing is sent (gs)", "error") for each in status.upstreams if each.frozen]
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


def _offline(upstream: "Any", local: "Any") -> tuple[str, str]:
    again = "" if upstream.next_try is None else f", next try {local(upstream.next_try):%H:%M} (R: now)"
    return f"OFFLINE {upstream.name} since {local(upstream.offline_since):%H:%M}{again}", "error"


def small(columns: int, lines: int) -> list[tuple[str, str]]:
    """A remark on a terminal that is smaller than what the screens are made for."""
    if columns >= MADE_FOR[0] and lines >= MADE_FOR[1]:
        return []
    return [(f"terminal {columns}x{lines}, made for {MADE_FOR[0]}x{MADE_FOR[1]}", "warning")]


def joined(remarks: "Iterable[tuple[str, str]]") -> list[tuple[str, str]]:
    """The remarks as the parts of one line."""
    parts: list[tuple[str, str]] = []
    for remark in remarks:
        parts += [(" | ", ""), remark] if parts else [remark]
    return parts


def laid(parts: "Iterable[tuple[str, Any]]", right: str, room: int) -> "list[tuple[str, Any]]":
    """Parts from the left and a text at the right end as one line of `room` cells, inert; None: no style of its own."""
    end = clip(line(right), room)
    out, used, most = [], 0, room - width(end) - bool(end)
    for said, style in parts:
        shown = clip(line(said), most - used)
        out.append((shown, style))
        used += width(shown)
        if used >= most:
            break
    return [*out, (" " * (room - used - width(end)) + end, None)]


def fit(hints: "Iterable[str]", room: int) -> str:
    """The hints of a bottom line, most important first, as many as fit into `room` cells."""
    said = ""
    for hint in hints:
        longer = f"{said}  {hint}" if said else hint
        said = longer if len(longer) <= room else said
    return said


def stops(found: "Any", local: "Any") -> str:
    """`3 stops to send, first due 07:41`: clocks that still run upstream because a change waits here; or empty."""
    if not found.stops:
        return ""
    first = f", first due {local(found.first_due):%H:%M}" if found.first_due is not None else ""
    return f"{_many(found.stops, 'stop')} to send{first}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
