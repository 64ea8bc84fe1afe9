"""A ticket as plain text: to the clipboard, or to a command of one's own."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from deskui import text
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket


class TextVerbs:
    """Part of `Verbs`."""

    services: Any

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    async def _ask(self, title: str, prompt: str, initial: str = "") -> str | None:
        raise NotImplementedError

    def _text(self, ticket: Ticket) -> str:
        address = self.services.url(ticket)
        zone, now = self.services.zone, int(self.services.clock())
        return "\n".join(lines(ticket, address, self.services.desk.timeline(ticket.id), zone, now)) + "\n"

    def action_verb_copy_text(self) -> None:
        """The ticket with what was written on it."""

        async def copy(ticket: Ticket) -> None:
            screen: Any = self
            said = self._text(ticket)
            screen.app.copy_to_clipboard(said, f"{ticket.id}, {len(said.splitlines())} lines")

        self._begin(copy)

    def action_verb_pipe(self, command: str = "") -> None:
        """A command has the terminal until it ends; nothing of the ticket is changed."""

        async def pipe(ticket: Ticket) -> None:
            from deskui.ui import editor

            screen: Any = self
            asked = command or await self._ask(f"Pipe {ticket.id} to which command?", "as in your shell: less, lpr ...")
            if asked and asked.strip():
                screen.app.say(editor.pipe(screen.app, asked, self._text(ticket)))

        self._begin(pipe)


def lines(ticket: Ticket, address: str, events: list[Event], zone: str, now: int) -> Iterator[str]:
    """What is known of it, then each event with its text; all of it inert."""
    from deskui.ui import rows, timeline

    yield text.line(f"{ticket.id} P{ticket.priority} {rows.STATES.get(ticket.state, ticket.state)}  {ticket.subject}")
    said = {"customer": ticket.customer, "owner": ticket.owner, "CI": ", ".join(ticket.cis)}
    yield text.line(", ".join(f"{name}: {value or '-'}" for name, value in said.items()))
    if address:
        yield text.line(address)
    for event in events:
        yield ""
        waiting = "  * waiting to send" if event.pending else ""
        _, said_of = timeline.word(event).split(" ", 1)
        yield text.line(f"{timeline.stamp(event.at, zone, now)} {said_of}  {event.author}{waiting}")
        body = text.block(event.text or "", limit=len(event.text or "")).strip("\n")
        yield from (f"  {row}".rstrip() for row in body.split("\n") if body)
