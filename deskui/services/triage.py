"""The triage panel's facts: what impact and urgency propose, and what to do next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from deskui.domain import nextstep, priority
from deskui.domain.event import Event
from deskui.domain.nextstep import Facts, Step
from deskui.domain.outgoing import Entry
from deskui.domain.priority import Proposal
from deskui.domain.sla import Clock
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass
from deskui.store.derive import answered

STUCK = frozenset(("rejected", "unknown"))
WAITS = frozenset(("queued", "sending", "unknown"))
RESPONSES = ("ack", "reply")


class Desk(Protocol):
    """What it asks of the desk."""

    def ticket(self, id: str) -> Ticket | None:
        """The ticket as it is shown."""

    def timeline(self, id: str) -> Sequence[Event]:
        """Its events, pending ones last."""

    def clocks(self, id: str, now: int) -> Mapping[str, Clock] | None:
        """Its clocks; None: doubtful."""


@dataclass(frozen=True)
class Panel:
    """What the panel shows beside the clocks; `criticality` is the highest of the ticket's CIs."""

    step: Step
    proposal: Proposal
    criticality: str | None


class Triage:
    """Reads only; `criticality` gives that of a CI by name, `entries` a ticket's outbox by its uid."""

    def __init__(
        self, desk: Desk, criticality: Callable[[str], str | None], entries: Callable[[str], Iterable[Entry]]
    ) -> None:
        self._desk, self._criticality, self._entries = desk, criticality, entries

    def panel(self, id: str, now: int, me: str, *, offline: bool = False, night: bool = False) -> Panel | None:
        """The panel of one ticket at `now`; None: there is no such ticket."""
        ticket = self._desk.ticket(id)
        if ticket is None:
            return None
        levels = [self._criticality(name) for name in ticket.cis]
        proposal = priority.propose(ticket.impact, ticket.urgency, levels)
        facts = self._facts(ticket, now, me, offline, night, proposal.priority)
        return Panel(nextstep.next_step(facts), proposal, priority.impact_of(levels))

    def needs_reason(self, id: str, impact: str) -> bool:
        """Whether setting `impact` goes against the CIs' criticality, so that the reason is kept as a work note."""
        ticket = self._desk.ticket(id)
        return ticket is not None and priority.needs_reason(impact, map(self._criticality, ticket.cis))

    def _facts(self, ticket: Ticket, now: int, me: str, offline: bool, night: bool, proposed: int | None) -> Facts:
        events = self._desk.timeline(ticket.id)
        entries = list(self._entries(ticket.uid))
        states = [entry.state for entry in entries]
        responding = any(entry.state in WAITS and entry.change.verb in RESPONSES for entry in entries)
        return Facts(
            ticket, now, me, self._desk.clocks(ticket.id, now), answered(events), nextstep.look_again(events),
            responding, states.count("conflict"), sum(state in STUCK for state in states),
            offline, night, proposed,
        )  # fmt: skip
