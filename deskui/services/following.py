"""Follow-ups as screens and commands see them: those of whoever works here, and nobody else's."""

from concurrent.futures import Future

from deskui.domain.ticket import Ticket
from deskui.services import doing
from deskui.services.desk import Desk, Refused
from deskui.store import followups
from deskui.store.store import Tx


class Following:
    """Of the people that `desk` knows as "me" in its upstreams."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def at(self, ticket: Ticket) -> int | None:
        """When we want to look at it again, in epoch seconds; None: not, or it is finished."""
        names = self._desk.names()
        return self._desk.store.read(lambda db: followups.of(db, ticket.uid, names))

    def put(self, name: str, at: int | None) -> "Future[str]":
        """Look at the ticket again then, or (None) no more; its id.  The future raises UnknownTicket or Refused."""

        def work(tx: Tx) -> str:
            uid, ticket = doing.wanted(self._desk, tx, name)
            if at is not None and not ticket.is_open:
                raise Refused(f"{ticket.id} is {ticket.state}: there is nothing to look at again")
            followups.put(tx, uid, self._desk.me(ticket.upstream), at)
            return ticket.id

        return self._desk.store.write(work)

    def looked(self, ticket: Ticket, now: int) -> "Future[str] | None":
        """It was opened: a time that has come is over.  None: there was none."""
        at = None if self._desk.read_only else self.at(ticket)
        return None if at is None or at > now else self.put(ticket.id, None)
