"""One run at a time per upstream: `flock` on files in the home, which the kernel frees when their holder dies."""

import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from deskui.store.driver import said

_STEP_S = 0.05


class SyncLock:
    """`with SyncLock(home) as held:` or `acquire` and `release`; `held` says whether it was had.

    Without a name it is the whole desk's, which no run of any upstream goes beside; `of` gives an upstream's own.
    """

    def __init__(self, home: Path, timeout_s: float = 0, name: str = "") -> None:
        self._home, self._timeout_s = home, timeout_s
        self._wanted = [(home / "sync.lock", fcntl.LOCK_SH if name else fcntl.LOCK_EX)]
        if name:
            self._wanted.append((home / f"sync-{name}.lock", fcntl.LOCK_EX))
        self._files: list[int] = []

    def of(self, upstream: str) -> "SyncLock":
        """The one of an upstream: a slow upstream keeps no other one waiting."""
        return SyncLock(self._home, self._timeout_s, "".join(c if c.isalnum() else "_" for c in upstream))

    def acquire(self, timeout_s: float = 0) -> bool:
        """Whether it could be had within `timeout_s` seconds.  StoreError: this user may not write there."""
        until, files = time.monotonic() + timeout_s, list[int]()
        for path, how in self._wanted:
            try:
                files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            except OSError as error:
                _close(files)
                raise said(error, path) from error
            while not _locked(files[-1], how):
                left = until - time.monotonic()
                if left <= 0:
                    _close(files)
                    return False
                time.sleep(min(_STEP_S, left))
        self._files = files
        return True

    def release(self) -> None:
        """Let the next one run; without effect if it is not held."""
        _close(self._files)
        self._files = []

    def __enter__(self) -> bool:
        return self.acquire(self._timeout_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _close(files: Iterable[int]) -> None:
    for file in files:
        os.close(file)


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
