"""A new ticket from one message of another one, linked back."""

from dataclasses import dataclass

from deskui.domain.change import Create
from deskui.domain.event import Event
from deskui.domain.links import Link
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused
from deskui.services.links import quoted

PUBLIC = ("created", "customer_reply", "public_reply")  # a note would become what a customer reads


@dataclass(frozen=True, slots=True)
class Split:
    """What the new ticket begins with."""

    subject: str
    customer: str
    requestor: str
    priority: int
    text: str


def messages(desk: Desk, ticket: Ticket) -> list[Event]:
    """Those that a new ticket can be made from, the newest first.  Refused: nothing can be linked to it yet."""
    if not ticket.remote_id:
        raise Refused(f"{ticket.id} is not in {ticket.upstream} yet: wait until it was sent")
    return [event for event in desk.timeline(ticket.id) if event.text and event.type in PUBLIC][::-1]


def begun(ticket: Ticket, event: Event, when: str) -> Split:
    """What it takes over; `when` is the message's time in words."""
    return Split(
        f"From {ticket.id}: {ticket.subject}", ticket.customer or "", next(iter(ticket.requestors), ""),
        ticket.priority, quoted(ticket, event.author, when, event.text or ""),
    )  # fmt: skip


def made(desk: Desk, ticket: Ticket, split: Split) -> tuple[str, Entry]:
    """The new ticket's id and its change, in the system of the other one, to which it is related.  Refused."""
    create = Create(
        split.subject, split.text, customer=split.customer or None, requestor=split.requestor or None,
        priority=split.priority, kind=ticket.kind,
    )  # fmt: skip
    name, entry = desk.new(create, ticket.upstream).result()
    desk.do(name, Link("related", ticket.id)).result()
    return name, entry
