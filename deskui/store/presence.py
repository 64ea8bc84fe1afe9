"""Who has the desk's store open: a shared `flock` on <home>/open.lock, which the kernel frees when its holder dies.

What replaces the file (restore, salvage, encryption) needs it alone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deskui.store.driver import StoreError, said

NAME = "open.lock"


def hold(home: Path) -> int | None:
    """Say that somebody uses the store, until the number that this gives is given to `let_go`.

    None: the folder belongs to somebody else; who only reads there is not counted.  StoreError: it is being replaced.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise StoreError(f"the store in {home} is being replaced", "wait until that is done") from None
    return file


def let_go(file: int | None) -> None:
    """Nobody uses it here any more."""
    if file is not None:
        with suppress(OSError):
            os.close(file)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """For as long as the `with` lasts nobody else opens the store.  StoreError: somebody has it open."""
    try:
        file = os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise said(error, home) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise StoreError(
            f"the store in {home} is open in another deskui", "leave every console, watch and sync of this desk first"
        ) from None
    try:
        yield
    finally:
        os.close(file)
