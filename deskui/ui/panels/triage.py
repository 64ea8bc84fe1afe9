"""The triage panel: impact and urgency, the priority that they propose, the CI's criticality, category, owner, hold."""

from collections.abc import Sequence

from deskui import text
from deskui.domain.ticket import Ticket
from deskui.ui import nextline
from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line, wrap


class TriagePanel(Panel):
    """How bad it is for whom, and whether the priority says so."""

    title = "Triage"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        found = nextline.panel(self.services, ticket_id)
        ticket = self.services.desk.ticket(ticket_id)
        if found is None or ticket is None:
            return ()
        said = proposal(ticket, found.proposal)
        style = "warn" if said.startswith("P") and not said.startswith(f"P{ticket.priority} ") else ""
        pairs = [
            ("impact", level(ticket.impact, found.proposal.proposed), "warn" if found.proposal.overrides else ""),
            ("urgency", ticket.urgency or "not set (e)", "" if ticket.urgency else "warn"),
            ("proposed", said, style),
            ("priority", f"P{ticket.priority}", "head"),
            ("CI", ", ".join(ticket.cis) or "none (e)", ""),
            ("criticality", found.criticality or "not known", ""),
            ("category", ticket.category or "-", ""),
            ("tags", ", ".join(ticket.tags) or "none (t)", ""),
            ("kind", f"{ticket.kind.replace('_', ' ')}, queue {ticket.queue or '-'}", ""),
            ("owner", ticket.owner or "nobody (a)", "" if ticket.owner else "warn"),
            ("hold", ", ".join(ticket.holds) or "-", "warn" if ticket.holds else ""),
        ]
        out = [line for name, value, style in pairs for line in pair(name, value, style, width)]
        return [*out, *(((row, "dim"),) for row in wrap(text.line(found.proposal.why), max(10, width)))]


def level(set_to: str | None, proposed: str | None) -> str:
    """The impact as set, and beside it what the CI proposes."""
    if set_to is None:
        return f"not set; CI proposes {proposed}" if proposed else "not set (e)"
    return set_to if proposed in (None, set_to) else f"{set_to}; CI proposes {proposed}"


def proposal(ticket: Ticket, found: object) -> str:
    """`P2 (ticket has P3: p)`, or why there is none."""
    priority = getattr(found, "priority", None)
    if priority is None:
        return "no proposal yet"
    return f"P{priority} as set" if priority == ticket.priority else f"P{priority}, ticket has P{ticket.priority} (p)"


def pair(name: str, value: str, style: str, width: int) -> list[Line]:
    """A name and its value, wrapped under itself where it is long."""
    rows = list(wrap(text.line(value), max(10, width - 13)))
    return [((f"{name if at == 0 else '':13}", "dim"), (row, style)) for at, row in enumerate(rows)]
