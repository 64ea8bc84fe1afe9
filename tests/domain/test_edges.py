"""Edges of the clocks that no other test noticed when they were changed (tests/mutants.md)."""

import pytest

from deskui.domain import sla, thresholds
from deskui.domain.calendar import Calendar
from deskui.domain.contractfile import parse
from deskui.domain.counting import NEVER, add, intervals
from deskui.domain.sla import Run, columns
from deskui.domain.when import iso
from deskui.domain.when import parse as at
from deskui.domain.windows import DAY, DAYS, windows
from tests.make import NOW, POLICY, make_event

ALWAYS = Calendar.compile("UTC", {}, always=True)
OFFICE = {day: [["09:00", "18:00"]] for day in DAYS[:5]}
HOUR = 3600
NIGHT = at("2026-11-24T02:00:00Z")  # a Tuesday, seven hours before anybody works


def law(policy=None, **targets):
    return parse({"policy": policy or {}, "targets": {"P2": targets}}, "test", POLICY)


def clock(contract, events, now, started=NOW, priority=2):
    runs = sla.run(contract, started, priority, [make_event("created", started), *events])
    return {name: run.at(now, contract) for name, run in runs.items()}


# calendars whose only windows are far away


@pytest.mark.parametrize("day", ["2031-01-06", "2070-01-06", "2120-01-08"])
def test_a_single_day_is_found_however_far_ahead(day):
    office = Calendar.compile("UTC", {}, extra={day: [["09:00", "10:00"]]})
    assert iso(office.add(NIGHT, 0) or 0) == f"{day}T09:00:00Z"
    assert iso(office.next_change(NIGHT) or 0) == f"{day}T09:00:00Z"
    assert iso(office.add(NIGHT, 3600) or 0) == f"{day}T10:00:00Z"


@pytest.mark.parametrize("day", ["2021-01-06", "1975-01-06", "1930-01-08", "1800-01-08"])
def test_a_single_day_is_found_however_far_back(day):
    office = Calendar.compile("UTC", {}, extra={day: [["09:00", "10:00"]]})
    assert iso(office.subtract(NIGHT, 0) or 0) == f"{day}T10:00:00Z"
    assert iso(office.subtract(NIGHT, 3600) or 0) == f"{day}T09:00:00Z"


def test_two_single_days_far_apart():
    office = Calendar.compile("UTC", {}, extra={"2027-01-06": [["09:00", "10:00"]], "2095-01-06": [["09:00", "10:00"]]})
    assert iso(office.add(NIGHT, 5400) or 0) == "2095-01-06T09:30:00Z"
    assert iso(office.subtract(at("2099-01-01T00:00:00Z"), 5400) or 0) == "2027-01-06T09:30:00Z"


def test_the_days_before_what_was_asked_first_are_not_taken_as_closed():
    shop = Calendar.compile("UTC", {day: [["09:00", "18:00"]] for day in ("sat", "sun")})
    assert shop.between(at("2026-11-25T00:00:00Z"), at("2026-11-30T00:00:00Z")) == 18 * 3600  # Wednesday to Monday
    assert shop.between(at("2026-11-21T00:00:00Z"), at("2026-11-23T00:00:00Z")) == 18 * 3600  # the weekend before
    assert shop.between(at("2026-12-05T00:00:00Z"), at("2026-12-07T00:00:00Z")) == 18 * 3600


def test_the_last_minute_of_an_hour_is_a_time():
    assert windows([["09:59", "10:59"]]) == ((35_940, 39_540),)


def test_a_text_is_no_list_of_windows():
    with pytest.raises(ValueError, match=r"^'09:00' is no list of windows"):
        windows("09:00")


# how far calendars count

MONDAY = at("2026-11-23T09:00:00Z")
WEEKS = 5200  # a hundred years: longer than a calendar is searched that has not opened for long


@pytest.mark.parametrize(
    ("weekly", "more", "seconds", "length"),
    [
        (OFFICE, {}, WEEKS * 45 * HOUR, (WEEKS - 1) * 7 * DAY + 4 * DAY + 9 * HOUR),
        ({}, {"always": True, "holidays": ["2026-11-25"]}, WEEKS * 7 * DAY, WEEKS * 7 * DAY + DAY),
    ],
)
def test_a_hundred_years_of_work_are_counted_both_ways(weekly, more, seconds, length):
    assert Calendar.compile("UTC", weekly, **more).add(MONDAY, seconds) == MONDAY + length
    assert Calendar.compile("UTC", weekly, **more).subtract(MONDAY + length, seconds) == MONDAY


