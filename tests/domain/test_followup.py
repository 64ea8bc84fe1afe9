"""When to look again: what may be typed, and what is said of what may not."""

import pytest

from deskui.domain import followup
from deskui.domain.when import iso, parse
from tests.make import NOW

BERLIN = "Europe/Berlin"  # 03:07 there


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:30", "2026-11-24T13:30:00Z"), ("03:00", "2026-11-25T02:00:00Z"), ("2h", "2026-11-24T04:07:00Z"),
        ("1d12h", "2026-11-25T14:07:00Z"), (" 3D ", "2026-11-27T02:07:00Z"), ("tomorrow 09:00", "2026-11-25T08:00:00Z"),
        ("tomorrow  00:00", "2026-11-24T23:00:00Z"), ("2026-12-01T09:00+01:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01t09:00z", "2026-12-01T09:00:00Z"),
    ],
)  # fmt: skip
def test_times(typed: str, at: str) -> None:
    found = followup.parse(typed, BERLIN, NOW)
    assert found is not None
    assert iso(found) == at


def test_tomorrow_is_the_calendars_where_a_day_has_25_hours() -> None:
    now = parse("2026-10-24T22:30:00Z")  # 00:30 in Berlin; at 03:00 it is 02:00 again
    assert followup.parse("tomorrow 00:15", BERLIN, now) == parse("2026-10-25T23:15:00Z")
    assert followup.parse("00:15", BERLIN, now) == parse("2026-10-25T23:15:00Z")


def test_none() -> None:
    assert followup.parse("None", BERLIN, NOW) is None


@pytest.mark.parametrize(
    "typed",
    [
        "", "soon", "25:00", "tomorrow", "tomorrow 2h", "2", "-2h", "2h 3d", "9 00", "2026-12-01T09:00", "<2h", "٣d",
        "99999999d",
    ],
)  # fmt: skip
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(ValueError, match="is no time: write HH:MM"):
        followup.parse(typed, BERLIN, NOW)


@pytest.mark.parametrize(
    ("typed", "why"),
    [("2026-11-24T02:07:00Z", "has been"), ("0m", "has been"), ("800d", "two years"), ("999999w", "two years")],
)  # fmt: skip
def test_a_time_that_cannot_be_meant(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        followup.parse(typed, BERLIN, NOW)
