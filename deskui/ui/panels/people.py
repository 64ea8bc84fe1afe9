"""The panel of people: who asked and how to reach and verify them, where they sit, who of us has been on it."""

from collections.abc import Iterable, Iterator, Sequence

from deskui import text
from deskui.domain.customer import Contact, Known
from deskui.domain.event import MESSAGES, Event
from deskui.domain.ticket import Ticket
from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line, stamp, wrap

NAMED = 11  # cells of a line's first word


class PeoplePanel(Panel):
    """The customer's people and places, and the team's."""

    title = "People"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        ticket = self.services.desk.ticket(ticket_id)
        if ticket is None:
            return ()
        customers = self.services.customers
        known = customers.of(ticket) if customers is not None else None
        out = [*pair("customer", ticket.customer or "not known", "head", width)]
        zone = self.services.writing.zone(ticket)
        now = self.services.clock()
        if zone and zone != self.services.zone:
            out += pair("there", f"{stamp(now, zone, now)} ({zone})", "", width)
        people = known.people if known else tuple((address, None) for address in ticket.requestors)
        for address, contact in people:
            out += asked(address, contact, known.told.get(address, "") if known else "", width)
        if known:
            out += place(known, width)
        for name in ticket.cc:
            out += pair("cc", name, "", width)
        out += self._ours(ticket, now, width)
        if customers is not None and (wrong := len(customers.all().wrong)):
            said = f"{wrong} file{'s' if wrong > 1 else ''} of customers cannot be used: deskui customer check"
            out += pair("", said, "warn", width)
        return out

    def _ours(self, ticket: Ticket, now: int, width: int) -> Iterator[Line]:
        """Whose it is, who wrote, and how long it took."""
        yield from pair("owner", ticket.owner or "nobody", "head", width)
        for name, side, count, last in wrote(self.services.desk.timeline(ticket.id)):
            times = "once" if count == 1 else f"{count} times"
            yield (
                (f"{'customer' if side == 'customer' else 'team':{NAMED}}", "dim"),
                (text.line(name), ""),
                (f"  wrote {times}, last {stamp(last, self.services.zone, now)}", "dim"),
            )
        if ticket.minutes:
            yield from pair("worked", f"{ticket.minutes} min", "", width)


def asked(address: str, contact: Contact | None, told: str, width: int) -> Iterator[Line]:
    """Somebody who asked: their address, and what else is known of them; `told` is the ticket system's number."""
    if contact is None:
        yield from pair("requestor", address, "", width)
    else:
        name = f"{contact.name}, {contact.role}" if contact.role else contact.name
        yield from pair("requestor", f"VIP {name}" if contact.vip else name, "warn" if contact.vip else "", width)
        yield from pair("", address, "", width)
    if contact and contact.phone:
        yield from pair("phone", f"{contact.phone}  (y n)", "head", width)
    elif told:
        yield from pair("phone", f"{told}  (y n), as the ticket system has it", "", width)


def place(known: Known, width: int) -> Iterator[Line]:
    """How a caller is verified, once if it is the same for all, and what a visitor of the site must know."""
    for how in dict.fromkeys(filter(None, (known.customer.verified_by(contact) for _, contact in known.people))):
        yield from pair("verify", f"{how}  (w)", "", width)
    if site := known.site:
        yield from pair("site", f"{site.name}, {site.address}" if site.address else site.name, "", width)
        for name, value in (("access", site.access), ("hours", site.hours)):
            if value:
                yield from pair(name, value, "warn" if name == "access" else "", width)


def pair(name: str, value: str, style: str, width: int) -> Iterator[Line]:
    """A word and what it stands for, which goes on below itself where it is long."""
    for at, row in enumerate(wrap(text.line(value), max(10, width - NAMED))):
        yield ((f"{name if at == 0 else '':{NAMED}}", "dim"), (row, style))


def wrote(events: Iterable[Event]) -> list[tuple[str, str, int, int]]:
    """Everybody who wrote a message: name, side, how often, when last (epoch seconds); the last one first."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for event in events:
        if event.type in MESSAGES and event.author and not event.automatic:
            count, last = found.get((event.author, event.side), (0, 0))
            found[event.author, event.side] = (count + 1, max(last, event.at))
    people = [(name, side, count, last) for (name, side), (count, last) in found.items()]
    return sorted(people, key=lambda person: -person[3])