def test_the_years_that_have_dates_end_the_search():
    late, early = Calendar.compile("UTC", OFFICE), Calendar.compile("UTC", OFFICE)  # one would grow over all the years
    assert late.add(at("9990-01-01T00:00:00Z"), 10**12) is None
    assert early.subtract(at("0010-01-01T00:00:00Z"), 10**12) is None


def test_a_calendar_without_a_window_has_no_instant():
    never = Calendar.compile("UTC", {})
    assert [never.subtract(NIGHT, 0), never.subtract(NIGHT, 1), never.add(NIGHT, 0), never.add(NIGHT, 1)] == [None] * 4


def test_what_was_asked_first_does_not_bound_what_is_asked_later():
    office = Calendar.compile("UTC", OFFICE)
    assert office.between(NIGHT, NIGHT + DAY) == 9 * HOUR
    assert iso(office.add(at("2020-11-24T02:00:00Z"), HOUR) or 0) == "2020-11-24T10:00:00Z"


def test_sunday_evening_in_the_west_is_monday_in_utc():
    shop = Calendar.compile("America/Los_Angeles", {"sun": [["16:00", "20:00"]]})
    assert shop.between(at("2026-11-23T02:00:00Z"), at("2026-11-23T08:00:00Z")) == 2 * HOUR


# special dates


@pytest.mark.parametrize(
    ("more", "hours"),
    [
        ({}, 24),
        ({"closed": {"2026-11-24": [["10:00", "12:00"]]}}, 22),
        ({"extra": {"2026-11-24": [["10:00", "12:00"]]}}, 2),
        ({"holidays": ["2026-11-24"]}, 0),
        ({"holidays": ["11-24"]}, 0),
    ],
)
def test_one_special_date_is_seen_round_the_clock(more, hours):
    calendar = Calendar.compile("UTC", {}, always=True, **more)
    assert calendar.between(at("2026-11-24T00:00:00Z"), at("2026-11-25T00:00:00Z")) == hours * HOUR


@pytest.mark.parametrize(
    ("kind", "hours"),
    [("closed", 14 * 9 - 14), ("extra", 20)],  # an hour of each of twenty days, fourteen of them worked
)
def test_a_week_whose_every_date_is_special_is_no_plain_week(kind, hours):
    days = [f"2026-12-{day}" for day in range(18, 32)] + [f"2027-01-0{day}" for day in range(1, 7)]
    office = Calendar.compile("UTC", OFFICE, **{kind: {day: [["10:00", "11:00"]] for day in days}})
    assert office.between(at("2026-12-18T00:00:00Z"), at("2027-01-07T00:00:00Z")) == hours * HOUR


@pytest.mark.parametrize("text", ["26-1-1", "12-240", "1-1", "2026-1-1"])
def test_a_holiday_of_another_length_is_refused(text):
    with pytest.raises(ValueError, match=f"^'{text}' is no date"):
        Calendar.compile("UTC", {}, holidays=[text])


@pytest.mark.parametrize(("opens", "instant"), [("02:15", "15:45"), ("02:30", "15:30"), ("02:45", "15:45")])
def test_a_gap_of_half_an_hour_ends_at_half_past(opens, instant):
    island = Calendar.compile("Australia/Lord_Howe", {"sun": [[opens, "05:00"]]})
    assert iso(island.add(at("2026-10-03T00:00:00Z"), 0) or 0) == f"2026-10-03T{instant}:00Z"


# counting


def test_an_empty_exclusion_hides_no_other():
    assert intervals([(5, 5, ""), (6, 9, "")]) == ((6, 9),)
    assert intervals([(5, 4, ""), (6, 9, "")]) == ((6, 9),)


def test_exclusions_that_touch_are_one():
    assert intervals([(6, 9, "b"), (3, 6, "a")]) == ((3, 9),)


def test_an_exclusion_that_is_over_hides_no_later_one():
    assert add(ALWAYS, 100, 50, ((10, 20), (110, 140))) == 180
    assert add(ALWAYS, 100, 50, ((10, 100), (110, 140))) == 180


# clocks


def test_a_stopped_run_is_read_back_whole():
    run = Run("stopped", 3600, "24x7", 60, None, NOW + 3600, NOW + 60, ((1, 2),), (5,), NEVER)
    assert Run.from_json(run.to_json()) == run


