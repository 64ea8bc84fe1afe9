"""When to look at a ticket again: asked for, shown, and over once it was looked at."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.ticket import Ticket
from deskui.ui import timeline
from deskui.ui.saving import settled

if TYPE_CHECKING:
    from deskui.domain import followup
    from deskui.services import following
else:
    followup = lazy.Module("deskui.domain.followup")
    following = lazy.Module("deskui.services.following")


class FollowVerbs:
    """Part of `Verbs`."""

    services: Any

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    async def _push(self, dialog: Any) -> str | None:
        raise NotImplementedError

    def action_verb_follow(self, *words: str) -> None:
        """At a time that is typed, or no more."""

        async def asked(ticket: Ticket) -> None:
            from deskui.ui.screens.choose import AskScreen

            typed: str | None = " ".join(words)
            screen: Any = self
            if not typed:
                title, now = f"Look at {ticket.id} again when?", line(self.services, ticket)
                typed = await self._push(AskScreen(title, followup.TOLD, body=now.strip(), check=self._follow_wrong))
            if typed is None:
                return
            if wrong := self._follow_wrong(typed):
                screen.app.say(wrong)
                return
            await self._follow(ticket, followup.parse(typed, self.services.zone, self.services.clock()))

        self._begin(asked)

    def _follow_wrong(self, typed: str) -> str:
        try:
            followup.parse(typed, self.services.zone, self.services.clock())
        except ValueError as error:
            return str(error)
        return ""

    async def _follow(self, ticket: Ticket, at: int | None) -> None:
        from deskui.ui.verbs import commit

        screen: Any = self
        zone, now = self.services.zone, self.services.clock()
        said = "no follow-up any more" if at is None else f"follow-up {timeline.stamp(at, zone, now)}, only here"
        await commit(screen.app, following.Following(self.services.desk).put(ticket.id, at), f"{ticket.id}: {said}")


def line(services: Any, ticket: Ticket) -> str:
    """When it is to be looked at again; "": not said."""
    at = following.Following(services.desk).at(ticket)
    return "" if at is None else f" FOLLOW-UP {timeline.stamp(at, services.zone, services.clock())} (d)"


async def looked(screen: Any, ticket: Ticket) -> None:
    """It was opened: a time that has come is over, and that is said."""
    future = following.Following(screen.services.desk).looked(ticket, screen.services.clock())
    if future is not None and await settled(future) is None:
        screen.show_status(f"{ticket.id}: you wanted to look at it again, and here it is; d sets another time")
