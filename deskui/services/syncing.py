"""Syncing as screens and commands see it: its state, what clashes, what waits, and "now, please"."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deskui import lazy
from deskui.domain.event import StoreChanged
from deskui.lazy import dataclass
from deskui.store import missing, outbox, syncstate
from deskui.store.lock import SyncLock
from deskui.store.store import Store, Tx
from deskui.store.threads import Attempt

if TYPE_CHECKING:
    from deskui.services import settling
    from deskui.store import conflicts, tickets
    from deskui.store.conflicts import Conflict as Conflict  # screens name it, and may not import the store
    from deskui.sync import backoff, plan
    from deskui.sync.engine import Engine
    from deskui.sync.result import Result
else:  # the state of the last sync is on the first screen, and needs none of them
    settling = lazy.Module("deskui.services.settling")
    conflicts = lazy.Module("deskui.store.conflicts")
    backoff = lazy.Module("deskui.sync.backoff")
    plan = lazy.Module("deskui.sync.plan")
    tickets = lazy.Module("deskui.store.tickets")

log = logging.getLogger(__name__)

WAIT_S = 60.0  # a run by hand waits so long for another one


class Busy(Exception):
    """Another process syncs this desk and did not finish in time."""


@dataclass(frozen=True)
class UpstreamStatus:
    """One upstream's health; times in epoch seconds, `offset_s` how far this machine's clock is ahead of it.

    `frozen` says why nothing is sent to it until a person accepts that, `missing` how many tickets it does not show,
    `swept_at` when all that is known was last looked for, `back_to` how far back its finished tickets are here.
    """

    name: str
    last_ok: int | None
    offline_since: int | None
    error: str
    next_try: int | None
    offset_s: float
    running: bool
    frozen: str = ""
    missing: int = 0
    swept_at: int | None = None
    back_to: int | None = None


@dataclass(frozen=True)
class Status:
    """What the status bar says: every upstream, and how many changes are where."""

    upstreams: tuple[UpstreamStatus, ...]
    queued: int
    conflicts: int
    rejected: int
    unknown: int

    @property
    def last_ok(self) -> int | None:
        """The age of what is shown: the oldest of the upstreams' last good runs; None: one never had any."""
        times = [upstream.last_ok for upstream in self.upstreams]
        return None if not times or None in times else min(time for time in times if time is not None)

    @property
    def offline_since(self) -> int | None:
        """Since when the first of the upstreams that are away has been."""
        return min((up.offline_since for up in self.upstreams if up.offline_since is not None), default=None)


