"""Whether somebody watches this desk: a shared `flock` on <home>/pager.lock, which the kernel frees with its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def on_duty(home: Path) -> Iterator[None]:
    """As long as the `with` lasts, `alive` is true for everybody."""
    file = _open(home)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


def alive(home: Path) -> bool:
    """Whether a process is on duty."""
    file = _open(home)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _open(home: Path) -> int:
    return os.open(home / "pager.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
