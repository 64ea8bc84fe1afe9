"""What `sla explain` says: each span with what it counted and why, and never another sum than the clock's."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskui.domain import sla
from deskui.domain.event import Event
from deskui.domain.explain import RULES, explain
from deskui.domain.when import iso
from tests.domain.test_sla import START, at, contract, events, history


def spans(text, now, clock="resolution", exclusions=(), priority=2, start="08:00", **policy):
    agreed = [(at(a), at(b), why) for a, b, why in exclusions]
    told = explain(contract(**policy), at(start), priority, events(text), at(now), agreed)[clock]
    return [(iso(s.start)[11:16], iso(s.end)[11:16], s.counted_s // 60, s.rule, s.why) for s in told]


WORKS = "counts in 24x7 as P2"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"text": "", "now": "10:00"}, [("08:00", "10:00", 120, "working_time", WORKS)]),
        ({"text": "", "now": "20:00", "priority": 3},
         [("08:00", "20:00", 540, "working_time", "counts in office as P3")]),
        ({"text": "09:00 hold customer; 10:00 resume", "now": "10:30"},
         [("08:00", "09:00", 60, "working_time", WORKS),
          ("09:00", "10:00", 0, "hold", "on hold: customer, since hold"),
          ("10:00", "10:30", 30, "working_time", WORKS + ", since resume")]),
        ({"text": "09:00 hold customer; 09:30 hold vendor", "now": "10:00"},
         [("08:00", "09:00", 60, "working_time", WORKS),
          ("09:00", "09:30", 0, "hold", "on hold: customer, since hold"),
          ("09:30", "10:00", 0, "hold", "on hold: customer, vendor, since hold")]),
        ({"text": "09:00 hold", "now": "10:00", "pausing_reasons": ["customer"]},
         [("08:00", "10:00", 120, "working_time", WORKS)]),
        ({"text": "09:00 resolve; 10:00 reopen; 11:00 close", "now": "12:00"},
         [("08:00", "09:00", 60, "working_time", WORKS),
          ("09:00", "10:00", 0, "resolved", "resolved: free until it is reopened, since resolve"),
          ("10:00", "11:00", 60, "working_time", WORKS + ", since reopen"),
          ("11:00", "11:00", 0, "stopped", "stopped, since close")]),
        ({"text": "08:20 ack", "now": "12:00", "clock": "response"},
         [("08:00", "08:20", 20, "working_time", WORKS),
          ("08:20", "08:20", 0, "stopped", "stopped, since acknowledge")]),
        ({"text": "10:00 priority 3", "now": "20:00"},
         [("08:00", "10:00", 120, "working_time", WORKS),
          ("10:00", "20:00", 480, "working_time", "counts in office as P3, since priority")]),
        ({"text": "10:00 priority 3", "now": "20:00", "priority_change": "retroactive"},
         [("08:00", "10:00", 60, "working_time", "counts in office as P3"),
          ("10:00", "20:00", 480, "working_time", "counts in office as P3, since priority")]),
        ({"text": "10:00 priority 1", "now": "11:00", "priority_change": "from_change"},
         [("08:00", "10:00", 0, "earlier_count", WORKS + "; that count is over"),
          ("10:00", "11:00", 60, "working_time", "counts in 24x7 as P1, since priority")]),
        ({"text": "", "now": "12:00", "exclusions": [("09:00", "10:00", "power cut"), ("09:30", "10:30", "flood")]},
         [("08:00", "09:00", 60, "working_time", WORKS),
          ("09:00", "10:30", 0, "exclusion", "excluded: power cut, flood"),
          ("10:30", "12:00", 90, "working_time", WORKS)]),
        ({"text": "08:20 ack; 09:00 message; 09:30 reply; 10:00 message", "now": "10:10", "clock": "update"},
         [("08:00", "09:00", 0, "nothing_to_answer", "nothing to answer"),
          ("09:00", "09:30", 0, "earlier_count", WORKS + "; that count is over, since customer_reply"),
          ("09:30", "10:00", 0, "nothing_to_answer", "nothing to answer, since public_reply"),
          ("10:00", "10:10", 10, "working_time", WORKS + ", since customer_reply")]),
        ({"text": "10:00 priority 1", "now": "11:00", "clock": "update", "priority": 4, "start": "09:00",
          "update_mode": "between_updates", "update_needs_first_response": False},
         [("09:00", "10:00", 0, "no_target", "P4 has no target for it"),
          ("10:00", "11:00", 60, "working_time", "counts in 24x7 as P1, since priority")]),
        ({"text": "09:00 hold; 11:00 resume", "now": "10:00"},  # only what was known then
         [("08:00", "09:00", 60, "working_time", WORKS),
          ("09:00", "10:00", 0, "hold", "on hold: no reason given, since hold")]),
    ],
)  # fmt: skip
def test_spans(options, wanted):
    assert spans(**options) == wanted


def test_a_time_made_offline_is_named():
    event = Event("1", at("09:00"), "acknowledge", "anna", made_at=at("08:10"))
    told = explain(contract(offline_events="made"), at("08:00"), 2, [event], at("10:00"))["response"]
    assert told[-1].why == "stopped, since acknowledge by anna (made offline; upstream since 2026-06-10T09:00:00Z)"
    assert told[-1].start == at("08:10")
    told = explain(contract(), at("08:00"), 2, [event], at("10:00"))["response"]
    assert told[-1].why == "stopped, since acknowledge by anna"


@settings(max_examples=300, deadline=None)
@given(history(), st.integers(0, 2000),
       st.sampled_from(["segmented", "retroactive", "from_change"]), st.sampled_from(["next_reply", "between_updates"]),
       st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 300)), max_size=2))  # fmt: skip
def test_the_spans_add_up_to_the_clock(past, later, change, update, out):
    promised = contract(priority_change=change, update_mode=update)
    excluded = [(START + 60 * a, START + 60 * (a + n), "agreed") for a, n in out]
    now = START + 60 * later
    runs = sla.run(promised, START, 3, [event for event in past if event.at <= now], excluded)
    told = explain(promised, START, 3, past, now, excluded)
    assert set(told) == set(runs)
    for name, run in runs.items():
        pieces = told[name]
        assert sum(span.counted_s for span in pieces) == run.at(now, promised).elapsed
        assert all(a.end == b.start for a, b in pairwise(pieces))
        assert {span.rule for span in pieces} <= set(RULES)
