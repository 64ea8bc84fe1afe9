"""A contract as its file says it: TOML's plain values in, a checked contract out; what does not fit is named."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from deskui.domain import reading, terms
from deskui.domain.calendar import Calendar
from deskui.domain.contract import CLOCKS, DEFAULT, RESPONSES, Contract, Policy, Target
from deskui.domain.reading import ContractError, checked
from deskui.domain.ticket import HOLD_REASONS

_BOOLS = ("response_pauses_on_hold", "resolve_counts_as_response", "update_needs_first_response")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "priority_change": ("segmented", "retroactive", "from_change"),
    "update_mode": ("next_reply", "between_updates"),
    "judge_stopped_by": ("priority_at_stop", "current_priority"),
    "offline_events": ("at", "made"),
}
_POLICY_KEYS = ("response_event", "pausing_reasons", *_BOOLS, *_WORDS)


def policy(data: Mapping[str, Any], targets: Mapping[int, Mapping[str, Target]], where: str, key: str = "") -> Policy:
    """A policy from plain values (`response_event`, `pausing_reasons`, …); ContractError on any other key or value."""
    values: dict[str, Any] = {}
    for name, value in data.items():
        at = f"{key}{name}"
        if name in _BOOLS:
            values[name] = checked(value, isinstance(value, bool), where, at, ("true", "false"))
        elif name in _WORDS:
            values[name] = checked(value, value in _WORDS[name], where, at, _WORDS[name])
        elif name == "response_event":
            fits = isinstance(value, list | tuple) and bool(value) and all(each in RESPONSES for each in value)
            values[name] = frozenset(checked(value, fits, where, at, ("a list of", *RESPONSES)))
        elif name == "pausing_reasons":
            fits = value is None or (isinstance(value, list | tuple) and all(isinstance(each, str) for each in value))
            reasons = checked(value, fits, where, at, ("a list of hold reasons",))
            values[name] = None if reasons is None else frozenset(reasons)
        else:
            raise ContractError(where, at, "unknown key", _POLICY_KEYS)
    return Policy(targets, **values)


def parse(data: Mapping[str, Any], where: str, base: Mapping[str, Any] | None = None) -> Contract:
    """A contract as its TOML says it, on top of `base` (the default policy as plain values); ContractError."""
    known(data, where)
    whole = merged(base or {}, data)
    zone = _text(whole, "zone", where) or "UTC"
    try:
        always = Calendar.compile(zone, {}, always=True)
    except ValueError as error:
        raise ContractError(where, "zone", str(error)) from error
    calendars = {DEFAULT: always}
    for name, spec in whole.get("calendars", {}).items():
        calendars[name] = calendar(spec, zone, where, f"calendars.{name}")
    targets = _targets(whole.get("targets", {}), calendars, where, "targets")
    for number in range(1, 5):
        if not {"response", "resolution"} <= set(targets.get(number, ())):
            raise ContractError(where, f"targets.P{number}", "a response and a resolution target are needed")
    rules = policy(whole.get("policy", {}), targets, where, "policy.")
    for reason in sorted((rules.pausing_reasons or frozenset()) - set(HOLD_REASONS)):
        raise ContractError(where, "policy.pausing_reasons", f"no hold has the reason {reason!r}", HOLD_REASONS)
    name, customer = _text(whole, "name", where) or where, _text(whole, "customer", where)
    return Contract(
        name, customer, rules, calendars, _effective(whole, always, where),
        terms.parse(whole, calendars, where), _policies(whole, rules, calendars, where),
    )  # fmt: skip


def _targets(
    data: Mapping[str, Any], calendars: Mapping[str, Calendar], where: str, key: str
) -> dict[int, dict[str, Target]]:
    return {
        _priority(name, where, key): _plan(plan, frozenset(calendars), where, f"{key}.{name}")
        for name, plan in data.items()
    }


def _policies(
    whole: Mapping[str, Any], rules: Policy, calendars: Mapping[str, Calendar], where: str
) -> dict[str, Policy]:
    """Those of the services that have targets of their own, on top of the contract's."""
    out: dict[str, Policy] = {}
    for name, spec in whole.get("services", {}).items():
        if "targets" in spec:
            key = f"services.{name}.targets"
            checked(spec["targets"], isinstance(spec["targets"], Mapping), where, key, ("a table by priority",))
            own = _targets(merged(whole["targets"], spec["targets"]), calendars, where, key)
            out[name] = replace(rules, targets=own)
    return out


