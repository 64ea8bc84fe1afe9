"""Whether a store is whole."""

import sqlite3
from pathlib import Path

from deskui.store import quarantine
from deskui.store.driver import StoreError, connect, said


def quick_check(path: Path) -> str:
    """`ok`, or the first thing that SQLite finds wrong; nothing is changed.  StoreError: it cannot be opened."""
    db = connect(path, readonly=True)
    try:
        return str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise said(error, path) from error
    finally:
        db.close()


def whole(path: Path) -> str:
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
            found = quick_check(path)
        except StoreError as error:
            if not quarantine.seen(error):
                raise
            found = str(error.__cause__ or error)
    if found == "ok":
        return ""
    quarantine.note(path, found)
    return found
