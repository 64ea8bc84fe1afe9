"""By which rules the clocks of this desk were derived: a mark that says so of all of them, or is not there.

It is the rules' version; while a pass over all tickets is under way, UNDER_WAY and the version of the pass.  Whoever
derives by other rules takes it away in the same transaction: then the next start sees that a pass is needed.
"""

import sqlite3

UNDER_WAY = ">"
_OTHERS = "DELETE FROM meta WHERE key = 'rules' AND value NOT IN (?, ?)"
# Put anew even where it is the same: a commit that changes nothing would not wait for the disk.
_ALL = """INSERT OR REPLACE INTO meta(key, value)
    SELECT 'rules', ? FROM meta WHERE key = 'rules' AND value IN (?, ?)"""
_PUT = "INSERT OR REPLACE INTO meta(key, value) VALUES ('rules', ?)"


def by(db: sqlite3.Connection) -> str | None:
    """The rules by which all clocks were derived; None: a new store, or not all by the same."""
    row = db.execute("SELECT value FROM meta WHERE key = 'rules'").fetchone()
    return None if row is None or row[0].startswith(UNDER_WAY) else str(row[0])


def stale(db: sqlite3.Connection, version: str) -> bool:
    """Whether there are tickets whose clocks were derived by other rules; a store without tickets is marked."""
    if by(db) == version:
        return False
    if db.execute("SELECT 1 FROM ticket LIMIT 1").fetchone():
        return True
    db.execute(_PUT, (version,))
    return False


def mixed(db: sqlite3.Connection, version: str) -> None:
    """Something is derived by these rules: those of the others do not hold for all any more."""
    db.execute(_OTHERS, (version, UNDER_WAY + version))


def begin(db: sqlite3.Connection, version: str) -> None:
    """A pass by these rules begins."""
    db.execute(_PUT, (UNDER_WAY + version,))


def end(db: sqlite3.Connection, version: str) -> None:
    """The pass is over: all are derived by these rules, unless somebody derived by others meanwhile."""
    db.execute(_ALL, (version, version, UNDER_WAY + version))
