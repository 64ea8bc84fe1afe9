"""A ticket's clocks in words and bars: how long is left, when it is due, whether it was met.  Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskui.ui.countdown import SUFFIX, countdown, long_span, span
from deskui.ui.timeline import Line, stamp

if TYPE_CHECKING:
    from deskui.domain.sla import Clock

STYLE = {"late": "bad", "soon": "bad", "near": "warn", "paused": "dim", "asleep": "dim", "doubt": "warn"}
MARKS = (50, 75, 90)  # the thresholds before the last one
NAMES = {"response": "RESPOND", "resolution": "FIX", "update": "UPDATE"}


def letter(name: str) -> str:
    """R, F or U: what the queue calls this clock."""
    return SUFFIX.get(name, name[:1].upper())


def head(name: str, clock: "Clock | None", now: int, zone: str) -> tuple[str, str]:
    """One clock in a few words, and their style: `R !! -04:12 due 02:10 LATE`; None: facts are missing."""
    if clock is None:
        return f"{letter(name)} ? facts missing", "warn"
    if clock.state == "stopped":
        return _stopped(name, clock, zone, now)
    mode = "paused" if clock.state == "paused" else "run"
    asleep, late_at = clock.state == "off_hours", now if clock.breached else now + 1
    cells, level = countdown(mode, name, clock.due, clock.remaining, now, asleep, late_at=late_at)
    words = [letter(name), " ".join(cells[:9].split())]
    if clock.due is not None:
        words.append(f"due {stamp(clock.due, zone, now)}")
    if level == "paused":
        words.append("NOT COUNTED NOW (agreed)" if clock.agreed else "ON HOLD")
    words += {"late": ["LATE"], "asleep": ["closed now"]}.get(level, [])
    return " ".join(words), STYLE.get(level, "")


def _stopped(name: str, clock: "Clock", zone: str, now: int) -> tuple[str, str]:
    at = "" if clock.stopped_at is None else f" {stamp(clock.stopped_at, zone, now)}"
    if clock.breached:
        return f"{letter(name)} MISSED by {span(-clock.remaining)}", "bad"
    if clock.stopped_at is None:
        return f"{letter(name)} -", "dim"
    return f"{letter(name)} met{at}", "ok"


def bar(clock: "Clock", width: int, marks: Sequence[int] = ()) -> str:
    """How much of the target is used: `[######----] 62%`, and beyond it `[##########!] 128%`.

    `marks` are shares in percent that stand out in it: `|` while they are still to come, `+` once they are reached.
    """
    used = 0 if clock.target <= 0 else clock.elapsed * 100 // clock.target
    full = min(width, width * used // 100)
    cells = ["#"] * full + ["-"] * (width - full)
    for share in marks:
        cells[min(width - 1, width * share // 100)] = "+" if used >= share else "|"
    return f"[{''.join(cells)}{'!' if used > 100 else ']'} {used}%"


def lines(name: str, clock: "Clock | None", now: int, zone: str, width: int, calendar: str = "") -> list[Line]:
    """One clock as a paragraph of the SLA panel; without the countdown, so that it changes each minute only."""
    words, style = head(name, clock, now, zone)
    if " due " in words:
        words = f"{letter(name)} {words[words.index('due ') :]}"
    out: list[Line] = [((f"{NAMES.get(name, name.upper())}  ", "head"), (words, style))]
    if clock is None:
        return out
    hours = f" in {calendar}" if calendar else ""
    out.append(((f" {bar(clock, max(4, min(30, width - 10)), MARKS)}", style),))
    out.append(((f" {long_span(clock.elapsed)} used of {long_span(clock.target)}{hours}", "dim"),))
    return out
