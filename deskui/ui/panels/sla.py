"""The SLA panel: both clocks with bars, the hours they run in, what pauses them."""

from collections.abc import Sequence
from typing import Any

from deskui import text
from deskui.ui import clocks
from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line

CLOCKS = ("response", "resolution")


class SlaPanel(Panel):
    """How much of each target is used, and why it runs or not."""

    title = "SLA"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        now = self.services.clock()
        found = self.services.desk.clocks(ticket_id, now)
        if found is None and self.services.desk.ticket(ticket_id) is None:
            return ()
        if found is None:
            return [
                (("? this ticket's events have not been read yet:", "warn"),),
                (("  its clocks come with them", "dim"),),
            ]
        ticket = self.services.desk.ticket(ticket_id)
        if ticket is None:
            return ()
        policy = self.services.desk.contract(ticket).policy
        targets = policy.targets.get(ticket.priority, {})
        out: list[Line] = []
        for name in (*CLOCKS, *(other for other in found if other not in CLOCKS)):
            if name in found:
                hours = targets[name].calendar if name in targets else ""
                out += clocks.lines(name, found[name], now, self.services.zone, width, hours)
        out.append(((f"pauses: {pauses(policy)}", "dim"),))
        if ticket.holds:
            out.append(((f"on hold: {', '.join(map(text.line, ticket.holds))}", "warn"),))
        out.append((("v: why, span by span", "dim"),))
        return out


def pauses(policy: Any) -> str:
    """Which holds stop the resolution clock, in words."""
    reasons = policy.pausing_reasons
    return "every hold" if reasons is None else text.line(", ".join(sorted(reasons))) or "no hold"
