"""The worked cases of SLA.md, and how a file of cases is answered."""

import json
from pathlib import Path

import pytest

from deskui.domain import slacases

DOCUMENT, OWN = (
    json.loads(Path(__file__).with_name(name).read_text("utf-8")) for name in ("sla_cases.json", "own_cases.json")
)
ANSWERS = slacases.evaluate(DOCUMENT)


@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["id"])
def test_case(case):
    one = {**DOCUMENT, "cases": [case]}
    assert "expect" in case
    assert slacases.check(one, ANSWERS) == []


@pytest.mark.parametrize("case", OWN["cases"], ids=lambda case: case["id"])
def test_case_of_our_own(case):
    """What SLA.md says and its cases do not show, reckoned by hand: gaps, holds, exclusions, offline work, DST."""
    one = {**OWN, "cases": [case]}
    assert case["expect"]
    assert slacases.check(one, slacases.evaluate(one)) == []


def test_all_cases_are_there_and_none_failed():
    assert len(ANSWERS["cases"]) == 37
    assert slacases.failed(ANSWERS) == []


CALENDARS = {
    "all": {"tz": "UTC", "always": True},
    "office": {"tz": "UTC", "weekly": {"wed": [["09:00", "18:00"]]}},
    "broken": {"tz": "UTC", "weekly": {"wed": [["9", "18:00"]]}},
    "zoneless": {"tz": "Mars/Base", "always": True},
    "odd": {"tz": "UTC", "colour": 1},
}
TICKET = {"id": "t", "kind": "ticket", "created": "2026-06-10T08:00:00Z", "calendar": "all", "events": []}


def document(*cases, **more):
    return {"schema": "sla-cases/1", "calendars": CALENDARS, "cases": list(cases), **more}


def answer(case, **more):
    return slacases.evaluate(document({"id": "t", **case}, **more))["cases"]["t"]


def ticket(**more):
    return {**TICKET, "targets": {"response": 15}, **more}


def event(kind, at="2026-06-10T08:10:00Z", **more):
    return {"at": at, "type": kind, **more}


def test_the_format_of_an_answer():
    found = answer(ticket(events=[event("public_reply", "2026-06-10T10:05:00+02:00")], thresholds=[50, 100],
                          probe_at=["2026-06-10T10:02:00+02:00"]))  # fmt: skip
    thresholds = {"50": "2026-06-10T08:07:30Z", "100": "2026-06-10T08:15:00Z"}
    stopped = {"state": "stopped", "target_s": 900, "elapsed_s": 300, "remaining_s": 600,
               "due": "2026-06-10T08:15:00Z", "breached": False, "stopped_at": "2026-06-10T08:05:00Z",
               "thresholds": thresholds}  # fmt: skip
    running = {"state": "running", "target_s": 900, "elapsed_s": 120, "remaining_s": 780,
               "due": "2026-06-10T08:15:00Z", "breached": False, "stopped_at": None,
               "thresholds": thresholds}  # fmt: skip
    assert found == {
        "clocks": {"response": stopped},
        "probes": [{"at": "2026-06-10T08:02:00Z", "response": running}],
    }
    assert list(found["clocks"]["response"])[:7] == [
        "state", "target_s", "elapsed_s", "remaining_s", "due", "breached", "stopped_at",
    ]  # fmt: skip


def test_thresholds_follow_the_rules_of_due_in_probes_too():
    found = answer(ticket(targets={"resolution": 100}, thresholds=[50, 75],
                          events=[event("hold", "2026-06-10T09:00:00Z"), event("resume", "2026-06-10T10:00:00Z")],
                          probe_at=["2026-06-10T09:30:00Z"]))  # fmt: skip
    assert found["probes"][0]["resolution"]["thresholds"] == {"50": "2026-06-10T08:50:00Z", "75": None}
    assert found["clocks"]["resolution"]["thresholds"]["75"] == "2026-06-10T10:15:00Z"


def test_clocks_are_read_at_the_last_event_else_at_creation():
    assert answer(ticket())["clocks"]["response"]["elapsed_s"] == 0
    late = [event("internal_note", "2026-06-10T08:07:00Z"), event("assign", "2026-06-10T08:03:00Z")]
    assert answer(ticket(events=late))["clocks"]["response"]["elapsed_s"] == 420


def test_times_are_cut_to_whole_seconds():
    found = answer(
        ticket(created="2026-06-10T08:00:00.900Z", events=[event("acknowledge", "2026-06-10T08:15:00.999Z")])
    )
    assert (found["clocks"]["response"]["elapsed_s"], found["clocks"]["response"]["breached"]) == (900, False)


def test_plans_by_any_spelling_of_a_priority():
    plans = {
        "P1": {"response": {"target_s": 60, "calendar": "all"}},
        "2": {"response": {"target_s": 90, "calendar": "all"}},
    }
    for name, target in (("P1", 60), (1, 60), ("1", 60), ("P2", 90), (2, 90)):
        assert answer({**TICKET, "plans": plans, "priority": name})["clocks"]["response"]["target_s"] == target
    named = {"gold": plans["P1"], "tin": plans["2"]}
    moved = [event("priority", to="tin")]
    assert (
        answer({**TICKET, "plans": named, "priority": "gold", "events": moved})["clocks"]["response"]["target_s"] == 90
    )


