"""Whether a store is whole."""

import sqlite3
from pathlib import Path

from deskui.store.driver import connect, said


def quick_check(path: Path) -> str:
    """`ok`, or the first thing that SQLite finds wrong; nothing is changed.  StoreError: it cannot be opened."""
    db = connect(path, readonly=True)
    try:
        return str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise said(error, path) from error
    finally:
        db.close()
