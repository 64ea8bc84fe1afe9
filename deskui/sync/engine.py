"""One run of one upstream: settle what is unknown, pull, push.  Every step is a short write, so any cut resumes."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.store import outbox, syncstate, tickets
from deskui.store.driver import Connection
from deskui.store.store import Store, Tx
from deskui.store.syncstate import State
from deskui.sync import customs as others
from deskui.sync import merging, pushing
from deskui.sync.customs import OFF, Customs
from deskui.upstream.base import Page, Rejected, Unreachable, Upstream

SLICE = 20  # tickets merged in one write: well under 25 ms
BATCH = 100  # tickets whose history is asked for at once


log = logging.getLogger(__name__)

Save = Callable[[Tx, str], None]


@dataclass(slots=True)
class Result:
    """What one run did, in the words of `deskui sync --json`."""

    pulled: int = 0
    pushed: int = 0
    conflicts: int = 0
    rejected: int = 0
    unknown: int = 0
    offline: bool = False
    error: str | None = None
    kind: str = ""
    hint: str = ""
    seen: set[str] = field(default_factory=set)

    @property
    def needs_a_person(self) -> bool:
        """Whether this run left something that only a person can decide."""
        return bool(self.conflicts or self.rejected or self.unknown)


class Engine:
    """Syncs one upstream with the store; the caller holds the upstream's lock.

    `clock` gives epoch seconds; without `sends` (a read-only session) it pulls and leaves the outbox alone.  `apart`
    makes a second one like `upstream`, for who asks while a run is under way; without it there is just the one.
    `customs`: what the desk makes of what others did.
    """

    def __init__(
        self, store: Store, upstream: Upstream, clock: Callable[[], int], *, sends: bool = True,
        apart: Callable[[], Upstream] | None = None, customs: Customs = OFF,
    ) -> None:  # fmt: skip
        self.store, self.upstream, self.clock, self.sends = store, upstream, clock, sends
        self.name, self.apart, self.customs = upstream.name, apart, customs

    def run(self, *, full: bool = False, only: str | None = None) -> Result:
        """One whole run; `full` reads all that is open anew, `only` (a ticket's uid) just pushes its queue."""
        result, before = Result(), self._tally()
        try:
            self._login(only is None)
            if self.sends:
                pushing.settle_unknown(self.store, self.upstream)
            if only is None:
                self._pull(result, full)
            if self.sends:
                result.pushed = pushing.push(self.store, self.upstream, self.clock, only)
            if only is None:
                self._deepen(result)
                self._save(last_ok=self.clock())
            self._save(offline_since=None, error="", error_kind="")
        except Unreachable as gone:
            result.offline, result.error, result.kind, result.hint = True, str(gone), gone.kind, gone.hint
            since = self._state().offline_since or self.clock()
            self._save(offline_since=since, error=str(gone), error_kind=gone.kind)
        result.pulled = len(result.seen)
        after = self._tally()
        result.conflicts, result.rejected, result.unknown = (max(0, after[n] - before[n]) for n in after)
        return result

    def _login(self, whole: bool) -> None:
        if whole:  # sending one ticket's queue reads no news: it neither makes the list fresh nor replaces a run
            self._save(last_try=self.clock())
        self._save(offset_s=self.upstream.login().offset_s)

    def _pull(self, result: Result, full: bool) -> None:
        state = self._state()
        if full and state.stage == "feed":
            self._anew(result)
        elif not state.cursor:
            # The feed's head is noted before anything is read: what changes meanwhile is read twice, never missed.
            self._save(cursor=self.upstream.head(), open_cursor="", stage="open")
            state = self._state()
        if state.stage == "open":
            for page in self.upstream.open_tickets(state.open_cursor):
                self._commit(self._unknown(page), result, lambda tx, cursor: self._set(tx, open_cursor=cursor))
            self._save(stage="feed")
        for page in self.upstream.feed(self._state().cursor):
            self._commit(page, result, lambda tx, cursor: self._set(tx, cursor=cursor), "full")

    def _anew(self, result: Result) -> None:
        """Read all that is open again; the old cursor holds until that is done, so that a cut loses nothing."""
        head = self.upstream.head()
        for page in self.upstream.open_tickets(""):
            self._commit(self._unknown(page), result, None)
        known, found = self.store.read(lambda db: tickets.open_remotes(db, self.name)), set[str]()
        for start in range(0, len(known), BATCH):
            for level, ask in (("facts", self.upstream.history), ("full", self.upstream.bodies)):
                for page in ask(known[start : start + BATCH]):
                    self._commit(page, result, None, level)
                    found.update(page.complete)
        self._missing([remote for remote in known if remote not in found], len(known))
        self._save(cursor=head)

    def _missing(self, remotes: Sequence[str], known: int) -> None:
        """Tickets that were open and were not found: deleted or merged, unless there are too many to believe it."""
        if len(remotes) > max(20, known // 20):
            log.warning("%s: %d of %d tickets were not found; none was taken away", self.name, len(remotes), known)
            return
        for remote in remotes:
            self._commit(self._gone(remote), Result(), None)

    def _gone(self, remote: str) -> Page:
        """What became of a ticket that is not found any more."""
        try:
            reading = self.upstream.read(remote, "")
        except Rejected:  # it is not for us any more, which for us is the same
            return Page(gone=(remote,))
        return Page(gone=(remote,) if reading.gone else (), merged=((remote, reading.into),) if reading.into else ())

    def _unknown(self, page: Page) -> Page:
        """Without the tickets whose facts we have: a plain reading knows less than they do."""

        def known(db: Connection, remote: str) -> bool:
            uid = tickets.uid_by_remote(db, self.name, remote)
            return uid is not None and tickets.history(db, uid) != "none"

        fresh = tuple(t for t in page.tickets if not self.store.read(lambda db, t=t: known(db, t.remote_id)))  # type: ignore[misc]
        return replace(page, tickets=fresh)

    def _deepen(self, result: Result) -> None:
        """Facts, then bodies, of the open tickets that lack them, nearest due first."""
        for level, ask in (("facts", self.upstream.history), ("full", self.upstream.bodies)):
            while ids := self._wanting(level):
                for page in ask(ids):
                    self._commit(page, result, None, level)
                if self._wanting(level)[: len(ids)] == ids:
                    break  # the upstream had nothing complete to say about them: next run

    def _wanting(self, level: str) -> list[str]:
        return self.store.read(lambda db: tickets.wanting(db, self.name, level, BATCH))

    def _commit(self, page: Page, result: Result, save: Save | None, level: str = "facts") -> None:
        """Merge a page in slices; what speaks of the page as a whole, its cursor too, goes with the last one."""
        by_id = {ticket.remote_id: ticket for ticket in page.tickets}
        events: dict[str, list[Event]] = {}
        for remote, event in page.events:
            events.setdefault(remote, []).append(event)
        ids = list(dict.fromkeys((*by_id, *events)))
        for start in range(0, max(len(ids), 1), SLICE):
            piece = ids[start : start + SLICE]

            def work(tx: Tx, piece: Sequence[str] = piece, last: bool = start + SLICE >= len(ids)) -> None:
                for remote in piece:
                    self._merge(tx, remote, by_id.get(remote), events.get(remote, []))
                if last:
                    self._conclude(tx, page, level)
                    if save and page.cursor:
                        save(tx, page.cursor)

            self.store.write(work, background=True).result()
        result.seen.update(ids)

    def _merge(self, tx: Tx, remote: str, ticket: Ticket | None, events: Sequence[Event]) -> None:
        if self.customs.acknowledge_on_open:
            events = others.opened(events)
        resumes = self.customs.resume_on_customer_reply and self.sends
        answered = resumes and others.answers(tx, self.name, remote, events)
        uid = tickets.uid_by_remote(tx.db, self.name, remote)
        if ticket is not None:
            uid = merging.take(tx, ticket, events)
        elif uid:
            tickets.add_events(tx, uid, events)
            tickets.rebuild(tx, [uid])
        if uid and answered:
            others.resume(tx, uid, self.customs.me)

    def _conclude(self, tx: Tx, page: Page, level: str) -> None:
        def uids(remotes: Iterable[str]) -> list[str]:
            found = (tickets.uid_by_remote(tx.db, self.name, remote) for remote in remotes)
            return [uid for uid in found if uid]

        tickets.set_history(tx, uids(page.complete), level)
        for uid in uids(page.gone):
            tickets.tombstone(tx, uid)
        for remote, into in page.merged:
            survivor = tickets.uid_by_remote(tx.db, self.name, into)
            for uid in uids([remote]):
                tickets.tombstone(tx, uid, into=survivor)

    def _state(self) -> State:
        return self.store.read(lambda db: syncstate.get(db, self.name))

    def _set(self, tx: Tx, **values: object) -> None:
        syncstate.put(tx, self.name, **values)

    def _save(self, **values: object) -> None:
        self.store.write(lambda tx: self._set(tx, **values), background=True).result()

    def _tally(self) -> dict[str, int]:
        """How many entries of this upstream now need a person, by state."""
        states = ("conflict", "rejected", "unknown")
        found = [e.state for e in self.store.read(lambda db: outbox.entries(db, states=states, upstream=self.name))]
        return {
            "conflicts": found.count("conflict"), "rejected": found.count("rejected"),
            "unknown": found.count("unknown"),
        }  # fmt: skip
