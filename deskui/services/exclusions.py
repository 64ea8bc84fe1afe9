"""Time agreed not to count: asked for by one person, approved by another, and rebuilt into the clocks at once."""

from concurrent.futures import Future

from deskui.domain import when
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused
from deskui.store import journal, slafacts, tickets
from deskui.store.slafacts import Excluded as Excluded  # screens name it, and may not import the store
from deskui.store.store import Tx


class Exclusions:
    """Makes them for the tickets of `desk`; `Desk.exclusions` reads them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(
        self, name: str, start: int, end: int, reason: str, approver: str, note: str = ""
    ) -> "Future[Excluded]":  # fmt: skip
        """Exclude [start, end) (epoch seconds) from every clock of the ticket; it is rebuilt in the same transaction.

        The future raises UnknownTicket, or Refused with what the contract allows.
        """

        def work(tx: Tx) -> Excluded:
            uid, ticket = self._desk.wanted(tx, name)
            author = self._desk.me(ticket.upstream)
            allowed = self._desk.contract(ticket).terms.reasons
            if end <= start:
                raise Refused(f"the exclusion ends ({when.iso(end)}) before it begins ({when.iso(start)})")
            if reason not in allowed:
                raise Refused(f"the contract allows no exclusion for {reason!r} (allowed: {', '.join(allowed)})")
            self._another(ticket, author, approver)
            data = {"from": start, "to": end, "reason": reason, "approver": approver.strip(), "note": note}
            names = slafacts.subjects_of(tx.db, uid)
            made = journal.append(tx, slafacts.EXCLUSION, slafacts.subject_of(tx.db, uid), data, author=author)
            tickets.rebuild(tx, [uid])
            return next(each for each in slafacts.exclusions(tx.db, names) if each.uid == made)

        return self._desk.store.write(work)

    def take_back(self, name: str, exclusion: str, approver: str) -> "Future[Excluded]":
        """Let an exclusion (its uid) count no longer; the future raises UnknownTicket or Refused."""

        def work(tx: Tx) -> Excluded:
            uid, ticket = self._desk.wanted(tx, name)
            author = self._desk.me(ticket.upstream)
            there = slafacts.exclusions(tx.db, slafacts.subjects_of(tx.db, uid))
            found = next((each for each in there if each.uid == exclusion), None)
            if found is None:
                raise Refused(f"{ticket.id} has no exclusion {exclusion}")
            self._another(ticket, author, approver)
            data = {"takes_back": exclusion, "approver": approver.strip()}
            journal.append(tx, slafacts.EXCLUSION, slafacts.subject_of(tx.db, uid), data, author=author)
            tickets.rebuild(tx, [uid])
            return found

        return self._desk.store.write(work)

    def _another(self, ticket: Ticket, author: str, approver: str) -> None:
        """Nobody approves what they ask for themselves, under whatever name."""
        mine = {each.casefold() for each in (author, *self._desk.names())}
        if not approver.strip():
            raise Refused("an exclusion needs an approver: --approver WHO")
        if approver.strip().casefold() in mine:
            raise Refused(f"{approver} asks for it and cannot approve it too: name somebody else")
