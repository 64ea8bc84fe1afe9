"""Whether a store is whole."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from deskui.store import quarantine
from deskui.store.driver import StoreError, connect, errors, said


def quick_check(path: Path, begun: Callable[[sqlite3.Connection | None], None] = lambda _: None) -> str:
    """`ok`, or the first thing that SQLite finds wrong; nothing is changed.  StoreError: it cannot be opened.

    `begun` is given the connection by which the look can be interrupted, and None before that is closed.
    """
    db = connect(path, readonly=True)
    try:
        begun(db)
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        return " ".join(found.replace("*** in database main ***", "").split())
    except errors() as error:
        raise said(error, path) from error
    finally:
        begun(None)
        db.close()


def whole(path: Path, begun: Callable[[sqlite3.Connection | None], None] = lambda _: None) -> str:
    """What is wrong with it, "" if nothing; what says that it is damaged is remembered.

    StoreError: it cannot be looked at.
    """
    if known := quarantine.noted(path):
        return known
    if not path.exists():
        return ""
    if quarantine.wiped(Path(f"{path}-wal")):
        found = quarantine.ZEROS
    else:
        try:
            found = quick_check(path, begun)
        except StoreError as error:
            if not quarantine.seen(error):
                raise
            found = str(error.__cause__ or error)
    if found == "ok":
        return ""
    quarantine.note(path, found)
    return found