def _effective(data: Mapping[str, Any], here: Calendar, where: str) -> int | None:
    """The first second of the day, in the contract's zone."""
    if "effective" not in data:
        return None
    first = reading.day(data["effective"], where, "effective")
    return int(datetime(first.year, first.month, first.day, tzinfo=here.zone).timestamp())


def merged(base: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` on top of `base`: tables key by key, everything else replaced."""
    out = dict(base)
    for key, value in data.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return out


def calendar(spec: Any, zone: str, where: str, key: str) -> Calendar:
    """A calendar from its table; `zone` is used where it names none."""
    if not isinstance(spec, Mapping):
        raise ContractError(where, key, f"{spec!r} is no table", _SHAPES)
    for name, value in spec.items():
        if name not in _SHAPES:
            raise ContractError(where, f"{key}.{name}", "unknown key", _SHAPES)
        kind, word = _SHAPES[name]
        if not isinstance(value, kind):
            raise ContractError(where, f"{key}.{name}", f"{value!r} does not fit", (word,))
    if "country" in spec or "region" in spec:
        raise ContractError(where, f"{key}.country", "its holidays are not known here: list their dates")
    try:
        return Calendar.compile(
            spec.get("zone", zone), spec.get("weekly", {}), spec.get("holidays", ()), spec.get("closed", {}),
            spec.get("extra", {}), spec.get("always", False),
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise ContractError(where, key, str(error)) from error


_SHAPES: Mapping[str, tuple[type, str]] = {
    "zone": (str, "a zone like Europe/Berlin"),
    "weekly": (dict, "a table of days"),
    "holidays": (list, "a list of dates"),
    "country": (str, "a country's two letters"),
    "region": (str, "a region's short name"),
    "closed": (dict, "a table of dates"),
    "extra": (dict, "a table of dates"),
    "always": (bool, "true, false"),
}
_TABLES = ("policy", "targets", "calendars")
_KEYS = ("name", "customer", "effective", "zone", *_TABLES, *terms.KEYS)


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    return str(checked(data.get(key, ""), isinstance(data.get(key, ""), str), where, key, ("text",)))


def listed(spec: Mapping[str, Any], where: str, key: str) -> list[Any]:
    """The holidays that a calendar lists itself; ContractError."""
    value = spec.get("holidays", [])
    if not isinstance(value, list):
        raise ContractError(where, f"{key}.holidays", f"{value!r} does not fit", ("a list of dates",))
    return value


def known(data: Mapping[str, Any], where: str) -> None:
    """Refuse keys that no contract has, and tables that are none; ContractError."""
    for key, value in data.items():
        if key not in _KEYS:
            raise ContractError(where, key, "unknown key", _KEYS)
        if key in _TABLES and not isinstance(value, Mapping):
            raise ContractError(where, key, f"{value!r} is no table")


def _priority(key: str, where: str, of: str) -> int:
    if key not in ("P1", "P2", "P3", "P4"):
        raise ContractError(where, f"{of}.{key}", "unknown key", ("P1", "P2", "P3", "P4"))
    return int(key[1])


def _plan(plan: Any, calendars: frozenset[str], where: str, key: str) -> dict[str, Target]:
    """`{calendar = "office", response = "4h", resolution = {within = "24h", calendar = "24x7"}}`."""
    if not isinstance(plan, Mapping):
        raise ContractError(where, key, f"{plan!r} is no table", ("calendar", *CLOCKS))
    targets: dict[str, Target] = {}
    for name, value in plan.items():
        if name == "calendar":
            continue
        if name not in CLOCKS:
            raise ContractError(where, f"{key}.{name}", "unknown key", ("calendar", *CLOCKS))
        spec = value if isinstance(value, Mapping) else {"within": value}
        if odd := set(spec) - {"within", "calendar"}:
            raise ContractError(where, f"{key}.{name}.{sorted(odd)[0]}", "unknown key", ("within", "calendar"))
        chosen = spec.get("calendar", plan.get("calendar", DEFAULT))
        if not isinstance(chosen, str) or chosen not in calendars:
            raise ContractError(where, f"{key}.{name}", f"no calendar {chosen!r}", sorted(calendars))
        targets[name] = Target(reading.seconds(spec.get("within"), where, f"{key}.{name}"), chosen)
    return targets