def test_thresholds_know_exclusions():
    found = sla.thresholds(law(), NOW, 2, [], [50], [(NOW + 60, NOW + 660, "agreed")])
    assert found["response"] == {50: NOW + 1800 + 600}


def test_a_share_of_one_second_needs_an_open_second():
    contract = law(response={"within": "2s", "calendar": "office"})
    found = sla.thresholds(contract, NIGHT, 2, [], [50, 100])
    assert found["response"] == {50: at("2026-11-24T09:00:01Z"), 100: at("2026-11-24T09:00:02Z")}


def test_the_second_answer_moves_no_stop():
    contract = law(update="1h")
    events = [
        make_event("acknowledge", NOW), make_event("customer_reply", NOW + 100), make_event("public_reply", NOW + 200),
        make_event("public_reply", NOW + 300),
    ]  # fmt: skip
    assert clock(contract, events, NOW + 400)["update"].stopped_at == NOW + 200


def test_what_never_ran_never_stopped():
    contract = law(update="1h")
    events = [make_event("public_reply", NOW + 200), make_event("public_reply", NOW + 300)]
    assert clock(contract, events, NOW + 400)["update"].stopped_at is None


def test_updates_without_a_first_response_go_on_at_a_reopening():
    rules = {"update_mode": "between_updates", "resolve_counts_as_response": False}
    events = [make_event("resolve", NOW + 100), make_event("reopen", NOW + 500)]
    free = clock(law({**rules, "update_needs_first_response": False}, update="1h"), events, NOW + 600)["update"]
    assert (free.state, free.elapsed) == ("running", 100)
    bound = clock(law({**rules, "update_needs_first_response": True}, update="1h"), events, NOW + 600)["update"]
    assert (bound.state, bound.elapsed) == ("stopped", 0)


def test_a_second_reopening_asks_nothing_anew():
    events = [
        make_event("public_reply", NOW + 10), make_event("customer_reply", NOW + 20), make_event("resolve", NOW + 30),
        make_event("reopen", NOW + 40), make_event("public_reply", NOW + 50), make_event("resolve", NOW + 60),
        make_event("reopen", NOW + 70),
    ]  # fmt: skip
    assert clock(law(update="1h"), events, NOW + 100)["update"].state == "stopped"
    quiet = [make_event("public_reply", NOW + 10), *(
        make_event(kind, NOW + 20 + n) for n, kind in enumerate(("resolve", "reopen", "resolve", "reopen"))
    )]  # fmt: skip
    assert clock(law(update="1h"), quiet, NOW + 100)["update"].state == "stopped"


# late


@pytest.mark.parametrize(
    ("began", "excluded", "due", "late_at"),
    [
        ("23T10:00:00", (), "23T18:00:00", "24T09:00:01"),  # used up exactly at closing: the next opening, and a second
        ("23T09:59:59", (), "23T17:59:59", None),
        ("23T10:00:01", (), "24T09:00:01", None),
        ("23T02:00:00", (), "23T17:00:00", None),
        ("23T10:00:00", (("24T09:00:00", "24T11:00:00"),), "23T18:00:00", "24T11:00:01"),  # and then nothing counts yet
        ("23T09:30:00", (("23T17:30:00", "23T17:45:00"),), "23T17:30:00", "23T17:45:01"),  # used up where one begins
        ("23T09:30:00", (("23T17:30:00", "25T00:00:00"),), "23T17:30:00", "25T09:00:01"),
        ("20T10:00:00", (), "20T18:00:00", "23T09:00:01"),  # over a weekend
    ],
)
def test_what_is_used_up_is_late_when_something_counts_again(began, excluded, due, late_at):
    promised, start = law(response={"within": "8h", "calendar": "office"}), at(f"2026-11-{began}Z")
    agreed = [(at(f"2026-11-{a}Z"), at(f"2026-11-{b}Z"), "agreed") for a, b in excluded]
    run = sla.run(promised, start, 2, [make_event("created", start)], agreed)["response"]
    assert iso(run.due) == f"2026-11-{due}Z"
    assert (None if run.late_at is None else iso(run.late_at)) == (late_at and f"2026-11-{late_at}Z")
    first = run.due + 1 if run.late_at is None else run.late_at
    assert [run.at(first - 1, promised).breached, run.at(first, promised).breached] == [False, True]