def test_one_plan_for_all_priorities():
    moved = [event("priority", to="P1")]
    assert answer(ticket(events=moved))["clocks"]["response"]["elapsed_s"] == 600
    moved = ticket(events=moved, policy={"priority_change": "from_change"})
    assert answer(moved)["clocks"]["response"]["due"] == "2026-06-10T08:25:00Z"


def test_policy_defaults_of_the_file_and_of_the_case():
    made = [event("acknowledge", made_at="2026-06-10T08:04:00Z")]
    assert answer(ticket(events=made))["clocks"]["response"]["elapsed_s"] == 600
    defaults = {"policy_defaults": {"offline_events": "made"}}
    found = answer(ticket(events=made, probe_at=["2026-06-10T08:05:00Z"]), **defaults)
    assert found["clocks"]["response"]["elapsed_s"] == 240
    assert found["probes"][0]["response"]["state"] == "stopped"
    assert answer(ticket(events=made, policy={"offline_events": "at"}), **defaults)["clocks"]["response"][
        "elapsed_s"] == 600  # fmt: skip
    customers = [{**made[0], "side": "customer"}]
    assert answer(ticket(events=customers), **defaults)["clocks"]["response"]["elapsed_s"] == 600


SPAN = {"calendar": "office", "from": "2026-06-10T08:00:00Z", "to": "2026-06-10T10:00:00Z"}


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ({"kind": "between", **SPAN}, {"seconds": 3600}),
        ({"kind": "between", **SPAN, "to": "2026-06-10T07:00:00Z"}, {"seconds": 0}),
        ({"kind": "add", **SPAN, "seconds": 0}, {"at": "2026-06-10T09:00:00Z"}),
        ({"kind": "subtract", **SPAN, "seconds": 0}, {"at": "2026-06-03T18:00:00Z"}),
        ({"kind": "add", **SPAN, "calendar": "all", "seconds": 60}, {"at": "2026-06-10T08:01:00Z"}),
    ],
)
def test_the_three_primitives(case, wanted):
    assert answer(case) == wanted


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ({"kind": "multiply"}, "kind 'multiply' is not known (allowed: between, add, subtract, ticket)"),
        ({}, "kind None is not known (allowed: between, add, subtract, ticket)"),
        ({"kind": "add", **SPAN, "seconds": -1}, "-1: a length is not negative"),
        ({"kind": "subtract", **SPAN, "seconds": -1}, "-1: a length is not negative"),
        ({"kind": "add", **SPAN, "seconds": "60"}, "'60' is no length in whole seconds"),
        ({"kind": "add", **SPAN, "seconds": 0.5}, "0.5 is no length in whole seconds"),
        ({"kind": "add", **SPAN}, "seconds is missing"),
        ({"kind": "between", **SPAN, "calendar": "lunar"}, "no calendar 'lunar'"),
        ({"kind": "between", **SPAN, "from": "2026-06-10T08:00:00"},
         "'2026-06-10T08:00:00' has no zone: write it as 2026-11-24T02:07:00Z or with +01:00"),
        ({"kind": "between", **SPAN, "calendar": "broken"},
         "calendars: broken: '9' is no time of day (write it like 09:00; midnight at the end is 24:00)"),
        ({"kind": "between", **SPAN, "calendar": "zoneless"},
         "calendars: zoneless: 'Mars/Base' is no time zone (write it like Europe/Berlin)"),
        ({"kind": "between", **SPAN, "calendar": "odd"},
         "calendars: odd.colour: unknown key (allowed: zone, weekly, holidays, country, region, "
         "closed, extra, always)"),
        (ticket(events=[event("escalate")]), "event type 'escalate' is not known (allowed: created, public_reply, "
         "internal_note, auto_reply, customer_reply, acknowledge, assign, hold, resume, resolve, reopen, close, "
         "cancel, priority, field, time, link)"),
        (ticket(calendar="lunar"), "no calendar 'lunar'"),
        (ticket(policy={"update_mode": "x"}),
         "policy: update_mode: 'x' is not possible here (allowed: next_reply, between_updates)"),
        (ticket(targets={"response": -15}), "-15: a length is not negative"),
        (ticket(targets={"fix": 15}), "clock 'fix' is not known (allowed: response, resolution, update)"),
        (ticket(events=[event("hold", "2026-06-10T07:59:59Z")]),
         "event hold at 2026-06-10T07:59:59Z is before created"),
        ({**TICKET, "plans": {"P1": {}}, "priority": "P2"}, "priority P2 has no plan"),
        ({**TICKET, "plans": {"P1": {}}, "priority": "P1", "events": [event("priority", to="P3")]},
         "priority P3 has no plan"),
        ({**TICKET, "plans": {"P1": {}}, "priority": "tin"}, "priority tin has no plan"),
        ({**TICKET, "plans": {"P1": {}}}, "priority is missing"),
        (TICKET, "targets is missing"),
        (ticket(targets=5), "targets: must be an object"),
        ({**TICKET, "plans": [], "priority": "P1"}, "plans: must be an object"),
        ({**TICKET, "plans": {"P1": "x"}, "priority": "P1"}, "plans.P1: must be an object"),
        ({**TICKET, "plans": {"P1": {"response": 60}}, "priority": "P1"}, "response: must be an object"),
        (ticket(policy=[]), "policy: must be an object"),
        (ticket(events={}), "events: must be a list of objects"),
        (ticket(events=["resolve"]), "events: must be a list of objects"),
        (ticket(exclusions=["x"]), "exclusions: must be a list of objects"),
        (ticket(probe_at="2026-06-10T08:05:00Z"), "probe_at: must be a list"),
        (ticket(probe_at=[None]), "None is no time: write it as 2026-11-24T02:07:00Z"),
        (ticket(thresholds={"50": 1}), "thresholds: must be a list"),
        (ticket(thresholds=["50"]), "thresholds: '50' is no share in percent"),
        (ticket(thresholds=[-5]), "thresholds: -5 is no share in percent"),
        (ticket(thresholds=[True]), "thresholds: True is no share in percent"),
        (ticket(thresholds=[float("nan")]), "thresholds: nan is no share in percent"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_computed_says_why_and_spares_the_others(case, error):
    good = {"id": "good", "kind": "between", **SPAN}
    found = slacases.evaluate(document({"id": "t", **case}, good))
    assert found["cases"]["t"] == {"error": error}
    assert found["cases"]["good"] == {"seconds": 3600}
    assert slacases.failed(found) == ["t"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "this is no document of SLA cases: it must be a JSON object"),
        ({"cases": []}, r"schema None is not known \(allowed: sla-cases/1\)"),
        ({"schema": "sla-cases/2", "cases": []}, "schema 'sla-cases/2' is not known"),
        ({"schema": "sla-cases/1"}, "cases: must be a list of objects"),
        ({"schema": "sla-cases/1", "cases": [1]}, "cases: must be a list of objects"),
        (document({"kind": "add"}), "cases: each has an id, a text; None is none"),
        (document({"id": "a"}, {"id": "a"}), "cases: two have the id 'a'"),
        (document(calendars=[]), "calendars: must be an object"),
        (document(policy_defaults=[]), "policy_defaults: must be an object"),
    ],
)
def test_a_wrong_document_is_refused(wrong, message):
    with pytest.raises(slacases.CasesError, match=message):
        slacases.evaluate(wrong)
    with pytest.raises(slacases.CasesError, match=message):
        slacases.check(wrong, {"cases": {}})


