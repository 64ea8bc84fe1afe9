"""Worked SLA cases from a file: what `deskui sla eval` answers, and where an answer differs from the key."""

import re
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from deskui.domain import sla, when
from deskui.domain.calendar import Calendar
from deskui.domain.contract import CLOCKS, Contract, Policy, Target
from deskui.domain.contractfile import calendar, policy
from deskui.domain.counting import moment
from deskui.domain.event import TYPES, Event

SCHEMA = "sla-cases/1"
_Answer = dict[str, Any]


class CasesError(ValueError):
    """The document is not one of cases; says what is wrong with it."""


class _CaseError(ValueError):
    """One case cannot be computed."""


def evaluate(document: Any) -> dict[str, Any]:
    """`{"cases": {ID: answer}}` by SLA.md; a case that cannot be computed answers `{"error": why}`.  CasesError."""
    cases = _checked(document)
    return {"cases": {case["id"]: _answer(document, case) for case in cases}}


def check(document: Any, answers: Mapping[str, Any]) -> list[str]:
    """Each difference between the answers and the document's `expect`, as a sentence; empty: all agree."""
    differences: list[str] = []
    for case in _checked(document):
        expect = {} if case.get("expect") is None else case["expect"]
        if not isinstance(expect, Mapping):
            differences.append(f"{case['id']}.expect: must be an object")
        else:
            _compare(expect, answers["cases"].get(case["id"], {}), case["id"], differences)
    return differences


def failed(answers: Mapping[str, Any]) -> list[str]:
    """The ids of the cases that could not be computed."""
    return [name for name, answer in answers["cases"].items() if "error" in answer]


def _checked(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, Mapping):
        raise CasesError("this is no document of SLA cases: it must be a JSON object")
    if document.get("schema") != SCHEMA:
        raise CasesError(f"schema {document.get('schema')!r} is not known (allowed: {SCHEMA})")
    cases = document.get("cases")
    if not isinstance(cases, list) or not all(isinstance(case, Mapping) for case in cases):
        raise CasesError("cases: must be a list of objects")
    for key in ("calendars", "policy_defaults"):
        if not isinstance(document.get(key, {}), Mapping):
            raise CasesError(f"{key}: must be an object")
    _unique([case.get("id") for case in cases])
    return cases


