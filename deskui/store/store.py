"""The desk's store: one writer thread, a reader thread, and a signal after each commit."""

import logging
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from deskui.domain.event import StoreChanged
from deskui.store import derived, driver, migrate, presence, quarantine, soundness
from deskui.store.driver import StoreError
from deskui.store.threads import SLICE_S, Attempt, Job, Owned, Reader, Writer, take

if TYPE_CHECKING:
    from deskui.domain.contract import Rules

log = logging.getLogger(__name__)

T = TypeVar("T")


class Tx:
    """One transaction: `db` is inside BEGIN IMMEDIATE, and what is touched or noted is announced after the commit."""

    def __init__(self, db: sqlite3.Connection, rules: "Rules", now: int, prefixes: Mapping[str, str]) -> None:
        self.db, self.now, self.prefixes = db, now, prefixes
        self._rules, self._asked = rules, False
        self.touched: set[str] = set()
        self.noted: set[str] = set()

    @property
    def rules(self) -> "Rules":
        """By what clocks are derived: who asks will do so, and then those of other rules are not all of the desk's.

        So what another process derives by older rules, or this one before its pass over the desk, is found at the next
        start, however this one ends.
        """
        if not self._asked:
            derived.mixed(self.db, self._rules.version)
            self._asked = True
        return self._rules

    def touch(self, uid: str) -> None:
        """This ticket looks different now."""
        self.touched.add(uid)

    def note(self, word: str) -> None:
        """Something else changed: outbox, conflicts, sync, journal, inventory."""
        self.noted.add(word)

    def prefix(self, upstream: str) -> str:
        """What stands before a remote id of this upstream: RT-."""
        return self.prefixes.get(upstream, f"{upstream.upper()}-")


