"""One look at every page of an open store, in the background; what is to be sent waits for it."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from pathlib import Path

from deskui.store import health, quarantine
from deskui.store.driver import StoreError
from deskui.store.threads import Attempt


class Soundness:
    """Of the store in `path`; looked at once, when it is first asked for.

    `lately` says whether somebody has done so lately, `done` is told once it was found whole.
    """

    def __init__(self, path: Path, lately: Callable[[], bool], done: Callable[[], object]) -> None:
        self._path, self._lock = path, threading.Lock()
        self._lately, self._done = lately, done
        self._found: Future[str] | None = None
        self._db: sqlite3.Connection | None = None
        self._closed = False

    def begin(self, tell: Callable[[str], None] | None = None) -> "Future[str]":
        """Look, on a thread of its own; `tell` hears on it what is wrong, if something is."""
        with self._lock:
            if self._found is None:
                self._found = Future()
                threading.Thread(target=self._look, args=(self._found,), name="deskui-check", daemon=True).start()
            found = self._found
        if tell is not None:
            found.add_done_callback(lambda done: _told(done, tell))
        return found

    def require(self) -> None:
        """Wait for the look, unless there was one lately.  Damaged: nothing may be sent.  StoreError: it is closed."""
        if self._found is None and self._lately():
            return
        try:
            said = self.begin().result()
        except CancelledError:
            raise StoreError(f"{self._path} is being closed: nothing is sent") from None
        if said:
            raise quarantine.damaged(self._path, said)

    def close(self) -> None:
        """Give a look up that is under way."""
        with self._lock:
            self._closed = True
            if self._db is not None:
                self._db.interrupt()
            found = self._found
        if found is not None:
            wait([found], timeout=1.0)

    def _look(self, found: "Future[str]") -> None:
        said = ""
        with Attempt() as attempt:
            said = health.whole(self._path, self._begun)
            if not said:
                self._done()
        with self._lock:
            self._db, closed = None, self._closed
        if closed:
            found.cancel()
        attempt.settle(found, said)

    def _begun(self, db: sqlite3.Connection | None) -> None:
        with self._lock:
            self._db = db
            if self._closed and db is not None:
                db.interrupt()


def _told(done: "Future[str]", tell: Callable[[str], None]) -> None:
    if not done.cancelled() and done.exception() is None and done.result():
        tell(done.result())
