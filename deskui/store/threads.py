"""The threads of the store: one writes, a waiting key first; one reads, and can be cut off; any other may read."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

from deskui.lazy import dataclass

T = TypeVar("T")
LOOK_STEPS = 50_000  # of SQLite's machine, a few hundred microseconds
STUCK_S = 0.025  # a slice takes no longer than that
PATIENCE_S = 1.0  # so long the end waits for threads that read
SLICE_S = 0.015  # a slice stops taking steps here, so that with its commit it stays below 25 ms


@dataclass(eq=False)
class Job:
    """One transaction, or a row of them: `steps` are done in order, as many in each as fit into a slice."""

    steps: Iterator[Callable[[Any], Any]]
    future: Future[Any]
    background: bool
    slice_s: float | None = None  # None: all of them are one transaction
    writes: bool = True  # False: it only looks, or puts a line aside
    result: Any = None


class Attempt:
    """A `with` that keeps what was raised in it: as in concurrent.futures it is the asker's, and this thread lives."""

    failure: BaseException | None = None

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        self.failure = error
        return True

    def settle(self, future: Future[Any], result: Any) -> None:
        """Tell the one who asked what came of it."""
        failure, self.failure = self.failure, None  # no circle: what was raised holds the frame that holds us
        with suppress(InvalidStateError):  # nobody waits for it any more; what is committed is so all the same
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


class Writer:
    """Runs jobs one at a time; `transact(job)` does one slice and says whether the job is finished."""

    def __init__(self, transact: Callable[[Job], bool], close: Callable[[], None]) -> None:
        self._transact, self._close = transact, close
        self._foreground: deque[Job] = deque()
        self._background: deque[Job] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._since: float | None = None  # when the slice that is being done was begun

    def put(self, job: Job) -> None:
        """Queue it; the thread starts with the first one."""
        with self._wake:
            if self._closing:
                raise RuntimeError("the store is closed")
            (self._background if job.background else self._foreground).append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deskui-writer", daemon=True)
                self._thread.start()
            self._wake.notify()

    @property
    def hurried(self) -> bool:
        """Whether a foreground job is waiting: a background slice should end."""
        return bool(self._foreground)

    @property
    def stuck(self) -> bool:
        """Whether a slice has been under way for so long that something else must be keeping the store."""
        since = self._since
        return since is not None and time.monotonic() - since > STUCK_S

    def close(self) -> None:
        """Do the foreground jobs that are queued, give up the others, then end."""
        with self._wake:
            self._closing = True
            given_up = list(self._background)
            self._background.clear()
            thread = self._thread
            self._wake.notify()
        for job in given_up:
            job.future.cancel()
        if thread is None:
            self._close()
        elif thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            if self._done(job):
                continue
            with self._wake:
                if self._closing:
                    job.future.cancel()
                else:
                    self._background.appendleft(job)
        self._close()

    def _next(self) -> Job | None:
        with self._wake:
            while not self._foreground and not self._background:
                if self._closing:
                    return None
                self._wake.wait()
            return self._foreground.popleft() if self._foreground else self._background.popleft()

    def _done(self, job: Job) -> bool:
        done = True  # so is one that failed
        self._since = time.monotonic()
        with Attempt() as attempt:
            done = self._transact(job)
        self._since = None
        if done:
            attempt.settle(job.future, job.result)
        return done


def take(job: Job, argument: Any, hurried: Callable[[], bool]) -> bool:
    """Do the next steps of `job` within one slice; whether they were the last ones."""
    until = time.monotonic() + (job.slice_s or 0)
    for step in job.steps:
        job.result = step(argument)
        if job.slice_s is not None and (time.monotonic() >= until or hurried()):
            return False
    return True


@dataclass(eq=False)
class _Ask:
    key: Hashable
    query: Callable[[sqlite3.Connection], Any]
    future: Future[Any]


class Reader:
    """Answers questions one at a time; a newer one with the same key cuts the older one off."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._waiting: deque[_Ask] = deque()
        self._wake = threading.Condition()
        self._running: _Ask | None = None
        self._thread: threading.Thread | None = None
        self._db: sqlite3.Connection | None = None
        self._closing = False

    def ask(self, key: Hashable, query: Callable[[sqlite3.Connection], Any]) -> Future[Any]:
        """Queue it; the older question with this key is given up and its future cancelled."""
        asked = _Ask(key, query, Future())
        with self._wake:
            if self._closing:
                raise RuntimeError("the store is closed")
            for old in [ask for ask in self._waiting if ask.key == key]:
                self._waiting.remove(old)
                old.future.cancel()
            if self._running is not None and self._running.key == key:
                self._cut(self._running)
            self._waiting.append(asked)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deskui-reader", daemon=True)
                self._thread.start()
            self._wake.notify()
        return asked.future

    def close(self) -> None:
        """Give up what waits and what runs."""
        with self._wake:
            self._closing = True
            for ask in self._waiting:
                ask.future.cancel()
            self._waiting.clear()
            if self._running is not None:
                self._cut(self._running)
            thread = self._thread
            self._wake.notify()
        if thread is not None:
            thread.join()

    def _cut(self, ask: _Ask) -> None:
        ask.future.cancel()
        if self._db is not None:
            self._db.interrupt()

    def _unwanted(self) -> bool:
        """An interrupt that comes before a statement, or between two, is lost: so the statement looks as well."""
        return self._running is not None and self._running.future.cancelled()

    def _run(self) -> None:
        while (ask := self._next()) is not None:
            self._answer(ask)
        if self._db is not None:
            self._db.close()

    def _next(self) -> _Ask | None:
        with self._wake:
            while not self._waiting:
                if self._closing:
                    return None
                self._wake.wait()
            self._running = self._waiting.popleft()
            return self._running

    def _answer(self, ask: _Ask) -> None:
        answer: Any = None
        with Attempt() as attempt:
            if self._db is None:
                self._db = self._connect()
                self._db.set_progress_handler(self._unwanted, LOOK_STEPS)
            answer = ask.query(self._db)
        with self._wake:
            self._running = None  # from here on an interrupt would hit the next one
        attempt.settle(ask.future, answer)


_Own = tuple[sqlite3.Connection, "threading.RLock"]  # a thread's own connection, held while it reads


class Owned:
    """For each thread that reads by itself a connection of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._own = threading.local()
        self._all: dict[threading.Thread, _Own] = {}
        self._lock = threading.Lock()

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Ask on this thread."""
        mine: _Own | None = getattr(self._own, "mine", None)
        if mine is None:
            mine = self._own.mine = self._connect(), threading.RLock()
            self._keep(mine)
        db, busy = mine
        with busy:
            return query(db)

    def _keep(self, mine: _Own) -> None:
        """Remember it for `close`; those of threads that have ended are let go."""
        with self._lock:
            for ended in [thread for thread in self._all if not thread.is_alive()]:
                self._all.pop(ended)[0].close()
            self._all[threading.current_thread()] = mine

    def close(self) -> None:
        """Cut off what is being read, and let go of all of them."""
        with self._lock:
            readers = list(self._all.values())
            self._all.clear()
        for db, _ in readers:
            db.interrupt()
        until = time.monotonic() + PATIENCE_S
        for db, busy in readers:
            # Closed under a thread that reads, a connection takes the whole process along.
            if busy.acquire(timeout=max(0.0, until - time.monotonic())):
                db.close()
                busy.release()
