"""Uptime by hand-counted figures: unions, service time, exclusions, unknown time, and the downtime allowed."""

from zoneinfo import ZoneInfo

import pytest

from deskui.domain.calendar import Calendar
from deskui.domain.uptime import Outage, day, measure, period
from deskui.domain.when import iso, parse

ALWAYS = Calendar.compile("UTC", {}, always=True)
DAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.compile("UTC", {name: [["09:00", "17:00"]] for name in DAYS})
NOVEMBER = (parse("2026-11-01T00:00:00Z"), parse("2026-12-01T00:00:00Z"))
END = NOVEMBER[1]
HOUR = 3600
DAY = 86_400


def at(text: str) -> int:
    return parse(f"2026-11-{text}:00Z")


def down(start: str, end: str | None, kind: str = "down") -> Outage:
    return Outage(at(start), None if end is None else at(end), kind)


def test_nothing_recorded_is_all_up():
    found = measure(ALWAYS, NOVEMBER, END, [], guarantee=999_000)
    assert (found.service, found.down, found.availability) == (30 * DAY, 0, 1_000_000)
    assert (found.budget, found.left, found.gone_at, found.missed) == (2592, 2592, None, False)


def test_overlapping_outages_count_once():
    found = measure(ALWAYS, NOVEMBER, END, [down("10T00:00", "10T02:00"), down("10T01:00", "10T03:00")])
    assert found.down == 3 * HOUR
    assert found.availability == 1_000_000 - -(-3 * HOUR * 1_000_000 // (30 * DAY))
    assert (found.guarantee, found.budget, found.left) == (None, None, None)


def test_only_service_time_counts():
    found = measure(OFFICE, NOVEMBER, END, [down("09T16:00", "10T10:00"), down("14T00:00", "16T00:00")])
    assert found.service == 21 * 8 * HOUR
    assert found.down == 2 * HOUR  # an hour on either side of the night; the weekend is nobody's


def test_exclusions_leave_both_sides():
    hole = (at("10T00:00"), at("10T12:00"))
    found = measure(ALWAYS, NOVEMBER, END, [down("10T11:00", "10T13:00")], [hole])
    assert (found.service, found.down) == (30 * DAY - 12 * HOUR, HOUR)


def test_planned_time_is_neither_down_nor_left_out():
    found = measure(ALWAYS, NOVEMBER, END, [down("10T00:00", "10T02:00", "planned")])
    assert (found.down, found.planned, found.service, found.availability) == (0, 2 * HOUR, 30 * DAY, 1_000_000)


def test_what_nobody_knows_is_never_up():
    half = [down("01T00:00", "16T00:00", "no_data"), down("20T00:00", "21T12:00")]
    found = measure(ALWAYS, NOVEMBER, END, half)
    assert (found.no_data, found.down) == (15 * DAY, 36 * HOUR)
    assert found.availability == 900_000  # 1.5 of the 15 days that are known
    blind = measure(ALWAYS, NOVEMBER, END, [down("01T00:00", None, "no_data")], guarantee=999_000)
    assert (blind.availability, blind.missed) == (None, False)


def test_known_to_be_down_beats_no_data():
    found = measure(ALWAYS, NOVEMBER, END, [down("10T00:00", "11T00:00", "no_data"), down("10T06:00", "10T12:00")])
    assert (found.no_data, found.down) == (18 * HOUR, 6 * HOUR)


def test_the_period_so_far():
    found = measure(ALWAYS, NOVEMBER, at("11T00:00"), [down("10T23:00", None)], guarantee=990_000)
    assert (found.service, found.down) == (10 * DAY, HOUR)
    assert found.budget == 30 * DAY // 100  # of the whole month
    assert found.left == 30 * DAY // 100 - HOUR
    assert measure(ALWAYS, NOVEMBER, NOVEMBER[0] - 5, []).availability is None


def test_when_the_budget_will_be_gone():
    # 12 min in 10 days of a budget of 43.2: at that rate the other 31.2 last 26 days, and the month does not
    lasts = measure(ALWAYS, NOVEMBER, at("11T00:00"), [down("05T00:00", "05T00:12")], guarantee=999_000)
    assert lasts.gone_at is None
    soon = measure(ALWAYS, NOVEMBER, at("11T00:00"), [down("05T00:00", "05T00:36")], guarantee=999_000)
    assert soon.gone_at == at("13T00:00")  # 7.2 minutes at 3.6 a day


def test_when_the_budget_was_gone():
    found = measure(
        ALWAYS, NOVEMBER, at("20T00:00"), [down("05T00:00", "05T00:30"), down("07T00:00", "07T01:00")],
        guarantee=999_000,
    )  # fmt: skip
    assert (found.left, found.missed) == (2592 - 90 * 60, True)
    assert iso(found.gone_at or 0) == "2026-11-07T00:13:12Z"


def test_a_promise_of_everything_is_broken_by_the_first_second():
    found = measure(ALWAYS, NOVEMBER, at("20T00:00"), [down("05T00:00", "05T00:01")], guarantee=1_000_000)
    assert (found.budget, found.left, found.gone_at) == (0, -60, at("05T00:00"))


def test_used_to_the_last_second_is_kept():
    spent = [Outage(at("05T00:00"), at("05T00:00") + 2592)]
    found = measure(ALWAYS, NOVEMBER, END, spent, guarantee=999_000)
    assert (found.left, found.missed, found.gone_at) == (0, False, at("05T00:00") + 2592)


@pytest.mark.parametrize(
    ("length", "zone", "now", "wanted"),
    [
        ("month", "Europe/Berlin", "2026-11-24T02:00:00Z", ("2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")),
        ("quarter", "UTC", "2026-11-24T02:00:00Z", ("2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")),
        ("quarter", "UTC", "2026-03-31T23:59:59Z", ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")),
        ("year", "Europe/Berlin", "2026-12-31T23:30:00Z", ("2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z")),
        ("month", "UTC", "2026-12-01T00:00:00Z", ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")),
    ],
)
def test_periods_begin_at_local_midnight(length, zone, now, wanted):
    start, end = period(ZoneInfo(zone), length, parse(now))
    assert (iso(start), iso(end)) == wanted
    assert day(ZoneInfo(zone), start).endswith("-01")
