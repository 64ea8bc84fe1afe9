"""Times as they are typed: what is to come, what has been, and how long it lasted."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from deskui.cli import times
from deskui.domain import forecast, query, verbs, when
from deskui.domain.change import Hold
from deskui.domain.when import end_time, iso, last_time, next_time, parse
from deskui.ui import moments
from deskui.ui.screens import newticket

BERLIN = "Europe/Berlin"
NOW = "2026-11-24T02:07:00Z"  # 03:07 in Berlin
ZONES = (BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


@pytest.mark.parametrize(
    ("typed", "now", "last", "coming"),
    [
        ("01:30", NOW, "2026-11-24T00:30:00Z", "2026-11-25T00:30:00Z"),
        ("03:06", NOW, "2026-11-24T02:06:00Z", "2026-11-25T02:06:00Z"),
        ("03:07", NOW, NOW, "2026-11-25T02:07:00Z"),  # this very minute has been
        ("03:07", "2026-11-24T02:07:59Z", NOW, "2026-11-25T02:07:00Z"),
        ("3:08", NOW, "2026-11-23T02:08:00Z", "2026-11-24T02:08:00Z"),
        ("23:50", NOW, "2026-11-23T22:50:00Z", "2026-11-24T22:50:00Z"),
        ("00:00", NOW, "2026-11-23T23:00:00Z", "2026-11-24T23:00:00Z"),
        # the night that has 02:30 twice: before both, between them, after both, and the same clock time a day later
        ("02:30", "2026-10-25T00:10:00Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"),
        ("02:30", "2026-10-25T00:40:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("02:30", "2026-10-25T01:40:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"),
        ("03:30", "2026-10-25T02:07:00Z", "2026-10-24T01:30:00Z", "2026-10-25T02:30:00Z"),
        # the night that has no 02:30: then it is 03:30
        ("02:30", "2026-03-29T01:07:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z"),
        ("02:30", "2026-03-29T01:40:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"),
        ("01:30", "2026-03-29T02:07:00Z", "2026-03-29T00:30:00Z", "2026-03-29T23:30:00Z"),
    ],
)
def test_a_time_of_day_is_the_last_or_the_next_such_time(typed: str, now: str, last: str, coming: str) -> None:
    at = parse(now)
    assert (iso(last_time(typed, BERLIN, at)), iso(next_time(typed, BERLIN, at))) == (last, coming)


@pytest.mark.parametrize(
    ("start", "typed", "end"),
    [
        ("2026-11-24T00:30:00Z", "02:00", "2026-11-24T01:00:00Z"),
        ("2026-11-23T22:00:00Z", "06:00", "2026-11-24T05:00:00Z"),  # over midnight, and still to come
        ("2026-11-20T11:00:00Z", "12:00", "2026-11-21T11:00:00Z"),  # never nothing at all
        ("2026-11-20T11:00:00Z", "now", NOW),
        ("2026-11-20T11:00:00Z", "2026-11-24T01:00:00Z", "2026-11-24T01:00:00Z"),
        ("2026-10-25T00:40:00Z", "02:30", "2026-10-25T01:30:00Z"),
    ],
)
def test_an_end_is_the_first_such_time_after_the_beginning(start: str, typed: str, end: str) -> None:
    assert iso(end_time(typed, BERLIN, parse(NOW), parse(start))) == end


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("now", [NOW, "2026-10-25T00:40:00Z", "2026-03-29T00:50:00Z", "2026-04-04T15:10:00Z"])
@pytest.mark.parametrize("typed", ["00:00", "01:45", "02:15", "13:37"])
def test_no_such_time_lies_between(zone: str, now: str, typed: str) -> None:
    at, here = parse(now), ZoneInfo(zone)
    reads = [
        each for each in range(at - 180_000, at + 180_000, 60) if f"{datetime.fromtimestamp(each, here):%H:%M}" == typed
    ]
    last, coming = last_time(typed, zone, at), next_time(typed, zone, at)
    assert last <= at < coming
    assert not [each for each in reads if last < each <= at or at < each < coming]


@pytest.mark.parametrize(
    "typed", ["", "25:00", "12:60", "1:2:3", ":30", "12:", "-1:30", "+9:30", "٣:٣٠", "soon", "now "]
)
def test_what_is_no_time(typed: str) -> None:
    for asked in (last_time, next_time):
        if (typed, asked) != ("now ", last_time):
            with pytest.raises(ValueError, match=r"."):
                asked(typed, BERLIN, parse(NOW))


def test_only_what_has_been_may_be_now() -> None:
    assert last_time("now", BERLIN, parse(NOW)) == parse(NOW)
    with pytest.raises(ValueError, match="now"):
        next_time("now", BERLIN, parse(NOW))


# Where times are typed, and what they mean there: in a dialog and on the command line alike.

TYPED = ("01:30", "03:07", "23:50", "2026-11-20T12:00:00Z")
HAS_BEEN = {
    "new --received": times.began, "exclude FROM": times.began, "uptime record FROM": times.began, "--at": times.began,
    "Received of a new ticket": lambda typed, zone, now: newticket.received(typed, now, zone),
    "From of an exclusion, of an outage": moments.begin,
}  # fmt: skip
ENDS = {"exclude TO, uptime record TO": times.ended, "To of an exclusion, of an outage": moments.end}


def _until(typed: str, zone: str, now: int) -> int | None:
    change = verbs.parse("hold", ["vendor", "--until", typed], now, zone)
    return change.until if isinstance(change, Hold) else None


def _due(typed: str, zone: str, now: int) -> int | None:
    limit = query.parse(f"due:<{typed}", zone, now).due
    return None if limit is None else limit.at


TO_COME = {"hold --until": _until, "due:<HH:MM": _due}


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("field", HAS_BEEN)
def test_a_field_for_what_has_been(field: str, typed: str) -> None:
    assert HAS_BEEN[field](typed, BERLIN, parse(NOW)) == last_time(typed, BERLIN, parse(NOW)) <= parse(NOW)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("field", ENDS)
def test_a_field_for_an_end(field: str, typed: str) -> None:
    start = last_time("02:00", BERLIN, parse(NOW))
    assert ENDS[field](typed, BERLIN, parse(NOW), start) == end_time(typed, BERLIN, parse(NOW), start)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("field", TO_COME)
def test_a_field_for_what_is_to_come(field: str, typed: str) -> None:
    assert TO_COME[field](typed, BERLIN, parse(NOW)) == next_time(typed, BERLIN, parse(NOW))


def test_the_forecast_looks_to_the_next_morning() -> None:
    tonight = forecast.windows(parse(NOW), BERLIN)[-1]
    assert tonight.end == when.next_time(forecast.MORNING, BERLIN, parse(NOW))
