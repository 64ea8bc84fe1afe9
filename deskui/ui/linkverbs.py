"""A ticket's links: go to one, set one, take one away; and the parts that may end with their whole."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from deskui import lazy, text
from deskui.domain.ticket import Ticket
from deskui.ui import rows, timeline

if TYPE_CHECKING:
    from deskui.domain import bulk, links
    from deskui.domain import change as made
    from deskui.services import links as services
    from deskui.services import splitting
else:
    bulk = lazy.Module("deskui.domain.bulk")
    made = lazy.Module("deskui.domain.change")
    links = lazy.Module("deskui.domain.links")
    services = lazy.Module("deskui.services.links")
    splitting = lazy.Module("deskui.services.splitting")

SET = {
    "p": ("parent", "is part of"), "c": ("child", "has the part"), "d": ("duplicate", "is a duplicate of"),
    "r": ("related", "is related to"), "n": ("depends", "depends on"),
}  # fmt: skip
"""The keys that set a link of a kind, and how it is asked for."""


class LinkVerbs:
    """Part of `Verbs`."""

    services: Any

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    async def _choose(self, title: str, options: Any) -> str | None:
        raise NotImplementedError

    async def _ask(self, title: str, prompt: str, initial: str = "") -> str | None:
        raise NotImplementedError

    async def _do(self, ticket: Ticket, *changes: Any) -> bool:
        raise NotImplementedError

    async def _push(self, dialog: Any) -> str | None:
        raise NotImplementedError

    def action_verb_links(self) -> None:
        """To one of them; or set one, or take one away."""

        async def asked(ticket: Ticket) -> None:
            from deskui.ui.screens.choose import Choice

            found = lines(self.services.desk, ticket)
            choices: list[Any] = [Choice(str(n), said, name) for n, (name, said) in enumerate(found[:9], 1) if name]
            choices += [Choice(key, f"it {says} ...", f" {key}") for key, (_, says) in SET.items()]
            if found:
                choices.append(Choice("x", "take a link away ...", " off"))
            chosen = await self._choose(f"Links of {ticket.id}", choices)
            if chosen == " off":
                await self._unlink(ticket)
            elif chosen and chosen.startswith(" "):
                await self._link(ticket, *SET[chosen.strip()])
            elif chosen:
                self._to_linked(chosen)

        self._begin(asked)

    def action_verb_merge(self, into: str = "") -> None:
        """Which one survives is shown, and its id typed."""

        async def asked(ticket: Ticket) -> None:
            from deskui.ui.screens.choose import AskScreen

            screen: Any = self
            name = into or await self._ask(f"Merge {ticket.id} into which ticket?", "the one that survives")
            other = self.services.desk.ticket(name) if name else None
            if name and other is None:
                screen.app.say(f"there is no ticket {name}")
            if other is None:
                return
            body = services.merging(ticket, other)
            dialog = AskScreen(f"Merge {ticket.id} into {other.id}", f"type {other.id}", body=body, expect=other.id)
            if await self._push(dialog):
                await self._do(ticket, links.Merge(other.id))

        self._begin(asked)

    def action_verb_split(self) -> None:
        """The message goes into the form of a new ticket, which is related to this one."""

        async def asked(ticket: Ticket) -> None:
            from deskui.services.desk import Refused

            screen: Any = self
            try:
                events = splitting.messages(self.services.desk, ticket)[:9]
            except Refused as reason:
                screen.app.say(str(reason))
                return
            now, zone = self.services.clock(), self.services.zone
            told = [(timeline.stamp(event.at, zone, now), event) for event in events]
            options = [
                (str(n), f"{when} {event.author}: {text.line(event.text or '')[:60]}")
                for n, (when, event) in enumerate(told, 1)
            ]
            if chosen := await self._choose(f"Split {ticket.id}: a new ticket from which message?", options):
                when, event = told[int(chosen) - 1]
                self._split(ticket, splitting.begun(ticket, event, when))

        self._begin(asked)

    def _split(self, ticket: Ticket, split: "splitting.Split") -> None:
        from deskui.ui.screens.newticket import NewTicketScreen

        given = {
            "subject": split.subject, "customer": split.customer, "requestor": split.requestor,
            "priority": str(split.priority), "text": split.text,
        }  # fmt: skip
        screen: Any = self

        def made_of_it(name: str | None) -> None:
            if name:
                screen.run_worker(self._linked_back(ticket, name), group="verb")

        screen.app.push_screen(NewTicketScreen(self.services, given, ticket.upstream), made_of_it)

    async def _linked_back(self, ticket: Ticket, name: str) -> None:
        if (new := self.services.desk.ticket(name)) and await self._do(new, links.Link("related", ticket.id)):
            self._to_linked(name)

    async def _link(self, ticket: Ticket, kind: str, says: str) -> None:
        if other := await self._ask(f"{ticket.id} {says}", "the other ticket, as it is called here"):
            await self._do(ticket, links.Link(kind, other))

    async def _unlink(self, ticket: Ticket) -> None:
        found = services.linked(self.services.desk, ticket)
        options = [(f"{n}", f"{links.WORDS.get(each.kind, each.kind)} {each.id}") for n, each in enumerate(found, 1)]
        if chosen := await self._choose(f"Which link of {ticket.id} goes?", options):
            each = found[int(chosen) - 1]
            await self._do(ticket, links.Unlink(each.kind, each.id, each.remote))

    def _to_linked(self, name: str) -> None:
        from deskui.ui.screens.ticket import TicketScreen

        screen: Any = self
        screen.app.push_screen(TicketScreen(self.services, name))


def lines(desk: Any, ticket: Ticket) -> list[tuple[str, str]]:
    """Of each link the ticket that it leads to ("": it has not been read here) and a line that says it."""
    found = []
    for each in services.linked(desk, ticket):
        word = links.WORDS.get(each.kind, each.kind)
        if each.ticket is None:
            found.append(("", text.line(f"{word} {each.id}, which is not here")))
        else:
            state = rows.STATES.get(each.ticket.state, each.ticket.state)
            found.append((each.id, text.line(f"{word} {each.id} {state} {each.ticket.subject}")))
    return found


async def parts_too(app: Any, desk: Any, ticket_id: str) -> "list[str]":
    """Of a ticket that was resolved the open parts (uids) that are to be resolved, too; without an answer none."""
    ticket = desk.ticket(ticket_id)
    parts = services.open_children(desk, ticket) if ticket is not None and ticket.links else []
    chosen: list[str] = []
    while parts:
        from deskui.ui.screens.choose import ChooseScreen

        title = f"{ticket_id} is resolved. Its open parts, too? (they are listed once more)"
        answer = await app.push_screen_wait(ChooseScreen(title, _offered(parts, chosen)))
        if answer in (None, "go"):
            return chosen if answer else []
        if answer == "all":
            return [part.uid for part in parts]
        chosen = [uid for uid in chosen if uid != answer] if answer in chosen else [*chosen, answer]
    return []


def _offered(parts: "list[Ticket]", chosen: "list[str]") -> list[Any]:
    from deskui.ui.screens.choose import Choice

    marked = [Choice("g", f"go on with the {len(chosen)} that are marked", "go")] if chosen else []
    return [
        Choice("a", "all of them" if len(parts) > 1 else "this one", "all"), *marked,
        *(
            Choice(str(n), f"[{'x' if part.uid in chosen else ' '}] {part.id} {part.subject}", part.uid)
            for n, part in enumerate(parts[:9], 1)
        ),
    ]  # fmt: skip


def resolving(app: Any, parts: "list[str]", words: str) -> None:
    """The parts as any bulk: listed, their count typed, one summary and one undo."""
    from deskui.ui.screens.bulk import BulkScreen

    app.push_screen(BulkScreen(app.services, bulk.Order("resolve", (made.Resolve(words),)), parts))
