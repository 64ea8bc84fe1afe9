"""Clocks in words: what the ticket's head and the SLA panel say."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from deskui.domain.sla import Clock
from deskui.ui import clocks
from deskui.ui.widgets.preview import Preview

NOW = 1_795_485_240  # 2026-11-24 01:54 UTC


def clock(state: str = "running", due: int | None = None, **over: int | bool | None) -> Clock:
    values = {"target": 3600, "elapsed": 600, "remaining": 3000, "breached": False, "stopped_at": None, **over}
    return Clock(state=state, due=due, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("response", None, "R ? facts missing"),
        ("response", clock(due=NOW + 461), "R ! 07:41 due 02:01"),
        ("resolution", clock(due=NOW + 13_200), "F 3h40 due 05:34"),
        ("response", clock(due=NOW - 252, breached=True, remaining=-252), "R !! -04:12 due 01:49 LATE"),
        ("resolution", clock("paused", remaining=4320), "F = 1h12 ON HOLD"),
        (
            "resolution",
            clock("paused", due=NOW + 60, remaining=4320, agreed=True),
            "F = 1h12 due 01:55 NOT COUNTED NOW (agreed)",
        ),
        ("resolution", clock("paused", due=NOW - 60, remaining=-60), "F =- 01:00 due 01:53 ON HOLD"),
        (
            "resolution",
            clock("paused", due=NOW - 60, remaining=0, agreed=True),
            "F = 00:00 due 01:53 NOT COUNTED NOW (agreed)",
        ),
        ("resolution", clock("off_hours", due=NOW + 36_000), "F z 10h00 due 11:54 closed now"),
        ("resolution", clock("off_hours", due=NOW - 3600, remaining=0), "F z 00:00 due 00:54 closed now"),
        ("resolution", clock("off_hours", due=NOW - 252, remaining=-1, breached=True), "F !! -04:12 due 01:49 LATE"),
        ("resolution", clock(due=NOW - 3600, remaining=0), "F ! 00:00 due 00:54"),  # the very second of the opening
        ("response", clock("stopped", stopped_at=NOW - 300), "R met 01:49"),
        ("response", clock("stopped", stopped_at=NOW, breached=True, remaining=-252), "R MISSED by 04:12"),
    ],
)
def test_head(name: str, given: Clock | None, said: str) -> None:
    assert clocks.head(name, given, NOW, "UTC")[0] == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (clock(due=NOW + 461), "due 02:01"),
        (clock(due=NOW - 3900, breached=True, remaining=-252), "due 00:49 LATE 1h05"),
        (clock("off_hours", due=NOW - 3900, remaining=0), "due 00:49"),  # used up at closing
        (clock("paused", remaining=4320), "on hold, 1h12 left"),
        (clock("paused", due=NOW + 60, remaining=4320, agreed=True), "not counted now, 1h12 left"),
        (clock("paused", due=NOW - 60, remaining=-120, breached=True), "on hold, 2m over"),
        (clock("off_hours", remaining=4320), "never due, 1h12 left"),
        (clock("stopped", stopped_at=NOW, breached=True), "LATE"),
    ],
)
def test_the_preview(given: Clock, said: str) -> None:
    app = SimpleNamespace(local=lambda at: datetime.fromtimestamp(at, UTC))
    assert Preview._clock(given, NOW, app) == said


def test_the_bar_says_more_than_everything() -> None:
    assert clocks.bar(clock(elapsed=1800), 10) == "[#####-----] 50%"
    assert clocks.bar(clock(elapsed=4608), 10) == "[##########! 128%"
    assert clocks.bar(clock(target=0), 4) == "[----] 0%"


def test_the_bar_marks_the_thresholds_without_colour() -> None:
    assert clocks.bar(clock(elapsed=1800), 20, (50, 75, 90)) == "[##########+----|--|-] 50%"
    assert clocks.bar(clock(elapsed=3599), 20, (50, 75, 90)) == "[##########+####+##+-] 99%"
