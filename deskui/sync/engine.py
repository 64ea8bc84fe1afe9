"""One run of one upstream: settle what is unknown, pull, push.  Every step is a short write, so any cut resumes."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.store import missing, outbox, purge, syncstate, tickets
from deskui.store.driver import Connection
from deskui.store.store import Store, Tx
from deskui.store.syncstate import State
from deskui.sync import backfill, epoch, merging, plan, pushing, sweep, telling, vanished
from deskui.sync import customs as others
from deskui.sync.customs import OFF, Customs
from deskui.sync.result import Result
from deskui.upstream.base import Page, Rejected, Swapped, Unreachable, Upstream

BATCH = 100  # tickets whose history is asked for at once
AHEAD = 2_000  # chosen at once by what is due: all that are open are looked at for it
_GONE = "are they gone? `deskui sync --once --accept NAME` takes them away; if not, mend rights and url: it looks anew"


Save = Callable[[Tx, str], None]


class Engine:
    """Syncs one upstream with the store; the caller holds the upstream's lock.

    `clock` gives epoch seconds; without `sends` (a read-only session) it pulls and leaves the outbox alone.  `apart`
    makes a second one like `upstream`, for who asks while a run is under way; without it there is just the one.
    `customs`: what the desk makes of what others did.  Finished tickets of so many `days` are filled in; of those in
    `opened` (uids), which somebody looks at, the texts too.  `barred`: which tickets may not be on this machine.
    """

    def __init__(
        self, store: Store, upstream: Upstream, clock: Callable[[], int], *, sends: bool = True,
        apart: Callable[[], Upstream] | None = None, customs: Customs = OFF, days: int = 0,
        barred: purge.Barred | None = None,
    ) -> None:  # fmt: skip
        self.barred = barred
        self.days, self.opened = days, frozenset[str]()
        self.store, self.clock, self.sends = store, clock, sends
        self.upstream = upstream if upstream.history_told else telling.Telling(upstream, self._base)
        self.name, self.apart, self.customs = upstream.name, apart, customs

    def _base(self, remote: str) -> Ticket | None:
        def read(db: Connection) -> Ticket | None:
            uid = tickets.uid_by_remote(db, self.name, remote)
            return tickets.base(db, uid) if uid else None

        return self.store.read(read)

    def run(self, *, full: bool = False, only: str | None = None) -> Result:
        """One whole run; `full` reads all that is open anew, `only` (a ticket's uid) just pushes its queue."""
        result, before = Result(), self._tally()
        if self.barred is not None:
            purge.run(self.store, self.barred)
        try:
            self._login(only is None)
            self._steps(result, full, only)
            self._save(offline_since=None, error="", error_kind="")
        except Swapped as other:
            result.error, result.kind = str(other), other.kind
            result.hint = other.hint.replace("NAME", self.name)
            self._freeze(result, str(other), "epoch")
            self._save(offline_since=None, error="", error_kind="")
        except Unreachable as gone:
            result.offline, result.error, result.kind, result.hint = True, str(gone), gone.kind, gone.hint
            result.wait_s = gone.wait_s
            since = self._state().offline_since or self.clock()
            self._save(offline_since=since, error=str(gone), error_kind=gone.kind)
        result.pulled = len(result.seen)
        after = self._tally()
        result.conflicts, result.rejected, result.unknown = (max(0, after[n] - before[n]) for n in after)
        return result

    def _steps(self, result: Result, full: bool, only: str | None) -> None:
        state = self._state()
        self._accepted(state, result)
        if only is None:
            vanished.again(self.store, self.upstream, BATCH)  # a second look, before this run takes a first one
        result.missed.update(epoch.probe(self.store, self.upstream))
        # Once it was another system, nothing of it is believed, its gaps neither, before its feed goes on where it was.
        held = state.frozen_kind == "epoch" and not state.accepted
        sends = self.sends and (only is None or not held)
        if not held:
            sends = not self._braked(result) and sends
        if sends and not held and self._waits("sending", "unknown"):
            pushing.settle_unknown(self.store, self.upstream)
        if only is None:
            sends = self._news(result, full) and sends
        if sends and self._waits(*plan.OPEN):
            result.pushed = pushing.push(self.store, self.upstream, self.clock, only)
        if only is None:
            self._deepen(result)
            self._sweep(result, full)
            backfill.step(self.store, self.upstream, self.clock(), self.days, partial(self._past, result=result))
            self._save(last_ok=self.clock())

    def _accepted(self, state: State, result: Result) -> None:
        """What a person said since: that this is the system, or that what is missing is gone."""
        if state.accepted and state.frozen_kind == "epoch":
            anew = epoch.accept(self.store, self.upstream)
            self._save(cursor="", open_cursor="", stage="", back_cursor="", back_to=None)
            self._reread([each.remote_id for each in anew], result)
            epoch.lost(self.store, anew)
        elif state.accepted and state.frozen_kind == "gone":
            vanished.settle(self.store, self.name, accepted=True)

    def _news(self, result: Result, full: bool) -> bool:
        """Pull, and take away what is gone; whether that was not too much to be believed."""
        self._pull(result, full)
        if self._braked(result):
            return False
        vanished.settle(self.store, self.name)  # once a run: in pieces, none of them too many, they would pass
        return True

    def _waits(self, *states: str) -> bool:
        """Whether something is to be sent; nothing leaves a store before it has been looked through.  StoreError."""
        waits = bool(self.store.read(lambda db: outbox.entries(db, states=states, upstream=self.name)))
        if waits:
            self.store.soundness.require()
        return waits

    def _braked(self, result: Result) -> bool:
        """Whether so many tickets have disappeared that nothing is taken away nor sent until a person has looked."""
        why = vanished.brake(self.store, self.name, self.clock(), held=self._state().frozen_kind == "gone")
        self._freeze(result, why, "gone" if why else "")
        result.hint = _GONE.replace("NAME", self.name) if why else result.hint
        return bool(why)

    def _freeze(self, result: Result, why: str, kind: str) -> None:
        """Say why nothing is sent; `why` empty: nothing holds it."""
        result.frozen = why
        state = self._state()
        if (state.frozen, state.frozen_kind, state.accepted) != (why, kind, 0):
            self._save(frozen=why, frozen_kind=kind, accepted=0)

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
            self._save(stage="feed", swept_at=self.clock())
        for page in self.upstream.feed(self._state().cursor):
            self._commit(page, result, lambda tx, cursor: self._set(tx, cursor=cursor), "full")

    def _anew(self, result: Result) -> None:
        """Read all that is open again; the feed goes on where it was: only it tells what became of finished ones."""
        for page in self.upstream.open_tickets(""):
            self._commit(self._unknown(page), result, None)
        known = self.store.read(lambda db: tickets.open_remotes(db, self.name))
        found = self._reread(known, result)
        absent = [remote for remote in known if remote not in found | result.missed]
        vanished.keep(self.store, self.name, vanished.look(self.upstream, absent))
        result.missed.update(absent)

    def _reread(self, remotes: Sequence[str], result: Result) -> set[str]:
        """Read the histories of these tickets; those that were there."""
        found = set[str]()
        for start in range(0, len(remotes), BATCH):
            for level, ask in (("facts", self.upstream.history), ("full", self.upstream.bodies)):
                for page in ask(remotes[start : start + BATCH]):
                    self._commit(page, result, None, level)
                    found.update(page.complete)
        return found

    def _sweep(self, result: Result, full: bool) -> None:
        """What no feed tells of; behind the news, and never while too much is missing already."""
        now = self.clock()
        if not result.frozen and (full or sweep.due(self._state(), now)):
            again = partial(self._reread, result=result)
            sweep.step(self.store, self.upstream, now, again, result.missed, whole=full)

    def _past(self, page: Page, result: Result) -> None:
        """Facts from before the desk's time."""
        self._commit(page, result, None)

    def _unknown(self, page: Page) -> Page:
        """Without the tickets whose facts we have: a plain reading knows less than they do, unless they were gone."""

        def known(db: Connection, remote: str) -> bool:
            uid = tickets.uid_by_remote(db, self.name, remote)
            return uid is not None and tickets.history(db, uid) != "none" and not tickets.gone(db, uid)

        fresh = tuple(t for t in page.tickets if not self.store.read(lambda db, t=t: known(db, t.remote_id)))  # type: ignore[misc]
        return replace(page, tickets=fresh)

    def _deepen(self, result: Result) -> None:
        """Facts, then bodies, of the open tickets that lack them, nearest due first."""
        for level, ask in (("facts", self.upstream.history), ("full", self.upstream.bodies)):
            while ids := self._wanting(level):
                for start in range(0, len(ids), BATCH):
                    for page in ask(ids[start : start + BATCH]):
                        self._commit(page, result, None, level)
                if self._wanting(level)[: len(ids)] == ids:
                    break  # the upstream had nothing complete to say about them: next run
        if ids := self.store.read(lambda db: tickets.textless(db, self.name, self.opened)):
            for page in self.upstream.bodies(ids):
                self._commit(page, result, None, "full")

    def _wanting(self, level: str) -> list[str]:
        return self.store.read(lambda db: tickets.wanting(db, self.name, level, AHEAD))

    def _commit(self, page: Page, result: Result, save: Save | None, level: str = "facts") -> None:
        """Merge a page in slices; what speaks of the page as a whole, its cursor too, goes with the last one."""
        by_id = {ticket.remote_id: ticket for ticket in page.tickets}
        page = replace(page, merged=tuple((one, self._survivor(one, into, by_id)) for one, into in page.merged))
        events: dict[str, list[Event]] = {}
        for remote, event in page.events:
            events.setdefault(remote, []).append(event)
        ids, whole = list(dict.fromkeys((*by_id, *events))), frozenset(page.complete)

        def last(tx: Tx) -> None:
            self._conclude(tx, page, level, [remote for remote in page.complete if remote not in by_id])
            if save and page.cursor:
                save(tx, page.cursor)

        def steps() -> Iterator[Callable[[Tx], None]]:
            yield partial(missing.found, upstream=self.name, remotes=ids)
            for remote in ids:
                learnt = level if remote in whole else ""
                yield partial(self._merge, remote=remote, ticket=by_id.get(remote), events=events.get(remote, []),
                              level=learnt)  # fmt: skip
            yield last

        self.store.write_each(steps()).result()
        result.seen.update(ids)

    def _survivor(self, remote: str, into: str, coming: Container[str]) -> str:
        """What `remote` is part of now; fetched if it is not here yet, so that what waits can follow."""

        def here(db: Connection) -> bool:
            return tickets.uid_by_remote(db, self.name, remote) is None or bool(
                tickets.uid_by_remote(db, self.name, into)
            )

        if into in coming or self.store.read(here):
            return into
        try:
            reading = self.upstream.read(into, "")
        except Rejected:
            return into
        if not reading.gone and not (self.barred is not None and self.barred(reading.ticket)):
            take = partial(merging.take, ticket=reading.ticket, events=reading.events, level="full")
            self.store.write(take, background=True).result()
        return reading.ticket.remote_id

    def _merge(self, tx: Tx, remote: str, ticket: Ticket | None, events: Sequence[Event], level: str) -> None:
        if ticket is not None and self.barred is not None and self.barred(ticket):
            if known := tickets.uid_by_remote(tx.db, self.name, remote):
                purge.take_out(tx, known)
            return
        if self.customs.acknowledge_on_open:
            events = others.opened(events)
        resumes = self.customs.resume_on_customer_reply and self.sends
        answered = resumes and others.answers(tx, self.name, remote, events)
        if ticket is not None:
            uid: str | None = merging.take(tx, ticket, events, level=level)
        elif uid := tickets.uid_by_remote(tx.db, self.name, remote):
            tickets.add_events(tx, uid, events)
            tickets.rebuild(tx, [uid])
        if uid and answered:
            others.resume(tx, uid, self.customs.me)

    def _conclude(self, tx: Tx, page: Page, level: str, learnt: Sequence[str]) -> None:
        def uids(remotes: Iterable[str]) -> list[str]:
            found = (tickets.uid_by_remote(tx.db, self.name, remote) for remote in remotes)
            return [uid for uid in found if uid]

        tickets.set_history(tx, uids(learnt), level)
        missing.note(tx, uids(page.gone), looks=0, told=True)
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
