"""What a text for a ticket needs beside the ticket: the customer's clock, and what templates are filled with."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deskui.domain.ticket import Ticket
from deskui.services import templates
from deskui.services.desk import Desk


def zone_of(desk: Desk, ticket: Ticket) -> str:
    """The customer's time zone; "" where no contract of its own names just one."""
    contract = desk.contract(ticket)
    zones = {str(calendar.zone) for calendar in contract.calendars.values()}
    return zones.pop() if contract.customer == ticket.customer and len(zones) == 1 else ""


def facts(desk: Desk, ticket: Ticket, now: int) -> dict[str, Any]:
    """What a template can say (templates.NAMES): times in the customer's zone, else the desk's."""
    zone = zone_of(desk, ticket) or desk.zone
    clocks = desk.clocks(ticket.id, now) or {}
    due = {name: clock.due for name, clock in clocks.items()}
    values = {name: getattr(ticket, name) for name in templates.TICKET}
    values |= {"priority": f"P{ticket.priority}", "created": _at(ticket.created, zone)}
    return {
        "ticket": {name: templates.inert(value) for name, value in values.items()},
        "me": templates.inert(desk.me(ticket.upstream)), "now": _at(now, zone), "zone": zone,
        "response_due": _at(due.get("response"), zone), "resolution_due": _at(due.get("resolution"), zone),
    }  # fmt: skip


def _at(at: int | None, zone: str) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
