"""Contracts from plain values, and every way in which one is refused."""

import pytest

from deskui.domain.contract import Contract, Policy, Rules, Target
from deskui.domain.contractfile import merged, parse
from deskui.domain.reading import ContractError

OFFICE = {"weekly": {"mon": [["09:00", "18:00"]]}}
BASE = {
    "zone": "Europe/Berlin",
    "targets": {
        f"P{n}": {"calendar": "office" if n > 2 else "24x7", "response": "15m", "resolution": "4h"} for n in range(1, 5)
    },
    "calendars": {"office": OFFICE},
}


def test_a_contract_says_only_what_is_different():
    found = parse(
        {
            "name": "Gold",
            "customer": "Nordkauf",
            "zone": "Europe/Istanbul",
            "policy": {"pausing_reasons": ["customer"], "offline_events": "made", "response_event": ["public_reply"]},
            "targets": {"P1": {"response": "1h30m", "update": {"within": "90s", "calendar": "office"}}},
            "calendars": {"office": {"holidays": ["12-25"]}},
        },
        "gold.toml",
        BASE,
    )
    assert (found.name, found.customer) == ("Gold", "Nordkauf")
    assert found.policy.targets[1] == {
        "response": Target(5400, "24x7"),
        "resolution": Target(14400, "24x7"),
        "update": Target(90, "office"),
    }
    assert found.policy.targets[4]["response"] == Target(900, "office")
    assert found.policy.pausing_reasons == frozenset({"customer"})
    assert found.policy.response_event == frozenset({"public_reply"})
    assert found.policy.offline_events == "made"
    assert found.policy.clocks == ("response", "resolution", "update")
    office = found.calendars["office"]
    assert (office.zone.key, office.yearly) == ("Europe/Istanbul", {(12, 25)})
    assert office.between(1781049600 - 2 * 86400, 1781049600) == 9 * 3600  # the base's windows, 8 to 10 June 2026
    assert found.calendars["24x7"].plain


def test_the_defaults_are_those_of_sla_md():
    policy = parse({}, "x", BASE).policy
    assert policy == Policy(policy.targets)
    assert policy.response_event == {"public_reply", "acknowledge"}
    assert (policy.response_pauses_on_hold, policy.resolve_counts_as_response) == (False, True)
    assert policy.pausing_reasons is None
    assert (policy.priority_change, policy.update_mode) == ("segmented", "next_reply")
    assert (policy.judge_stopped_by, policy.offline_events) == ("priority_at_stop", "at")


