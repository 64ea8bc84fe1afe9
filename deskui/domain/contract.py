"""What a customer was promised: targets per priority, calendars, and the rules by which its clocks count."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any, Protocol

from deskui.domain.calendar import Calendar
from deskui.domain.terms import Terms
from deskui.lazy import dataclass

# Grows when a rule of `sla` changes, so that stored due times are made anew; here, where reading it is cheap.
ENGINE = 2
CLOCKS = ("response", "resolution", "update")
DEFAULT = "24x7"  # the calendar that is always there
RESPONSES = ("public_reply", "acknowledge")  # the events that may end a response clock


@dataclass(frozen=True)
class Target:
    """A promise: working seconds in the calendar of that name."""

    seconds: int
    calendar: str


@dataclass(frozen=True)
class Policy:
    """The rules of SLA.md that a contract may set; `targets` by priority and clock."""

    targets: Mapping[int, Mapping[str, Target]]
    response_event: frozenset[str] = frozenset(RESPONSES)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Rules:
    """The newest contract of each customer, and the one for all others; `versions` has the older ones, oldest first.

    `stamp` gives `version`: reckoned when it is asked for, since the first paint does not ask.
    """

    contracts: Mapping[str, Contract]
    default: Contract
    stamp: Callable[[], str]
    versions: Mapping[str, tuple[Contract, ...]] = field(default_factory=lambda: _NONE)

    @property
    def version(self) -> str:
        """Changes with everything that can move a due time."""
        return self.stamp()

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
