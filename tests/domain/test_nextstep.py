"""The NEXT line: every rule of its table once, and which wins."""

from dataclasses import replace

import pytest

from deskui.domain.event import Event
from deskui.domain.nextstep import RULES, Facts, look_again, next_step, span
from deskui.domain.sla import Clock
from deskui.domain.ticket import Ticket

NOW = 1_000_000


def clock(left, state="running", target=14400):
    """A clock due in `left` seconds of wall time."""
    due = None if left is None else NOW + left
    remaining = 3600 if left is None else left
    return Clock(state, target, target - remaining, remaining, due, remaining < 0, NOW if state == "stopped" else None)


MET = clock(99, "stopped")
CALM = {"response": MET, "resolution": clock(9 * 3600)}
UNMET = {"response": clock(3600 * 2), "resolution": clock(9 * 3600)}


def facts(**more):
    ticket = {"state": "in_progress", "priority": 2, "owner": "me", "impact": "high", "urgency": "medium"}
    ticket |= {key: more.pop(key) for key in ("state", "owner", "impact", "urgency", "cis", "holds") if key in more}
    if "is_p" in more:
        ticket["priority"] = more.pop("is_p")
    return Facts(Ticket("rt", id="RT-1", **ticket), NOW, "me", **{"clocks": CALM, **more})


def due(response=None, resolution=9 * 3600, update=None):
    clocks = {"response": MET if response is None else clock(response), "resolution": clock(resolution)}
    return clocks if update is None else {**clocks, "update": clock(update)}


ASLEEP = {"response": clock(40000, "off_hours"), "resolution": clock(90000, "off_hours")}
PAUSED = {"response": MET, "resolution": clock(None, "paused")}