def _unique(names: list[Any]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise CasesError(f"cases: each has an id, a text; {name!r} is none")
    for name in names:
        if names.count(name) > 1:
            raise CasesError(f"cases: two have the id {name!r}")


def _answer(document: Mapping[str, Any], case: Mapping[str, Any]) -> _Answer:
    kind = case.get("kind")
    try:
        if not isinstance(kind, str) or kind not in _KINDS:
            raise _CaseError(f"kind {kind!r} is not known (allowed: {', '.join(_KINDS)})")
        return _KINDS[kind](document, case)
    except KeyError as error:
        return {"error": f"{error.args[0]} is missing"}
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        return {"error": str(error)}


def _calendar(document: Mapping[str, Any], name: Any) -> Calendar:
    spec = document.get("calendars", {}).get(name) if isinstance(name, str) else None
    if not isinstance(spec, Mapping):
        raise _CaseError(f"no calendar {name!r}")
    renamed = {("zone" if key == "tz" else key): value for key, value in spec.items()}
    return calendar(renamed, "UTC", "calendars", name)


def _between(document: Mapping[str, Any], case: Mapping[str, Any]) -> _Answer:
    working = _calendar(document, case["calendar"])
    return {"seconds": working.between(_time(case["from"]), _time(case["to"]))}


def _add(document: Mapping[str, Any], case: Mapping[str, Any]) -> _Answer:
    working = _calendar(document, case["calendar"])
    return {"at": _iso(working.add(_time(case["from"]), _length(case["seconds"], 1)))}


def _subtract(document: Mapping[str, Any], case: Mapping[str, Any]) -> _Answer:
    working = _calendar(document, case["calendar"])
    return {"at": _iso(working.subtract(_time(case["from"]), _length(case["seconds"], 1)))}


def _length(value: Any, unit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value * unit != int(value * unit):
        raise _CaseError(f"{value!r} is no length in whole seconds")
    if value < 0:
        raise _CaseError(f"{value!r}: a length is not negative")
    return int(value * unit)


def _percent(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        raise _CaseError(f"thresholds: {value!r} is no share in percent")
    return value


def _time(value: Any) -> int:
    if not isinstance(value, str):
        raise _CaseError(f"{value!r} is no time: write it as 2026-11-24T02:07:00Z")
    return when.parse(value)


def _listed(case: Mapping[str, Any], key: str, objects: bool = False) -> list[Any]:
    found = [] if case.get(key) is None else case[key]
    if not isinstance(found, list) or (objects and not all(isinstance(each, Mapping) for each in found)):
        raise _CaseError(f"{key}: must be a list{' of objects' if objects else ''}")
    return found


def _named(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _CaseError(f"{where}: must be an object")
    return value


class _Priorities:
    """Priority names to numbers: `"P1"`, `"1"` and 1 are the same; a name of the file's own gets its own number."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._others: dict[str, int] = {}

    def __call__(self, name: Any) -> int:
        match = re.fullmatch(r"[Pp]?(\d{1,6})", str(name))
        number = int(match[1]) if match else self._others.setdefault(str(name), -1 - len(self._others))
        self.names.setdefault(number, str(name))
        return number


def _ticket(document: Mapping[str, Any], case: Mapping[str, Any]) -> _Answer:
    priorities, created = _Priorities(), _time(case["created"])
    events = [_event(number, spec, priorities) for number, spec in enumerate(_listed(case, "events", objects=True))]
    contract, priority = _contract(document, case, priorities, events)
    percents = [_percent(each) for each in _listed(case, "thresholds")]
    exclusions = [
        (_time(each["from"]), _time(each["to"]), str(each.get("reason", "")))
        for each in _listed(case, "exclusions", objects=True)
    ]
    known = sorted(((moment(contract.policy, event), event) for event in events), key=lambda pair: pair[0])
    if known and known[0][0] < created:
        raise _CaseError(f"event {known[0][1].type} at {when.iso(known[0][0])} is before created")

    def read(now: int, upto: list[Event]) -> _Answer:
        runs = sla.run(contract, created, priority, upto, exclusions)
        shares = sla.thresholds(contract, created, priority, upto, percents, exclusions)
        return {name: _clock(each.at(now, contract), shares[name]) for name, each in runs.items()}

    probes = [
        {"at": when.iso(at), **read(at, [event for moved, event in known if moved <= at])}
        for at in map(_time, _listed(case, "probe_at"))
    ]
    return {"clocks": read(known[-1][0] if known else created, events), "probes": probes}


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], _Answer]] = {
    "between": _between,
    "add": _add,
    "subtract": _subtract,
    "ticket": _ticket,
}


def _event(number: int, spec: Mapping[str, Any], priorities: _Priorities) -> Event:
    kind = spec["type"]
    if kind not in TYPES:
        raise _CaseError(f"event type {kind!r} is not known (allowed: {', '.join(TYPES)})")
    data: dict[str, Any] = {}
    if kind == "priority":
        data["to"] = priorities(spec["to"])
    elif spec.get("reason") is not None:
        data["reason"] = spec["reason"]
    made = spec.get("made_at")
    side = spec.get("side", "customer" if kind == "customer_reply" else "staff")
    return Event(str(number), _time(spec["at"]), kind, "", side, made if made is None else _time(made), data)


def _contract(
    document: Mapping[str, Any], case: Mapping[str, Any], priorities: _Priorities, events: list[Event]
) -> tuple[Contract, int]:
    """The case's own contract and first priority; targets without plans are the same for every priority."""
    plans: dict[int, dict[str, Target]] = {}
    if "plans" in case:
        first = priorities(case["priority"])
        for name, plan in _named(case["plans"], "plans").items():
            plans[priorities(name)] = {
                clock: Target(_length(_named(spec, clock)["target_s"], 1), spec["calendar"])
                for clock, spec in _clocks(plan, f"plans.{name}")
            }
        for number, name in priorities.names.items():
            if number not in plans:
                raise _CaseError(f"priority {name} has no plan")
    else:
        first = priorities(case.get("priority", 0))
        flat = {
            clock: Target(_length(value, 60), case["calendar"]) for clock, value in _clocks(case["targets"], "targets")
        }
        plans = dict.fromkeys([first, *(event.data["to"] for event in events if event.type == "priority")], flat)
    named = {target.calendar for plan in plans.values() for target in plan.values()}
    calendars = {name: _calendar(document, name) for name in sorted(named)}
    rules: Policy = policy(
        {**document.get("policy_defaults", {}), **_named(case.get("policy", {}), "policy")}, plans, "policy"
    )
    return Contract(case["id"], "", rules, calendars), first


def _clocks(plan: Any, where: str) -> list[tuple[str, Any]]:
    for name in _named(plan, where):
        if name not in CLOCKS:
            raise _CaseError(f"clock {name!r} is not known (allowed: {', '.join(CLOCKS)})")
    return list(plan.items())


def _clock(clock: sla.Clock, shares: Mapping[int, int | None]) -> _Answer:
    answer: _Answer = {
        "state": clock.state,
        "target_s": clock.target,
        "elapsed_s": clock.elapsed,
        "remaining_s": clock.remaining,
        "due": _iso(clock.due),
        "breached": clock.breached,
        "stopped_at": _iso(clock.stopped_at),
    }
    if shares:
        answer["thresholds"] = {str(percent): _iso(at) for percent, at in shares.items()}
    return answer


def _iso(at: int | None) -> str | None:
    return None if at is None else when.iso(at)


def _compare(wanted: Any, got: Any, where: str, out: list[str]) -> None:
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        for key, value in wanted.items():
            if key == "probes":
                _compare_probes(value, got.get(key, []), f"{where}.{key}", out)
            elif key not in got:
                out.append(f"{where}.{key}: expected {value!r}, there is none{_because(got)}")
            else:
                _compare(value, got[key], f"{where}.{key}", out)
    elif _plain(wanted) != _plain(got) or isinstance(wanted, bool) != isinstance(got, bool):
        out.append(f"{where}: expected {wanted!r}, got {got!r}")


def _compare_probes(wanted: Any, got: Any, where: str, out: list[str]) -> None:
    """Probes are told apart by their time; `expect` may leave some out."""
    fits = isinstance(wanted, list) and all(isinstance(each, Mapping) for each in wanted)
    if not fits or not all(isinstance(each.get("at"), str) for each in wanted):
        out.append(f"{where}: must be a list of objects, each with the time of a probe in at")
        return
    by_time = {_plain(each["at"]): each for each in got}
    for probe in wanted:
        found = by_time.get(_plain(probe["at"]))
        if found is None:
            out.append(f"{where}: no probe at {probe['at']}")
        else:
            _compare(probe, found, f"{where}[{probe['at']}]", out)


def _because(got: Mapping[str, Any]) -> str:
    return f" ({got['error']})" if "error" in got else ""


def _plain(value: Any) -> Any:
    """Times written differently are equal when they are the same instant."""
    if isinstance(value, str):
        try:
            return _time(value)
        except ValueError:
            return value
    return value
