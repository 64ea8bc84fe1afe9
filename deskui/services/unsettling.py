"""A settled conflict is opened again while what was decided has not left."""

from concurrent.futures import Future
from typing import TYPE_CHECKING

from deskui.services.settling import Unsettled
from deskui.services.syncing import Syncing
from deskui.store import conflicts, drafts, outbox, tickets

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx


def unsettle(syncing: Syncing, uid: str, before: "Entry") -> "Future[None]":
    """Open the conflict `uid` again; `before` is its change as it clashed.  The future raises Unsettled."""

    def work(tx: "Tx") -> None:
        if syncing.read_only:
            raise Unsettled("this is a read-only session: nothing is changed")
        conflict, now = conflicts.get(tx.db, uid), outbox.get(tx.db, before.uid)
        if conflict is None or now is None or now.ticket != before.ticket:
            raise Unsettled("it went on in another ticket: that stays")
        if not outbox.unsettle(tx, before.uid, before.change):
            raise Unsettled(f"{before.change.verb} was sent meanwhile: undo it in the queue (u)")
        if now.state == "dropped":
            _no_draft(tx, before)
        conflicts.reopen(tx, uid)
        tickets.rebuild(tx, [conflict.ticket])

    return syncing.store.write(work)


def _no_draft(tx: "Tx", entry: "Entry") -> None:
    """Its words are in the conflict again; a draft of them that was edited since stays."""
    words = getattr(entry.change, "text", "")
    for draft in drafts.of(tx.db, (entry.author,), entry.ticket, entry.change.verb):
        if draft.text == words:
            drafts.drop(tx, draft.uid)
            return
