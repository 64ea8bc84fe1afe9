"""Shares of the target: the first second at which each is used, breaches, and when to look again."""

import pytest

from deskui.domain import contractfile
from deskui.domain.thresholds import Breach, Reached, State, state
from deskui.domain.when import parse
from tests.make import NOW, POLICY, make_event

START = NOW - 8 * 3600
EXCLUDED = [(START + 600, START + 1200, "agreed")]


def look(events, now, priority=2, policy=None, targets=None, exclusions=(), kept=None) -> State:
    law = contractfile.parse({"policy": policy or {}, "targets": targets or {}}, "test", POLICY)
    return state(law, START, priority, [make_event("created", START), *events], now, exclusions, kept or {})


def shares(found: State, clock: str = "response") -> list[tuple[int, int]]:
    return [(each.share, each.at - START) for each in found.reached if each.clock == clock]


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (0, []), (1799, []), (1800, [50]), (2699, [50]), (2700, [50, 75]), (3240, [50, 75, 90]),
        (3599, [50, 75, 90]), (3600, [50, 75, 90, 100]), (9999, [50, 75, 90, 100]),
    ],
)  # fmt: skip
def test_each_share_at_its_second(now, wanted):
    found = look([], START + now)
    assert [share for share, _ in shares(found)] == wanted
    assert shares(found) == [(share, share * 36) for share in wanted]


def test_equality_is_in_time_and_a_second_later_is_not():
    assert look([], START + 3600).breaches == ()
    assert look([], START + 3600).next == START + 3601  # when to look again
    (found,) = look([], START + 3601).breaches
    assert found == Breach("response", START, START + 3600, 1, 3600, 2, None)


def test_the_next_look():
    assert look([], START).next == START + 1800
    assert look([], START + 1800).next == START + 2700
    answered = look([make_event("public_reply", START + 60)], START + 100)
    assert answered.next == START + 4 * 3600  # half of the resolution
    assert look([make_event("resolve", START + 60)], START + 100).next is None


def test_a_share_after_the_stop_is_none():
    found = look([make_event("public_reply", START + 2000)], START + 9000)
    assert shares(found) == [(50, 1800)]
    assert [each.clock for each in found.met] == ["response", "resolution"]


def test_a_stopped_breach_has_its_final_figures():
    found = look([make_event("public_reply", START + 4000)], START + 9000)
    assert found.breaches == (Breach("response", START, START + 3600, 400, 3600, 2, START + 4000),)


def test_holds_and_exclusions_move_the_shares():
    held = [make_event("public_reply", START), make_event("hold", START + 100, reason="customer")]
    assert look(held, START + 7200).reached == ()
    assert look(held, START + 7200).next is None
    assert shares(look([], START + 9999, exclusions=EXCLUDED)) == [(50, 2400), (75, 3300), (90, 3840), (100, 4200)]


def test_another_priority_is_another_target():
    raised = [make_event("priority", START + 1000, to=1)]
    found = look(raised, START + 1000)
    assert [(each.share, each.target, each.priority) for each in found.reached if each.clock == "response"] == [
        (50, 900, 1), (75, 900, 1), (90, 900, 1), (100, 900, 1),
    ]  # fmt: skip
    assert found.breaches == (Breach("response", START, START + 900, 100, 900, 1, None),)


def test_every_interval_of_update_by_itself():
    law = {"policy": {"update_needs_first_response": False}, "targets": {"P2": {"update": "1h"}}}
    events = [
        make_event("customer_reply", START + 100), make_event("public_reply", START + 100 + 2000),
        make_event("customer_reply", START + 9000), make_event("public_reply", START + 9000 + 4000),
    ]  # fmt: skip
    first = look(events[:2], START + 5000, **law)
    assert [each for each in first.reached if each.clock == "update"] == [
        Reached("update", 50, START + 100, START + 1900, 3600, 2)
    ]
    second = look(events, START + 14_000, **law)
    assert {each.interval for each in second.reached if each.clock == "update"} == {START + 9000}
    assert [(each.clock, each.overrun) for each in second.breaches if each.clock == "update"] == [("update", 400)]


UPDATES = {
    "policy": {"update_needs_first_response": False},
    "targets": {"P2": {"update": "1h"}, "P1": {"update": "2h"}},
}


def asked(*times: int) -> list:
    """A customer's message and our reply, in turn, so many seconds after the start."""
    kinds = ("customer_reply", "public_reply")
    return [make_event(kinds[number % 2], START + at) for number, at in enumerate(times)]


