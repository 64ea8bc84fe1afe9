"""Is a ticket in scope?  What its contract says, and what somebody decided where it says nothing."""

from concurrent.futures import Future
from dataclasses import dataclass

from deskui.domain import scope
from deskui.domain.scope import SAID, Scope
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.store import journal, slafacts, tickets
from deskui.store.driver import Connection
from deskui.store.store import Tx

KIND = "scope"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided where the contract says nothing: `in` or `out`, by whom, when (epoch seconds) and why."""

    verdict: str
    by: str
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket's scope: by its contract, and by decision."""

    ticket: str
    contract: str
    scope: Scope
    decision: Decision | None
    listed: bool = True  # whether the contract lists services at all: without any, there is nothing to warn of

    @property
    def verdict(self) -> str:
        """in, out, or not_said as long as nobody has decided."""
        return self.decision.verdict if self.decision else self.scope.verdict

    @property
    def warning(self) -> str:
        """What to say before time is booked on it; "" if it is in scope."""
        if self.verdict == "in":
            return ""
        if self.decision:
            return f"{self.ticket} is OUT of scope: decided by {self.decision.by}: {self.decision.why}"
        clause = f": “{self.scope.clause}”" if self.scope.clause else f" ({self.scope.why})"
        what = "is OUT of scope" if self.verdict == "out" else "may be out of scope: the contract does not say"
        return f"{self.ticket} {what}{clause}"


class Scoping:
    """The scope check of the tickets of `desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def check(self, name: str) -> Asked:
        """What is so of a ticket, by id, alias or uid.  UnknownTicket."""
        return self._desk.store.read(lambda db: self._asked(db, *self._ticket(db, name)))

    def decide(self, name: str, verdict: str, why: str) -> "Future[Asked]":
        """Keep a decision (`in` or `out`) on what the contract does not say; a later one replaces it.

        The future raises UnknownTicket, or Refused where the contract says it itself or no reason is given.
        """

        def work(tx: Tx) -> Asked:
            uid, ticket = self._desk.wanted(tx, name)
            said = self._asked(tx.db, uid, ticket).scope
            if said.verdict != "not_said":
                raise Refused(f"the contract says {SAID[said.verdict]} itself: “{said.clause}”")
            if not why.strip():
                raise Refused("a decision needs its reason: -m TEXT")
            data = {"verdict": verdict, "why": why.strip(), "ticket": ticket.id}
            subject = slafacts.subject_of(tx.db, uid)
            journal.append(tx, KIND, subject, data, author=self._desk.me(ticket.upstream))
            tx.touch(uid)
            return self._asked(tx.db, uid, ticket)

        return self._desk.store.write(work)

    def _ticket(self, db: Connection, name: str) -> tuple[str, Ticket]:
        uid = tickets.uid_of(db, name)
        ticket = None if uid is None else tickets.shown(db, uid)
        if uid is None or ticket is None:
            raise UnknownTicket(f"there is no ticket {name}")
        return uid, ticket

    def _asked(self, db: Connection, uid: str, ticket: Ticket) -> Asked:
        contract = self._desk.rules.of(ticket.customer, ticket.started)
        said = scope.check(contract.terms, ticket.subject, ticket.category, ticket.cis)
        found = slafacts.facts(db, uid, KIND) if said.verdict == "not_said" else []
        last = found[-1] if found else None
        decision = (
            None if last is None else Decision(str(last.data["verdict"]), last.author, last.at, str(last.data["why"]))
        )
        return Asked(ticket.id, contract.name, said, decision, bool(contract.terms.services))
