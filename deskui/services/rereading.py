"""Reading a ticket once more from its upstream, beside the sync and never for long: what came in since the pull."""

import threading
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.services.syncing import Syncing
from deskui.store import outbox, tickets
from deskui.store.driver import Connection
from deskui.store.threads import Attempt
from deskui.upstream.base import Rejected, Unreachable, Upstream

if TYPE_CHECKING:
    from deskui.domain.change import Change

WAIT_S = 5.0
PUBLIC = ("public_reply", "customer_reply")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A ticket as its upstream has it, what waits here on top, and all its events; without a line, as the store has it.

    `why` says why not ("": it was read); `recipients` is the upstream's (base.py; None: not known); `into`: the id of
    the ticket that it was merged into, which `ticket` then is; `gone`: it was deleted.
    """

    ticket: Ticket
    events: tuple[Event, ...]
    why: str = ""
    recipients: str | None = None
    into: str = ""
    gone: bool = False


def public(events: Iterable[Event]) -> tuple[Event, ...]:
    """The messages that the customer has seen or written."""
    return tuple(event for event in events if event.type in PUBLIC and not event.pending)


def news(events: Iterable[Event], known: Collection[str], me: str) -> tuple[Event, ...]:
    """The public messages that are not among the `known` keys and not by us."""
    return tuple(
        event for event in public(events) if event.key not in known and (event.side, event.author) != ("staff", me)
    )


class Rereading:
    """Of the tickets that `syncing` keeps in step."""

    def __init__(self, syncing: Syncing) -> None:
        self._syncing = syncing
        self._recipients: dict[str, str] = {}

    def read(self, ticket: Ticket, wait_s: float = WAIT_S) -> "Future[Fresh]":
        """The ticket read again on a thread of its own; the future ends within `wait_s` seconds, whatever happens.

        It raises StoreError where not even the store can be read.
        """
        future: Future[Fresh] = Future()

        def work(late: str = "") -> None:
            with Attempt() as attempt:
                fresh = self._stored(ticket, late) if late else self._read(ticket)
            attempt.settle(future, None if attempt.failure else fresh)

        timer = threading.Timer(wait_s, work, (f"{ticket.upstream} did not answer within {wait_s:g} s",))
        reader = threading.Thread(target=work, name="deskui-reread")
        for thread in (timer, reader):
            thread.daemon = True
            thread.start()
        future.add_done_callback(lambda _: timer.cancel())
        return future

    def recipients(self, upstream: str) -> str | None:
        """Whose To and Cc a reply may move there (base.py); None: not known.  Loads the adapter."""
        known: str | None = getattr(self._syncing.engines[upstream].upstream, "recipients", None)
        if known is not None:
            self._recipients[upstream] = known
        return known

    def attaches(self, upstream: str, *, note: bool = False) -> bool | None:
        """Whether a reply, or a work note, may have files there; None: not known.  Loads the adapter."""
        name = "note_files" if note else "attachments"
        known: bool | None = getattr(self._syncing.engines[upstream].upstream, name, None)
        return known

    def lacks(self, upstream: str, change: "Change") -> str:
        """Why that system cannot do such a change at all, as a sentence; "": it can, or is not known.

        Loads the adapter.
        """
        from deskui.sync.pushing import lacking

        there = self._syncing.engines[upstream].upstream
        return lacking(there, change) if hasattr(there, "tags") else ""  # what cannot be asked has no flags

    def _read(self, ticket: Ticket) -> Fresh:
        recipients = self.recipients(ticket.upstream)
        if not ticket.remote_id:
            return self._stored(ticket, f"{ticket.id} is not in {ticket.upstream} yet")
        try:
            with self.apart(ticket.upstream) as upstream:
                upstream.login()
                found = upstream.read(ticket.remote_id, "")
        except (Unreachable, Rejected) as error:
            return self._stored(ticket, f"{ticket.upstream} could not be asked: {error}")
        read = self._then(replace(found.ticket, uid=ticket.uid, id=ticket.id, holds=ticket.holds))
        into = self._name(found.ticket) if found.into else ""
        return Fresh(read, found.events, "", recipients, into, found.gone)

    def _then(self, ticket: Ticket) -> Ticket:
        """With what waits here on top: it will be there before what is sent now."""
        uid = ticket.uid
        for entry in self._syncing.store.read(lambda db: outbox.waiting(db, uid)):
            if entry.state != "sent":
                ticket = entry.change.apply(ticket)
        return ticket

    @contextmanager
    def apart(self, name: str) -> Iterator[Upstream]:
        """An upstream that no run is using, where there can be two."""
        engine = self._syncing.engines[name]
        if engine.apart is None:
            yield engine.upstream
            return
        upstream = engine.apart()
        try:
            yield upstream
        finally:
            upstream.close()

    def _name(self, ticket: Ticket) -> str:
        prefix = self._syncing.store.prefixes.get(ticket.upstream, f"{ticket.upstream.upper()}-")
        return f"{prefix}{ticket.remote_id}"

    def _stored(self, ticket: Ticket, why: str) -> Fresh:
        def read(db: Connection) -> Fresh:
            shown = tickets.shown(db, ticket.uid) or ticket
            known = self._recipients.get(ticket.upstream)
            return Fresh(shown, tuple(tickets.events(db, ticket.uid)), why, known)

        return self._syncing.store.read(read)
