"""What the services say of a ticket's triage, asked in one place; and the NEXT line in words."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deskui import text
from deskui.domain.night import NIGHT, is_night
from deskui.ui import keymap

SCOPES = ("verb", "ticket", "app")  # where the steps' keys are found


def panel(services: Any, ticket_id: str) -> Any:
    """The triage of a ticket as it stands now; None: there is no such ticket."""
    ticket = services.desk.ticket(ticket_id)
    if ticket is None:
        return None
    now = int(services.clock())
    night = is_night(datetime.fromtimestamp(now, ZoneInfo(services.zone)), getattr(services, "night", NIGHT))
    offline = services.syncing.status().offline_since is not None
    return services.triage.panel(ticket_id, now, services.me(ticket.upstream), offline=offline, night=night)


def line(services: Any, ticket_id: str) -> str:
    """` Next: own + acknowledge (a): nobody has responded yet`; empty without a ticket."""
    found = panel(services, ticket_id)
    if found is None:
        return ""
    step = found.step
    key = f" ({keymap.shown(step.key, SCOPES)})" if step.key else ""
    return text.line(f" Next: {step.what}{key}: {step.why}")
