"""One run at a time per desk: `flock` on <home>/sync.lock, which the kernel frees when its holder dies."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

_STEP_S = 0.05


class SyncLock:
    """`with SyncLock(home) as held:` or `acquire` and `release`; `held` says whether it was had."""

    def __init__(self, home: Path, timeout_s: float = 0) -> None:
        self._path, self._timeout_s = home / "sync.lock", timeout_s
        self._file: int | None = None

    def acquire(self, timeout_s: float = 0) -> bool:
        """Whether it could be had within `timeout_s` seconds."""
        until = time.monotonic() + timeout_s
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while not _locked(file):
            left = until - time.monotonic()
            if left <= 0:
                os.close(file)
                return False
            time.sleep(min(_STEP_S, left))
        self._file = file
        return True

    def release(self) -> None:
        """Let the next one run; without effect if it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> bool:
        return self.acquire(self._timeout_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