def test_what_is_used_up_when_nothing_ever_counts_again_is_never_late():
    once = parse({"calendars": {"once": {"extra": {"2026-11-23": [["10:00", "18:00"]]}}},
                  "targets": {"P2": {"response": {"within": "8h", "calendar": "once"}}}}, "x", POLICY)  # fmt: skip
    run = sla.run(once, at("2026-11-23T09:00:00Z"), 2, [])["response"]
    assert (iso(run.due), run.late_at) == ("2026-11-23T18:00:00Z", NEVER)
    assert columns({"response": run}).late_at == NEVER


def test_what_is_used_up_when_a_hold_begins_is_in_time_while_it_lasts():
    events = [make_event("acknowledge", NOW), make_event("hold", NOW + 3600, reason="customer")]
    held = sla.run(law(resolution="1h"), NOW, 2, events)["resolution"]
    assert (held.state, held.due, held.late_at) == ("paused", NOW + 3600, NEVER)
    free = sla.run(law(resolution="1h"), NOW, 2, [*events, make_event("resume", NOW + 9000)])["resolution"]
    assert (free.state, free.due, free.late_at) == ("run", NOW + 3600, NOW + 9001)
    over = sla.run(law(resolution="1h"), NOW, 2, [make_event("hold", NOW + 3601, reason="customer")])["resolution"]
    assert (over.due, over.late_at) == (NOW + 3600, None)


def test_used_up_at_the_very_second_from_which_it_counts_is_late_a_second_later():
    there = [make_event("acknowledge", NOW), make_event("hold", NOW + HOUR), make_event("resume", NOW + HOUR)]
    run = sla.run(law(resolution="1h"), NOW, 2, there)["resolution"]
    assert (run.since, run.due, run.late_at) == (NOW + HOUR, NOW + HOUR, None)
    at_once = sla.run(law(response="0m"), NOW, 2, [], [(NOW - 60, NOW, "over")])["response"]
    assert (at_once.due, at_once.late_at) == (NOW, None)


@pytest.mark.parametrize(("judge", "missed"), [("current_priority", 0), ("priority_at_stop", 1)])
def test_an_interval_that_is_over_is_judged_by_the_priority_that_the_contract_names(judge, missed):
    targets = {"P2": {"update": "1h"}, "P3": {"update": {"within": "2h", "calendar": "24x7"}}}
    rules = parse({"policy": {"judge_stopped_by": judge}, "targets": targets}, "test", POLICY)
    told = [("public_reply", 0), ("customer_reply", 60), ("public_reply", 60 + 5400), ("customer_reply", 7000)]
    events = [make_event(kind, NOW + after) for kind, after in told]
    events.append(make_event("priority", NOW + 7200, **{"from": 2, "to": 3}))
    found = thresholds.state(rules, NOW, 2, events, NOW + 7300)
    assert [each.interval for each in found.breaches if each.clock == "update"] == [NOW + 60] * missed


# the list's clock


def test_of_two_due_together_the_response_is_shown():
    runs = sla.run(law(resolution="1h"), NOW, 2, [make_event("created", NOW)])
    found = columns(runs)
    assert (found.clock, found.due, found.response_due, found.resolution_due) == (
        "response", NOW + 3600, NOW + 3600, NOW + 3600,
    )  # fmt: skip
    held = sla.run(
        law({"response_pauses_on_hold": True}, resolution="1h"), NOW, 2, [make_event("hold", NOW, reason="customer")]
    )
    assert columns(held).clock == "response"


def test_paused_at_the_target_is_in_time_and_a_second_later_is_late():
    contract = law({"response_pauses_on_hold": True}, resolution="8h")
    for ahead, late in ((3600, False), (3601, True)):
        runs = sla.run(contract, NOW, 2, [make_event("hold", NOW + ahead, reason="customer")])
        found = columns(runs)
        assert (found.mode, found.clock, found.breached_paused) == ("paused", "response", late)
        assert found.response_due == NOW + 3600


def test_what_is_left_in_agreed_time_is_kept_with_the_list_s_clock():
    agreed = [(NOW + 600, NOW + 1200, "a"), (NOW + 3000, NOW + 4200, "b"), (NOW - 900, NOW, "over")]
    run = sla.run(law(response="1h"), NOW, 2, [make_event("created", NOW)], agreed)["response"]
    found = columns({"response": run})
    assert found.standing == f"[[{NOW + 600},{NOW + 1200},3000],[{NOW + 3000},{NOW + 4200},1200]]"
    assert (found.mode, found.due) == ("run", NOW + 3600 + 1800)
    assert columns(sla.run(law(response="1h"), NOW, 2, [])).standing is None
