"""A ticket's tags and Cc: asked for as what is put in and what is taken out, here or on all that are marked."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.ticket import Ticket
from deskui.ui.saving import apart

if TYPE_CHECKING:
    from deskui.domain import sets, verbs
    from deskui.domain.sets import Moves
else:
    sets = lazy.Module("deskui.domain.sets")
    verbs = lazy.Module("deskui.domain.verbs")

TITLES = {"tag": "Tags", "cc": "Cc"}
SHOWN = 40  # known tags that the question lists


class SetVerbs:
    """Part of `Verbs`."""

    services: Any

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    async def _do(self, ticket: Ticket, *changes: Any) -> bool:
        raise NotImplementedError

    async def _push(self, dialog: Any) -> str | None:
        raise NotImplementedError

    def action_verb_tags(self) -> None:
        """Put some on, take some off."""
        self._begin(lambda ticket: self._move(ticket, "tag"))

    def action_verb_cc(self) -> None:
        """Who gets a copy of the replies."""
        self._begin(lambda ticket: self._move(ticket, "cc"))

    async def _move(self, ticket: Ticket, verb: str) -> None:
        screen: Any = self
        kind = sets.SetTags if verb == "tag" else sets.SetCc
        lacks = await apart(self.services.writing.lacks, ticket.upstream, kind(()))
        if why := lacks.exception() or lacks.result():
            screen.app.say(str(why))
            return
        now = getattr(ticket, kind.name)
        if moves := await self._moves(f"{TITLES[verb]} of {ticket.id}", verb, now):
            await self._do(ticket, moves)

    async def _moves(self, title: str, verb: str, now: tuple[str, ...] = (), marked: bool = False) -> "Moves | None":
        """What is to come and go; None: nothing."""
        from deskui.ui.screens.moves import MovesScreen

        screen: Any = self
        known = screen.services.desk.tags() if verb == "tag" else ()
        typed = await self._push(MovesScreen(title, verb, now, known, marked))
        return None if typed is None else parsed(verb, typed)


def parsed(verb: str, typed: str) -> "Moves":
    """What was typed, as a change.  VerbError, or ValueError for a quote that does not end."""
    import shlex

    change: Any = verbs.parse(verb, ["--", *shlex.split(typed)], 0, "UTC")
    return change  # type: ignore[no-any-return]
