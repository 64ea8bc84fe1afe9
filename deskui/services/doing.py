"""What the desk does to tickets: each inside the one transaction in which the change is kept."""

from dataclasses import replace
from typing import TYPE_CHECKING

from deskui.domain import change as changes
from deskui.domain import outgoing, sets
from deskui.domain.ticket import Ticket
from deskui.services.desk import Refused, UnknownTicket
from deskui.store import conflicts, deeds, drafts, ids, outbox, outfiles, tickets

if TYPE_CHECKING:
    from deskui.domain.change import Change, Create
    from deskui.domain.outgoing import Entry
    from deskui.services.desk import Desk
    from deskui.store.driver import Connection
    from deskui.store.store import Tx

DROPPABLE = frozenset(("queued", "unknown", "conflict", "rejected"))


def do(desk: "Desk", tx: "Tx", name: str, change: "Change", draft: str, group: str) -> "Entry":
    """Queue a change; the `draft` it was written in is gone with it.  UnknownTicket, Refused."""
    uid, ticket = wanted(desk, tx, name)
    if refusal := change.refused(ticket):
        raise Refused(refusal)
    if said := _idle(tx.db, uid, ticket, change):
        return outgoing.Entry("", uid, 0, change, desk.me(ticket.upstream), tx.now, "dropped", error=said)
    entry = add(desk, tx, uid, ticket, change)
    deeds.part(tx, group or desk.group(), ticket, [entry], entry.author)
    tickets.rebuild(tx, [uid])
    if draft:
        drafts.drop(tx, draft)
    return entry


def add(desk: "Desk", tx: "Tx", uid: str, ticket: Ticket, change: "Change", entry: str = "") -> "Entry":
    """Into the outbox (as `entry`), a reply or merge held back for a while; the caller rebuilds the ticket."""
    for file in outfiles.missing(tx.db, getattr(change, "files", ())):
        raise Refused(f"{file.name} is not kept any more: attach it again")
    change = _named(desk, tx, ticket, change)
    reply = isinstance(change, changes.Reply) and ticket.priority != 1
    held = desk.undo_seconds if reply or change.verb == "merge" else 0
    not_before = tx.now + held if held else 0
    return outbox.add(tx, uid, change, author=desk.me(ticket.upstream), not_before=not_before, entry=entry)


def _named(desk: "Desk", tx: "Tx", ticket: Ticket, change: "Change") -> "Change":
    """A link with the other ticket's id in the system.  UnknownTicket, Refused."""
    if change.verb not in ("link", "unlink", "merge"):
        return change
    from deskui.services.links import named

    return named(tx.db, desk.store.prefixes.get(ticket.upstream, ""), ticket, change)


def wanted(desk: "Desk", tx: "Tx", name: str) -> tuple[str, Ticket]:
    """The uid and the ticket that is to be changed.  UnknownTicket, Refused."""
    if desk.read_only:
        raise Refused("this is a read-only session: nothing is changed")
    uid = tickets.uid_of(tx.db, name)
    ticket = None if uid is None else tickets.shown(tx.db, uid)
    if uid is None or ticket is None:
        raise UnknownTicket(f"there is no ticket {name}")
    if tickets.gone(tx.db, uid):
        raise Refused(f"{ticket.id} was deleted upstream")
    return uid, ticket


def new(desk: "Desk", tx: "Tx", create: "Create", where: str) -> "tuple[str, Entry]":
    """Make a ticket for the upstream `where`; its id and the change.  Refused."""
    if desk.read_only:
        raise Refused("this is a read-only session: nothing is changed")
    made = create if create.token else replace(create, token=ids.uuid7())
    if desk.barred is not None and desk.barred(made.apply(Ticket(where))):
        raise Refused(f"nothing of {made.customer or made.requestor} is kept on this laptop: use another desk")
    uid = tickets.new(tx, where)
    entry = outbox.add(tx, uid, made, author=desk.me(where))
    tickets.rebuild(tx, [uid])
    shown = tickets.shown(tx.db, uid)
    assert shown is not None
    deeds.part(tx, desk.group(), shown, [entry], entry.author)
    return shown.id, entry


def drop(desk: "Desk", tx: "Tx", entry_uid: str, keep: bool) -> "Entry":
    """Give a change up (`keep`: its words become a draft again).  Refused."""
    entry = outbox.get(tx.db, entry_uid)
    if desk.read_only or entry is None:
        raise Refused("this is a read-only session" if desk.read_only else f"there is no change {entry_uid}")
    if entry.state not in DROPPABLE:
        raise Refused(_too_late(entry))
    dropped = outbox.mark(tx, entry_uid, "dropped")
    conflicts.close_of(tx, entry_uid, "dropped")
    tickets.rebuild(tx, [entry.ticket])
    if keep:
        drafts.back(tx, entry)
    return dropped


def _too_late(entry: "Entry") -> str:
    what = {"sending": "is on its way", "sent": "was sent", "dropped": "was already given up"}[entry.state]
    return f"change {entry.uid} ({entry.change.verb}) {what}: it cannot be taken back"


def _idle(db: "Connection", uid: str, ticket: Ticket, change: "Change") -> str:
    """Why the change would alter nothing, as a sentence; "": it would."""
    if isinstance(change, changes.Acknowledge) and acknowledged(db, uid, ticket):
        return f"{ticket.id} has had its first response: nothing to acknowledge"
    why = sets.idle(change, ticket)
    return f"{ticket.id}: {why}" if why else ""


def acknowledged(db: "Connection", uid: str, ticket: Ticket) -> bool:
    """Whether an acknowledgement would change nothing: the response clock has stopped, or one waits already."""
    if ticket.state == "new":
        return False
    if any(isinstance(entry.change, changes.Acknowledge) for entry in outbox.waiting(db, uid)):
        return True
    runs = tickets.runs(db, uid)
    return runs is not None and "response" in runs and runs["response"].state == "stopped"