def differences(case, expect):
    one = document({"id": "t", **case, "expect": expect})
    return slacases.check(one, slacases.evaluate(one))


def test_check_names_each_difference():
    between = {"kind": "between", **SPAN}
    assert differences(between, {"seconds": 3600}) == []
    assert differences(between, {"seconds": 1, "at": None}) == [
        "t.seconds: expected 1, got 3600", "t.at: expected None, there is none",
    ]  # fmt: skip
    probed = ticket(probe_at=["2026-06-10T08:05:00Z"])
    assert differences(probed, {"clocks": {"response": {"due": "2026-06-10T10:15:00+02:00"}}}) == []
    assert differences(probed, {"clocks": {"response": {"breached": 0}}}) == [
        "t.clocks.response.breached: expected 0, got False"
    ]
    wrong = {"probes": [{"at": "2026-06-10T08:05:00Z", "response": {"elapsed_s": 301}}, {"at": "2026-06-10T09:00:00Z"}]}
    assert differences(probed, wrong) == [
        "t.probes[2026-06-10T08:05:00Z].response.elapsed_s: expected 301, got 300",
        "t.probes: no probe at 2026-06-10T09:00:00Z",
    ]
    assert differences({"kind": "x"}, {"seconds": 1}) == [
        "t.seconds: expected 1, there is none (kind 'x' is not known (allowed: between, add, subtract, ticket))"
    ]


@pytest.mark.parametrize("wrong", [5, None, {}, [5], [{}], [{"at": 5}], [{"at": []}]])
def test_an_expectation_of_probes_that_names_none_is_a_difference(wrong):
    probed = ticket(probe_at=["2026-06-10T08:05:00Z"])
    said = ["t.probes: must be a list of objects, each with the time of a probe in at"]
    assert differences(probed, {"probes": wrong}) == said


def test_an_expectation_is_an_object():
    assert differences({"kind": "between", **SPAN}, 3600) == ["t.expect: must be an object"]
    assert differences({"kind": "between", **SPAN}, None) == []


def test_expect_is_ignored_in_answering():
    assert answer({"kind": "between", **SPAN, "expect": {"seconds": 5}}) == {"seconds": 3600}
