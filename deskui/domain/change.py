"""What a technician may do to a ticket: one small class per verb, replayed on whatever the ticket has become."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from deskui.domain.attachment import File
from deskui.domain.people import moved
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass

Fact = tuple[str, Mapping[str, Any], str | None]  # event type, data, text


@dataclass(frozen=True)
class Change:
    """One verb with its arguments.  `field` is the ticket field it moves; None: it never conflicts."""

    verb: ClassVar[str] = ""
    field: ClassVar[str | None] = None

    def refused(self, ticket: Ticket) -> str | None:
        """Why the ticket's state does not allow it, as a sentence; None: allowed."""
        return None if ticket.is_open else f"{ticket.id} is {ticket.state}: {self.verb} needs an open ticket"

    def apply(self, ticket: Ticket) -> Ticket:
        """The ticket after it."""
        return ticket

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        """The events it makes on `ticket`, in order."""
        raise NotImplementedError(self.verb)


@dataclass(frozen=True)
class Create(Change):
    """A new ticket; `received` (epoch seconds) is when it was phoned in, `token` finds it again upstream."""

    verb: ClassVar[str] = "create"
    subject: str
    text: str = ""
    queue: str | None = None
    customer: str | None = None
    requestor: str | None = None
    priority: int = 4
    kind: str = "incident"
    ci: str | None = None
    received: int | None = None
    token: str = ""

    def refused(self, ticket: Ticket) -> str | None:
        return None

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(
            ticket, subject=self.subject, queue=self.queue, customer=self.customer, priority=self.priority,
            kind=self.kind, cis=(self.ci,) if self.ci else (), received=self.received, token=self.token,
            requestors=(self.requestor,) if self.requestor else (),
        )  # fmt: skip

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("created", {"priority": self.priority, "state": "new"}, self.text),)


@dataclass(frozen=True)
class Acknowledge(Change):
    """Somebody has seen it and says so: ends the response clock; a new ticket becomes in progress."""

    verb: ClassVar[str] = "ack"
    field: ClassVar[str | None] = "state"

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, state="in_progress") if ticket.state == "new" else ticket

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        moved = ("field", {"field": "state", "from": "new", "to": "in_progress"}, None)
        return (("acknowledge", {}, None), *((moved,) if ticket.state == "new" else ()))


@dataclass(frozen=True)
class Assign(Change):
    """Gives it to `who` (an upstream's user name), or to nobody."""

    verb: ClassVar[str] = "assign"
    field: ClassVar[str | None] = "owner"
    who: str | None

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, owner=self.who)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("assign", {"from": ticket.owner, "to": self.who}, None),)


@dataclass(frozen=True)
class Hold(Change):
    """Waits for somebody else, with the reason; `until` (epoch seconds) is when to look again."""

    verb: ClassVar[str] = "hold"
    field: ClassVar[str | None] = "state"
    reason: str
    until: int | None = None

    def apply(self, ticket: Ticket) -> Ticket:
        holds = (*(reason for reason in ticket.holds if reason != self.reason), self.reason)
        return replace(ticket, state="pending", holds=holds)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        until = {} if self.until is None else {"until": self.until}
        return (("hold", {"reason": self.reason, **until}, None),)


@dataclass(frozen=True)
class Resume(Change):
    """Ends the hold of `reason`, or all; the ticket leaves pending when none is left."""

    verb: ClassVar[str] = "resume"
    field: ClassVar[str | None] = "state"
    reason: str | None = None

    def refused(self, ticket: Ticket) -> str | None:
        if ticket.state != "pending":
            return f"{ticket.id} is {ticket.state}: only a pending ticket can be resumed"
        if self.reason and self.reason not in ticket.holds:
            return f"{ticket.id} has no hold for {self.reason} (holds: {', '.join(ticket.holds)})"
        return None

    def apply(self, ticket: Ticket) -> Ticket:
        left = tuple(reason for reason in ticket.holds if self.reason and reason != self.reason)
        return replace(ticket, holds=left, state="pending" if left else "in_progress")

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("resume", {"reason": self.reason} if self.reason else {}, None),)


