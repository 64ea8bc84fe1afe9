"""What may be set on a ticket: priority, impact, urgency, category, CI, subject; one small class each."""

from dataclasses import replace
from typing import Any, ClassVar

from deskui.domain.change import Change, Fact
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass


@dataclass(frozen=True)
class SetPriority(Change):
    """P1 (1) to P4 (4)."""

    verb: ClassVar[str] = "priority"
    field: ClassVar[str | None] = "priority"
    to: int

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, priority=self.to)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("priority", {"from": ticket.priority, "to": self.to}, None),)


@dataclass(frozen=True)
class _SetField(Change):
    """Sets one plain field; `why` is kept as a work note (an impact against the CI's criticality)."""

    to: str
    why: str = ""

    def apply(self, ticket: Ticket) -> Ticket:
        moved: dict[str, Any] = {str(self.field): self.to}
        return replace(ticket, **moved)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        note: tuple[Fact, ...] = (("internal_note", {}, self.why),) if self.why else ()
        return (*note, ("field", {"field": self.field, "from": getattr(ticket, str(self.field)), "to": self.to}, None))


@dataclass(frozen=True)
class SetImpact(_SetField):
    """How much of the customer's business is hit: high, medium or low."""

    verb: ClassVar[str] = "impact"
    field: ClassVar[str | None] = "impact"


@dataclass(frozen=True)
class SetUrgency(_SetField):
    """How soon it hurts: high, medium or low."""

    verb: ClassVar[str] = "urgency"
    field: ClassVar[str | None] = "urgency"


@dataclass(frozen=True)
class SetCategory(_SetField):
    """The desk's own category."""

    verb: ClassVar[str] = "category"
    field: ClassVar[str | None] = "category"


@dataclass(frozen=True)
class SetCi(Change):
    """The configuration item that the ticket is about."""

    verb: ClassVar[str] = "ci"
    field: ClassVar[str | None] = "cis"
    to: str

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, cis=(self.to,))

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("field", {"field": "cis", "from": list(ticket.cis), "to": [self.to]}, None),)


@dataclass(frozen=True)
class SetSubject(Change):
    """What the ticket is called; it merges word by word with what somebody else made of it (see merge.words)."""

    verb: ClassVar[str] = "subject"
    field: ClassVar[str | None] = "subject"
    to: str

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, subject=self.to)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("field", {"field": "subject", "from": ticket.subject, "to": self.to}, None),)