def missed(found: State, clock: str = "update") -> list[tuple[int, int, int | None]]:
    """When an interval began, by how much it was missed, when it ended; in seconds after the start."""
    return [
        (each.interval - START, each.overrun, None if each.stopped_at is None else each.stopped_at - START)
        for each in found.breaches
        if each.clock == clock
    ]


def test_each_interval_that_was_missed_is_a_breach_also_when_nobody_looked():
    past = asked(100, 4100, 9000, 9600, 10_000, 13_700, 20_000)
    found = look(past, START + 24_000, **UPDATES)
    assert missed(found) == [(100, 400, 4100), (10_000, 100, 13_700), (20_000, 400, None)]
    first = next(each for each in found.breaches if each.clock == "update")
    assert (first.due, first.target, first.priority) == (START + 3700, 3600, 2)
    assert [each.interval - START for each in found.met if each.clock == "update"] == [9000]
    assert missed(look(past[:1], START + 3700, **UPDATES)) == []  # equality is in time
    assert missed(look(past[:2], START + 9000, **UPDATES)) == [(100, 400, 4100)]
    again = look(past, START + 24_000, **UPDATES, exclusions=[(START + 200, START + 700, "agreed")])
    assert missed(again) == [(10_000, 100, 13_700), (20_000, 400, None)]
    assert [each.interval - START for each in again.met if each.clock == "update"] == [100, 9000]


def test_between_updates_each_reply_ends_an_interval_and_begins_the_next():
    law = {"policy": {"update_mode": "between_updates"}, "targets": {"P2": {"update": "1h"}}}
    replies = [make_event("public_reply", START + at) for at in (60, 4060, 5000)]
    assert missed(look(replies, START + 9000, **law)) == [(60, 400, 4060), (5000, 400, None)]
    held = [*replies[:1], make_event("hold", START + 1000), make_event("public_reply", START + 9000)]
    assert missed(look(held, START + 9000, **law)) == []
    gone = [*replies[:1], make_event("resolve", START + 4000), make_event("reopen", START + 6000)]
    assert missed(look(gone, START + 6000, **law)) == [(60, 340, 4000)]


def test_an_interval_without_any_length_is_none():
    found = look(asked(100, 100, 100), START + 9000, **UPDATES)
    assert missed(found) == [(100, 5300, None)]
    assert [each for each in found.met if each.clock == "update"] == []  # it would lift the other's record
    assert [each for each in look(asked(100, 100), START + 9000, **UPDATES).met if each.clock == "update"] != []


def test_a_clock_that_begins_anew_at_another_priority_leaves_its_breach_behind():
    law = {"policy": {"priority_change": "from_change"}}
    raised = [make_event("priority", START + 5000, to=1)]
    found = look(raised, START + 5100, **law)
    assert missed(found, "response") == [(0, 1400, 5000)]
    assert [(each.target, each.priority) for each in found.breaches if each.clock == "response"] == [(3600, 2)]
    later = look(raised, START + 6000, **law)
    assert missed(later, "response") == [(0, 1400, 5000), (5000, 100, None)]


def test_intervals_are_judged_as_the_contract_says_of_stopped_clocks():
    past = [*asked(100, 4100), make_event("priority", START + 5000, to=1)]
    assert missed(look(past, START + 9000, **UPDATES)) == [(100, 400, 4100)]
    policy = {**UPDATES["policy"], "judge_stopped_by": "current_priority"}
    assert missed(look(past, START + 9000, policy=policy, targets=UPDATES["targets"])) == []


def test_used_up_at_closing_is_looked_at_again_when_it_opens():
    """A P3 of the office: nothing happens to its clock in the night, so nobody looks."""
    eight = parse("2026-11-23T10:00:00Z")
    law = contractfile.parse({"targets": {"P3": {"response": "8h"}}}, "test", POLICY)
    events = [make_event("created", eight)]
    closing, opening = parse("2026-11-23T18:00:00Z"), parse("2026-11-24T09:00:00Z")
    for now in (closing, closing + 3600, opening):
        found = state(law, eight, 3, events, now)
        assert (found.breaches, found.next) == ((), opening + 1)
    assert [each.overrun for each in state(law, eight, 3, events, opening + 1).breaches] == [1]


def test_figures_that_were_kept_stand():
    """A change of the rules would make it late; it had been met, and stays so."""
    events = [make_event("public_reply", START + 4000)]
    kept = {"response": {"state": "stopped", "target": 7200, "calendar": "24x7", "elapsed": 4000,
                         "due": START + 7200, "stopped_at": START + 4000}}  # fmt: skip
    found = look(events, START + 9000, kept=kept)
    assert found.breaches == ()
    assert shares(found) == []
    assert look(events, START + 9000).breaches != ()