TABLE = [
    ("answered", {"answered": True, "state": "pending", "conflicts": 1}, "read the answer, resume",
     "the customer has answered and waits for us", "s"),
    ("conflict", {"conflicts": 1, "clocks": due(-60)}, "settle the conflict",
     "somebody else changed the same field; yours is not upstream", "g s"),
    ("stuck", {"stuck": 1}, "look at what was not sent",
     "the upstream refused a change, or nobody knows whether it arrived", "g o"),
    ("over", {"state": "closed"}, "nothing", "it is closed", ""),
    ("over", {"state": "cancelled", "answered": True}, "nothing", "it is cancelled", ""),
    ("resolved", {"state": "resolved"}, "close it when the customer agrees", "resolved; an answer reopens it", "s"),
    ("ack-not-sent", {"clocks": due(300), "offline": True, "responding": True}, "phone the customer or the lead",
     "your response is still here and the response clock runs on", "g o"),
    ("triage", {"clocks": due(300), "responding": True, "impact": None}, "set impact and urgency",
     "without them the priority is a guess", "e"),
    ("phone-lead", {"clocks": due(600), "night": True, "is_p": 1, "owner": None}, "own + acknowledge, call the lead",
     "a P1 at night without an owner", "a"),
    ("respond-late", {"clocks": due(-240), "is_p": 1, "owner": None}, "own + acknowledge now",
     "the response is late by 4m", "a"),
    ("respond-soon", {"clocks": {**UNMET, "response": replace(clock(-4 * 3600), remaining=0, breached=False)}},
     "own + acknowledge now", "the response is due in 0m", "a"),  # used up at closing: in time until it opens
    ("respond-late", {"clocks": due(-4 * 3600), "owner": "kim"}, "own + acknowledge now",
     "the response is late by 4h00", "a"),
    ("respond-soon", {"clocks": due(461), "owner": None, "state": "new"}, "own + acknowledge now",
     "the response is due in 7m", "a"),
    ("respond-soon", {"clocks": due(461), "offline": True}, "own + acknowledge now", "the response is due in 7m", "a"),
    ("p1-free", {"clocks": due(600), "is_p": 1, "owner": None}, "own + acknowledge", "a P1 without an owner", "a"),
    ("fix-late", {"clocks": due(None, -11100)}, "tell the customer and the lead", "the fix is late by 3h05", "C"),
    ("fix-soon", {"clocks": due(None, 300)}, "fix or work around it now, else tell the lead",
     "the fix is due in 5m", "e"),
    ("update", {"clocks": due(update=1800)}, "reply to the customer",
     "the customer's next word from us is due in 30m", "C"),
    ("doubtful", {"clocks": None}, "sync", "its history is not here yet, so its clocks are not known", "R"),
    ("look-again", {"state": "pending", "holds": ("vendor",), "until": NOW, "clocks": PAUSED}, "ask again, or resume",
     "the hold (vendor) was to be looked at by now", "s"),
    ("leave", {"clocks": ASLEEP, "night": True, "is_p": 3, "owner": None}, "leave it for the day",
     "its service hours are over and its clocks stand", ""),
    ("respond", {"clocks": UNMET, "owner": None}, "own + acknowledge", "nobody has responded yet", "a"),
    ("respond", {"clocks": UNMET, "state": "pending"}, "own + acknowledge", "nobody has responded yet", "a"),
    ("respond", {"clocks": ASLEEP, "is_p": 3, "owner": None}, "own + acknowledge", "nobody has responded yet", "a"),
    ("waits", {"state": "pending", "holds": ("parts",), "until": NOW + 1, "clocks": PAUSED}, "nothing until the answer",
     "on hold: parts", "c"),
    ("waits", {"state": "pending", "clocks": PAUSED}, "nothing until the answer", "on hold: no reason given", "c"),
    ("take", {"owner": None}, "take it", "nobody owns it", "a"),
    ("theirs", {"owner": "kim {state}"}, "leave it to kim {state}, or add a note", "kim {state} works on it", "c"),
    ("reprioritise", {"priority": 1}, "set the priority to P1", "impact and urgency say P1, the ticket P2", "p"),
    ("near", {"clocks": due(None, 3000)}, "diagnose, then fix or work around it", "the fix is due in 50m", "x"),
    ("triage", {"urgency": None, "cis": ("sw1",)}, "set impact and urgency", "without them the priority is a guess",
     "e"),
    ("diagnose", {"cis": ("sw1", "sw2"), "priority": 2}, "diagnose sw1", "it names a CI and is in work", "x"),
    ("work", {}, "note what was found, resolve", "it is yours and in work", "c"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "given", "what", "why", "key"), TABLE, ids=[f"{n} {row[0]}" for n, row in enumerate(TABLE)]
)
def test_rule(rule, given, what, why, key):
    step = next_step(facts(**given))
    assert (step.rule, step.what, step.why, step.key) == (rule, what, why, key)


def test_every_rule_is_tried_and_the_last_always_holds():
    assert {row[0] for row in TABLE} == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert RULES[-1].holds(facts())


def test_a_late_fix_on_hold_is_not_chased():
    paused = {"response": MET, "resolution": clock(-60, "paused")}
    assert next_step(facts(state="pending", clocks=paused)).rule == "waits"


def hold(reason, until=None):
    return Event("1", 1, "hold", data={"reason": reason, **({} if until is None else {"until": until})})


def resume(reason=None):
    return Event("2", 2, "resume", data={"reason": reason} if reason else {})


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([], None),
        ([hold("vendor", 50)], 50),
        ([hold("vendor")], None),
        ([hold("vendor", 50), hold("parts", 60)], 60),
        ([hold("vendor", 50), hold("parts", 60), hold("vendor", 55)], 55),
        ([hold("vendor", 50), hold("parts", 60), resume("parts")], 50),
        ([hold("vendor", 50), resume()], None),
        ([hold("vendor", 50), Event("3", 3, "resolve")], None),
        ([hold("vendor", 50), Event("3", 3, "internal_note")], 50),
    ],
)
def test_look_again(events, wanted):
    assert look_again(events) == wanted


@pytest.mark.parametrize(("seconds", "wanted"), [(0, "0m"), (3599, "59m"), (3600, "1h00"), (187200, "2d04h")])
def test_span(seconds, wanted):
    assert span(seconds) == wanted
