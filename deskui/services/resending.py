"""A change that was refused, or of which nobody knows whether it arrived, is sent again by a person who says so."""

from concurrent.futures import Future
from typing import TYPE_CHECKING

from deskui.domain.change import Create, Reply
from deskui.domain.draft import KINDS
from deskui.services.desk import Desk, Refused
from deskui.store import drafts, outbox, tickets

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx

AGAIN = ("unknown", "rejected")
_NO = {
    "queued": "waits to be sent as it is", "sending": "is on its way", "sent": "was sent",
    "dropped": "was given up: do it anew", "conflict": "clashes: settle the conflict first",
}  # fmt: skip


def again(desk: Desk, uid: str) -> "Future[Entry]":
    """Queue the change `uid` once more, though it may be there already; the future raises Refused."""

    def work(tx: "Tx") -> "Entry":
        entry = outbox.get(tx.db, uid)
        if desk.read_only or entry is None:
            raise Refused("this is a read-only session" if desk.read_only else f"there is no change {uid}")
        if entry.state not in AGAIN:
            raise Refused(f"change {uid} ({entry.change.verb}) {_NO[entry.state]}")
        _possible(tx, entry)
        if entry.state == "rejected":
            _draft_of(tx, entry)
        now = outbox.mark(tx, uid, "queued", error="", not_before=0)
        tickets.rebuild(tx, [entry.ticket])
        return now

    return desk.store.write(work)


def _possible(tx: "Tx", entry: "Entry") -> None:
    """Refused: what its ticket has become does not allow it."""
    if isinstance(entry.change, Create):
        return
    ticket = tickets.standing(tx.db, entry.ticket)
    if tickets.gone(tx.db, entry.ticket) or ticket is None:
        raise Refused("its ticket is gone upstream: drop it, its words stay as a draft")
    if entry.state == "rejected" and (why := entry.change.refused(ticket)):
        raise Refused(why)


def _draft_of(tx: "Tx", entry: "Entry") -> None:
    """The draft that its words became when it was refused goes; Refused: they were edited or sent since."""
    words = getattr(entry.change, "text", "")
    if entry.change.verb not in KINDS or not words.strip():
        return
    found = drafts.of(tx.db, (entry.author,), entry.ticket, entry.change.verb)
    same = next((draft for draft in found if draft.text == words), None)
    if same is None:
        raise Refused("its words became a draft, which was edited or sent since: send that one")
    drafts.drop(tx, same.uid)


def danger(entry: "Entry") -> str:
    """What may come of sending it again, for the one who decides; empty: it does no harm."""
    if entry.state != "unknown":
        return ""
    if isinstance(entry.change, Reply):
        return "If it did arrive, the customer gets this mail twice."
    if isinstance(entry.change, Create):
        return "If it was made, there are two tickets then."
    twice = bool(getattr(entry.change, "text", ""))
    return "If it did arrive, the note stands there twice." if twice else "If it did arrive, the same is set once more."


def kept(entry: "Entry") -> bool:
    """Whether dropping it has to keep its words: those of a refused one are a draft already."""
    return entry.state != "rejected"
