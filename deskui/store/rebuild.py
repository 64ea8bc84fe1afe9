"""Invariants (a) and (b): what is shown is base + pending, and what is derived follows, in one transaction."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskui.domain import ticket as tickets
from deskui.domain.change import Create
from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass
from deskui.store import derive, facts, outbox, search, slafacts, statements
from deskui.store.derive import MADE
from deskui.store.names import listed

if TYPE_CHECKING:
    from deskui.domain.contract import Contract, Rules
    from deskui.store.store import Tx

READ = "SELECT pk, uid, id, upstream, remote_id, base, history, subject FROM ticket WHERE uid = ?"


@dataclass(frozen=True)
class Row:
    """What a ticket is made of before anything is derived."""

    pk: int
    uid: str
    id: str
    upstream: str
    remote_id: str | None
    base: str | None
    history: int
    subject: str


def rebuild(tx: "Tx", uids: Iterable[str]) -> None:
    """Derive these tickets anew from base, events and outbox, and announce them.  Unknown uids are passed over."""
    for uid in dict.fromkeys(uids):
        found = tx.db.execute(READ, (uid,)).fetchone()
        if found is not None:
            _rebuild(tx, Row(*found))


def _rebuild(tx: "Tx", row: Row) -> None:
    ticket = assembled(tx.db, row)
    contract = tx.rules.judging(ticket.promised)
    known = row.history > 0 or row.base is None
    names = slafacts.subjects(row.uid, row.upstream, row.remote_id)
    excluded, kept = slafacts.counted(slafacts.exclusions(tx.db, names)), slafacts.kept(tx.db, names)
    clocks = derive.clocks(contract, ticket.promised, _facts(ticket, contract), known, excluded, kept)
    values = columns(ticket.shown, clocks) | {
        "pending": sum(entry.state in outbox.UNSENT for entry in ticket.entries),
        "answered": int(ticket.shown.is_open and derive.answered([*ticket.events, *ticket.waiting])),
    }
    tx.db.execute(statements.update("ticket", "pk", tuple(values)), {**values, "key_pk": row.pk})
    if ticket.shown.subject != row.subject:
        search.subject(tx, row.pk, ticket.shown.subject)
    tx.touch(row.uid)


@dataclass(frozen=True)
class Assembled:
    """A ticket put together: as promised to the customer (base), as shown, its facts, and those that wait."""

    promised: Ticket
    shown: Ticket
    events: list[Event]
    waiting: list[Event]
    entries: list[Entry]


def assembled(db: sqlite3.Connection, row: Row) -> Assembled:
    """Base, events and outbox of a ticket, put together."""
    entries = outbox.waiting(db, row.uid)
    events = facts.of(db, row.pk)
    if row.base is None:
        entries = _with_create(db, row.uid, entries)
        start, events = unsent(row, entries)
    else:
        start = replace(
            tickets.from_json(json.loads(row.base)), uid=row.uid, id=row.id, remote_id=row.remote_id or "",
            holds=derive.holds(events),
        )  # fmt: skip
    shown, waiting = replayed(start, entries)
    return Assembled(shown if row.base is None else start, shown, events, waiting, entries)


def _facts(ticket: Assembled, contract: "Contract") -> list[Event]:
    """What the clocks count: what waits here only counts if the contract takes it as `made`."""
    if contract.policy.offline_events != "made":
        return ticket.events
    return [*ticket.events, *(event for event in ticket.waiting if event.type in MADE)]


def counted(db: sqlite3.Connection, row: Row, rules: "Rules") -> "tuple[Contract, int, int, list[Event]] | None":
    """Contract, start, first priority and facts of its clocks; None: its facts are missing."""
    found = promised(db, row, rules)
    if found is None:
        return None
    contract, ticket, events = found
    return contract, ticket.started, derive.first_priority(ticket, events), events


def promised(db: sqlite3.Connection, row: Row, rules: "Rules") -> "tuple[Contract, Ticket, list[Event]] | None":
    """Contract, the ticket as promised, and the facts that its clocks count; None: its facts are missing."""
    if not row.history and row.base is not None:
        return None
    ticket = assembled(db, row)
    contract = rules.judging(ticket.promised)
    return contract, ticket.promised, _facts(ticket, contract)


def _with_create(db: sqlite3.Connection, uid: str, entries: list[Entry]) -> list[Entry]:
    """A ticket that the upstream refused keeps what it was to be: nothing that was typed disappears."""
    if any(isinstance(entry.change, Create) for entry in entries):
        return entries
    refused = [entry for entry in outbox.entries(db, uid) if isinstance(entry.change, Create)]
    return [*refused[:1], *entries]


def unsent(row: Row, entries: Sequence[Entry]) -> tuple[Ticket, list[Event]]:
    """A ticket that no upstream has yet: it begins when its create was made, and its creation is a fact."""
    start = Ticket(row.upstream, uid=row.uid, id=row.id)
    for entry in entries:
        if isinstance(entry.change, Create):
            start = replace(start, created=entry.made_at, updated=entry.made_at)
            return start, [replace(event, pending=False) for event in entry.events(start)]
    return start, []


def replayed(start: Ticket, entries: Iterable[Entry]) -> tuple[Ticket, list[Event]]:
    """`start` with the entries on top, and the facts they will make."""
    waiting: list[Event] = []
    for entry in entries:
        if not (isinstance(entry.change, Create) and not start.remote_id):
            waiting += entry.events(start)
        start = entry.change.apply(start)
        start = replace(start, updated=max(start.updated, entry.made_at))
    return start, waiting


def columns(shown: Ticket, clocks: derive.Clocks) -> dict[str, Any]:
    """The columns of the ticket's row that follow from what is shown and from its clocks."""
    band, sort_due = clocks.sort(shown)
    return {
        "kind": shown.kind, "priority": shown.priority, "state": shown.state, "hold_reason": shown.hold_reason,
        "customer": shown.customer, "subject": shown.subject, "owner": shown.owner, "created": shown.created,
        "updated": shown.updated, "clock": clocks.clock, "due": clocks.due, "frozen": clocks.frozen,
        "mode": clocks.mode, "calendar": clocks.calendar, "nofirst": int(clocks.nofirst and shown.is_open),
        "late": int(clocks.late), "response_due": clocks.response_due, "resolution_due": clocks.resolution_due,
        "late_at": clocks.late_at, "standing": clocks.standing, "done": int(not shown.is_open), "band": band,
        "sort_due": sort_due, "runs": clocks.runs,
        "find": " ".join(filter(None, (shown.id, shown.subject, shown.customer, shown.owner))).casefold(),
        "tag_text": listed(shown.tags), "ci_text": listed(shown.cis),
        "shown": outbox.dumps(tickets.to_json(shown)),
    }  # fmt: skip
