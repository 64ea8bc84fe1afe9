"""The triage panel's facts, from a desk of plain values."""

from types import SimpleNamespace

from deskui.domain.change import Acknowledge, Note
from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.sla import Clock
from deskui.domain.ticket import Ticket
from deskui.services.triage import Triage

MET = Clock("stopped", 60, 5, 55, 60, False, 5)
RUNS = Clock("running", 14400, 100, 14300, 50_000, False, None)
CRITICALITY = {"sw1": "high", "pc9": "low"}


def panel(states=(), events=(), clocks=None, change=Note("x"), **ticket):  # noqa: B008 - a frozen value
    shown = Ticket("rt", "1", "u1", "RT-1", **{"state": "in_progress", "owner": "me", **ticket})
    desk = SimpleNamespace(
        ticket=lambda id: shown if id == "RT-1" else None,
        timeline=lambda id: list(events),
        clocks=lambda id, now: {"response": MET, "resolution": RUNS} if clocks is None else clocks,
    )
    entries = [Entry(str(n), "u1", n, change, "me", 0, state) for n, state in enumerate(states)]
    triage = Triage(desk, CRITICALITY.get, lambda uid: entries if uid == "u1" else [])
    return triage, triage.panel("RT-1", 1000, "me")


def test_the_ci_proposes_the_impact():
    _, found = panel(cis=("pc9", "sw1", "unknown"), urgency="high", priority=3)
    assert (found.criticality, found.proposal.impact, found.proposal.priority) == ("high", "high", 1)
    assert (found.step.rule, found.step.what) == ("reprioritise", "set the priority to P1")


def test_overriding_the_ci_asks_for_a_reason():
    triage, found = panel(cis=("sw1",), impact="low", urgency="high", priority=3)
    assert found.proposal.overrides
    assert triage.needs_reason("RT-1", "low")
    assert not triage.needs_reason("RT-1", "high")
    assert not triage.needs_reason("RT-2", "low")


def test_what_waits_and_what_clashes_reaches_the_rules():
    assert panel(["queued", "sent"])[1].step.rule == "triage"
    assert panel(["conflict"])[1].step.rule == "conflict"
    assert panel(["rejected"])[1].step.rule == "stuck"
    assert panel(["unknown"])[1].step.rule == "stuck"


def test_an_acknowledgement_that_waits_is_not_asked_for_again():
    running = {"response": RUNS, "resolution": RUNS}
    assert panel(["queued"], clocks=running)[1].step.rule == "respond"  # a note is no response
    assert panel(["queued"], clocks=running, change=Acknowledge())[1].step.rule == "triage"
    assert panel(["rejected"], clocks=running, change=Acknowledge())[1].step.rule == "stuck"


def test_the_customers_answer_heads_the_line():
    events = [Event("1", 10, "hold", data={"reason": "customer"}), Event("2", 20, "customer_reply", side="customer")]
    assert panel(["conflict"], events, state="pending")[1].step.rule == "answered"


def test_a_hold_to_be_looked_at_again():
    events = [Event("1", 10, "hold", data={"reason": "vendor", "until": 999})]
    assert panel((), events, state="pending", holds=("vendor",))[1].step.rule == "look-again"


def test_an_unknown_ticket_has_no_panel():
    assert panel()[0].panel("RT-2", 1000, "me") is None
