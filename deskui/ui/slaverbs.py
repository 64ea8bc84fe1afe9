"""What can be done for a ticket's SLA: exclude time, say why a clock was missed, ask whether it is in scope."""

from collections.abc import Callable, Coroutine
from typing import Any

from deskui.domain.ticket import Ticket


class SlaVerbs:
    """Part of `Verbs`; each question is in `slawork`, which is imported when it is asked."""

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        raise NotImplementedError

    def _sla(self, name: str) -> None:
        async def asked(ticket: Ticket) -> None:
            from deskui.ui import slawork

            screen: Any = self
            await getattr(slawork, name)(screen.app, ticket)

        self._begin(asked)

    def action_verb_exclude(self) -> None:
        """Time agreed not to count."""
        self._sla("exclude")

    def action_verb_reason(self) -> None:
        """Why a clock was missed."""
        self._sla("reason")

    def action_verb_scope(self) -> None:
        """What the contract says of it."""
        self._sla("scope")
