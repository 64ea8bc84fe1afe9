"""What was done, as it can be undone and done again: the stack of deeds, and what undoing one change means.  Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskui.domain import bulk
from deskui.domain.change import Assign, Change, Hold, Reopen, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.links import Link, Unlink
from deskui.domain.sets import Moves
from deskui.domain.ticket import Ticket
from deskui.domain.ticket import from_json as ticket_from_json

BEFORE = ("owner", "priority", "state", "holds", "impact", "urgency", "category", "cis", "links", "subject",
          "tags", "cc")  # fmt: skip
BACK = "Undone: "


@dataclass(frozen=True, slots=True)
class Part:
    """What a deed did to one ticket (a uid): outbox uids with their changes, and the ticket as it was before."""

    ticket: str
    entries: tuple[tuple[str, Change], ...]
    before: Ticket


@dataclass(slots=True)
class Deed:
    """A group of changes that is undone as one; `undone` says of each ticket what undoing it did.

    `ordered` are the tickets of a bulk; `again` is the deed that this one does again.
    """

    group: str
    author: str
    at: int
    what: str = ""
    key: str = ""
    steps: tuple[Change, ...] = ()
    ordered: tuple[str, ...] = ()
    again: str = ""
    ended: bool = True
    parts: list[Part] = field(default_factory=list)
    undone: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def tickets(self) -> tuple[str, ...]:
        """The tickets (uids) that it touched, in order."""
        return tuple(dict.fromkeys(part.ticket for part in self.parts))

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left to undo."""
        return set(self.tickets) <= set(self.undone)

    def on(self, ticket: str) -> list[Part]:
        """Its parts on one ticket, oldest first."""
        return [part for part in self.parts if part.ticket == ticket]

    @property
    def said(self) -> str:
        """In people's words."""
        return self.what or " + ".join(dict.fromkeys(c.verb for part in self.parts for _, c in part.entries))


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and what can be done again, oldest first; `open`: bulks that were cut off."""

    undo: tuple[Deed, ...]
    redo: tuple[Deed, ...]
    open: tuple[Deed, ...]


def history(rows: Iterable[tuple[str, int, Mapping[str, Any]]]) -> History:
    """From the rows (author, time, what is kept), oldest first.  A new deed ends what could be done again."""
    deeds: dict[str, Deed] = {}
    redo: list[str] = []
    for author, at, row in rows:
        step, group = row["step"], row["group"]
        deed = deeds.get(group)
        if deed is None:
            if step not in ("begin", "part"):  # its beginning is too long ago
                continue
            deed = deeds[group] = Deed(group, author, at)
            if not row.get("again"):
                redo.clear()
        _take(deed, step, row, redo)
    undo = [deed for deed in deeds.values() if deed.parts and not deed.whole]
    again = [deeds[group] for group in redo if group in deeds]
    return History(tuple(undo), tuple(again), tuple(deed for deed in deeds.values() if not deed.ended))


def _take(deed: Deed, step: str, row: Mapping[str, Any], redo: list[str]) -> None:
    if step == "begin":
        deed.what, deed.key, deed.again = row["what"], row["key"], row.get("again", "")
        deed.steps, deed.ordered, deed.ended = bulk.loaded(row["steps"]), tuple(row["tickets"]), False
    elif step == "part":
        entries = tuple((uid, bulk.loaded([[verb, payload]])[0]) for uid, verb, payload in row["entries"])
        deed.parts.append(Part(row["ticket"], entries, restored(row["before"])))
    elif step == "end":
        deed.ended = True
        if deed.again in redo:
            redo.remove(deed.again)
    else:
        deed.undone[row["ticket"]] = row
        deed.ended = True
        if deed.whole and deed.group not in redo and any(can_again(told) for told in deed.undone.values()):
            redo.append(deed.group)


def can_again(told: Mapping[str, Any]) -> bool:
    """Whether what was undone on a ticket can be done again: something of it was."""
    return bool(told.get("did"))


def kept(ticket: Ticket) -> dict[str, Any]:
    """What a change may move, as it is."""
    return {"id": ticket.id} | {name: getattr(ticket, name) for name in BEFORE}


def restored(values: Mapping[str, Any]) -> Ticket:
    """The inverse of `kept`: a ticket of which only that is known."""
    return ticket_from_json({"upstream": "", **values})


# --- undoing one change


@dataclass(frozen=True, slots=True)
class Back:
    """How one change is undone: it is dropped, made good by `changes`, stays (`why`), or must wait (`why`)."""

    how: str  # drop, make_good, stays, wait
    changes: tuple[Change, ...] = ()
    why: str = ""


def back(change: Change, before: Ticket, now: Ticket, state: str) -> Back:
    """What undoing `change`, whose entry in the outbox is in `state`, means for the ticket as it is `now`."""
    if state in ("queued", "conflict", "rejected"):
        return Back("drop")
    if state == "sending":
        return Back("wait", why=f"{change.verb} is on its way: ask again in a moment")
    if state == "unknown":
        return Back("wait", why=f"nobody knows yet whether {change.verb} was sent: settle that first (gs)")
    if state != "sent":
        return Back("stays", why=f"{change.verb} was given up already")
    if change.verb == "merge":
        return Back("stays", why=_STAYS["merge"])
    after = change.apply(before)
    if change.field and getattr(now, change.field) != getattr(after, change.field):
        return Back("stays", why=f"the {change.field} has been moved since: that stays")
    return _made_good(change, before)


_STAYS = {
    "reply": "the reply was sent: a mail cannot be recalled",
    "note": "the note was sent and stays",
    "ack": "the acknowledgement was sent: the first response has been counted",
    "cancel": "a cancelled ticket cannot be opened again from here",
    "merge": "a merge cannot be undone",
    "create": "the ticket was made; cancel it (s)",
    "reopen": "it stays open; resolve it again (X) if that is meant: customers may be told",
}


def _made_good(change: Change, before: Ticket) -> Back:
    if change.verb in _STAYS:
        return Back("stays", why=_STAYS[change.verb])
    if isinstance(change, Link | Unlink):
        return _link_back(change, before)
    if isinstance(change, Moves):
        undone = change.back(before)
        return Back("make_good", (undone,)) if undone else Back("stays", why=f"{change.verb} has changed nothing")
    changes = _state_back(change, before) if change.field == "state" else _field_back(change, before)
    if changes:
        return Back("make_good", changes)
    return Back("stays", why=f"{change.verb} was sent, and what was there before cannot be set from here")


def _link_back(change: Link | Unlink, before: Ticket) -> Back:
    if change.apply(before).links == before.links:
        return Back("stays", why=f"{change.verb} has changed nothing")
    other = Unlink if isinstance(change, Link) else Link
    return Back("make_good", (other(change.kind, change.to, change.remote),))


def _state_back(change: Change, before: Ticket) -> tuple[Change, ...]:
    if isinstance(change, Hold):
        return () if change.reason in before.holds else (Resume(change.reason),)
    if isinstance(change, Resume):
        left = change.apply(before).holds
        return tuple(Hold(reason) for reason in before.holds if reason not in left)
    return (Reopen(f"{BACK}{change.verb}"), *(Hold(reason) for reason in before.holds))


def _field_back(change: Change, before: Ticket) -> tuple[Change, ...]:
    if isinstance(change, Assign):
        return (Assign(before.owner),)
    if isinstance(change, SetPriority):
        return (SetPriority(before.priority),)
    if isinstance(change, SetCi):
        return (SetCi(before.cis[0]),) if len(before.cis) == 1 else ()
    value = getattr(before, str(change.field))
    return (
        (type(change)(value),)
        if isinstance(change, SetImpact | SetUrgency | SetCategory | SetSubject) and value
        else ()
    )
