"""The panel of people: who asked, who is copied, who of us has been on it."""

from collections.abc import Iterable, Sequence

from deskui import text
from deskui.domain.event import MESSAGES, Event
from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line, stamp


class PeoplePanel(Panel):
    """The customer's people, and the team's."""

    title = "People"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        ticket = self.services.desk.ticket(ticket_id)
        if ticket is None:
            return ()
        events = self.services.desk.timeline(ticket_id)
        out: list[Line] = [(("customer   ", "dim"), (text.line(ticket.customer or "not known"), "head"))]
        zone = self.services.writing.zone(ticket)
        if zone and zone != self.services.zone:
            now = self.services.clock()
            out.append((("there      ", "dim"), (f"{stamp(now, zone, now)} ({zone})", "")))
        for word, people in (("requestor  ", ticket.requestors), ("cc         ", ticket.cc)):
            out += [((word, "dim"), (text.line(name), "")) for name in people]
        out.append((("owner      ", "dim"), (text.line(ticket.owner or "nobody"), "head")))
        now, zone = self.services.clock(), self.services.zone
        for name, side, count, last in wrote(events):
            who = "customer" if side == "customer" else "team    "
            times = "once" if count == 1 else f"{count} times"
            out.append(
                (
                    (f"{who}   ", "dim"),
                    (text.line(name), ""),
                    (f"  wrote {times}, last {stamp(last, zone, now)}", "dim"),
                )
            )
        if ticket.minutes:
            out.append((("worked     ", "dim"), (f"{ticket.minutes} min", "")))
        return out


def wrote(events: Iterable[Event]) -> list[tuple[str, str, int, int]]:
    """Everybody who wrote a message: name, side, how often, when last (epoch seconds); the last one first."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for event in events:
        if event.type in MESSAGES and event.author and not event.automatic:
            count, last = found.get((event.author, event.side), (0, 0))
            found[event.author, event.side] = (count + 1, max(last, event.at))
    people = [(name, side, count, last) for (name, side), (count, last) in found.items()]
    return sorted(people, key=lambda person: -person[3])
