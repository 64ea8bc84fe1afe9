"""Drafts: what is being written, private to its author; one row for each time that somebody sat down to write."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from deskui.domain.attachment import File
from deskui.domain.draft import KINDS, Draft
from deskui.store import statements
from deskui.store.ids import uuid7

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx

NOTED = "drafts"  # the word of StoreChanged when one came or went, not at each keystroke

_SELECT = """SELECT d.uid, t.uid, d.kind, d.author, d.text, d.data, d.began, d.at FROM draft d
    CROSS JOIN ticket t ON t.pk = d.ticket"""


def keep(tx: "Tx", draft: Draft) -> None:
    """Keep it as it is now, under its uid; an empty one goes.  LookupError: no such ticket."""
    from deskui.store import outbox

    if draft.empty:
        drop(tx, draft.uid)
        return
    found = tx.db.execute("SELECT pk FROM ticket WHERE uid = ?", (draft.ticket,)).fetchone()
    if found is None:
        raise LookupError(f"no ticket {draft.ticket}")
    data: dict[str, Any] = {"minutes": draft.minutes, "to": draft.to, "cc": draft.cc, "known": draft.known}
    if draft.files:
        data["files"] = [asdict(file) for file in draft.files]
    row = {
        "uid": draft.uid, "ticket": found[0], "kind": draft.kind, "author": draft.author, "text": draft.text,
        "data": outbox.dumps(data), "began": draft.began or tx.now, "at": tx.now,
    }  # fmt: skip
    new = tx.db.execute("SELECT 1 FROM draft WHERE uid = ?", (draft.uid,)).fetchone() is None
    tx.db.execute(statements.upsert("draft", ("uid",), tuple(row)), row)
    if new:
        tx.note(NOTED)


def take(tx: "Tx", uid: str, as_: str) -> Draft | None:
    """Go on with it as `as_`: who has it open elsewhere keeps writing in a row of its own.  None: it is gone."""
    found = get(tx.db, uid)
    if found is not None:
        tx.db.execute("UPDATE draft SET uid = ? WHERE uid = ?", (as_, uid))
    return None if found is None else replace(found, uid=as_)


def drop(tx: "Tx", uid: str) -> bool:
    """It was sent or is not wanted any more; whether it was there."""
    gone = tx.db.execute("DELETE FROM draft WHERE uid = ?", (uid,)).rowcount > 0
    if gone:
        tx.note(NOTED)
    return gone


def back(tx: "Tx", entry: "Entry") -> str:
    """Words that were taken back, or that the upstream refused, are a draft again: nobody writes them twice.

    Its uid; empty: there were no words.
    """
    from deskui.store import tickets

    change, text = entry.change, getattr(entry.change, "text", "")
    if change.verb not in KINDS or not text.strip():
        return ""
    known = tuple(
        event.key for event in tickets.events(tx.db, entry.ticket)
        if event.type in ("public_reply", "customer_reply") and event.at <= entry.made_at
    )  # fmt: skip
    minutes, to, cc = (getattr(change, name, "") for name in ("minutes", "to", "cc"))
    draft = Draft(
        uuid7(), entry.ticket, change.verb, entry.author, text, str(minutes or ""), tuple(to), tuple(cc), known,
        files=getattr(change, "files", ()),
    )  # fmt: skip
    keep(tx, draft)
    return draft.uid


def move(tx: "Tx", ticket: str, to: str) -> None:
    """What was being written on one ticket (uid) is written on another."""
    pk = "(SELECT pk FROM ticket WHERE uid = ?)"
    tx.db.execute(f"UPDATE draft SET ticket = {pk} WHERE ticket = {pk}", (to, ticket))
    tx.note(NOTED)


def get(db: sqlite3.Connection, uid: str) -> Draft | None:
    """One draft."""
    row = db.execute(f"{_SELECT} WHERE d.uid = ?", (uid,)).fetchone()
    return None if row is None else _draft(row)


def of(db: sqlite3.Connection, authors: Collection[str], ticket: str = "", kind: str = "") -> list[Draft]:
    """The drafts of these authors (on one ticket, a uid; of one kind), newest first."""
    where, values = [f"d.author IN ({','.join('?' * len(authors))})"], list(authors)
    for column, value in (("t.uid", ticket), ("d.kind", kind)):
        if value:
            where.append(f"{column} = ?")
            values.append(value)
    rows = db.execute(f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY d.at DESC, d.uid DESC", values)
    return [_draft(row) for row in rows]


def marked(db: sqlite3.Connection, authors: Collection[str]) -> frozenset[str]:
    """The uids of the tickets on which drafts of these authors wait."""
    marks = ",".join("?" * len(authors))
    rows = db.execute(
        f"SELECT DISTINCT t.uid FROM draft d CROSS JOIN ticket t ON t.pk = d.ticket WHERE d.author IN ({marks})",
        list(authors),
    )
    return frozenset(uid for (uid,) in rows)


def _draft(row: tuple[Any, ...]) -> Draft:
    uid, ticket, kind, author, text, kept, began, at = row
    data = json.loads(kept)
    people = {name: tuple(data[name]) for name in ("to", "cc", "known")}
    files = tuple(File(**file) for file in data.get("files", ()))
    return Draft(uid, ticket, kind, author, text, data["minutes"], began=began, at=at, files=files, **people)
