"""Service credits: one for each cause, capped, and an approved one stays as it is."""

from deskui.domain.credit import Credit, Miss, draft, misses_of
from deskui.domain.terms import BreachCredit, Schedule, UptimeCredit
from deskui.domain.uptime import Uptime

SCHEDULE = Schedule(
    cap=2000,
    uptime=(UptimeCredit(999_000, 500), UptimeCredit(990_000, 1000), UptimeCredit(999_900, 300, "cloud")),
    breach=(BreachCredit("resolution", 200, 1), BreachCredit("response", 100)),
)
FEE = 420_000


def shares(misses, schedule=SCHEDULE):
    return [(each.cause, each.share, each.amount, each.capped) for each in draft(schedule, FEE, misses)]


def up(service: str, availability: int, cause: str = "c") -> Miss:
    return Miss(cause, "was down", service=service, availability=availability)


def late(cause: str, clock: str = "resolution", priority: int = 1) -> Miss:
    return Miss(cause, "was late", clock, priority)


def test_the_steps_of_the_schedule():
    assert shares([up("network", 999_000)]) == []  # as promised
    assert shares([up("network", 998_999)]) == [("c", 500, 21_000, False)]
    assert shares([up("network", 989_999)]) == [("c", 1000, 42_000, False)]
    assert shares([up("cloud", 999_500)]) == [("c", 300, 12_600, False)]
    assert shares([up("network", 999_500)]) == []


def test_breaches_by_clock_and_priority():
    assert shares([late("RT-1")]) == [("RT-1", 200, 8_400, False)]
    assert shares([late("RT-1", priority=2)]) == []
    assert shares([late("RT-1", "response", 4)]) == [("RT-1", 100, 4_200, False)]
    assert shares([late("RT-1", "update")]) == []


def test_one_cause_gives_one_credit_the_highest():
    found = shares([late("RT-1", "response"), late("RT-1"), up("network", 998_000, "RT-1"), late("RT-2")])
    assert found == [("RT-1", 500, 21_000, False), ("RT-2", 200, 8_400, False)]


def test_the_cap():
    found = shares([up("network", 900_000, name) for name in "abc"])
    assert found == [("a", 1000, 42_000, False), ("b", 1000, 42_000, False), ("c", 0, 0, True)]
    assert shares([late("x")], Schedule(cap=150, breach=SCHEDULE.breach)) == [("x", 150, 6_300, True)]


def test_an_approved_credit_keeps_its_figures():
    approved = Credit("RT-1", "was late", 100, 4_200, "approved")
    drafts = draft(SCHEDULE, FEE, [late("RT-1"), late("RT-2")], [approved])
    assert [(each.cause, each.share, each.state) for each in drafts] == [("RT-2", 200, "draft")]


def test_what_was_approved_counts_for_the_cap_also_when_its_cause_is_gone():
    approved = [
        Credit("RT-8", "was down", 1000, 42_000, "approved"),
        Credit("RT-9", "was down", 900, 37_800, "approved"),
    ]
    assert [(each.share, each.capped) for each in draft(SCHEDULE, FEE, [late("RT-1")], approved)] == [(100, True)]
    approved.append(Credit("RT-7", "was down", 500, 21_000, "approved"))
    assert [(each.share, each.capped) for each in draft(SCHEDULE, FEE, [late("RT-1")], approved)] == [(0, True)]


def test_the_cause_of_missed_uptime():
    missed = Uptime(0, 1, 1, 1, 0, 0, 998_000, 999_000)
    assert misses_of("network", missed, ["RT-9", "", "RT-9"])[0].cause == "RT-9"
    assert misses_of("network", missed, ["RT-9", "RT-8"])[0].cause == "uptime:network"
    assert misses_of("network", missed, [])[0].what == "network was up 99.8000 % of 99.9 %"
    assert misses_of("network", Uptime(0, 1, 1, 1, 0, 0, 999_000, 999_000), []) == []
    assert misses_of("network", Uptime(0, 1, 1, 1, 0, 0, 0, None), []) == []
