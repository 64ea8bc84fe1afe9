"""What came to this desk since a time: tickets, replies, changes, breaches, and what became of what was sent."""

import json
import sqlite3
from typing import Any

from deskui.domain.alert import happened
from deskui.lazy import dataclass
from deskui.store import alerts

LIMIT = 500  # of each sort, the newest: nobody reads more
_MOVES = ("assign", "hold", "resume", "resolve", "reopen", "close", "cancel", "priority")
_NEW = """SELECT created, id, priority, customer, subject FROM ticket WHERE created >= ? AND gone = 0
    ORDER BY created DESC LIMIT ?"""
_EVENTS = """SELECT e.at, e.type, e.author, e.side, e.data, t.id, t.subject
    FROM ticket t JOIN event e ON e.ticket = t.pk
    WHERE t.updated >= ?1 AND t.gone = 0 AND e.at >= ?1 AND (e.type = 'customer_reply' OR e.type IN ({}))
    ORDER BY e.at DESC LIMIT ?2""".format(",".join(f"'{each}'" for each in _MOVES))  # fmt: skip
_SENT = """SELECT o.made_at, o.kind, o.state, o.error, t.id, t.subject FROM outbox o JOIN ticket t ON t.pk = o.ticket
    WHERE o.author = ?1 AND o.state = 'sent' AND EXISTS (
        SELECT 1 FROM json_each(o.receipt) r JOIN event e ON e.upstream = t.upstream AND e.key = r.value AND e.at >= ?2)
    ORDER BY o.seq DESC LIMIT ?3"""


@dataclass(frozen=True)
class Item:
    """One thing that happened, in raw texts.

    `kind` is new, reply, change, breach, threshold, sent, conflict, rejected, follow, offline or online.
    """

    at: int
    kind: str
    ticket: str
    text: str
    subject: str = ""


def since(db: sqlite3.Connection, at: int, me: str, mine: frozenset[str]) -> list[Item]:
    """Everything, the newest first."""
    found = [*_new(db, at), *_events(db, at, mine), *_fired(db, at, mine), *_sent(db, at, me)]
    return sorted(found, key=lambda each: (-each.at, each.ticket, each.kind))


def _new(db: sqlite3.Connection, at: int) -> list[Item]:
    rows = db.execute(_NEW, (at, LIMIT)).fetchall()
    return [Item(made, "new", name, f"P{prio} {who or '-'}", about) for made, name, prio, who, about in rows]


def _events(db: sqlite3.Connection, since: int, mine: frozenset[str]) -> list[Item]:
    out = []
    for at, kind, author, side, data, name, subject in db.execute(_EVENTS, (since, LIMIT)).fetchall():
        if kind == "customer_reply":
            out.append(Item(at, "reply", name, author, subject))
        elif author not in mine:
            who = author or ("the system" if side == "system" else side)
            out.append(Item(at, "change", name, f"{_move(kind, json.loads(data))} ({who})", subject))
    return out


def _move(kind: str, data: dict[str, Any]) -> str:
    if kind == "assign":
        return f"owner {data.get('from') or '-'} -> {data.get('to') or '-'}"
    if kind == "priority":
        return f"P{data.get('from') or '?'} -> P{data.get('to') or '?'}"
    return f"hold: {data['reason']}" if kind == "hold" and data.get("reason") else kind


def _fired(db: sqlite3.Connection, since: int, mine: frozenset[str]) -> list[Item]:
    """Of each clock only the highest share."""
    found: dict[tuple[str, ...], Item] = {}
    for each in alerts.between(db, since, LIMIT):
        if each.what != "p1" and each.whose in ("", *mine):  # a P1 is a new ticket, or a change of priority
            clock = each.what in ("threshold", "breach")
            key = (each.ticket, each.clock) if clock else (each.key,)
            found[key] = Item(each.at, each.what, each.ticket, happened(each) if clock else each.text, each.subject)
    return list(found.values())


def _sent(db: sqlite3.Connection, since: int, me: str) -> list[Item]:
    rows = db.execute(_SENT, (me, since, LIMIT)).fetchall()
    return [Item(at, "sent", name, kind, about) for at, kind, _, _, name, about in rows]