@dataclass(frozen=True)
class _Move(Change):
    """A move to a final state, or back from one, with a work note that says why."""

    field: ClassVar[str | None] = "state"
    event: ClassVar[str] = ""
    to: ClassVar[str] = ""
    text: str = ""

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, state=self.to, holds=())

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        note: tuple[Fact, ...] = (("internal_note", {}, self.text),) if self.text else ()
        return (*note, (self.event, {}, None))


@dataclass(frozen=True)
class Resolve(_Move):
    """Done, with the resolution as a work note."""

    verb: ClassVar[str] = "resolve"
    event: ClassVar[str] = "resolve"
    to: ClassVar[str] = "resolved"


@dataclass(frozen=True)
class Cancel(_Move):
    """Not to be done after all; counts in no figure."""

    verb: ClassVar[str] = "cancel"
    event: ClassVar[str] = "cancel"
    to: ClassVar[str] = "cancelled"


@dataclass(frozen=True)
class Reopen(_Move):
    """Not done after all: goes on with what was left of its clocks."""

    verb: ClassVar[str] = "reopen"
    event: ClassVar[str] = "reopen"
    to: ClassVar[str] = "in_progress"

    def refused(self, ticket: Ticket) -> str | None:
        if ticket.state in ("resolved", "closed"):
            return None
        return f"{ticket.id} is {ticket.state}: only a resolved or closed ticket can be reopened"


@dataclass(frozen=True)
class Close(_Move):
    """The customer agrees that it is done."""

    verb: ClassVar[str] = "close"
    event: ClassVar[str] = "close"
    to: ClassVar[str] = "closed"

    def refused(self, ticket: Ticket) -> str | None:
        return None if ticket.state == "resolved" else f"{ticket.id} is {ticket.state}: resolve it before closing it"


@dataclass(frozen=True)
class _Message(Change):
    """Words on a ticket of any state, with the minutes worked."""

    event: ClassVar[str] = ""
    told: ClassVar[tuple[str, ...]] = ("minutes",)
    text: str
    minutes: int = 0

    def refused(self, ticket: Ticket) -> str | None:
        return None

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, minutes=ticket.minutes + self.minutes)

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        said = {name: getattr(self, name) for name in self.told}
        return ((self.event, {name: value for name, value in said.items() if value}, self.text),)


@dataclass(frozen=True)
class Reply(_Message):
    """A public reply: the customer reads it; `to` and `cc` move people (`+ADDR`, `-ADDR`) before it goes.

    The content of its `files` is in the store, by their ids; one without an id is only a path that was typed.
    """

    verb: ClassVar[str] = "reply"
    event: ClassVar[str] = "public_reply"
    told: ClassVar[tuple[str, ...]] = ("minutes", "to", "cc")
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    files: tuple[File, ...] = ()

    def refused(self, ticket: Ticket) -> str | None:
        return _unread(self.files)

    def apply(self, ticket: Ticket) -> Ticket:
        to, cc = moved(ticket.requestors, self.to), moved(ticket.cc, self.cc)
        return replace(_Message.apply(self, ticket), requestors=to, cc=cc)


@dataclass(frozen=True)
class Note(_Message):
    """A work note: the customer never reads it, nor its `files`, which are as those of a reply."""

    verb: ClassVar[str] = "note"
    event: ClassVar[str] = "internal_note"
    files: tuple[File, ...] = ()

    def refused(self, ticket: Ticket) -> str | None:
        return _unread(self.files)


def _unread(files: tuple[File, ...]) -> str | None:
    """Why files of which only the path is known cannot be sent."""
    if all(file.id for file in files):
        return None
    return "files are attached to one message at a time: in its editor, or with `deskui do ID reply` or `note`"
