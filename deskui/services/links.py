"""A ticket's links for people: what the other tickets are called and how they stand."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deskui import text
from deskui.domain import links
from deskui.domain.change import Change
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.store import tickets

if TYPE_CHECKING:
    from deskui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Linked:
    """One link: `id` is what people call the other ticket; `ticket` is None where it has not been read here."""

    kind: str
    remote: str
    id: str
    ticket: Ticket | None


def linked(desk: Desk, ticket: Ticket) -> list[Linked]:
    """The links of a ticket, in the order to show; what was merged is shown as the ticket that it became."""
    prefix = desk.store.prefixes.get(ticket.upstream, "")
    found = []
    for kind, remote in links.pairs(ticket):
        other = desk.ticket(f"{prefix}{remote}")
        found.append(Linked(kind, remote, other.id if other else f"{prefix}{remote}", other))
    return found


def open_children(desk: Desk, ticket: Ticket) -> list[Ticket]:
    """Those of its parts on which somebody still has to do something."""
    others = [each.ticket for each in linked(desk, ticket) if each.kind == "child"]
    return list({other.uid: other for other in others if other is not None and other.is_open}.values())


def merging(ticket: Ticket, into: Ticket) -> str:
    """What merging will do, for the one who is asked."""
    said = [
        f"GOES      {_described(ticket)}", f"SURVIVES  {_described(into)}", "",
        f"All messages of both are in {into.id} then, and {ticket.id} finds it;",
        f"priority, owner and state are those of {into.id}.",
        f"This cannot be undone in {ticket.upstream}.",
    ]  # fmt: skip
    if ticket.customer != into.customer:
        said.insert(2, f"OF ANOTHER CUSTOMER: {ticket.customer or 'none'} / {into.customer or 'none'}")
    return "\n".join(said)


def _described(ticket: Ticket) -> str:
    return text.line(f"{ticket.id} P{ticket.priority} {ticket.state}  {ticket.customer or '-'}: {ticket.subject}")


def quoted(ticket: Ticket, author: str, when: str, words: str) -> str:
    """A message as it begins a new ticket."""
    lines = text.block(words, len(words)).rstrip().split("\n")
    return "\n".join((text.line(f"{author} wrote in {ticket.id}, {when}:"), "", *(f"> {line}" for line in lines), ""))


def named(db: "Connection", prefix: str, ticket: Ticket, change: Change) -> Change:
    """The change with what the other ticket is called in the system.  UnknownTicket, Refused."""
    if not isinstance(change, Link | Unlink | Merge) or change.remote:
        return change
    if isinstance(change, Unlink):
        return _taken(db, prefix, ticket, change)
    other = _other(db, change.to)
    if other is None:
        raise UnknownTicket(f"there is no ticket {change.to}")
    done = "merged with" if isinstance(change, Merge) else "linked to"
    if other.uid == ticket.uid:
        raise Refused(f"{ticket.id} cannot be {done} itself")
    if other.upstream != ticket.upstream:
        raise Refused(f"{other.id} is in {other.upstream}, {ticket.id} in {ticket.upstream}: they cannot be {done}")
    if isinstance(change, Merge) and not other.remote_id:  # a link waits in the outbox until that one was made
        raise Refused(f"{other.id} is not in {other.upstream} yet: wait until it was sent")
    if isinstance(change, Link) and links.made(change.kind, other.remote_id) in ticket.links:
        raise Refused(f"{ticket.id} is {links.WORDS[change.kind]} {other.id} already")
    return replace(change, to=other.id, remote=other.remote_id)


def _taken(db: "Connection", prefix: str, ticket: Ticket, change: Unlink) -> Unlink:
    other = _other(db, change.to)
    names = {change.to.casefold(), *((other.id.casefold(),) if other else ())}
    for kind, remote in links.pairs(ticket):
        there = _other(db, f"{prefix}{remote}")
        called = {f"{prefix}{remote}".casefold(), *((there.id.casefold(),) if there else ())}
        if change.kind in ("", kind) and called & names:
            return replace(change, kind=kind, remote=remote)
    of = f" {change.kind}" if change.kind else ""
    raise Refused(f"{ticket.id} has no{of} link to {change.to}")


def _other(db: "Connection", name: str) -> Ticket | None:
    uid = tickets.uid_of(db, name)
    return tickets.shown(db, uid) if uid else None
