"""What goes to and comes from the upstreams, in words: their state, the changes that wait, the values that clash."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskui import text
from deskui.domain.outgoing import Entry
from deskui.domain.when import iso
from deskui.ui import keymap, rows
from deskui.ui.countdown import age
from deskui.ui.timeline import stamp

if TYPE_CHECKING:
    from deskui.services.syncing import UpstreamStatus

STATES = {
    "queued": "waiting", "sending": "sending", "unknown": "UNKNOWN", "rejected": "REJECTED", "conflict": "CONFLICT",
}  # fmt: skip
SHOWN = frozenset(("queued", "sending", "unknown", "rejected"))  # a conflict is shown as such


def upstream_line(upstream: "UpstreamStatus", zone: str, now: int, columns: int = 1000) -> str:
    """One upstream: when it was last read, whether it is away, when it is tried again; in lines of so many cells."""
    words = [f" {upstream.name:10}"]
    if upstream.last_ok is None:
        words.append("never synced")
    else:
        words.append(f"last ok {stamp(upstream.last_ok, zone, now)} ({age(now - upstream.last_ok)} ago)")
    if upstream.offline_since is not None:
        words.append(f"OFFLINE since {stamp(upstream.offline_since, zone, now)}")
    if upstream.running:
        words.append("syncing now ...")
    elif upstream.next_try is not None:
        words.append(f"next try {stamp(upstream.next_try, zone, now)}{_at_once(upstream)}")
    if abs(upstream.offset_s) > 5:
        words.append(f"CLOCK OFF by {upstream.offset_s:.0f} s")
    if upstream.back_to is not None:
        words.append(f"finished back to {iso(upstream.back_to)[:10]}")
    if upstream.missing:
        words.append(f"{upstream.missing} MISSING, looked for again")
    said = upstream.error or (_frozen(upstream.frozen) if upstream.frozen else "")
    return text.block("\n".join(_lines(words, columns)) + (f"\n   {said}" if said else ""))


def _at_once(upstream: "UpstreamStatus") -> str:
    return "" if upstream.offline_since is None else f" ({keymap.shown('R', ('app',))}:now)"


def _frozen(why: str) -> str:
    return f"FROZEN, nothing is sent: {why} ({keymap.shown('F', ('sync',))} takes it so)"


def _lines(words: Sequence[str], columns: int) -> list[str]:
    """The remarks three blanks apart, each whole; what has no room goes below the first."""
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]}   {word}"
        if text.width(longer) <= columns:
            lines[-1] = longer
        else:
            lines.append(f"   {word}")
    return lines


def upstream_lines(upstreams: "Sequence[UpstreamStatus]", zone: str, now: int, columns: int, rows: int) -> str:
    """All of them in so many rows: those that something is wrong with first, and of the others as many as fit."""

    def well(upstream: "UpstreamStatus") -> bool:
        return not (upstream.offline_since or upstream.error or upstream.frozen or upstream.missing)

    said, left = list[str](), rows
    ordered = sorted(upstreams, key=well)
    for place, upstream in enumerate(ordered):
        line = upstream_line(upstream, zone, now, max(columns, 1))
        need = sum(-(-text.width(part) // max(columns, 1)) or 1 for part in line.split("\n"))
        others = len(ordered) - place - 1
        if well(upstream) and need + bool(others) > left:
            return "\n".join([*said, f" and {others + 1} more, with which all is well"])
        said.append(line)
        left -= need
    return "\n".join(said)


def shown(field: str, value: object) -> str:
    """A field's value as people say it: P2, WAIT (pending), kim; nothing is `none`."""
    if value in (None, "", [], ()):
        return "none"
    if field == "priority":
        return f"P{value}"
    if field == "state":
        return rows.STATES.get(str(value), str(value))
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def describe(entry: Entry) -> str:
    """A change in a few words: `assign kim`, `hold vendor`, `note (5 min)`."""
    change = entry.change
    for name in ("who", "reason", "to", "subject"):
        if hasattr(change, name):
            value = getattr(change, name)
            return f"{change.verb} {'P' if change.verb == 'priority' else ''}{value if value is not None else 'nobody'}"
    minutes = getattr(change, "minutes", 0)
    return change.verb + (f" ({minutes} min)" if minutes else "")


def urgency(entry: Entry) -> tuple[int, int]:
    """Sorts what needs a person before what only waits."""
    order = ("unknown", "rejected", "sending", "queued")
    return (order.index(entry.state) if entry.state in order else 9, entry.seq)
