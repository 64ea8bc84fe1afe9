"""The quick way to a plain history's clocks, held against the machine that knows every history."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskui.domain import plain, sla
from deskui.domain.contract import Contract, Policy, Target
from deskui.domain.event import TYPES, Event
from tests.domain.test_sla import CALENDARS, at, contract, events

START = at("08 08:00")
BOTH = {
    1: {"response": Target(900, "24x7"), "resolution": Target(4 * 3600, "24x7")},
    2: {"response": Target(3600, "office"), "resolution": Target(8 * 3600, "24x7")},
    3: {"response": Target(0, "office"), "resolution": Target(24 * 3600, "office")},
    4: {"response": Target(1, "never"), "resolution": Target(60, "office")},
}


def promised(**policy) -> Contract:
    return Contract("test", "", Policy(BOTH, **policy), CALENDARS)


def counted(rules: Contract, started: int, priority: int, past: list[Event]) -> dict[str, sla.Run] | None:
    """As the pass over a whole desk does it."""
    told = [event for event in past if event.type in plain.KINDS]
    found = plain.courses(rules, priority, [(event.type, event.data) for event in told])
    moments = plain.moments(started, [event.at for event in told])
    return None if found is None or moments is None else runs(found, moments)


def runs(found: plain.Courses, moments: list[int]) -> dict[str, sla.Run]:
    return {name: course.run(moments) for name, course in zip(("response", "resolution"), found, strict=True)}


@st.composite
def history(draw) -> list[Event]:
    """Up to nine events in the order of time, some before the start, some at once."""
    out, moment = [], START + draw(st.sampled_from([-600, 0, 0, 3600]))
    for number in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from(TYPES))
        data = {}
        if kind in ("hold", "resume"):
            data = draw(st.sampled_from([{}, {"reason": "customer"}, {"reason": "vendor"}, {"reason": ""}]))
        if kind == "priority":
            data = {"to": draw(st.integers(1, 4))}
        out.append(Event(str(number), moment, kind, data=data))
        moment += draw(st.sampled_from([0, 1, 900, 3600, 7200, 40_000, 90_000, 300_000]))
    return out


@settings(max_examples=600, deadline=None)
@given(
    history(), st.integers(1, 4), st.booleans(),
    st.sampled_from([None, frozenset(), frozenset({"customer"})]),
    st.sampled_from([{"public_reply"}, {"acknowledge"}, {"public_reply", "acknowledge"}]),
)  # fmt: skip
def test_it_counts_as_the_machine_does(past, priority, counts, reasons, ends):
    rules = promised(resolve_counts_as_response=counts, pausing_reasons=reasons, response_event=frozenset(ends))
    found = counted(rules, START, priority, past)
    if found is None:
        times = [event.at for event in past if event.type in plain.KINDS]
        assert len(set(times)) < len(times) or any(event.type == "reopen" for event in past)
    else:
        assert found == sla.run(rules, START, priority, past)


@pytest.mark.parametrize(
    "policy",
    [
        {"response_pauses_on_hold": True}, {"priority_change": "retroactive"}, {"priority_change": "from_change"},
        {"judge_stopped_by": "current_priority"}, {"offline_events": "made"},
    ],
)  # fmt: skip
def test_rules_of_another_kind_are_left_to_the_machine(policy):
    assert plain.courses(promised(**policy), 1, []) is None


def test_so_are_contracts_with_another_set_of_clocks():
    assert plain.courses(contract(), 1, []) is None
    one = {1: {"resolution": Target(60, "24x7")}}
    assert plain.courses(replace(promised(), policy=Policy(one)), 1, []) is None


def test_so_are_priorities_without_a_plan():
    assert plain.courses(promised(), 5, []) is None
    assert plain.courses(promised(), 1, [("priority", {"to": 5})]) is None


@pytest.mark.parametrize("text", ["09:00 ack; 09:00 resolve", "09:00 resolve; 10:00 reopen"])
def test_so_are_equal_times_and_a_reopened_ticket(text):
    assert counted(promised(), START, 1, events(text)) is None


def test_most_histories_are_plain():
    past = events("08:10 ack; 09:00 hold customer; 10:00 resume; 11:00 priority 3; 12:00 message; 13:00 resolve")
    found = counted(promised(), past[0].at - 600, 2, past)
    assert found == sla.run(promised(), past[0].at - 600, 2, past)
    assert {run.state for run in (found or {}).values()} == {"stopped"}


@pytest.mark.parametrize("seconds", [0, 1, 3600, 3601])
@pytest.mark.parametrize(
    "text",
    [
        "08:00 hold customer", "09:00 hold customer; 10:00 hold vendor; 11:00 resume vendor; 12:00 resume",
        "09:00 hold vendor; 10:00 hold customer; 11:00 resume customer; 12:00 hold; 13:00 resume vendor",
        "09:00 hold customer; 10:00 resume customer; 11:00 resolve", "09:00 priority 1; 09:30 hold", "09:00 resolve",
    ],
)  # fmt: skip
def test_holds_by_reason_and_targets_used_up_to_the_second(text, seconds):
    targets = {3: {"response": Target(60, "24x7"), "resolution": Target(seconds, "24x7")}, 1: BOTH[1]}
    rules, past, start = replace(promised(), policy=Policy(targets)), events(text), at("08:00")
    assert counted(rules, start, 3, past) == sla.run(rules, start, 3, past)


def test_one_course_counts_for_all_tickets_to_which_the_same_happens():
    """The first fact of some is before the start, at it, or after: then the times are those of the start, or not."""
    text = "09:00 ack; 09:30 hold customer; 13:00 resume; 15:00 priority 1; 15:30 resolve"
    rules, past = promised(), events(text)
    found = plain.courses(rules, 2, [(event.type, event.data) for event in past])
    assert found is not None
    for start in (at("08:00"), at("09:00"), at("09:00") + 1, at("12:00"), at("16:00")):
        moments = plain.moments(start, [event.at for event in past])
        assert moments is not None
        assert runs(found, moments) == sla.run(rules, start, 2, past)


@pytest.mark.parametrize("times", [[5, 5], [5, 4], [1, 2, 2], [3, 1, 2]])
def test_facts_at_once_or_out_of_order_have_no_moments(times):
    assert plain.moments(0, times) is None
