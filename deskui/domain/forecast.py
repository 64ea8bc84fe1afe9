"""What will be missed if nobody does anything: soon, within the hour, and tonight.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from deskui.domain import when
from deskui.domain.metrics import Fact

MORNING = "06:00"  # when the night ends, in local time


class Window(NamedTuple):
    """From now to `end` (epoch seconds); `query` asks the queue for the tickets with a clock that falls due in it."""

    name: str
    end: int
    query: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many tickets have a clock that falls due in the window; `unowned` of them are nobody's."""

    window: Window
    tickets: int
    unowned: int


def windows(now: int, zone: str) -> tuple[Window, ...]:
    """15 minutes, an hour, and until the morning."""
    return (
        Window("15 min", now + 900, "due:<15m"),
        Window("60 min", now + 3600, "due:<1h"),
        Window(f"tonight, to {MORNING}", when.next_time(MORNING, zone, now), f"due:<{MORNING}"),
    )


def forecast(facts: Sequence[Fact], now: int, spans: Iterable[Window]) -> list[Outlook]:
    """One for each window."""
    out = []
    for window in spans:
        due = [fact for fact in facts if fact.falls(now, window.end)]
        out.append(Outlook(window, len(due), sum(fact.owner is None for fact in due)))
    return out
