"""The SLA panel: both clocks with bars, the hours they run in, what pauses them."""

from collections.abc import Sequence

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
        if found is None:
            return [
                (("? this ticket's events have not been read yet:", "warn"),),
                (("  its clocks come with them", "dim"),),
            ]
        out: list[Line] = []
        for name in (*CLOCKS, *(other for other in found if other not in CLOCKS)):
            if name in found:
                out += clocks.lines(name, found[name], now, self.services.zone, width)
        ticket = self.services.desk.ticket(ticket_id)
        if ticket and ticket.holds:
            out.append(((f"on hold: {', '.join(map(text.line, ticket.holds))}", "warn"),))
        out.append((("v: why, span by span", "dim"),))
        return out
