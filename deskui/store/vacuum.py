"""The desk's file written anew, without what is free in it: what was deleted is in no page of it any more."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from deskui.store import driver

STEPS = 20_000  # of SQLite's machine, some milliseconds: so often it is asked whether to go on


def vacuum(path: Path, unwanted: Callable[[], bool] = lambda: False) -> bool:
    """Whether it was done: not where it became `unwanted`, which leaves all as it was.  StoreError.

    Nothing can be written meanwhile, and its last part, when all is copied back, is not given up: two seconds where
    there are 100,000 tickets, some milliseconds where there are 2,000.  Reading goes on.
    """
    try:
        with closing(driver.connect(path)) as db:
            if db.execute("PRAGMA cipher_version").fetchone() is None:  # else no text may get into a file as it is
                db.execute("PRAGMA temp_store=FILE")  # not all of the store into memory
            db.set_progress_handler(unwanted, STEPS)
            db.execute("VACUUM")
            db.set_progress_handler(None, 0)
            db.execute("PRAGMA busy_timeout=1000")  # who reads for longer keeps no writer waiting for the log to end
            return not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except driver.errors(name="OperationalError") as error:
        if str(error) == "interrupted":
            return False
        raise driver.said(error, path) from error
    except driver.errors() as error:
        raise driver.said(error, path) from error
