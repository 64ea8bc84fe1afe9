"""What a customer was promised: targets per priority, calendars, and the rules by which its clocks count."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskui.domain.calendar import Calendar
from deskui.domain.ticket import HOLD_REASONS

CLOCKS = ("response", "resolution", "update")
DEFAULT = "24x7"  # the calendar that is always there

_BOOLS = ("response_pauses_on_hold", "resolve_counts_as_response", "update_needs_first_response")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "priority_change": ("segmented", "retroactive", "from_change"),
    "update_mode": ("next_reply", "between_updates"),
    "judge_stopped_by": ("priority_at_stop", "current_priority"),
    "offline_events": ("at", "made"),
}
POLICY_KEYS = ("response_event", "pausing_reasons", *_BOOLS, *_WORDS)
_RESPONSES = ("public_reply", "acknowledge")


class ContractError(ValueError):
    """A contract that says something it cannot: names the file, the key and what is allowed there."""

    def __init__(self, where: str, key: str, problem: str, allowed: Iterable[str] = ()) -> None:
        self.where, self.key, self.problem, self.allowed = where, key, problem, tuple(allowed)
        hint = f" (allowed: {', '.join(self.allowed)})" if self.allowed else ""
        super().__init__(f"{where}: {key}: {problem}{hint}")


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: working seconds in the calendar of that name."""

    seconds: int
    calendar: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of SLA.md that a contract may set; `targets` by priority and clock."""

    targets: Mapping[int, Mapping[str, Target]]
    response_event: frozenset[str] = frozenset(_RESPONSES)
    response_pauses_on_hold: bool = False
    resolve_counts_as_response: bool = True
    pausing_reasons: frozenset[str] | None = None  # None: every hold pauses
    priority_change: str = "segmented"
    update_mode: str = "next_reply"
    update_needs_first_response: bool = True
    judge_stopped_by: str = "priority_at_stop"
    offline_events: str = "at"
    clocks: tuple[str, ...] = field(init=False, compare=False)  # those that have a target in some priority

    def __post_init__(self) -> None:
        named = {name for plan in self.targets.values() for name in plan}
        object.__setattr__(self, "clocks", tuple(name for name in CLOCKS if name in named))


@dataclass(frozen=True, slots=True)
class Contract:
    """One customer's policy and calendars."""

    name: str
    customer: str
    policy: Policy
    calendars: Mapping[str, Calendar]


@dataclass(frozen=True, slots=True)
class Rules:
    """Every contract by customer, and the one for all others.

    `version` changes with everything that can move a due time.
    """

    contracts: Mapping[str, Contract]
    default: Contract
    version: str

    def of(self, customer: str | None) -> Contract:
        """The contract that counts for `customer`."""
        return self.contracts.get(customer or "", self.default)


def policy(data: Mapping[str, Any], targets: Mapping[int, Mapping[str, Target]], where: str, key: str = "") -> Policy:
    """A policy from plain values (`response_event`, `pausing_reasons`, …); ContractError on any other key or value."""
    values: dict[str, Any] = {}
    for name, value in data.items():
        at = f"{key}{name}"
        if name in _BOOLS:
            values[name] = _checked(value, isinstance(value, bool), where, at, ("true", "false"))
        elif name in _WORDS:
            values[name] = _checked(value, value in _WORDS[name], where, at, _WORDS[name])
        elif name == "response_event":
            fits = isinstance(value, list | tuple) and bool(value) and all(each in _RESPONSES for each in value)
            values[name] = frozenset(_checked(value, fits, where, at, ("a list of", *_RESPONSES)))
        elif name == "pausing_reasons":
            fits = value is None or (isinstance(value, list | tuple) and all(isinstance(each, str) for each in value))
            reasons = _checked(value, fits, where, at, ("a list of hold reasons",))
            values[name] = None if reasons is None else frozenset(reasons)
        else:
            raise ContractError(where, at, "unknown key", POLICY_KEYS)
    return Policy(targets, **values)


def parse(data: Mapping[str, Any], where: str, base: Mapping[str, Any] | None = None) -> Contract:
    """A contract as its TOML says it, on top of `base` (the default policy as plain values); ContractError."""
    _known(data, where)
    whole = merged(base or {}, data)
    zone = _text(whole, "zone", where) or "UTC"
    try:
        calendars = {DEFAULT: Calendar.compile(zone, {}, always=True)}
    except ValueError as error:
        raise ContractError(where, "zone", str(error)) from error
    for name, spec in whole.get("calendars", {}).items():
        calendars[name] = calendar(spec, zone, where, f"calendars.{name}")
    targets = {
        _priority(key, where): _plan(plan, frozenset(calendars), where, f"targets.{key}")
        for key, plan in whole.get("targets", {}).items()
    }
    for number in range(1, 5):
        if not {"response", "resolution"} <= set(targets.get(number, ())):
            raise ContractError(where, f"targets.P{number}", "a response and a resolution target are needed")
    rules = policy(whole.get("policy", {}), targets, where, "policy.")
    for reason in sorted((rules.pausing_reasons or frozenset()) - set(HOLD_REASONS)):
        raise ContractError(where, "policy.pausing_reasons", f"no hold has the reason {reason!r}", HOLD_REASONS)
    return Contract(_text(whole, "name", where) or where, _text(whole, "customer", where), rules, calendars)


def merged(base: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` on top of `base`: tables key by key, everything else replaced."""
    out = dict(base)
    for key, value in data.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return out


_CALENDAR_KEYS = ("zone", "weekly", "holidays", "closed", "extra", "always")


def calendar(spec: Any, zone: str, where: str, key: str) -> Calendar:
    """A calendar from its table; `zone` is used where it names none."""
    if not isinstance(spec, Mapping):
        raise ContractError(where, key, f"{spec!r} is no table", _CALENDAR_KEYS)
    for name, value in spec.items():
        if name not in _CALENDAR_KEYS:
            raise ContractError(where, f"{key}.{name}", "unknown key", _CALENDAR_KEYS)
        kind, word = _SHAPES[name]
        if not isinstance(value, kind):
            raise ContractError(where, f"{key}.{name}", f"{value!r} does not fit", (word,))
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
    "closed": (dict, "a table of dates"),
    "extra": (dict, "a table of dates"),
    "always": (bool, "true, false"),
}
_KEYS = ("name", "customer", "zone", "policy", "targets", "calendars")


def _known(data: Mapping[str, Any], where: str) -> None:
    for key, value in data.items():
        if key not in _KEYS:
            raise ContractError(where, key, "unknown key", _KEYS)
        if key in _KEYS[3:] and not isinstance(value, Mapping):
            raise ContractError(where, key, f"{value!r} is no table")


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    return str(_checked(data.get(key, ""), isinstance(data.get(key, ""), str), where, key, ("text",)))


def _checked(value: Any, fits: bool, where: str, key: str, allowed: Iterable[str]) -> Any:
    if not fits:
        raise ContractError(where, key, f"{value!r} is not possible here", allowed)
    return value


def _priority(key: str, where: str) -> int:
    if key not in ("P1", "P2", "P3", "P4"):
        raise ContractError(where, f"targets.{key}", "unknown key", ("P1", "P2", "P3", "P4"))
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
        targets[name] = Target(_seconds(spec.get("within"), where, f"{key}.{name}"), chosen)
    return targets


def _seconds(value: Any, where: str, key: str) -> int:
    """`15m`, `4h`, `1h30m`: working time, so there are no days in it."""
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", value) if isinstance(value, str) and value else None
    if match is None:
        raise ContractError(where, key, f"{value!r} is no working time", ("15m", "4h", "1h30m"))
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