class Syncing:
    """Runs engines, each under its own lock, and answers for their state.

    `next_in` and `soon` are the scheduler's, set by wiring where there is one.
    """

    def __init__(
        self, store: Store, engines: "Mapping[str, Engine]", lock: SyncLock, clock: Callable[[], int],
        every_s: Mapping[str, int], *, read_only: bool = False,
    ) -> None:  # fmt: skip
        self.store, self.engines, self.clock, self.every_s = store, engines, clock, every_s
        self.read_only = read_only
        self._locks = {name: lock.of(name) for name in engines}
        self._turns = {name: threading.Lock() for name in engines}
        self._running: set[str] = set()
        self._asked: set[str] = set()
        self._opened: set[str] = set()
        self.next_in: Callable[[str], float | None] = lambda _name: None
        self.soon: Callable[[str, float], None] = lambda _name, _in_s: None

    # -- state ------------------------------------------------------------------------------------------------------

    def status(self) -> Status:
        """Read from the store, so that it is true whoever synced."""
        states = {name: self.store.read(lambda db, n=name: syncstate.get(db, n)) for name in self.engines}  # type: ignore[misc]
        lost = self.store.read(lambda db: {name: missing.count(db, name) for name in self.engines})
        counts = self.store.read(outbox.counts)
        return Status(
            tuple(
                UpstreamStatus(
                    name, state.last_ok, state.offline_since, state.error, self._next_try(name, state), state.offset_s,
                    name in self._running, state.frozen, lost[name], state.swept_at, state.back_to,
                )
                for name, state in states.items()
            ),
            counts.get("queued", 0) + counts.get("sending", 0), counts.get("conflict", 0), counts.get("rejected", 0),
            counts.get("unknown", 0),
        )  # fmt: skip

    def _next_try(self, name: str, state: syncstate.State) -> int | None:
        in_s = self.next_in(name)
        planned = None if in_s is None else self.clock() + round(in_s)
        return planned if planned is None or name in self._asked else max(planned, state.retry_at or 0)

    # -- runs -------------------------------------------------------------------------------------------------------

    def scheduled(self, name: str) -> "Result | None":
        """The scheduler's job: does nothing (None) where another process is at it, or has just been."""
        with self._turns[name]:
            if not self._wanted(name) or not self._locks[name].acquire(0):
                return None
            try:
                return self._run(name)
            finally:
                self._locks[name].release()

    def _wanted(self, name: str) -> bool:
        """Whether somebody asked for this run, or the last one (of whatever process) is old enough."""
        asked = name in self._asked
        self._asked.discard(name)
        state, now = self.store.read(lambda db: syncstate.get(db, name)), self.clock()
        # A clock that was set back must not make it wait for hours.
        if not asked and state.retry_at is not None and 0 < (left := state.retry_at - now) <= backoff.LONGEST_S:
            self.soon(name, float(left))
            return False
        if asked or state.retry_at is not None or state.last_try is None:
            return True
        left = self.every_s[name] - (now - state.last_try)
        if 0.1 * self.every_s[name] < left <= self.every_s[name]:  # another process has run, and may be dead by then
            self.soon(name, float(left))
        return left <= 0.1 * self.every_s[name]

    def sync_now(self) -> None:
        """Move every upstream's next run to now; returns at once."""
        for name in self.engines:
            self._asked.add(name)
            self.soon(name, 0.0)

    def committed(self, changed: StoreChanged) -> None:
        """A listener of the store: what was just queued does not wait for the next turn, where there is a line."""
        if "outbox" in changed.other:
            for name in self.engines:
                if name not in self._running:
                    self._look_ahead(name, since=0)

    def _look_ahead(self, name: str, since: int) -> None:
        """Bring the next run forward to when something can be sent that the run begun at `since` could not send."""
        if self.store.read(lambda db: syncstate.get(db, name)).offline_since is not None:
            return
        waiting = self.store.read(lambda db: outbox.entries(db, states=plan.OPEN, upstream=name))
        if (turn := plan.next_turn(waiting, since)) is not None:
            self._asked.add(name)
            self.soon(name, float(max(0, turn - self.clock())))

    def opened(self, ticket: str, upstream: str) -> None:
        """Somebody looks at a ticket (its uid): texts that were left upstream come in a run now."""
        if ticket not in self._opened and self.store.read(lambda db: tickets.textless(db, upstream, [ticket])):
            self._opened.add(ticket)
            if self.store.read(lambda db: syncstate.get(db, upstream)).retry_at is None:  # else with its next run
                self._asked.add(upstream)
                self.soon(upstream, 0.0)

    def accept(self, name: str) -> Future[bool]:
        """A frozen upstream is right as it is: the next run, now, takes it so.  False: it is not frozen."""

        def work(tx: Tx) -> bool:
            frozen = bool(syncstate.get(tx.db, name).frozen)
            if frozen:
                syncstate.put(tx, name, accepted=1)
            return frozen

        def then(done: Future[bool]) -> None:
            if done.exception() is None and done.result():
                self._asked.add(name)
                self.soon(name, 0.0)

        future = self.store.write(work)
        future.add_done_callback(then)
        return future

    def run_once(self, *, full: bool = False) -> "dict[str, Result]":
        """One run of each upstream, here and now, all at once; waits for another process, `Busy` after 60 s."""

        def run(name: str) -> "Result":
            with self._locked(name):
                return self._run(name, full=full)

        return _together(run, list(self.engines))

    def send(self, ticket: str, upstream: str) -> "Result":
        """Push one ticket's queue (a uid) now, its hold-back ended."""

        def release(tx: Tx) -> None:
            for entry in outbox.entries(tx.db, ticket, states=("queued",)):
                outbox.mark(tx, entry.uid, "queued", not_before=0)

        self.store.write(release).result()
        with self._locked(upstream):
            return self._run(upstream, only=ticket)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with self._turns[name]:
            if not self._locks[name].acquire(WAIT_S):
                raise Busy(f"another process has been syncing {name} for {WAIT_S:.0f} s")
            try:
                yield
            finally:
                self._locks[name].release()

    def _run(self, name: str, *, full: bool = False, only: str | None = None) -> "Result":
        began = self.clock()
        self._running.add(name)
        self.store.announce("sync")
        try:
            made = self.engines[name]
            made.opened = frozenset(self._opened)
            result = made.run(full=full, only=only)
        finally:
            self._running.discard(name)
            self.store.announce("sync")
        self._after(name, result)
        if name in self._asked:  # somebody pressed "sync now" meanwhile
            self.soon(name, 0.0)
        self._look_ahead(name, since=began)
        if result.error:
            log.warning("%s: %s", name, result.error)
        return result

    def _after(self, name: str, result: "Result") -> None:
        """Keep, for every process on this desk, when a system that gave no answer is asked again."""
        failures = self.store.read(lambda db: syncstate.get(db, name)).failures
        if not result.offline:
            if failures:
                self.store.write(lambda tx: syncstate.put(tx, name, failures=0, retry_at=None)).result()
            return
        wait = backoff.wait_s(failures + 1, self.every_s[name], result.wait_s)
        retry = self.clock() + wait
        self.store.write(lambda tx: syncstate.put(tx, name, failures=failures + 1, retry_at=retry)).result()
        self.soon(name, float(wait))

    # -- what clashes, what waits -----------------------------------------------------------------------------------

    def conflicts(self) -> "list[Conflict]":
        """The open ones, oldest first."""
        return self.store.read(conflicts.open_)

    def settle(self, uid: str, how: str, value: str | None = None) -> Future[None]:
        """Keep `mine` (sent again, knowingly), take `theirs` (mine ends, its words are a draft), or another `value`.

        Of a ticket that was merged, the survivor gets it.  The future raises `Unsettled` where what the ticket has
        become does not allow it.
        """
        return self.store.write(lambda tx: settling.settle(tx, uid, how, value, read_only=self.read_only))


def _together(run: "Callable[[str], Result]", names: list[str]) -> "dict[str, Result]":
    """`run` for each name, on a thread each, so that none waits for another; what one raised is raised at the end.

    Who interrupts the wait (^C) does not have to wait for the slowest of them.
    """
    if len(names) < 2:
        return {name: run(name) for name in names}
    runs: dict[str, Future[Result]] = {name: Future() for name in names}

    def work(name: str) -> None:
        result = None
        with Attempt() as attempt:
            result = run(name)
        attempt.settle(runs[name], result)

    for name in names:
        threading.Thread(target=work, args=(name,), name=f"deskui-sync-{name}", daemon=True).start()
    wait(runs.values())
    return {name: future.result() for name, future in runs.items()}
