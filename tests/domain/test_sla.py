"""The rules of SLA.md one by one, as a table; and a property test against a desk that counts minute by minute."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskui.domain import sla
from deskui.domain.calendar import Calendar
from deskui.domain.contract import CLOCKS, Contract, Policy, Target
from deskui.domain.event import TYPES, Event
from deskui.domain.when import iso, parse
from deskui.domain.windows import DAYS

CALENDARS = {
    "24x7": Calendar.compile("UTC", {}, always=True),
    "office": Calendar.compile("UTC", {day: [("09:00", "18:00")] for day in DAYS[:5]}),
    "never": Calendar.compile("UTC", {}),
}
DAY = "2026-06-10"  # a Wednesday


def plan(calendar, *minutes):
    return {name: Target(each * 60, calendar) for name, each in zip(CLOCKS, minutes, strict=False)}


TARGETS = {
    1: plan("24x7", 15, 240, 30),
    2: plan("24x7", 60, 480, 60),
    3: plan("office", 240, 1440, 120),
    4: plan("office", 480, 4320),
}


def contract(targets=TARGETS, **policy):
    for name in ("pausing_reasons", "response_event"):
        if name in policy:
            policy[name] = frozenset(policy[name])
    return Contract("test", "", Policy(targets, **policy), CALENDARS)


def at(text):
    """`09:30` on the day, or `12 09:30` in the month."""
    day, _, clock = text.rpartition(" ")
    return parse(f"{f'2026-06-{day}' if day else DAY}T{clock}Z")


def events(text):
    """`09:00 hold customer; 09:30 resume` as events."""
    out = []
    for number, line in enumerate(part.split() for part in text.split(";") if part.strip()):
        day = [line.pop(0)] if ":" not in line[0] else []
        when, kind, *rest = line
        kind = {"reply": "public_reply", "message": "customer_reply", "ack": "acknowledge"}.get(kind, kind)
        assert kind in TYPES
        data = {"to": int(rest[0])} if kind == "priority" else {"reason": rest[0]} if rest else {}
        side = "customer" if kind == "customer_reply" else "staff"
        out.append(Event(str(number), at(" ".join([*day, when])), kind, "", side, None, data))
    return out


def said(clock):
    """A clock as `running 30 16:00`: state, minutes elapsed, due on that day."""
    due = "-" if clock.due is None else iso(clock.due)[11:16]
    if clock.due is not None and iso(clock.due)[:10] != DAY:
        due = f"{iso(clock.due)[8:10]} {due}"
    assert clock.remaining == clock.target - clock.elapsed
    assert clock.breached == (clock.elapsed > clock.target)
    assert (clock.stopped_at is None) or clock.state == "stopped"
    return f"{clock.state} {clock.elapsed // 60} {due}"


NO_UPDATE = "stopped 0 -"
RULES = [
    # title, policy, events, now, {clock: said}; a P2 of 08:00: response 60, resolution 480, update 60 minutes, 24x7
    ("nothing happened", {}, "", "08:30",
     {"response": "running 30 09:00", "resolution": "running 30 16:00", "update": NO_UPDATE}),
    ("a reply is a response, and no end", {}, "08:20 reply", "10:00",
     {"response": "stopped 20 09:00", "resolution": "running 120 16:00"}),
    ("so is an acknowledgement", {}, "08:20 ack", "10:00", {"response": "stopped 20 09:00"}),
    ("only the first counts", {}, "08:20 ack; 08:40 reply", "10:00", {"response": "stopped 20 09:00"}),
    ("not an auto-reply, a note, an assignment, a field, the customer", {},
     "08:05 auto_reply; 08:10 internal_note; 08:15 assign; 08:16 field; 08:17 message; 08:18 time", "08:30",
     {"response": "running 30 09:00"}),
    ("a contract may demand a reply", {"response_event": ["public_reply"]}, "08:20 ack", "08:30",
     {"response": "running 30 09:00"}),
    ("or an acknowledgement", {"response_event": ["acknowledge"]}, "08:20 reply; 08:25 ack", "08:30",
     {"response": "stopped 25 09:00"}),
    ("the due of a late one stays", {}, "09:30 reply", "12:00", {"response": "stopped 90 09:00"}),
    # resolve
    ("a resolve is a response", {}, "08:20 resolve", "10:00",
     {"response": "stopped 20 09:00", "resolution": "stopped 20 16:00"}),
    ("a contract may say it is none", {"resolve_counts_as_response": False}, "08:20 resolve", "08:30",
     {"response": "running 30 09:00", "resolution": "stopped 20 16:00"}),
    ("then a reply after it ends the response", {"resolve_counts_as_response": False}, "08:20 resolve; 08:40 reply",
     "10:00", {"response": "stopped 40 09:00"}),
    ("and the gap is free where response pauses",
     {"resolve_counts_as_response": False, "response_pauses_on_hold": True}, "08:10 resolve", "08:50",
     {"response": "paused 10 -"}),
    ("until the reopening", {"resolve_counts_as_response": False, "response_pauses_on_hold": True},
     "08:10 resolve; 09:00 reopen", "09:30", {"response": "running 40 09:50"}),
    ("close without resolve is a resolve", {}, "08:20 close", "10:00",
     {"response": "stopped 20 09:00", "resolution": "stopped 20 16:00"}),
    ("reopened: what was left", {}, "08:20 ack; 10:00 resolve; 12:00 reopen", "13:00",
     {"response": "stopped 20 09:00", "resolution": "running 180 18:00"}),
    ("a second resolve or close changes nothing", {}, "10:00 resolve; 11:00 close; 11:30 resolve; 12:00 reopen",
     "13:00", {"resolution": "running 180 18:00"}),
    ("a reopening of what is open is none", {}, "10:00 reopen", "13:00", {"resolution": "running 300 16:00"}),
    ("cancel stops every clock", {"resolve_counts_as_response": False, "update_needs_first_response": False},
     "08:10 message; 08:20 cancel", "10:00",
     {"response": "stopped 20 09:00", "resolution": "stopped 20 16:00", "update": "stopped 10 -"}),
    ("also one that was resolved", {"resolve_counts_as_response": False}, "08:10 resolve; 08:20 cancel", "10:00",
     {"response": "stopped 20 09:00", "resolution": "stopped 10 16:00"}),
    # hold
    ("a hold stops the resolution, not the response", {}, "08:10 hold customer", "08:30",
     {"response": "running 30 09:00", "resolution": "paused 10 -"}),
    ("and the response where the contract says so", {"response_pauses_on_hold": True},
     "08:10 hold customer; 08:30 resume", "08:40", {"response": "running 20 09:20", "resolution": "running 20 16:20"}),
    ("a due that had been reached stays", {}, "17:00 hold", "19:00", {"resolution": "paused 540 16:00"}),
    ("also one reached at the hold", {}, "16:00 hold", "19:00", {"resolution": "paused 480 16:00"}),
    ("holds are a set", {}, "09:00 hold customer; 09:30 hold vendor; 10:00 resume customer", "11:00",
     {"resolution": "paused 60 -"}),
    ("the same reason twice is one", {}, "09:00 hold customer; 09:30 hold customer; 10:00 resume customer", "11:00",
     {"resolution": "running 120 17:00"}),
    ("a resume of another reason ends nothing", {}, "09:00 hold customer; 10:00 resume vendor", "11:00",
     {"resolution": "paused 60 -"}),
    ("a resume without a reason ends all", {}, "09:00 hold customer; 09:30 hold vendor; 10:00 resume", "11:00",
     {"resolution": "running 120 17:00"}),
    ("a hold without a reason is not ended by a reason", {}, "09:00 hold; 10:00 resume customer", "11:00",
     {"resolution": "paused 60 -"}),
    ("a resume without a hold is nothing", {}, "10:00 resume", "11:00", {"resolution": "running 180 16:00"}),
    ("reasons that do not pause", {"pausing_reasons": ["customer"]}, "09:00 hold vendor", "11:00",
     {"resolution": "running 180 16:00"}),
    ("among ones that do", {"pausing_reasons": ["customer"]},
     "09:00 hold vendor; 10:00 hold customer; 11:00 resume vendor", "12:00", {"resolution": "paused 120 -"}),
    ("no reason does not pause where reasons are listed", {"pausing_reasons": ["customer"]}, "09:00 hold", "11:00",
     {"resolution": "running 180 16:00"}),
    ("none pauses", {"pausing_reasons": []}, "09:00 hold customer", "11:00", {"resolution": "running 180 16:00"}),
    ("a customer's reply is no resume", {}, "09:00 hold customer; 10:00 message", "11:00",
     {"resolution": "paused 60 -"}),
    ("resolve ends all holds", {}, "09:00 hold customer; 09:30 hold vendor; 10:00 resolve; 11:00 reopen", "12:00",
     {"resolution": "running 120 18:00"}),
    ("so does close", {}, "09:00 hold customer; 10:00 close; 11:00 reopen", "12:00",
     {"resolution": "running 120 18:00"}),
    ("one placed in the gap survives", {}, "09:00 resolve; 09:30 hold vendor; 10:00 close; 11:00 reopen", "12:00",
     {"resolution": "paused 60 -"}),
    ("unless it was resumed there", {}, "09:00 resolve; 09:30 hold vendor; 10:00 resume; 11:00 reopen", "12:00",
     {"resolution": "running 120 18:00"}),
    ("stopped on hold: the due is as if without the hold", {}, "09:00 hold; 11:00 resolve", "12:00",
     {"resolution": "stopped 60 18:00"}),
    ("late events are sorted", {}, "10:00 resume; 09:00 hold", "11:00", {"resolution": "running 120 17:00"}),
    ("equal times keep their order", {}, "09:00 resume; 09:00 hold", "11:00", {"resolution": "paused 60 -"}),
    # priority
    ("segmented: what was used counts", {}, "10:00 priority 1", "11:00", {"resolution": "running 180 12:00"}),
    ("more used than the new target: the past instant", {}, "13:00 priority 1", "14:00",
     {"resolution": "running 360 12:00"}),
    ("exactly as much", {}, "12:00 priority 1", "14:00", {"resolution": "running 360 12:00"}),
    ("used up before a hold in the middle", {}, "09:00 hold; 10:00 resume; 14:00 priority 1", "15:00",
     {"resolution": "running 360 13:00"}),
    ("under another calendar", {}, "17:00 priority 3", "20:00", {"resolution": "off_hours 600 12 14:00"}),
    ("to the same is none", {"priority_change": "from_change"}, "10:00 priority 2", "11:00",
     {"resolution": "running 180 16:00"}),
    ("from the change", {"priority_change": "from_change"}, "10:00 priority 1", "11:00",
     {"resolution": "running 60 14:00", "response": "running 60 10:15"}),
    ("from the change, on hold", {"priority_change": "from_change"}, "09:00 hold; 10:00 priority 1; 11:00 resume",
     "12:00", {"resolution": "running 60 15:00"}),
    ("retroactive: recounted, holds out", {"priority_change": "retroactive"},
     "08:30 hold; 09:30 resume; 10:00 priority 3", "11:00", {"resolution": "running 90 12 15:30"}),
    ("retroactive: gaps out", {"priority_change": "retroactive"},
     "08:10 resolve; 10:00 reopen; 11:00 priority 3", "12:00", {"resolution": "running 120 12 16:00"}),
    ("retroactive twice", {"priority_change": "retroactive"}, "09:30 priority 3; 10:00 priority 2", "11:00",
     {"resolution": "running 180 16:00"}),
    ("what has stopped is judged by its own", {}, "08:20 ack; 10:00 priority 1", "11:00",
     {"response": "stopped 20 09:00"}),
    ("or by the current: target, not elapsed nor calendar", {"judge_stopped_by": "current_priority"},
     "08:20 ack; 10:00 priority 1", "11:00", {"response": "stopped 20 08:15"}),
    ("judged by the current while resolved", {"judge_stopped_by": "current_priority"},
     "09:00 resolve; 10:00 priority 1", "11:00", {"resolution": "stopped 60 12:00"}),
    ("while resolved it waits for the reopening", {}, "09:00 resolve; 10:00 priority 1", "11:00",
     {"resolution": "stopped 60 16:00"}),
    ("and applies then", {}, "09:00 resolve; 10:00 priority 1; 11:00 reopen", "12:00",
     {"resolution": "running 120 14:00"}),
    ("from the change means from then", {"priority_change": "from_change"},
     "09:00 resolve; 10:00 priority 1; 11:00 reopen", "12:00", {"resolution": "running 60 15:00"}),
    ("also for a response that goes on in the gap", {"resolve_counts_as_response": False},
     "08:10 resolve; 08:12 priority 1", "08:20", {"response": "running 20 09:00"}),
    ("whoever judges what has stopped",
     {"resolve_counts_as_response": False, "judge_stopped_by": "current_priority"},
     "08:10 resolve; 08:12 priority 1", "08:20", {"response": "running 20 09:00"}),
    ("until the reopening too", {"resolve_counts_as_response": False},
     "08:10 resolve; 08:12 priority 1; 08:20 reopen", "08:30", {"response": "running 30 08:15"}),
    ("to and fro while resolved is none", {"priority_change": "from_change"},
     "09:00 resolve; 10:00 priority 1; 10:30 priority 2; 11:00 reopen", "12:00", {"resolution": "running 120 18:00"}),
    # update, next reply
    ("the creation asks nothing", {}, "08:20 ack", "09:00", {"update": NO_UPDATE}),
    ("a message after the response asks", {}, "08:20 ack; 09:00 message", "09:10", {"update": "running 10 10:00"}),
    ("the oldest counts", {}, "08:20 ack; 09:00 message; 09:30 message", "09:40", {"update": "running 40 10:00"}),
    ("one before the response never does", {}, "08:10 message; 08:20 ack", "09:00", {"update": NO_UPDATE}),
    ("unless the contract needs no response", {"update_needs_first_response": False}, "08:10 message", "08:30",
     {"update": "running 20 09:10"}),
    ("an acknowledgement does not answer", {"update_needs_first_response": False}, "08:10 message; 08:20 ack", "08:30",
     {"update": "running 20 09:10"}),
    ("a public reply answers", {}, "08:20 ack; 09:00 message; 09:25 reply", "12:00", {"update": "stopped 25 -"}),
    ("a note or auto-reply does not", {}, "08:20 ack; 09:00 message; 09:10 internal_note; 09:11 auto_reply", "09:30",
     {"update": "running 30 10:00"}),
    ("the next message is a new interval", {}, "08:20 ack; 09:00 message; 09:25 reply; 10:00 message", "10:10",
     {"update": "running 10 11:00"}),
    ("a hold stops it", {}, "08:20 ack; 09:00 message; 09:10 hold; 10:10 resume", "10:20",
     {"update": "running 20 11:00"}),
    ("asked on hold", {}, "08:20 ack; 09:00 hold; 09:10 message", "10:20", {"update": "paused 0 -"}),
    ("resolve stops it", {}, "08:20 ack; 09:00 message; 09:10 resolve", "10:20", {"update": "stopped 10 -"}),
    ("unanswered at the reopening: what was left", {}, "08:20 ack; 09:00 message; 09:10 resolve; 10:00 reopen", "10:20",
     {"update": "running 30 10:50"}),
    ("answered in the gap", {}, "08:20 ack; 09:00 message; 09:10 resolve; 09:20 reply; 10:00 reopen", "10:20",
     {"update": "stopped 10 -"}),
    ("nothing starts in the gap", {}, "08:20 ack; 09:10 resolve; 09:20 message", "09:50", {"update": NO_UPDATE}),
    ("the message that reopens counts from the reopening", {}, "08:20 ack; 09:10 resolve; 09:20 message; 10:00 reopen",
     "10:20", {"update": "running 20 11:00"}),
    ("in either order", {}, "08:20 ack; 09:10 resolve; 10:00 reopen; 10:00 message", "10:20",
     {"update": "running 20 11:00"}),
    ("also after a resolve that was the response", {}, "09:10 resolve; 10:00 message; 10:00 reopen", "10:20",
     {"update": "running 20 11:00"}),
    ("not before a response", {"resolve_counts_as_response": False}, "09:10 resolve; 10:00 message; 10:00 reopen",
     "10:20", {"update": NO_UPDATE}),
    ("a priority change while it runs", {}, "08:20 ack; 09:00 message; 09:10 priority 1", "09:20",
     {"update": "running 20 09:30"}),
    # update, between updates
    ("runs from the first response", {"update_mode": "between_updates"}, "08:20 ack", "08:30",
     {"update": "running 10 09:20"}),
    ("and anew from each public reply", {"update_mode": "between_updates"}, "08:20 ack; 09:00 reply", "09:10",
     {"update": "running 10 10:00"}),
    ("a message changes nothing", {"update_mode": "between_updates"}, "08:20 ack; 08:40 message", "09:10",
     {"update": "running 50 09:20"}),
    ("from the creation where no response is needed",
     {"update_mode": "between_updates", "update_needs_first_response": False}, "08:20 ack", "08:30",
     {"update": "running 30 09:00"}),
    ("and anew from a reopening", {"update_mode": "between_updates"}, "08:20 ack; 09:00 resolve; 10:00 reopen", "10:10",
     {"update": "running 10 11:00"}),
    ("a reply in the gap starts nothing", {"update_mode": "between_updates"}, "08:20 ack; 09:00 resolve; 09:30 reply",
     "10:10", {"update": "stopped 40 -"}),
    ("nor does a first response there",
     {"update_mode": "between_updates", "resolve_counts_as_response": False}, "08:10 resolve; 08:20 ack", "08:30",
     {"update": NO_UPDATE}),
    ("before a response nothing", {"update_mode": "between_updates", "response_event": ["acknowledge"]}, "08:20 reply",
     "08:30", {"update": NO_UPDATE}),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "text", "now", "wanted"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_rule(policy, text, now, wanted):
    promised = contract(**policy)
    runs = sla.run(promised, at("08:00"), 2, events(text))
    clocks = {name: said(run.at(at(now), promised)) for name, run in runs.items()}
    assert {name: clocks[name] for name in wanted} == wanted


def test_breach_is_more_than_the_target():
    promised = contract()
    for text, breached in (("09:00 reply", False), ("09:00:01 reply", True)):
        run = sla.run(promised, at("08:00"), 2, events(text))["response"]
        assert run.at(at("12:00"), promised).breached is breached


def test_a_clock_is_there_while_its_priority_has_a_target():
    def run(text):
        return sla.run(contract(), at("09:00"), 4, events(text))

    assert set(run("")) == {"response", "resolution"}
    assert set(run("10:00 priority 1")) == {"response", "resolution", "update"}
    assert set(run("10:00 priority 1; 11:00 priority 4")) == {"response", "resolution"}
    # what was not promised did not count
    late = {3: plan("office", 240), 1: plan("24x7", 15, 240)}
    promised = contract(late)
    clock = sla.run(promised, at("10:00"), 3, events("11:00 priority 1"))["resolution"].at(at("12:00"), promised)
    assert said(clock) == "running 60 15:00"


def test_a_target_of_nothing_is_due_at_once():
    promised = contract({2: plan("office", 0)})
    clock = sla.run(promised, at("08:00"), 2, [])["response"].at(at("08:00"), promised)
    assert (clock.due, clock.breached, clock.state) == (at("08:00"), False, "off_hours")


def test_a_calendar_that_never_opens():
    promised = contract({2: plan("never", 60, 60)})
    assert said(sla.run(promised, at("08:00"), 2, [])["response"].at(at("09:00"), promised)) == "off_hours 0 -"
    assert said(sla.run(promised, at("08:00"), 2, events("09:00 reply"))["response"].at(at("10:00"), promised)) == (
        "stopped 0 -"
    )


def test_off_hours_are_what_lies_outside_the_windows():
    promised = contract()
    run = sla.run(promised, at("10:00"), 3, [])["response"]
    for now, state in (("17:59:59", "running"), ("18:00", "off_hours"), ("11 09:00", "running")):
        assert run.at(at(now), promised).state == state
    assert run.due == at("14:00")


def test_an_unknown_priority_is_an_error():
    with pytest.raises(sla.SlaError, match="P9 has no plan in test"):
        sla.run(contract(), at("08:00"), 9, [])
    with pytest.raises(sla.SlaError, match="P7 has no plan"):
        sla.run(contract(), at("08:00"), 2, events("09:00 priority 7"))


@pytest.mark.parametrize(
    ("text", "now", "exclusions", "wanted"),
    [
        ("", "09:30", [("09:00", "10:00")], {"resolution": "paused 60 17:00", "response": "paused 60 09:00"}),
        ("", "08:30", [("08:15", "08:45")], {"response": "paused 15 09:30"}),
        ("", "08:30", [("08:45", "09:45")], {"response": "running 30 10:00"}),  # ahead of time
        ("", "08:45", [("08:45", "09:45")], {"response": "paused 45 10:00"}),  # [from, to)
        ("", "09:45", [("08:45", "09:45")], {"response": "running 45 10:00"}),
        ("", "10:00", [("07:00", "08:30"), ("08:20", "09:00")], {"resolution": "running 60 17:00"}),  # merged
        ("", "10:00", [("09:00", "08:30")], {"resolution": "running 120 16:00"}),
        ("09:00 hold", "10:00", [("09:30", "10:30")], {"resolution": "paused 60 -"}),
        ("08:30 reply", "10:00", [("08:10", "08:20")], {"response": "stopped 20 09:10"}),
        ("08:30 reply", "10:00", [("08:40", "08:50")], {"response": "stopped 30 09:10"}),
        ("", "12:00", [("09:00", "10:00"), ("15:00", "20:00")], {"resolution": "running 180 22:00"}),
    ],
)
def test_exclusions(text, now, exclusions, wanted):
    promised, agreed = contract(), [(at(a), at(b), "force majeure") for a, b in exclusions]
    runs = sla.run(promised, at("08:00"), 2, events(text), agreed)
    assert {name: said(runs[name].at(at(now), promised)) for name in wanted} == wanted


MADE = {"offline_events": "made"}


@pytest.mark.parametrize(
    ("policy", "kind", "side", "made", "elapsed"),
    [
        ({}, "acknowledge", "staff", "08:10", 40),
        (MADE, "acknowledge", "staff", "08:10", 10),
        (MADE, "acknowledge", "staff", None, 40),
        (MADE, "acknowledge", "staff", "09:10", 40),  # never later than the upstream has it
        (MADE, "acknowledge", "customer", "08:10", 40),  # believed only from staff
        (MADE, "acknowledge", "system", "08:10", 40),
        (MADE, "public_reply", "staff", "08:10", 40),  # the customer has it when it is delivered
        (MADE, "resolve", "staff", "08:10", 10),
        (MADE, "close", "staff", "08:10", 40),
        (MADE, "acknowledge", "staff", "07:00", 0),  # not before the ticket
    ],
)
def test_work_done_offline(policy, kind, side, made, elapsed):
    promised = contract(**policy)
    event = Event("1", at("08:40"), kind, "anna", side, at(made) if made else None)
    run = sla.run(promised, at("08:00"), 2, [event])["response"]
    clock = run.at(at("09:00"), promised)
    assert (clock.elapsed, clock.stopped_at) == (elapsed * 60, at("08:00") + elapsed * 60)


def test_offline_events_are_sorted_by_when_they_were_made():
    hold = Event("1", at("12:00"), "hold", made_at=at("09:00"), data={"reason": "parts"})
    resume = Event("2", at("11:00"), "resume", made_at=None)
    promised = contract(**MADE)
    assert said(sla.run(promised, at("08:00"), 2, [resume, hold])["resolution"].at(at("12:00"), promised)) == (
        "running 120 18:00"
    )


def test_thresholds_are_whole_seconds_by_the_rules_of_due():
    promised = contract({2: {"response": Target(601, "24x7"), "resolution": Target(7200, "office")}})
    shares = sla.thresholds(promised, at("08:00"), 2, events("09:45 hold"), (0, 50, 75, 90, 100))
    start = at("08:00")
    assert shares["response"] == {0: start, 50: start + 301, 75: start + 451, 90: start + 541, 100: start + 601}
    assert shares["resolution"] == {0: start, 50: None, 75: None, 90: None, 100: None}
    shares = sla.thresholds(promised, at("08:00"), 2, events("10:15 hold"), (50, 75))
    assert shares["resolution"] == {50: at("10:00"), 75: None}


def test_reopenings_are_counted():
    text = "09:00 resolve; 10:00 reopen; 10:30 reopen; 11:00 close; 12:00 reopen; 13:00 cancel"
    assert sla.reopened(contract(), at("08:00"), 2, events(text)) == 2


@pytest.mark.parametrize(
    ("policy", "text", "wanted"),
    [
        ({}, "", ("response", "09:00", None, "run", "09:00", "16:00", "24x7", False)),
        ({}, "08:20 ack", ("resolution", "16:00", None, "run", None, "16:00", "24x7", False)),
        ({}, "08:20 ack; 09:00 hold", ("resolution", None, 420, "paused", None, None, "24x7", False)),
        ({}, "08:20 ack; 17:00 hold", ("resolution", "16:00", -60, "paused", None, "16:00", "24x7", True)),
        ({}, "08:20 hold", ("response", "09:00", None, "run", "09:00", None, "24x7", False)),
        ({"response_pauses_on_hold": True}, "08:20 hold",
         ("response", None, 40, "paused", None, None, "24x7", False)),
        ({}, "08:20 resolve", ("", None, None, "none", None, None, "", False)),
    ],
)  # fmt: skip
def test_columns(policy, text, wanted):
    promised = contract(**policy)
    row = sla.columns(sla.run(promised, at("08:00"), 2, events(text)))
    name, due, frozen, mode, response, resolution, calendar, late = wanted
    times = [None if each is None else at(each) for each in (due, response, resolution)]
    frozen = None if frozen is None else frozen * 60
    assert row == sla.Columns(name, times[0], frozen, mode, times[1], times[2], calendar, late)


def test_columns_of_clocks_without_a_due_time():
    assert sla.columns({}).mode == "none"
    assert sla.columns(sla.run(contract({2: plan("never", 60, 60)}), at("08:00"), 2, [])).mode == "none"


# A desk that counts minute by minute, and knows nothing of spans

TYPES_HERE = ("public_reply", "acknowledge", "customer_reply", "hold", "resume", "resolve", "reopen", "close",
              "priority", "internal_note", "cancel")  # fmt: skip
START = at("09 16:00")
MINUTES = 40 * 60


@st.composite
def history(draw):
    out = []
    for number in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(TYPES_HERE))
        data = {}
        if kind in ("hold", "resume"):
            reason = draw(st.sampled_from([None, "customer", "vendor"]))
            data = {"reason": reason} if reason else {}
        if kind == "priority":
            data = {"to": draw(st.integers(1, 3))}
        out.append(Event(str(number), START + 60 * draw(st.integers(0, MINUTES // 2)), kind, data=data))
    return out


def naive(promised, past, now, excluded):
    """Elapsed seconds of response and resolution at `now`, and whether each has stopped (segmented)."""
    policy, state = promised.policy, {"holds": set(), "resolved": False, "responded": False, "priority": 3, "counts": 3}
    queue, elapsed = sorted(past, key=lambda event: event.at), {"response": 0, "resolution": 0}
    for minute in range(START, now, 60):
        while queue and queue[0].at <= minute:
            take(policy, state, queue.pop(0))
        if any(a <= minute < b for a, b, _ in excluded):
            continue
        pausing = policy.pausing_reasons
        held = any(pausing is None or reason in pausing for reason in state["holds"])
        free = {"resolution": not held and not state["resolved"]}
        free["response"] = not state["responded"] and (free["resolution"] or not policy.response_pauses_on_hold)
        for name, counts in free.items():
            calendar = CALENDARS[TARGETS[state["counts"]][name].calendar]
            elapsed[name] += 60 * (counts and calendar.is_open(minute))
    for event in queue:
        take(policy, state, event)
    return elapsed, {"response": state["responded"], "resolution": state["resolved"]}


def take(policy, state, event):
    if event.type == "hold":
        state["holds"].add(event.data.get("reason"))
    elif event.type == "resume":
        state["holds"] = state["holds"] - {event.data["reason"]} if event.data else set()
    elif event.type in ("resolve", "close", "cancel"):
        state["holds"] = state["holds"] if state["resolved"] else set()
        state["responded"] |= event.type == "cancel" or (policy.resolve_counts_as_response and not state["resolved"])
        state["resolved"] = True
    elif event.type == "reopen":
        state["resolved"] = False
    elif event.type == "priority":
        state["priority"] = event.data["to"]
    elif event.type in policy.response_event:
        state["responded"] = True
    if not state["resolved"]:
        state["counts"] = state["priority"]


@settings(max_examples=400, deadline=None)
@given(history(), st.integers(0, 400), st.booleans(), st.booleans(),
       st.sampled_from([None, frozenset({"customer"})]),
       st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 300)), max_size=2))  # fmt: skip
def test_against_a_desk_that_counts_minutes(past, later, pauses, counts, reasons, out):
    promised = contract()
    policy = replace(promised.policy, response_pauses_on_hold=pauses, resolve_counts_as_response=counts,
                     pausing_reasons=reasons)  # fmt: skip
    promised = replace(promised, policy=policy)
    excluded = [(START + 60 * a, START + 60 * (a + n), "agreed") for a, n in out]
    now = max([START, *(event.at for event in past)]) + 60 * later
    runs = sla.run(promised, START, 3, past, excluded)
    elapsed, stopped = naive(promised, past, now, excluded)
    for name, wanted in elapsed.items():
        clock = sla.Run.from_json(json.loads(json.dumps(runs[name].to_json()))).at(now, promised)
        assert (name, clock.elapsed) == (name, wanted)
        assert (name, clock.state == "stopped") == (name, stopped[name])
        if clock.due is not None and clock.due <= now and clock.state != "stopped":
            assert clock.elapsed >= clock.target
        if clock.state in ("running", "off_hours"):
            nothing_more = sla.run(promised, START, 3, past, excluded)[name].at(clock.due, promised)
            assert clock.due < now or nothing_more.elapsed == clock.target
            assert nothing_more.elapsed >= clock.target or clock.due < now


@settings(max_examples=400, deadline=None)
@given(history(), st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 300)), max_size=3))
def test_when_a_clock_is_late_and_what_is_left_of_it_in_agreed_time(past, out):
    promised, excluded = contract(), [(START + 60 * a, START + 60 * (a + n), "agreed") for a, n in out]
    for run in sla.run(promised, START, 3, past, excluded).values():
        if run.state == "run" and run.due is not None:
            first = run.due + 1 if run.late_at is None else run.late_at
            for moment in (first - 1, first, first + 60, first + 100_000):
                assert moment < run.since or run.at(moment, promised).breached is (moment >= first)
        elif run.state == "paused":
            assert (run.late_at is not None) is (run.elapsed == run.target)
        assert len(run.lefts) == len(run.excluded)
        for (start, end), left in zip(run.excluded, run.lefts, strict=True):
            for moment in {max(start, run.since), end - 1}:
                clock = run.at(moment, promised)
                assert (clock.state, clock.agreed, clock.remaining) == ("paused", True, left)
            assert not run.at(end, promised).agreed


def test_a_ticket_costs_tens_of_microseconds():
    promised = contract()
    text = "08:10 ack; 09:00 hold customer; 10:00 resume; 11:00 priority 3; 12:00 message"
    past, start = events(text), time.perf_counter()
    for _ in range(2000):
        sla.columns(sla.run(promised, past[0].at - 600, 2, past))
    assert (time.perf_counter() - start) / 2000 < 0.0003
