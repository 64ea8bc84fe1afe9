"""Why a clock stands so, in sentences: nothing of the code's words is left in them."""

import re

import pytest

from deskui.domain import contractfile, policywords
from deskui.domain.contract import Contract
from deskui.domain.explain import Span
from deskui.domain.when import parse
from tests.make import POLICY

AT = parse("2026-12-24T12:00:00Z")
OFFICE = {"zone": "UTC", "weekly": POLICY["calendars"]["office"]["weekly"], "holidays": ["12-25", "2026-12-31"]}


def made(**policy: object) -> Contract:
    return contractfile.parse({"policy": policy}, "test", {**POLICY, "calendars": {"office": OFFICE}})


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(AT, AT + 3600, 3600, "counts in 24x7 as P2", "working_time"), "P2, round the clock"),
        (Span(AT, AT + 3600, 3600, "counts in office as P3, since priority by kim", "working_time"),
         "P3, in office hours; since the change of priority by kim"),
        (Span(AT, AT + 86_400, 21_600, "counts in office as P3", "working_time"),
         "P3, in office hours; 18h00 of it outside them, holiday: 25 Dec"),
        (Span(AT, AT + 8 * 86_400, 86_400, "counts in office as P3", "working_time"),
         "P3, in office hours; 168h00 of it outside them, holiday: 25 Dec, 31 Dec"),
        (Span(AT, AT + 9, 0, "counts in 24x7 as P1; that count is over", "earlier_count"),
         "P1, round the clock: does not count any more, the clock began anew later"),
        (Span(AT, AT + 9, 0, "on hold: change_window, vendor, since hold by kim (made offline; upstream X)", "hold"),
         "waiting for change window, vendor; since the hold by kim (made offline; upstream X)"),
        (Span(AT, AT + 9, 0, "excluded: planned_maintenance, approved by lee", "exclusion"),
         "agreed not to count: planned maintenance, approved by lee"),
        (Span(AT, AT, 0, "stopped, since acknowledge", "stopped"), "stopped; since the acknowledgement"),
        (Span(AT, AT + 9, 0, "resolved: free until it is reopened, since resolve", "resolved"),
         "resolved: free until it is reopened; since it was resolved"),
        (Span(AT, AT + 9, 0, "P4 has no target for it", "no_target"), "P4 has no target for it"),
    ],
)  # fmt: skip
def test_sentences(span: Span, said: str) -> None:
    assert policywords.sentence(span, made()) == said


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({}, "the response clock ends with an acknowledgement or a public reply; no hold pauses it"),
        ({"response_event": ["public_reply"]}, "the response clock ends with a public reply; no hold pauses it"),
        ({"response_pauses_on_hold": True},
         "the response clock ends with an acknowledgement or a public reply; a hold pauses it too"),
        ({"pausing_reasons": ["vendor", "change_window"]}, "the fix clock pauses on: change window, vendor"),
        ({"pausing_reasons": []}, "the fix clock pauses on: no hold"),
        ({"offline_events": "made"}, "things done offline count from when they were made"),
        ({"judge_stopped_by": "current_priority"},
         "a clock that has stopped is judged by the priority the ticket has now"),
        ({"priority_change": "from_change"}, "after a change of priority the clocks begin anew"),
    ],
)  # fmt: skip
def test_the_rules(policy: dict[str, object], said: str) -> None:
    found = policywords.policy(made(**policy))
    assert said in found
    assert not [each for each in found if re.search(r"_|\[|\{", each)]
