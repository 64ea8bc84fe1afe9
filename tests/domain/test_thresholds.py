"""Shares of the target: the first second at which each is used, breaches, and when to look again."""

import pytest

from deskui.domain import contractfile
from deskui.domain.thresholds import Breach, Reached, State, state
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


def test_figures_that_were_kept_stand():
    """A change of the rules would make it late; it had been met, and stays so."""
    events = [make_event("public_reply", START + 4000)]
    kept = {"response": {"state": "stopped", "target": 7200, "calendar": "24x7", "elapsed": 4000,
                         "due": START + 7200, "stopped_at": START + 4000}}  # fmt: skip
    found = look(events, START + 9000, kept=kept)
    assert found.breaches == ()
    assert shares(found) == []
    assert look(events, START + 9000).breaches != ()
