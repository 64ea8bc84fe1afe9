"""Working time: tables of the rules, and a property test against a walker that knows nothing of arrays."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskui.domain.calendar import Calendar
from deskui.domain.when import iso, parse
from deskui.domain.windows import DAYS

OFFICE = {day: [("09:00", "18:00")] for day in DAYS[:5]}
NIGHT = {day: [("22:00", "06:00")] for day in DAYS}
HOUR = 3600


def at(text):
    return parse(text + "Z")


def spell(zone, weekly, day, **more):
    """The windows of one local date, as text in UTC."""
    calendar = Calendar.compile(zone, weekly, **more)
    start = at(day + "T00:00") - 14 * HOUR
    out, now = [], start
    while now < start + 52 * HOUR:
        if calendar.is_open(now):
            end = calendar.next_change(now)
            out.append(f"{iso(now)[5:16]} {iso(end)[5:16]}" if end else f"{iso(now)[5:16]} -")
        now = calendar.next_change(now) or start + 99 * HOUR
    return out


@pytest.mark.parametrize(
    ("zone", "weekly", "more", "a", "b", "hours"),
    [
        ("UTC", OFFICE, {}, "2026-06-08T00:00", "2026-06-15T00:00", 45),
        ("UTC", OFFICE, {"holidays": ["2026-06-10"]}, "2026-06-08T00:00", "2026-06-15T00:00", 36),
        ("UTC", OFFICE, {"holidays": ["06-10"]}, "2031-06-09T00:00", "2031-06-16T00:00", 36),
        ("UTC", OFFICE, {"closed": {"2026-06-10": [("13:00", "24:00")]}}, "2026-06-08T00:00", "2026-06-15T00:00", 40),
        ("UTC", OFFICE, {"extra": {"2026-06-13": [("10:00", "12:00")]}}, "2026-06-08T00:00", "2026-06-15T00:00", 47),
        ("UTC", OFFICE, {"extra": {"2026-06-10": [("10:00", "12:00")]}}, "2026-06-08T00:00", "2026-06-15T00:00", 38),
        ("UTC", OFFICE, {"extra": {"2026-06-10": []}}, "2026-06-08T00:00", "2026-06-15T00:00", 36),
        # a holiday beats extra; closed comes after both
        ("UTC", OFFICE, {"extra": {"2026-06-13": [("10:00", "12:00")]}, "holidays": ["2026-06-13"]},
         "2026-06-08T00:00", "2026-06-15T00:00", 45),
        ("UTC", OFFICE, {"extra": {"2026-06-13": [("10:00", "12:00")]}, "closed": {"2026-06-13": [("11:00", "18:00")]}},
         "2026-06-08T00:00", "2026-06-15T00:00", 46),
        # a holiday takes out the part of an overnight window that falls in it, a closed one only what it names
        ("UTC", NIGHT, {"holidays": ["2026-06-10"]}, "2026-06-09T12:00", "2026-06-11T12:00", 8),
        ("UTC", NIGHT, {"closed": {"2026-06-10": [("22:00", "06:00")]}}, "2026-06-09T12:00", "2026-06-11T12:00", 8),
        # extra replaces the windows that begin on its date, not the night before
        ("UTC", NIGHT, {"extra": {"2026-06-10": [("12:00", "13:00")]}}, "2026-06-09T12:00", "2026-06-11T12:00", 9),
        ("UTC", {"sun": [("22:00", "06:00")]}, {}, "2026-06-14T00:00", "2026-06-16T00:00", 8),
        ("UTC", {"mon": [("00:00", "00:00")]}, {}, "2026-06-08T00:00", "2026-06-15T00:00", 24),
        # overlapping ones are counted once
        ("UTC", {"mon": [("09:00", "12:00"), ("11:00", "14:00"), ("13:00", "13:30")]}, {},
         "2026-06-08T00:00", "2026-06-15T00:00", 5),
        ("UTC", {"mon": [("22:00", "06:00")], "tue": [("05:00", "07:00")]}, {},
         "2026-06-08T00:00", "2026-06-15T00:00", 9),
        ("UTC", {}, {"always": True, "holidays": ["2026-06-10"]}, "2026-06-08T00:00", "2026-06-15T00:00", 144),
        ("UTC", {}, {"always": True}, "2026-06-15T00:00", "2026-06-08T00:00", 0),
        ("Europe/Berlin", NIGHT, {}, "2026-03-28T20:00", "2026-03-29T10:00", 7),
        ("Europe/Berlin", NIGHT, {}, "2026-10-24T19:00", "2026-10-25T10:00", 9),
        ("Europe/Berlin", {}, {"always": True, "holidays": ["2026-10-25"]}, "2026-10-24T00:00", "2026-10-27T00:00", 47),
        # what is closed on the Monday after belongs to that week alone
        ("UTC", {"mon": [("00:00", "24:00")]}, {"closed": {"2026-06-15": [("00:15", "24:00")]}},
         "2026-06-08T00:00", "2026-06-15T00:00", 24),
        # Samoa had no 30 December 2011: what was to begin on it begins on the 31st, where it is merged
        ("Pacific/Apia", {day: [("09:00", "17:00")] for day in DAYS}, {}, "2011-12-29T10:00", "2012-01-01T10:00", 24),
    ],
)  # fmt: skip
def test_between(zone, weekly, more, a, b, hours):
    assert Calendar.compile(zone, weekly, **more).between(at(a), at(b)) == hours * HOUR


@pytest.mark.parametrize(
    ("windows", "day", "wanted"),
    [
        ([("02:30", "05:00")], "2026-03-29", ["03-29T01:30 03-29T03:00"]),  # begins in the gap: later by the gap
        ([("01:00", "02:30")], "2026-03-29", ["03-29T00:00 03-29T01:30"]),  # ends in it
        ([("02:00", "03:00")], "2026-03-29", []),  # was nothing but the gap
        ([("02:30", "03:00")], "2026-03-29", []),
        ([("02:30", "05:00")], "2026-10-25", ["10-25T00:30 10-25T04:00"]),  # in the fold the first counts
        ([("01:00", "02:30")], "2026-10-25", ["10-24T23:00 10-25T00:30"]),
        ([("02:30", "02:45")], "2026-10-25", ["10-25T00:30 10-25T00:45"]),
    ],
)
def test_the_edges_of_summer_time(windows, day, wanted):
    weekday = DAYS[date.fromisoformat(day).weekday()]
    assert spell("Europe/Berlin", {weekday: windows}, day) == wanted


@pytest.mark.parametrize(
    ("start", "seconds", "wanted"),
    [
        ("2026-06-08T09:00", 9 * HOUR, "2026-06-08T18:00"),  # used up at closing: at closing
        ("2026-06-08T09:00", 9 * HOUR + 1, "2026-06-09T09:00:01"),
        ("2026-06-12T17:00", 2 * HOUR, "2026-06-15T10:00"),
        ("2026-06-13T12:00", HOUR, "2026-06-15T10:00"),
        ("2026-06-08T09:00", 0, "2026-06-08T09:00"),
        ("2026-06-08T17:59:59", 0, "2026-06-08T17:59:59"),
        ("2026-06-08T18:00", 0, "2026-06-09T09:00"),
        ("2026-06-13T12:00", 0, "2026-06-15T09:00"),
    ],
)
def test_add(start, seconds, wanted):
    assert Calendar.compile("UTC", OFFICE).add(at(start), seconds) == at(wanted)


@pytest.mark.parametrize(
    ("start", "seconds", "wanted"),
    [
        ("2026-06-09T10:00", HOUR, "2026-06-09T09:00"),
        ("2026-06-09T10:00", HOUR + 1, "2026-06-08T17:59:59"),
        ("2026-06-09T09:00", 9 * HOUR, "2026-06-08T09:00"),
        ("2026-06-15T10:00", 2 * HOUR, "2026-06-12T17:00"),
        ("2026-06-08T18:00", 0, "2026-06-08T18:00"),
        ("2026-06-08T12:00", 0, "2026-06-08T12:00"),
        ("2026-06-08T09:00", 0, "2026-06-08T09:00"),
        ("2026-06-08T08:59", 0, "2026-06-05T18:00"),
    ],
)
def test_subtract(start, seconds, wanted):
    assert Calendar.compile("UTC", OFFICE).subtract(at(start), seconds) == at(wanted)


def test_the_clock_round_calendar_has_no_edges():
    calendar = Calendar.compile("Europe/Berlin", {day: [("00:00", "24:00")] for day in DAYS})
    assert calendar.plain
    assert calendar.add(7, 5) == 12
    assert calendar.subtract(7, 5) == 2
    assert calendar.next_change(7) is None
    assert calendar.is_open(7)


def test_a_window_goes_on_over_the_weeks():
    calendar = Calendar.compile("Europe/Berlin", {}, always=True, holidays=["12-24"])
    assert calendar.next_change(at("2026-06-10T00:00")) == at("2026-12-23T23:00")
    assert calendar.next_change(at("2027-11-10T00:00")) == at("2027-12-23T23:00")
    assert calendar.next_change(at("2025-12-25T00:00")) == at("2026-12-23T23:00")


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar.compile("UTC", {}),
        Calendar.compile("UTC", OFFICE, extra={"2026-06-10": []}, holidays=[f"{m:02}-{d:02}" for m in range(1, 13)
                         for d in range(1, 32) if d <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[m - 1]]),
    ],
    ids=["empty", "every date a holiday"],
)  # fmt: skip
def test_a_calendar_that_never_opens_says_so_at_once(calendar):
    start = time.monotonic()
    now = at("2026-06-10T00:00")
    assert calendar.add(now, 1) is None
    assert calendar.add(now, 0) is None
    assert calendar.subtract(now, 1) is None
    assert calendar.subtract(now, 0) is None
    assert calendar.next_change(now) is None
    assert calendar.between(now, now + 10**8) == 0
    assert not calendar.is_open(now)
    assert time.monotonic() - start < 2


def test_only_two_windows_ever():
    calendar = Calendar.compile(
        "UTC", {}, extra={"2026-06-10": [("09:00", "10:00")], "2001-01-01": [("09:00", "10:00")]}
    )
    assert calendar.add(at("1990-01-01T00:00"), HOUR + 60) == at("2026-06-10T09:01")
    assert calendar.add(at("1990-01-01T00:00"), 2 * HOUR + 1) is None
    assert calendar.subtract(at("2090-01-01T00:00"), HOUR + 60) == at("2001-01-01T09:59")
    assert calendar.subtract(at("2090-01-01T00:00"), 2 * HOUR + 1) is None
    assert calendar.next_change(at("2026-06-10T10:00")) is None


def test_a_leap_day_window_is_found_over_the_longest_gap():
    dates = [f"{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 32)
             if d <= (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[m - 1]]  # fmt: skip
    calendar = Calendar.compile("UTC", {"sat": [("09:00", "10:00")]}, holidays=dates)
    assert calendar.add(at("2073-01-01T00:00"), 60) == at("2076-02-29T09:01")
    assert calendar.add(at("2076-03-01T00:00"), 60) == at("2116-02-29T09:01")  # 2100 is no leap year


def test_ten_years_are_quick_and_remembered():
    calendar = Calendar.compile("Europe/Berlin", OFFICE, ["12-25", "01-01"])
    start, now = time.monotonic(), at("2026-06-10T00:00")
    due = calendar.add(now, 10 * 250 * 9 * HOUR)
    assert due is not None
    assert calendar.between(now, due) == 10 * 250 * 9 * HOUR
    assert time.monotonic() - start < 0.5
    start = time.monotonic()
    for extra in range(1000):
        calendar.add(now + extra, 10 * 250 * 9 * HOUR)
    assert time.monotonic() - start < 0.5


def test_far_instants_do_not_fail():
    calendar = Calendar.compile("Europe/Berlin", OFFICE)
    assert calendar.add(0, 10**12) is None
    assert calendar.subtract(0, 10**12) is None
    assert Calendar.compile("Europe/Berlin", OFFICE).between(at("9998-12-01T00:00"), at("9999-12-01T00:00")) >= 0


@pytest.mark.parametrize(
    ("zone", "more", "first", "last"),
    [
        ("Australia/Lord_Howe", {"extra": {"1701-05-06": [("10:00", "12:00")]}}, 1281, 1712),
        ("America/New_York", {"holidays": ["12-25", "02-29", "2131-03-05"]}, 2120, 2550),
        ("Europe/Berlin", {}, 2385, 2790),
    ],
)
def test_centuries_are_the_sum_of_their_years(zone, more, first, last):
    whole, parts = (Calendar.compile(zone, OFFICE, **more) for _ in range(2))
    years = [at(f"{year:04}-07-01T12:34:56") for year in (*range(first, last, 300), last)]
    assert whole.between(years[0], years[-1]) == sum(map(parts.between, years, years[1:]))
    assert whole.between(years[0], years[0] + 7 * 86400) == parts.between(years[0], years[0] + 7 * 86400)


def test_thousands_of_years_are_quick_since_only_what_differs_is_walked():
    calendar = Calendar.compile("Europe/Berlin", OFFICE)
    assert calendar.between(at("0100-01-01T00:00"), at("9900-01-01T00:00")) > 9800 * 2000 * 3600
    assert len(calendar._memo[0].opens) < 1500 * 262


@pytest.mark.parametrize("method", ["add", "subtract"])
@pytest.mark.parametrize("calendar", [Calendar.compile("UTC", OFFICE), Calendar.compile("UTC", {}, always=True)])
def test_a_negative_length_is_refused(calendar, method):
    with pytest.raises(ValueError, match="-5 s: a length is not negative"):
        getattr(calendar, method)(0, -5)


@pytest.mark.parametrize(
    ("zone", "weekly", "more", "message"),
    [
        ("Mars/Base", OFFICE, {}, r"'Mars/Base' is no time zone \(write it like Europe/Berlin\)"),
        ("", OFFICE, {}, "no time zone"),
        ("../etc/passwd", OFFICE, {}, "no time zone"),
        ("UTC", {"monday": []}, {}, r"'monday' is no day \(allowed: mon, tue, wed, thu, fri, sat, sun\)"),
        ("UTC", {"mon": [("9", "18:00")]}, {}, r"'9' is no time of day \(write it like 09:00"),
        ("UTC", {"mon": [("09:00", "24:01")]}, {}, "'24:01' is no time of day"),
        ("UTC", {"mon": [("09:60", "10:00")]}, {}, "'09:60' is no time of day"),
        ("UTC", {"mon": [("24:00", "06:00")]}, {}, "does not begin at 24:00"),
        ("UTC", {"mon": [("09:00",)]}, {}, r"\('09:00',\) is no window"),
        ("UTC", OFFICE, {"holidays": ["2026-13-01"]}, r"'2026-13-01' is no date \(write it like 2026-12-24\)"),
        ("UTC", OFFICE, {"holidays": ["13-01"]}, "'13-01' is no date"),
        ("UTC", OFFICE, {"closed": {"06-10": []}}, "'06-10' is no date"),
        ("UTC", OFFICE, {"extra": {"2026-02-30": []}}, "'2026-02-30' is no date"),
    ],
)
def test_what_is_refused(zone, weekly, more, message):
    with pytest.raises(ValueError, match=message):
        Calendar.compile(zone, weekly, **more)


# A walker: minute by minute, each asked by itself

WEEKS = [
    ("Europe/Berlin", "2026-03-23"), ("Europe/Berlin", "2026-10-19"), ("America/New_York", "2026-03-02"),
    ("America/New_York", "2026-10-26"), ("America/Sao_Paulo", "2018-02-12"), ("America/Sao_Paulo", "2018-10-29"),
    ("Asia/Tehran", "2021-03-15"), ("Asia/Tehran", "2021-09-13"), ("Australia/Lord_Howe", "2026-03-30"),
    ("Australia/Lord_Howe", "2026-09-28"),
]  # fmt: skip
STEP = 15  # minutes; every edge, zone change and instant in the test is a multiple


def instant(zone, day, minutes):
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return int(wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).timestamp())


def walk(zone, start, weekly, holidays, closed, extra):
    """Whether each step of the ten days from `start` works."""
    days = [start + timedelta(days=n) for n in range(-3, 13)]

    def spans(day, windows):
        for a, b in windows:
            yield instant(zone, day, a), instant(zone, day, b if b > a else b + 1440)

    works = [span for day in days for span in spans(day, extra.get(day, weekly.get(DAYS[day.weekday()], [])))]
    holes = [span for day in days if day in holidays for span in spans(day, [(0, 1440)])]
    holes += [span for day in days for span in spans(day, closed.get(day, []))]
    first = instant(zone, start, 0)
    return first, [
        any(a <= now < b for a, b in works) and not any(a <= now < b for a, b in holes)
        for now in range(first, first + 9 * 86400, STEP * 60)
    ]


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


minute = st.integers(0, 95).map(lambda n: n * STEP)
window = st.tuples(minute, minute | st.just(1440))
windows = st.lists(window, max_size=2)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_against_a_walker(data):
    zone, monday = data.draw(st.sampled_from(WEEKS))
    start = date.fromisoformat(monday)
    days = st.integers(0, 8).map(lambda n: start + timedelta(days=n))
    weekly = data.draw(st.dictionaries(st.sampled_from(DAYS), windows))
    holidays = data.draw(st.sets(days, max_size=2))
    closed = data.draw(st.dictionaries(days, windows, max_size=2))
    extra = data.draw(st.dictionaries(days, windows, max_size=2))
    first, works = walk(zone, start, weekly, holidays, closed, extra)

    def spell(spec):
        return {str(day): [(clock(a), clock(b)) for a, b in pairs] for day, pairs in spec.items()}

    calendar = Calendar.compile(zone, spell(weekly), map(str, holidays), spell(closed), spell(extra))
    step, last = STEP * 60, len(works)
    sums = [0]
    for work in works:
        sums.append(sums[-1] + step * work)
    i, j = data.draw(st.integers(0, last - 1)), data.draw(st.integers(0, last - 1))
    a, b = first + min(i, j) * step, first + max(i, j) * step
    assert calendar.between(a, b) == sums[max(i, j)] - sums[min(i, j)]
    assert [calendar.is_open(first + n * step) for n in range(last)] == works
    seconds = sums[max(i, j)] - sums[min(i, j)]
    if seconds:
        earliest = next(n for n in range(last) if sums[n] - sums[min(i, j)] == seconds)
        assert calendar.add(a, seconds) == first + earliest * step
        latest = next(n for n in range(max(i, j), -1, -1) if sums[max(i, j)] - sums[n] == seconds)
        assert calendar.subtract(b, seconds) == first + latest * step
    change = next((n for n in range(i + 1, last) if works[n] != works[i]), None)
    if change is not None:
        assert calendar.next_change(first + i * step) == first + change * step
