"""Drafts as screens and commands see them: those of whoever works here, and nobody else's."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from deskui.domain.draft import Draft
from deskui.domain.ticket import Ticket
from deskui.domain.when import iso
from deskui.services.desk import Desk, UnknownTicket
from deskui.store import drafts, ids, tickets
from deskui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft, the ticket that it was written on, and the id of the one that this was merged into ("": it was not)."""

    draft: Draft
    ticket: Ticket
    into: str = ""


class Drafts:
    """Of the people that `desk` knows as "me" in its upstreams."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # reading

    def on(self, name: str, kind: str = "") -> list[Draft]:
        """Those on one ticket (id, alias or uid; of one kind), newest first; not those on what was merged into it."""

        def read(db: Connection) -> list[Draft]:
            uid = tickets.uid_of(db, name)
            return drafts.of(db, self._desk.names(), uid, kind) if uid else []

        return self._desk.store.read(read)

    def all(self) -> list[Waiting]:
        """Every one with its ticket, newest first."""
        names = self._desk.names()
        return self._desk.store.read(lambda db: [_waiting(db, draft) for draft in drafts.of(db, names)])

    # writing; a future ends at the commit and raises StoreError where the disk refused

    def begin(self, ticket: Ticket, kind: str, known: Iterable[str] = ()) -> Draft:
        """A new one, still empty and not kept."""
        return Draft(ids.uuid7(), ticket.uid, kind, self._desk.me(ticket.upstream), known=tuple(known))

    def keep(self, draft: Draft) -> "Future[None]":
        """As it is now; an empty one goes."""
        return self._desk.store.write(lambda tx: drafts.keep(tx, draft))

    def take(self, uid: str) -> "Future[Draft | None]":
        """Go on with it; None: it was sent or discarded meanwhile."""
        return self._desk.store.write(lambda tx: drafts.take(tx, uid, ids.uuid7()))

    def drop(self, uid: str) -> "Future[bool]":
        """Discard it; whether it was there."""
        return self._desk.store.write(lambda tx: drafts.drop(tx, uid))


def _waiting(db: Connection, draft: Draft) -> Waiting:
    ticket = tickets.shown(db, draft.ticket)
    if ticket is None:  # the foreign key rules it out
        raise UnknownTicket(f"there is no ticket {draft.ticket}")
    now = tickets.uid_of(db, draft.ticket)
    survivor = tickets.shown(db, now) if now and now != draft.ticket else None
    return Waiting(draft, ticket, survivor.id if survivor else "")


def document(of: Waiting, now: int) -> dict[str, Any]:
    """One of `deskui draft list --json`."""
    draft = of.draft
    return {
        "draft": draft.uid, "ticket": of.ticket.id, "merged_into": of.into or None, "kind": draft.kind,
        "author": draft.author, "began": iso(draft.began), "at": iso(draft.at), "age_s": max(0, now - draft.at),
        "text": draft.text, "minutes": draft.minutes, "to": list(draft.to), "cc": list(draft.cc),
        "files": [{"name": file.name, "size": file.size} for file in draft.files],
    }  # fmt: skip