REFUSED = [
    ({"colour": 1}, "x.toml: colour: unknown key (allowed: name, customer, effective, zone, policy, targets, "
     "calendars, catalogue, services, exclusions, credits, fee, included_hours, notice)"),
    ({"customer": 5}, "x.toml: customer: 5 is not possible here (allowed: text)"),
    ({"zone": []}, "x.toml: zone: [] is not possible here (allowed: text)"),
    ({"policy": 1}, "x.toml: policy: 1 is no table"),
    ({"policy": {"colour": 1}}, "x.toml: policy.colour: unknown key (allowed: response_event, pausing_reasons, "
     "response_pauses_on_hold, resolve_counts_as_response, update_needs_first_response, priority_change, update_mode, "
     "judge_stopped_by, offline_events)"),
    ({"policy": {"update_mode": "x"}},
     "x.toml: policy.update_mode: 'x' is not possible here (allowed: next_reply, between_updates)"),
    ({"policy": {"priority_change": 1}},
     "x.toml: policy.priority_change: 1 is not possible here (allowed: segmented, retroactive, from_change)"),
    ({"policy": {"judge_stopped_by": []}},
     "x.toml: policy.judge_stopped_by: [] is not possible here (allowed: priority_at_stop, current_priority)"),
    ({"policy": {"offline_events": "made_at"}},
     "x.toml: policy.offline_events: 'made_at' is not possible here (allowed: at, made)"),
    ({"policy": {"response_pauses_on_hold": "yes"}},
     "x.toml: policy.response_pauses_on_hold: 'yes' is not possible here (allowed: true, false)"),
    ({"policy": {"response_event": []}},
     "x.toml: policy.response_event: [] is not possible here (allowed: a list of, public_reply, acknowledge)"),
    ({"policy": {"response_event": ["assign"]}},
     "x.toml: policy.response_event: ['assign'] is not possible here (allowed: a list of, public_reply, acknowledge)"),
    ({"policy": {"pausing_reasons": "customer"}},
     "x.toml: policy.pausing_reasons: 'customer' is not possible here (allowed: a list of hold reasons)"),
    ({"policy": {"pausing_reasons": ["costumer"]}}, "x.toml: policy.pausing_reasons: no hold has the reason 'costumer' "
     "(allowed: customer, vendor, change_window, parts, other, unspecified)"),
    ({"targets": {"P5": {}}}, "x.toml: targets.P5: unknown key (allowed: P1, P2, P3, P4)"),
    ({"targets": {"P1": "15m"}}, "x.toml: targets.P1: '15m' is no table (allowed: calendar, response, resolution, "
     "update)"),
    ({"targets": {"P1": {"fix": "4h"}}},
     "x.toml: targets.P1.fix: unknown key (allowed: calendar, response, resolution, update)"),
    ({"targets": {"P1": {"response": "1d"}}},
     "x.toml: targets.P1.response: '1d' is no working time (allowed: 15m, 4h, 1h30m)"),
    ({"targets": {"P1": {"response": 15}}},
     "x.toml: targets.P1.response: 15 is no working time (allowed: 15m, 4h, 1h30m)"),
    ({"targets": {"P1": {"response": ""}}},
     "x.toml: targets.P1.response: '' is no working time (allowed: 15m, 4h, 1h30m)"),
    ({"targets": {"P1": {"response": {"in": "4h"}}}},
     "x.toml: targets.P1.response.in: unknown key (allowed: within, calendar)"),
    ({"targets": {"P1": {"response": {"within": "4h", "calendar": "night"}}}},
     "x.toml: targets.P1.response: no calendar 'night' (allowed: 24x7, office)"),
    ({"targets": {"P1": {"calendar": ["night"]}}},
     "x.toml: targets.P1.response: no calendar ['night'] (allowed: 24x7, office)"),
    ({"calendars": {"office": 1}}, "x.toml: calendars.office: 1 is no table (allowed: zone, weekly, holidays, country, "
     "region, closed, extra, always)"),
    ({"calendars": {"office": {"days": []}}},
     "x.toml: calendars.office.days: unknown key (allowed: zone, weekly, holidays, country, "
     "region, closed, extra, always)"),
    ({"calendars": {"office": {"holidays": "12-25"}}},
     "x.toml: calendars.office.holidays: '12-25' does not fit (allowed: a list of dates)"),
    ({"calendars": {"office": {"always": 1}}},
     "x.toml: calendars.office.always: 1 does not fit (allowed: true, false)"),
    ({"calendars": {"office": {"weekly": {"mon": 9}}}}, "x.toml: calendars.office: 9 is no list of windows "
     "(write it like [['09:00', '18:00']])"),
    ({"calendars": {"office": {"weekly": {"mon": [9]}}}}, "x.toml: calendars.office: 9 is no window "
     "(write it like ['09:00', '18:00'])"),
    ({"calendars": {"office": {"weekly": {"Mon": []}}}},
     "x.toml: calendars.office: 'Mon' is no day (allowed: mon, tue, wed, thu, fri, sat, sun)"),
    ({"calendars": {"office": {"zone": "Berlin"}}},
     "x.toml: calendars.office: 'Berlin' is no time zone (write it like Europe/Berlin)"),
    ({"zone": "Berlin"}, "x.toml: zone: 'Berlin' is no time zone (write it like Europe/Berlin)"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED, ids=[row[1][8:60] for row in REFUSED])
def test_what_is_refused(data, message):
    with pytest.raises(ContractError) as refused:
        parse(data, "x.toml", BASE)
    assert str(refused.value) == message


def test_a_policy_without_all_targets_is_refused():
    with pytest.raises(ContractError, match=r"^x: targets\.P1: a response and a resolution target are needed$"):
        parse({}, "x")


def test_merged_leaves_both_as_they_were():
    old, new = {"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": [2]}
    assert merged(old, new) == {"a": {"b": 3, "c": 2}, "d": [2]}
    assert old == {"a": {"b": 1, "c": 2}, "d": [1]}


def test_rules_of_a_customer():
    default = parse({}, "default", BASE)
    gold = Contract("gold", "Nordkauf", default.policy, default.calendars)
    rules = Rules({"Nordkauf": gold}, default, lambda: "v")
    assert rules.of("Nordkauf") is gold
    assert rules.of("nordkauf") is default  # names may be confusable: only the very same one counts
    assert rules.of(None) is default
