"""Many whole tickets at once, for a desk that is made up: a few executemany instead of an upsert for each row."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskui.domain import ticket as values
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.store import derive, rebuild, search, statements
from deskui.store.ids import uuid7
from deskui.store.outbox import dumps

if TYPE_CHECKING:
    from deskui.store.store import Tx

Known = tuple[Ticket, Sequence[Event]]


def load(tx: "Tx", desk: Iterable[Known]) -> int:
    """Put tickets that are not there yet, each with its complete history, oldest first; answers how many.

    sqlite3.IntegrityError if one is there already.  What is derived is derived as in `rebuild`.
    """
    first = int(tx.db.execute("SELECT coalesce(max(pk), 0) + 1 FROM ticket").fetchone()[0])
    tickets: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    texts: list[tuple[int, str]] = []
    for pk, (ticket, history) in enumerate(desk, first):
        tickets.append(_ticket(tx, pk, ticket, history))
        texts.append((pk << search.SHIFT, ticket.subject))
        events.extend(_events(pk, ticket.upstream, history, texts))
    if tickets:
        tx.db.executemany(statements.insert("ticket", tuple(tickets[0])), tickets)
    if events:
        tx.db.executemany(statements.insert("event", tuple(events[0])), events)
    tx.db.executemany("INSERT INTO body(pk, text) VALUES (?, ?)", texts)
    tx.db.executemany("INSERT INTO search(rowid, text) VALUES (?, ?)", texts)
    return len(tickets)


def _ticket(tx: "Tx", pk: int, ticket: Ticket, history: Sequence[Event]) -> dict[str, Any]:
    uid, name = uuid7(), tx.prefix(ticket.upstream) + ticket.remote_id
    shown = replace(ticket, uid=uid, id=name, holds=derive.holds(history))
    row = rebuild.columns(shown, derive.clocks(tx.rules.judging(shown), shown, history, True))
    tx.touch(uid)
    return row | {
        "pk": pk, "uid": uid, "id": name, "upstream": ticket.upstream, "remote_id": ticket.remote_id, "pending": 0,
        "answered": int(shown.is_open and derive.answered(history)), "gone": 0, "history": 2, "merged_into": None,
        "gone_at": None, "base": dumps(values.to_json(replace(ticket, uid="", id="", holds=()))),
    }  # fmt: skip


def _events(pk: int, upstream: str, history: Sequence[Event], texts: list[tuple[int, str]]) -> Iterable[dict[str, Any]]:
    number = pk << search.SHIFT
    for event in history:
        body = None if event.text is None else 0
        if event.text:
            number += 1
            body = number
            texts.append((number, event.text))
        yield {
            "ticket": pk, "upstream": upstream, "key": event.key, "at": event.at, "made_at": event.made_at,
            "type": event.type, "author": event.author, "side": event.side, "data": dumps(dict(event.data)),
            "body": body,
        }  # fmt: skip
