"""A clock as eleven cells: glyph and time left in nine, `*` if something waits to be sent, then R respond or F fix.

Always computed from due - now, never counted down.  Kept light: the first frame draws with it before Textual exists.
"""

CELLS = 11
LEVELS = ("late", "soon", "near", "far", "asleep", "paused", "none", "doubt")
SUFFIX = {"response": "R", "resolution": "F"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def span(seconds: int) -> str:
    """A time to act in: `07:41` below ten minutes, then `22m`, `3h05`, `2d04h`."""
    if seconds < 10 * MINUTE:
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
    return long_span(seconds)


def long_span(seconds: int) -> str:
    """A time in minutes, hours or days, without seconds: `22m`, `3h05`, `2d04h`, `120d`."""
    if seconds < HOUR:
        return f"{seconds // 60}m"
    if seconds < DAY:
        return f"{seconds // HOUR}h{seconds % HOUR // 60:02d}"
    days = seconds // DAY
    return f"{days}d{seconds % DAY // HOUR:02d}h" if days < 100 else f"{days}d"


def age(seconds: int) -> str:
    """How long ago, in at most four cells: `4m`, `1h`, `3d`, `12w`."""
    for size, unit in ((7 * DAY, "w"), (DAY, "d"), (HOUR, "h")):
        if seconds >= (size if unit != "w" else 10 * size):
            return f"{seconds // size}{unit}"
    return f"{max(0, seconds) // 60}m"


def _late(over: int) -> str:
    spent = f"{over // 60:02d}:{over % 60:02d}" if over < HOUR else long_span(over)
    return f"!!{'-' + spent:>7}"


def _running(left: int, asleep: bool) -> tuple[str, str]:
    if asleep:
        return f" z{span(left):>7}", "asleep"
    if left < 10 * MINUTE:
        return f" !{span(left):>7}", "soon"
    if left < HOUR:
        return f" >{span(left):>7}", "near"
    return f"{span(left):>9}", "far"


def _nine(
    mode: str, due: int | None, frozen: int | None, now: int, asleep: bool, late_at: int | None
) -> tuple[str, str]:
    if mode == "doubt":
        return f"{'?':>9}", "doubt"
    if mode == "paused" and frozen is not None:
        sign = "-" if frozen < 0 else " "
        return f" ={sign}{span(abs(frozen)):>6}", "paused"
    if mode != "run" or due is None:
        return f"{'-':>9}", "none"
    if now >= (due + 1 if late_at is None else late_at):
        return _late(now - due), "late"
    return _running(max(0, due - now), asleep)


def countdown(
    mode: str, clock: str, due: int | None, frozen: int | None, now: int, asleep: bool = False, pending: bool = False,
    late_at: int | None = None,
) -> tuple[str, str]:  # fmt: skip
    """The cells, and how bad it is: late, soon, near, far, asleep, paused, none or doubt.

    `mode` is run, paused, none or doubt; `due` epoch seconds; `frozen` the working seconds left on a paused clock;
    `asleep`: the service is closed; `late_at` the first second past the target, where that is not the one after `due`:
    what is used up at closing is in time until the next opening (SLA.md).
    """
    nine, level = _nine(mode, due, frozen, now, asleep, late_at)
    suffix = " " if level in ("none", "doubt") else SUFFIX.get(clock, " ")
    return f"{nine}{'*' if pending else ' '}{suffix}", level
