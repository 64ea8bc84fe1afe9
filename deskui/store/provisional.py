"""A ticket made here has its real id: what named it by its first one, and still waits or is kept, names it by that."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskui.domain.links import Link
from deskui.store import outbox, tickets

if TYPE_CHECKING:
    from deskui.domain.change import Change
    from deskui.domain.ticket import Ticket
    from deskui.store.store import Tx

WORDS = ("text", "why", "subject")  # of a change that people read


def named(said: str, old: str, new: str) -> str:
    """`said` with the ticket's new id wherever it names the old one (RT-~1, and not RT-~12)."""
    return re.sub(rf"(?<![\w~-]){re.escape(old)}(?!\d)", lambda _: new, said, flags=re.IGNORECASE)


def replaced(tx: "Tx", uid: str, old: str) -> None:
    """In changes that are queued, in drafts and in views.  The journal names tickets by their uid, which stays."""
    ticket = tickets.shown(tx.db, uid)
    if ticket is None or old.casefold() == ticket.id.casefold():
        return
    for entry in outbox.entries(tx.db, states=("queued",)):
        change = _change(entry.change, old, ticket)
        if change != entry.change:
            outbox.replace_change(tx, entry.uid, change)
            tickets.rebuild(tx, [entry.ticket])
    for table, key, column in (("draft", "uid", "text"), ("view", "name", "query")):
        mentions = f"SELECT {key}, {column} FROM {table} WHERE instr(lower({column}), lower(?)) > 0"
        for row, said in tx.db.execute(mentions, (old,)).fetchall():
            given = (named(said, old, ticket.id), row)
            tx.db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", given)


def _change(change: "Change", old: str, ticket: "Ticket") -> "Change":
    if isinstance(change, Link) and change.to.casefold() == old.casefold():
        return replace(change, to=ticket.id, remote=ticket.remote_id)
    said: dict[str, Any] = {
        name: named(getattr(change, name), old, ticket.id) for name in WORDS if hasattr(change, name)
    }
    return replace(change, **said)
