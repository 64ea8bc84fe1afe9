"""One ticket's history in RT while it is read: who acts, what belongs to which message, and the events so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from deskui.domain.event import Event
from deskui.upstream._deskline import Line
from deskui.upstream._rt_answers import Person, Txn
from deskui.upstream._rt_values import SYSTEM

TOGETHER_S = 10  # a message and the status change of the same request
_NONE: Mapping[str, Any] = {}


class Names(Protocol):
    """What stands behind RT's names and numbers."""

    def person(self, name: str) -> Person: ...
    def field(self, number: str) -> str: ...
    def state(self, status: str) -> str: ...
    def reason(self, status: str) -> str: ...
    def certain(self, status: str) -> bool: ...
    def band(self, number: str) -> int: ...


@dataclass(slots=True)
class Told:
    """What a history says: the events, and the facts about the ticket itself that RT has no field for."""

    events: list[Event] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)  # ticket fields from desk lines
    received: int | None = None
    token: str = ""
    state: str = "new"
    reason: str = ""  # why it waits, where its status says that
    merged: str = ""
    links: set[str] = field(default_factory=set)  # as a ticket keeps them


class Tale:
    """The transactions in order, and what they tell; made for one history, then thrown away."""

    def __init__(self, ticket: Mapping[str, Any], txns: Sequence[Txn], names: Names, service: str) -> None:
        self.told = Told()
        self._txns, self._names, self._service = txns, names, service
        self._requestors = frozenset(str(person.get("id", "")) for person in ticket.get("Requestor") or ())
        self._place = 0
        self._spoken: tuple[Txn, str, tuple[Line, ...]] | None = None  # the message just before, its author, its lines

    def __iter__(self) -> Iterator[Txn]:
        for txn in self._txns:
            self._place += 1
            yield txn
            if txn.type == "Status" or not (txn.type in ("Comment", "Correspond") or self._together(txn)):
                self._spoken = None  # a request moves the status once, and last

    def after(self) -> Iterator[Txn]:
        """The transactions behind the one that is being read."""
        return islice(self._txns, self._place, None)

    def side(self, txn: Txn) -> str:
        """A requestor's words are the customer's; what else Privileged users do is staff's, on their own tickets too.

        RT makes whoever logs a call its requestor, if he names none.
        """
        if txn.who == SYSTEM:
            return "system"
        if txn.who in self._requestors and txn.type in ("Create", "Correspond"):
            return "customer"
        return "staff" if self._names.person(txn.who).staff else "customer"

    def speak(self, txn: Txn, author: str, lines: tuple[Line, ...] = ()) -> None:
        """This is a message of `author` with these desk lines; what follows may belong to it."""
        self._spoken = (txn, author, lines)

    def said(self, txn: Txn, fact: str) -> Line | None:
        """The line that the message before had about this transaction."""
        if not (self._spoken and self._together(txn)):
            return None
        return next((line for line in self._spoken[2] if line.fact == fact), None)

    def _together(self, txn: Txn) -> bool:
        """Whether it belongs to the message before it."""
        return bool(self._spoken and self._spoken[0].who == txn.who and 0 <= txn.at - self._spoken[0].at <= TOGETHER_S)

    def event(
        self, txn: Txn, kind: str, data: Mapping[str, Any] = _NONE, *, number: int = 0, line: Line | None = None
    ) -> None:
        """Tell it as an event: the transaction's own, or its `number`-th; as its `line` says it, if it has one."""
        author = line.who if line else txn.who
        if line is None and self._spoken and txn.who == self._service and self._together(txn):
            author = self._spoken[1]
        made = min(line.at, txn.at) if line else None
        key = f"{txn.id}/{number}" if number else str(txn.id)
        self.told.events.append(Event(key, txn.at, kind, author, self.side(txn), made, data))