class Store:
    """One desk.db.  `clock` gives the time in epoch seconds; it is read once per transaction.

    `sealed`: it is made encrypted, and a plain one is refused.
    """

    def __init__(
        self, path: Path, rules: "Rules", clock: Callable[[], int], prefixes: Mapping[str, str] | None = None, *,
        sealed: bool = False,
    ) -> None:  # fmt: skip
        self.path, self.rules, self.clock, self.prefixes = path, rules, clock, dict(prefixes or {})
        self._sealed = sealed
        self._listeners: list[Callable[[StoreChanged], None]] = []
        self._db: sqlite3.Connection | None = None
        self._seen = 0
        self.readonly = False  # this user may not write it
        self._here: int | None = None  # how others see that it is open
        self.anew = 0  # tickets whose clocks are counted anew so far, while that goes on
        self.soundness = soundness.Soundness(path, self._checked_lately, self._checked)
        self._writer = Writer(self._transact, self._close_writer)
        self._reader = Reader(self._connect)
        self._owned = Owned(self._connect)

    def open(self, *, later: bool = False) -> "Store":
        """Open it, made or brought forward where needed.  StoreError: why not, and what to do.

        `later`: by which rules its clocks were derived is not looked at before somebody calls `catch_up`.
        """
        driver.check(self.path)
        self._here = presence.hold(self.path.parent)
        try:
            quarantine.refuse(self.path)
            self._db, stale = self._opened(later)
            self._seen = _data_version(self._db)
        except _faults() as error:
            presence.let_go(self._here)
            raise self._said(error) from error
        if stale:
            self._rebuild_all()
        return self

    def _opened(self, later: bool) -> tuple[sqlite3.Connection, bool]:
        """The writer's connection to a store of this version, and whether its clocks are to be derived anew."""
        self.readonly = self.path.exists() and not driver.writable(self.path)
        if self._sealed and self.path.exists() and self.path.stat().st_size and not driver.encrypted(self.path):
            raise StoreError(
                f"{self.path} is not encrypted, and config.toml says that it is", "`deskui store encrypt` makes it so"
            )
        db = driver.connect(self.path, readonly=self.readonly, sealed=self._sealed)
        try:
            if self.readonly:
                migrate.require(db, self.path)
                return db, False
            migrate.migrate(db, self.path)
            return db, not later and derived.stale(db, self.rules.version)
        except _faults():
            db.close()
            raise

    def _said(self, error: BaseException) -> StoreError:
        """As a sentence; that the file is damaged is remembered, and nobody opens it again before it was set aside."""
        told = driver.said(error, self.path)
        if isinstance(told, quarantine.Damaged) or not quarantine.seen(error):
            return told
        words = str(error.__cause__ or error)
        quarantine.note(self.path, words)
        return quarantine.damaged(self.path, words)

    def catch_up(self) -> None:
        """Derive every clock anew, in the background, if other rules than today's made them what they are."""
        if self.read(derived.by) != self.rules.version:
            self._rebuild_all()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the writes that are queued, give up the reads, let the file go."""
        self._reader.close()
        self.soundness.close()
        self._owned.close()
        self._writer.close()  # last: only a writer's connection can empty the write-ahead log into the file

    def write(self, work: Callable[[Tx], T], *, background: bool = False) -> "Future[T]":
        """Do `work` in a transaction of its own on the writer thread; the future ends at the commit.

        The future raises what `work` raised, or a StoreError if the disk refused; then nothing of it was done.
        """
        future: Future[T] = Future()
        self._writer.put(Job(iter((work,)), future, background))
        return future

    def write_each(
        self, steps: Iterable[Callable[[Tx], Any]], *, background: bool = True, slice_s: float = SLICE_S
    ) -> "Future[Any]":  # fmt: skip
        """Do `steps` in order, in slices: as many in one transaction as fit into `slice_s`, waiting keys in between.

        Each step must leave the store right by itself; the future has the last one's result.  A failing step ends it:
        the slices before stay.  They last once something is written by `write`: it is for what can be done again, and
        of which it can be seen that it must.  `background`: False: it is begun before all background jobs.
        """
        future: Future[Any] = Future()
        self._writer.put(Job(iter(steps), future, background, slice_s))
        return future

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Ask on this thread, by a read-only connection of its own."""
        return self._owned.read(lambda db: self._answer(db, query))

    @property
    def stuck(self) -> bool:
        """Whether a write of this process waits for somebody who keeps the store."""
        return self._writer.stuck

    def _answer(self, db: sqlite3.Connection, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return query(db)
        except _faults() as error:
            raise self._said(error) from error

    def ask(self, key: Hashable, query: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Ask on the reader thread; a newer question with this key cuts this one off and cancels its future."""
        return self._reader.ask(key, lambda db: self._answer(db, query))

    def subscribe(self, listener: Callable[[StoreChanged], None]) -> Callable[[], None]:
        """Call `listener` after commits, on the writer thread: it must be quick and not raise.  Returns the undo."""
        self._listeners.append(listener)

        def leave() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return leave

    def announce(self, word: str) -> None:
        """Tell the listeners, on this thread, of something that was not a commit (a run begins)."""
        self._tell(StoreChanged(other=frozenset((word,))))

    def poll(self) -> "Future[bool]":
        """Look whether another process committed since; if so StoreChanged(other={"elsewhere"}) is announced."""
        future: Future[bool] = Future()
        self._writer.put(Job(iter((self._look,)), future, background=False, writes=False))
        return future

    def put_aside(self, key: str, text: str) -> "Future[Any]":
        """Keep a text that the next start reads; nobody is told, and no library is loaded for it."""
        future: Future[Any] = Future()
        step = partial(_put, key=key, text=text)
        self._writer.put(Job(iter((step,)), future, background=False, writes=False))
        return future

    def backup(self, path: Path) -> None:
        """A consistent copy of the store as it is now.  StoreError."""
        self.read(lambda db: migrate.backup(db, path))

    def _checked_lately(self) -> bool:
        """Whether every page was looked at within a day: each start of the console does so, a command need not."""
        row = self.read(lambda db: db.execute("SELECT value FROM meta WHERE key = 'checked'").fetchone())
        return row is not None and 0 <= self.clock() - int(row[0]) < 86_400

    def _checked(self) -> None:
        with suppress(RuntimeError):  # it is closed meanwhile
            self.put_aside("checked", str(self.clock()))

    # on the writer thread

    def _transact(self, job: Job) -> bool:
        assert self._db is not None, "open() first"
        db, tx = self._db, Tx(self._db, self.rules, self.clock(), self.prefixes)
        try:
            # A slice can be done again: the next FULL commit, or a checkpoint, makes it last.  What a power cut takes
            # back is the newest slices, never one without those after it.
            db.execute(f"PRAGMA synchronous={'FULL' if job.slice_s is None else 'NORMAL'}")
            if job.writes:
                driver.begin(db)
            else:
                db.execute("BEGIN")
            done = take(job, tx, lambda: self._writer.hurried)
            db.execute("COMMIT")
        except _faults() as error:
            raise self._said(error) from error
        finally:
            self._back()
        self._announce(tx)
        return done

    def _back(self) -> None:
        """Undo what is not committed, if anything."""
        assert self._db is not None
        if self._db.in_transaction:
            with suppress(*driver.errors()):  # a full disk may already have rolled it back
                self._db.execute("ROLLBACK")

    def _announce(self, tx: Tx) -> None:
        if tx.touched or tx.noted:
            self._tell(StoreChanged(frozenset(tx.touched), frozenset(tx.noted)))

    def _tell(self, changed: StoreChanged) -> None:
        for listener in tuple(self._listeners):
            with Attempt() as attempt:  # it is committed: a screen that cannot hear it must not make it look failed
                listener(changed)
            if attempt.failure is not None:
                log.error("a listener failed", exc_info=attempt.failure)

    def _look(self, tx: Tx) -> bool:
        """`data_version` moves on this connection only by the commits of others."""
        now = _data_version(tx.db)
        if now == self._seen:
            return False
        self._seen = now
        tx.note("elsewhere")
        return True

    def _rebuild_all(self) -> None:
        def told(tickets: int) -> None:
            self.anew = tickets

        def steps() -> Iterable[Callable[[Tx], Any]]:
            from deskui.store.recount import Recount

            yield from Recount(tell=told).unless_done()
            self.anew = 0

        self.write_each(_lazily(steps))

    def _connect(self) -> sqlite3.Connection:
        return driver.connect(self.path, readonly=True)

    def _close_writer(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
        presence.let_go(self._here)


def _lazily(steps: Callable[[], Iterable[Callable[[Tx], Any]]]) -> Iterable[Callable[[Tx], Any]]:
    """The steps, asked for on the writer thread: few starts need what they are made with."""
    yield from steps()


def _faults() -> tuple[type[Exception], ...]:
    """What is said in plain words: the disk, the file, a text that cannot be stored."""
    return driver.errors(UnicodeEncodeError, StoreError)


def _data_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _put(tx: Tx, key: str, text: str) -> None:
    tx.db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (key, text))
