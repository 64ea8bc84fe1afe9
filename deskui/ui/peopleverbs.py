"""What can be done about a ticket's people: copy an address or a number, keep how a caller was verified."""

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from deskui import lazy, text
from deskui.domain.ticket import Ticket

if TYPE_CHECKING:
    from deskui.domain import change as made
    from deskui.domain import customer as files
    from deskui.ui import timeline
else:
    made = lazy.Module("deskui.domain.change")
    files = lazy.Module("deskui.domain.customer")
    timeline = lazy.Module("deskui.ui.timeline")

KEYS = {"file": "f", "call-back": "c", "question": "q", "known": "k", "not": "n"}


class PeopleVerbs:
    """Part of `Verbs`."""

    services: Any

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    async def _choose(self, title: str, options: Any) -> str | None:
        raise NotImplementedError

    async def _do(self, ticket: Ticket, *changes: Any) -> bool:
        raise NotImplementedError

    def action_verb_copy_contact(self) -> None:
        """max@nordkauf.example; of several the one that is picked."""

        async def copy(ticket: Ticket) -> None:
            screen: Any = self
            people = [text.line(name) for name in ticket.requestors]
            if not people:
                screen.app.say(f"{ticket.id} has no requestor")
            elif who := await self._one("Copy whose address?", [(name, name) for name in people]):
                screen.app.copy_to_clipboard(who, who)

        self._begin(copy)

    def action_verb_copy_phone(self) -> None:
        """+49 40 5550 114; of several the one that is picked."""

        async def copy(ticket: Ticket) -> None:
            screen: Any = self
            customers = self.services.customers
            phones = customers.of(ticket).phones if customers is not None else ()
            listed = [(text.line(phone), f"{name}: {phone}") for name, phone in phones]
            if not listed:
                screen.app.say(f"no number is on file for {ticket.id}: customers/NAME.toml has them")
            elif phone := await self._one("Copy whose number?", listed):
                screen.app.copy_to_clipboard(phone, phone)

        self._begin(copy)

    def action_verb_verified(self) -> None:
        """Who called, and by what it is known that it was them; kept as a work note."""

        async def verify(ticket: Ticket) -> None:
            people = dict(self._known(ticket))
            listed = [(address, each.name if each else address) for address, each in people.items()]
            address = await self._one("Who called?", listed) if listed else ""
            if address is None:
                return
            contact = people.get(address)
            name = contact.name if contact else address or "somebody not on file"
            ways = files.ways(self._customer(ticket), contact)
            if way := await self._choose(f"{name} called: verified by what?", _choices(ways)):
                zone = self.services.zone
                when = f"{timeline.stamp(self.services.clock(), zone, self.services.clock())} {zone}"
                await self._do(ticket, made.Note(files.verified(address, contact, way, ways[way], when)))

        self._begin(verify)

    async def _one(self, title: str, options: Sequence[tuple[str, str]]) -> str | None:
        """The only one, or the one that is picked."""
        return options[0][0] if len(options) == 1 else await self._choose(title, options)

    def _known(self, ticket: Ticket) -> Sequence[tuple[str, Any]]:
        customers = self.services.customers
        return customers.of(ticket).people if customers is not None else [(name, None) for name in ticket.requestors]

    def _customer(self, ticket: Ticket) -> Any:
        customers = self.services.customers
        return customers.of(ticket).customer if customers is not None else files.NOBODY


def _choices(ways: dict[str, str]) -> list[Any]:
    from deskui.ui.screens.choose import Choice

    return [Choice(KEYS[way], words, way) for way, words in ways.items()]
