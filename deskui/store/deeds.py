"""What was done here, kept as private facts, so that it can be undone after a restart and a bulk never runs twice."""

import json
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deskui.domain import bulk, deeds, outgoing
from deskui.store import journal

if TYPE_CHECKING:
    from deskui.domain.bulk import Order
    from deskui.domain.deeds import History
    from deskui.domain.outgoing import Entry
    from deskui.domain.ticket import Ticket
    from deskui.store.store import Tx

KIND = "did"
REMEMBERED = 3000  # rows that are read back: some hundred deeds, one bulk of the largest size


def part(tx: "Tx", group: str, ticket: "Ticket", entries: Sequence["Entry"], author: str) -> None:
    """These changes were made on `ticket`, which is as it was before them."""
    told = [[entry.uid, entry.change.verb, outgoing.to_json(entry.change)] for entry in entries]
    row = {"step": "part", "group": group, "ticket": ticket.uid, "entries": told, "before": deeds.kept(ticket)}
    _keep(tx, f"ticket:{ticket.uid}", row, author)


def begin(tx: "Tx", group: str, order: "Order", uids: Iterable[str], author: str, again: str = "") -> None:
    """An order on several tickets begins: what it will do is kept before anything of it is done."""
    tickets = list(uids)
    row = {
        "step": "begin", "group": group, "what": order.what, "steps": bulk.dumped(order.steps), "tickets": tickets,
        "key": bulk.key(order, tickets), "again": again,
    }  # fmt: skip
    _keep(tx, f"group:{group}", row, author)


def end(tx: "Tx", group: str, author: str) -> None:
    """It came to its end."""
    _keep(tx, f"group:{group}", {"step": "end", "group": group}, author)


def undone(tx: "Tx", group: str, uid: str, told: Mapping[str, Any], author: str) -> None:
    """It was undone on that ticket; `told` says how."""
    _keep(tx, f"ticket:{uid}", {"step": "undone", "group": group, "ticket": uid, **told}, author)


def _keep(tx: "Tx", subject: str, row: Mapping[str, Any], author: str) -> None:
    journal.append(tx, KIND, subject, row, author=author, scope="private")


def uid_in(group: str, ticket: str, number: int) -> str:
    """The outbox uid of an order's change on a ticket: the same however often the order is begun."""
    return str(uuid.uuid5(uuid.UUID(group), f"{ticket}/{number}"))


def history(db: sqlite3.Connection, authors: Collection[str]) -> "History":
    """What these people did here lately."""
    found = db.execute(
        f"""SELECT author, at, data FROM journal WHERE kind = ? AND author IN ({",".join("?" * len(authors))})
            ORDER BY pk DESC LIMIT ?""",
        (KIND, *authors, REMEMBERED),
    ).fetchall()
    return deeds.history((author, at, json.loads(data)) for author, at, data in reversed(found))
