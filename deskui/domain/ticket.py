"""The ticket: one frozen value, the same for every upstream, times in epoch seconds (UTC)."""

from dataclasses import fields
from typing import Any

from deskui.lazy import dataclass

STATES = ("new", "in_progress", "pending", "resolved", "closed", "cancelled")
OPEN = frozenset(STATES[:3])
KINDS = ("incident", "service_request", "change", "problem")
LEVELS = ("high", "medium", "low")
HOLD_REASONS = ("customer", "vendor", "change_window", "parts", "other", "unspecified")


@dataclass(frozen=True)
class Ticket:
    """What a ticket is now; `priority` is 1 (P1) to 4, `owner` and people are names of its upstream."""

    upstream: str
    remote_id: str = ""  # empty until the upstream has it
    uid: str = ""  # ours, for good; given by the store
    id: str = ""  # what people say: RT-17, or RT-~1 until the upstream has it
    subject: str = ""
    state: str = "new"
    priority: int = 4
    kind: str = "incident"
    owner: str | None = None
    customer: str | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    cis: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    requestors: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()  # of requestors, where the upstream knows one: address, tab, number
    links: tuple[str, ...] = ()  # to other tickets: kind, blank, their remote id (see domain/links.py)
    queue: str | None = None
    holds: tuple[str, ...] = ()  # reasons of the holds still running, newest last; derived from events
    created: int = 0
    received: int | None = None  # when it was phoned in, if that was before `created`
    updated: int = 0
    minutes: int = 0  # time worked
    token: str = ""  # what the console that made it wrote into it

    @property
    def hold_reason(self) -> str | None:
        """The newest hold still running."""
        return self.holds[-1] if self.holds else None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something: new, in progress or pending."""
        return self.state in OPEN

    @property
    def started(self) -> int:
        """When the clocks began: `received`, else `created`."""
        return self.created if self.received is None else self.received


_FIELDS = tuple((f.name, f.default) for f in fields(Ticket))
_TUPLES = frozenset(f.name for f in fields(Ticket) if str(f.type).startswith("tuple"))


def to_json(ticket: Ticket) -> dict[str, Any]:
    """The ticket as plain JSON values; only what differs from the default."""
    return {name: value for name, default in _FIELDS if (value := getattr(ticket, name)) != default}


def from_json(data: dict[str, Any]) -> Ticket:
    """The inverse of `to_json`; unknown names are an error (a newer store is refused before)."""
    values: dict[str, Any] = {name: tuple(value) if name in _TUPLES else value for name, value in data.items()}
    return Ticket(**values)
