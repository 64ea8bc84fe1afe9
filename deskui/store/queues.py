"""The queues that tickets in the store are in."""

import sqlite3


def seen(db: sqlite3.Connection, upstream: str) -> list[str]:
    """Those of one upstream, each once."""
    asked = "SELECT DISTINCT json_extract(base, '$.queue') FROM ticket WHERE upstream = ? AND base IS NOT NULL"
    return sorted(name for (name,) in db.execute(asked, (upstream,)) if name)
