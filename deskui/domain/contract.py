"""What a customer was promised: targets per priority, calendars, and the rules by which its clocks count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from deskui.domain import reading, terms
from deskui.domain.calendar import Calendar
from deskui.domain.reading import ContractError, checked
from deskui.domain.terms import Terms
from deskui.domain.ticket import HOLD_REASONS

__all__ = [
    "CLOCKS",
    "ENGINE",
    "Contract",
    "ContractError",
    "Policy",
    "Rules",
    "Target",
    "calendar",
    "merged",
    "parse",
    "policy",
]

ENGINE = (
    1  # grows when a rule of `sla` changes, so that stored due times are made anew; here, where reading it is cheap
)
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
    plain: bool = field(init=False, compare=False)  # of the usual kind, which domain/plain.py can count

    def __post_init__(self) -> None:
        named = {name for plan in self.targets.values() for name in plan}
        object.__setattr__(self, "clocks", tuple(name for name in CLOCKS if name in named))
        both = all(plan.keys() == {"response", "resolution"} for plan in self.targets.values())
        ways = (self.priority_change, self.judge_stopped_by, self.offline_events, self.response_pauses_on_hold)
        object.__setattr__(self, "plain", both and ways == ("segmented", "priority_at_stop", "at", False))


_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of a customer's contract: policy, calendars, and the other terms.

    `policies` are those of services with targets of their own; in force from `effective` on (epoch seconds; None:
    always).
    """

    name: str
    customer: str
    policy: Policy
    calendars: Mapping[str, Calendar]
    effective: int | None = None
    terms: Terms = field(default_factory=Terms)
    policies: Mapping[str, Policy] = field(default_factory=lambda: _NONE)

    def serving(self, category: str | None, cis: Iterable[str]) -> "Contract":
        """The contract as it counts for a ticket of this category, on these CIs: a service may have own targets."""
        if not self.policies:
            return self
        found = self.policies.get(self.terms.service_of(category, cis))
        return self if found is None else replace(self, policy=found)


class Judged(Protocol):
    """What of a ticket decides by which contract it is judged."""

    @property
    def customer(self) -> str | None:
        """Whose it is."""

    @property
    def started(self) -> int:
        """When its clocks began, in epoch seconds."""

    @property
    def category(self) -> str | None:
        """What it is about."""

    @property
    def cis(self) -> tuple[str, ...]:
        """The names of its configuration items."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The newest contract of each customer, and the one for all others; `versions` has the older ones, oldest first.

    `version` changes with everything that can move a due time.
    """

    contracts: Mapping[str, Contract]
    default: Contract
    version: str
    versions: Mapping[str, tuple[Contract, ...]] = field(default_factory=lambda: _NONE)

    def of(self, customer: str | None, at: int | None = None) -> Contract:
        """The contract that counts for `customer`, in the version in force at `at`; without it, the newest."""
        newest = self.contracts.get(customer or "")
        if newest is None or at is None:
            return newest or self.default
        for contract in reversed(self.versions.get(customer or "", (newest,))):
            if contract.effective is None or contract.effective <= at:
                return contract
        return self.default

    def dated(self, customer: str | None) -> bool:
        """Whether it depends on the time which contract counts for `customer`."""
        return any(each.effective is not None for each in self.versions.get(customer or "", ()))

    def judging(self, ticket: "Judged") -> Contract:
        """The contract by which this ticket's clocks count: in force when it started, for its service."""
        return self.of(ticket.customer, ticket.started).serving(ticket.category, ticket.cis)


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
            fits = isinstance(value, list | tuple) and bool(value) and all(each in _RESPONSES for each in value)
            values[name] = frozenset(checked(value, fits, where, at, ("a list of", *_RESPONSES)))
        elif name == "pausing_reasons":
            fits = value is None or (isinstance(value, list | tuple) and all(isinstance(each, str) for each in value))
            reasons = checked(value, fits, where, at, ("a list of hold reasons",))
            values[name] = None if reasons is None else frozenset(reasons)
        else:
            raise ContractError(where, at, "unknown key", POLICY_KEYS)
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


_CALENDAR_KEYS = ("zone", "weekly", "holidays", "country", "region", "closed", "extra", "always")


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
