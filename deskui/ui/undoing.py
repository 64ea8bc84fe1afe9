"""Undo and redo at the keys: said at once for one unsent change here, else shown first."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.domain.ticket import Ticket
from deskui.ui.saving import apart

if TYPE_CHECKING:
    from deskui.domain.deeds import Deed
    from deskui.services.deeds import Deeds, Outcome, Step


class Undoing:
    """Mixed into a screen with the scope "verb"; `own_ticket`: only what was done to that one (id) is undone here."""

    services: Any

    def own_ticket(self) -> str | None:
        """The ticket that this screen is about; None: it is about all of them."""
        return None

    def selected_id(self) -> str | None:
        """The id of the ticket under the cursor."""
        raise NotImplementedError

    def action_verb_undo(self) -> None:
        """What was done last."""
        self._hold(self._undo)

    def action_verb_redo(self) -> None:
        """What was undone last."""
        self._hold(self._redo)

    def _hold(self, work: Any) -> None:
        screen: Any = self
        screen.app.keys_held = True  # until the dialog is there, or it is done
        screen.run_worker(partial(self._held, work), group="verb")

    async def _held(self, work: Any) -> None:
        screen: Any = self
        try:
            await work()
        finally:
            screen.app.keys_held = False

    async def _undo(self) -> None:
        from deskui.services.deeds import Deeds

        screen: Any = self
        deeds, desk = Deeds(self.services.desk), self.services.desk
        own = self.own_ticket()
        ticket = desk.ticket(own) if own else None
        deed = deeds.newest(ticket.uid if ticket else "")
        if deed is None:
            screen.app.say(f"{own}: nothing was done here that could be undone" if own else "nothing to undo")
            return
        found = deeds.look(deed)
        if self._at_once(found) or await self._agreed(f"Undo {_named(deed, found)}?", "u", "Undo it", _lines(found)):
            await self._told(deed, await apart(deeds.undo, deed), "undone")

    def _at_once(self, found: "list[tuple[Ticket, list[Step]]]") -> bool:
        """Whether it is one ticket, the one in view, and nothing of it has left."""
        one = len(found) == 1 and found[0][0].id == self.selected_id()
        return one and all(step.back.how != "make_good" for _, steps in found for step in steps)

    async def _redo(self) -> None:
        from deskui.services.deeds import Deeds

        screen: Any = self
        deeds = Deeds(self.services.desk)
        deed = deeds.redoable()
        if deed is None:
            screen.app.say("nothing to do again: nothing was undone, or something was done since")
            return
        found = self._again(deeds, deed)
        mails = any(change.verb == "reply" for part in deed.parts for _, change in part.entries)
        one = len(found) == 1 and found[0][0].id == self.selected_id() and not mails
        lines = [f"{ticket.id} P{ticket.priority} {ticket.subject}: {said}" for ticket, said in found]
        if one or await self._agreed(f"Do {deed.said} again?", "U", "Do it again", lines):
            await self._told(deed, await apart(deeds.redo, deed), "done again")

    def _again(self, deeds: "Deeds", deed: "Deed") -> list[tuple[Ticket, str]]:
        from deskui.services.deeds import say

        found = []
        for uid in deed.tickets:
            ticket = self.services.desk.ticket(uid)
            changes = [change for part in deed.on(uid) for _, change in part.entries]
            texts = [f"\n    customer reads: {change.text}" for change in changes if change.verb == "reply"]  # type: ignore[attr-defined]
            if ticket is not None:
                found.append((ticket, " + ".join(map(say, changes)) + "".join(texts)))
        return found

    async def _agreed(self, title: str, key: str, label: str, lines: list[str]) -> bool:
        from deskui.ui.screens.choose import Choice, ChooseScreen

        screen: Any = self
        dialog = ChooseScreen(title, [Choice(key, label, "yes")], "\n".join(lines))
        answer = screen.app.push_screen(dialog, wait_for_dismiss=True)
        screen.app.keys_held = False
        said: str | None = await answer
        return said == "yes"

    async def _told(self, deed: "Deed", ended: "asyncio.Future[list[Outcome]]", word: str) -> None:
        screen: Any = self
        if wrong := ended.exception():
            screen.app.say(f"not saved: {wrong}", error=True)
            return
        outcomes = ended.result()
        if len(outcomes) == 1:
            from deskui.services.deeds import Deeds

            only, newest = outcomes[0], Deeds(self.services.desk).newest()
            gone_on = word == "undone" and only.state != "done" and (newest is None or newest.group != deed.group)
            more = " (u again: what was done before it)" if gone_on else ""
            screen.app.say(f"{only.ticket}: {only.said}{more}")
            return
        from deskui.ui.screens.bulk import SummaryScreen

        screen.app.push_screen(SummaryScreen(f"{deed.said}: {word}", outcomes))


def _named(deed: "Deed", found: "list[tuple[Ticket, list[Step]]]") -> str:
    where = found[0][0].id if len(found) == 1 else f"{len(found)} tickets"
    return f"{deed.said} on {where}"


def _lines(found: "list[tuple[Ticket, list[Step]]]") -> list[str]:
    return [
        f"{ticket.id} P{ticket.priority} {ticket.subject}: {'; '.join(step.said for step in steps)}"
        for ticket, steps in found
    ]
