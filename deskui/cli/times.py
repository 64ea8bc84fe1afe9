"""Times on the command line: what may be typed, and what is said of what may not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from deskui import lazy
from deskui.cli import output

if TYPE_CHECKING:
    from deskui.domain import when
else:
    when = lazy.Module("deskui.domain.when")

TOLD = "ISO 8601 with zone, HH:MM (the last such time), or now"
TOLD_END = "the same, but HH:MM is the first such time after FROM"
AT = f"the period around this time: {TOLD} (default: now)"


def began(text: str, zone: str, now: int) -> int:
    """Epoch seconds of a time that has been, `HH:MM` the last such time; a usage error says what is wrong with it."""
    return _instant(lambda: when.last_time(text, zone, now))


def ended(text: str, zone: str, now: int, start: int) -> int:
    """The same of the end of what began at `start`: `HH:MM` is the first such time after it."""
    return _instant(lambda: when.end_time(text, zone, now, start))


def _instant(typed: Callable[[], int]) -> int:
    try:
        return typed()
    except ValueError as error:
        raise output.Failure("usage", str(error), "Write it as 2026-11-24T02:07:00Z, HH:MM, or now.") from None
