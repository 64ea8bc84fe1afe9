"""What was said of a ticket's clocks once and for all: thresholds that fired, breaches, and the reasons of breaches."""

import json
import sqlite3
from array import array
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from deskui.domain.thresholds import Breach, Reached, State
from deskui.lazy import dataclass
from deskui.store import journal, slafacts

if TYPE_CHECKING:
    from deskui.store.store import Tx

THRESHOLD, BREACH, REASON = "threshold", "breach", "breach_reason"
RECENT_S = 2 * 86_400  # a ticket finished so lately may have been finished while no console looked


@dataclass(frozen=True)
class BreachRecord:
    """A breach as it is known now; times in epoch seconds, `overrun` and `target` in working seconds."""

    ticket: str
    customer: str | None
    breach: Breach
    at: int  # of the record
    reason: str = ""
    by: str = ""  # who gave the reason


def unsaid(db: sqlite3.Connection, uid: str, state: State) -> list[Reached]:
    """Of the shares reached, those that have not fired, on whatever console."""
    if not state.reached:
        return []
    fired = {
        (each.data["clock"], each.data["share"], each.data["interval"])
        for each in slafacts.facts(db, uid, THRESHOLD)
    }  # fmt: skip
    return [each for each in state.reached if (each.clock, each.share, each.interval) not in fired]


def unrecorded(db: sqlite3.Connection, uid: str, state: State) -> list[Breach]:
    """The breaches without a record, those that stopped or moved since theirs was made, and those that are none now.

    The latter also where the interval itself is none any more: the upstream's word on when it began has come since.
    """
    if not state.breaches and not state.met:
        return []
    known = {(each.breach.clock, each.breach.interval): each.breach for each in of_ticket(db, uid)}
    judged = {(each.clock, each.interval): each for each in (*state.breaches, *state.met)}
    lifted = [
        judged.get(key, replace(was, overrun=0)) for key, was in known.items()
        if was.overrun and (key not in judged or not judged[key].overrun)
    ]  # fmt: skip
    return lifted + [each for each in state.breaches if _new(known.get((each.clock, each.interval)), each)]


def _new(known: Breach | None, found: Breach) -> bool:
    if known is None or not known.overrun or (found.stopped_at is not None and found != known):
        return True
    return (known.due, known.target, known.priority) != (found.due, found.target, found.priority)


def fire(tx: "Tx", uid: str, ticket: str, reached: Reached) -> None:
    """Remember that it fired; nothing fires twice."""
    journal.append(tx, THRESHOLD, slafacts.subject_of(tx.db, uid), {**asdict(reached), "ticket": ticket}, author="")
    tx.note("thresholds")


def record(tx: "Tx", uid: str, ticket: str, customer: str | None, breach: Breach) -> None:
    """Add a record of the breach as it is now; the one before stays."""
    data = {**asdict(breach), "ticket": ticket, "customer": customer}
    journal.append(tx, BREACH, slafacts.subject_of(tx.db, uid), data, author="")
    tx.note("breaches")


def explain(tx: "Tx", uid: str, breach: Breach, text: str, author: str) -> None:
    """Keep the reason that somebody gives for a breach; a later one replaces it."""
    data = {"clock": breach.clock, "interval": breach.interval, "text": text}
    journal.append(tx, REASON, slafacts.subject_of(tx.db, uid), data, author=author)
    tx.note("breaches")
    tx.touch(uid)


def of_ticket(db: sqlite3.Connection, uid: str) -> list[BreachRecord]:
    """The breaches of a ticket, by when the clock had begun to count, oldest first, each as recorded last."""
    found = _projected(slafacts.facts(db, uid, BREACH), slafacts.facts(db, uid, REASON), lambda row: uid)
    return sorted(found, key=lambda each: each.breach.interval)


def all_(db: sqlite3.Connection) -> list[BreachRecord]:
    """Every breach, oldest first."""

    @cache
    def ticket(subject: str) -> str:
        return slafacts.uid_of(db, subject) or subject

    return _projected(journal.rows(db, BREACH), journal.rows(db, REASON), lambda row: ticket(row.subject))


def _projected(
    rows: list[journal.Record], reasons: list[journal.Record], whose: Callable[[journal.Record], str]
) -> list[BreachRecord]:
    """The newest row of each breach; `whose` gives the ticket of a row, which may go by two names."""
    why = {(whose(each), each.data["clock"], each.data["interval"]): each for each in reasons}
    found: dict[tuple[str, str, int], BreachRecord] = {}
    for row in rows:
        data: dict[str, Any] = dict(row.data)
        ticket, customer = data.pop("ticket"), data.pop("customer")
        breach = Breach(**data)
        key = (whose(row), breach.clock, breach.interval)
        reason = why.get(key)
        text, by = ("", "") if reason is None else (str(reason.data["text"]), reason.author)
        found[key] = BreachRecord(ticket, customer, breach, row.at, text, by)
    return list(found.values())


def fired_after(db: sqlite3.Connection, after: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """The thresholds that fired after the mark `after`, oldest first, the newest `limit` of them; and the next mark."""
    rows = db.execute(
        "SELECT pk, data FROM journal WHERE kind = ? AND pk > ? ORDER BY pk DESC LIMIT ?", (THRESHOLD, after, limit)
    ).fetchall()
    return rows[0][0] if rows else after, [json.loads(data) for _, data in reversed(rows)]


def watched(db: sqlite3.Connection, now: int) -> "array[int]":
    """The pks of the tickets whose clocks are worth a look, the nearest due first: open, or finished lately."""
    rows = db.execute(
        "SELECT pk FROM ticket WHERE gone = 0 AND history > 0 AND (done = 0 OR updated >= ?) ORDER BY band, sort_due",
        (now - RECENT_S,),
    )
    return array("q", (pk for (pk,) in rows))
