"""What writing on a ticket takes: drafts, templates, the ticket read once more, the customer's clock, the signature."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskui.domain.change import Change
from deskui.domain.ticket import Ticket
from deskui.services import templates
from deskui.services.customers import Customers
from deskui.services.desk import Desk
from deskui.services.drafts import Drafts
from deskui.services.macros import Macros
from deskui.services.rereading import Fresh, Rereading
from deskui.services.syncing import Syncing
from deskui.services.templates import Template, Templates
from deskui.upstream import _deskline


class Writing:
    """`home` is the private folder, `shipped` that of the shipped data; `signs` says whether messages to an upstream
    are signed by who wrote them, since the login is shared; `customers` knows where their people sit.
    """

    def __init__(
        self, desk: Desk, syncing: Syncing, home: Path, shipped: Path,
        signs: Callable[[str], bool] = lambda name: False, customers: Customers | None = None,
    ) -> None:  # fmt: skip
        self._desk, self._rereading, self._signs, self._customers = desk, Rereading(syncing), signs, customers
        self.drafts, self.templates, self.macros = Drafts(desk), Templates(shipped, home), Macros(shipped, home)
        self.folder = home / "writing"  # for the files of $EDITOR

    def again(self, ticket: Ticket) -> "Future[Fresh]":
        """The ticket as it is upstream, in at most a few seconds; else as it is here."""
        return self._rereading.read(ticket)

    def lacks(self, upstream: str, change: Change) -> str:
        """Why that system cannot do such a change at all; "": it can, or is not known.  Loads the adapter."""
        return self._rereading.lacks(upstream, change)

    def filled(self, template: Template, ticket: Ticket, now: int) -> str:
        """A template's text for this ticket.  TemplateError."""
        return templates.render(template, facts(self._desk, ticket, now, self.zone(ticket)))

    def zone(self, ticket: Ticket) -> str:
        """The time zone of the site, else of the customer; "" where it is not known."""
        here = self._customers.of(ticket).zone if self._customers is not None else ""
        return here or zone_of(self._desk, ticket)

    def sent(self, ticket: Ticket, text: str) -> str:
        """The message as it leaves: by a login that several share, with the name of who wrote it."""
        return _deskline.sign(text, self._desk.me(ticket.upstream)) if self._signs(ticket.upstream) else text


def zone_of(desk: Desk, ticket: Ticket) -> str:
    """The customer's time zone; "" where no contract of its own names just one."""
    contract = desk.contract(ticket)
    zones = {str(calendar.zone) for calendar in contract.calendars.values()}
    return zones.pop() if contract.customer == ticket.customer and len(zones) == 1 else ""


def facts(desk: Desk, ticket: Ticket, now: int, there: str = "") -> dict[str, Any]:
    """What a template can say (templates.NAMES): times in the zone `there`, else the customer's, else the desk's."""
    zone = there or zone_of(desk, ticket) or desk.zone
    clocks = desk.clocks(ticket.id, now) or {}
    due = {name: clock.due for name, clock in clocks.items()}
    values = {name: getattr(ticket, name) for name in templates.TICKET}
    values |= {"priority": f"P{ticket.priority}", "created": at(ticket.created, zone)}
    return {
        "ticket": {name: templates.inert(value) for name, value in values.items()},
        "me": templates.inert(desk.me(ticket.upstream)), "now": at(now, zone), "zone": zone,
        "response_due": at(due.get("response"), zone), "resolution_due": at(due.get("resolution"), zone),
    }  # fmt: skip


def at(when: int | None, zone: str) -> str:
    """A time (epoch seconds) as that zone writes it; empty: there is none."""
    return (
        "" if when is None else datetime.fromtimestamp(when, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    )
