"""What is in a store: how much of everything, never what it says; and the words that must not leave the house."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from deskui.store.driver import connect, encrypted, errors, said
from deskui.store.migrate import version

TABLES = (
    "ticket", "alias", "event", "body", "attachment", "outbox", "conflict", "sync", "journal", "ci", "draft", "view",
)  # fmt: skip
_WORDS = (
    "SELECT subject FROM ticket UNION SELECT customer FROM ticket UNION SELECT owner FROM ticket"
    " UNION SELECT author FROM event UNION SELECT author FROM outbox UNION SELECT name FROM ci"
)


def sqlite() -> str:
    """The version of the SQLite in use."""
    return sqlite3.sqlite_version


def census(path: Path) -> dict[str, Any]:
    """The schema, the size and the number of rows per table.  StoreError."""
    try:
        with closing(connect(path, readonly=True)) as db:
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            rows = {name: _count(db, name) for name in TABLES if name in there}
            states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state")) if rows else {}
            size = path.stat().st_size
            return {
                "schema": version(db), "bytes": size, "encrypted": encrypted(path), "rows": rows, "outbox": states,
            }  # fmt: skip
    except errors() as error:
        raise said(error, path) from error


def words(path: Path) -> frozenset[str]:
    """Subjects, customers, people and hosts: what a report for strangers must not have.  StoreError."""
    try:
        with closing(connect(path, readonly=True)) as db:
            return frozenset(word for (word,) in db.execute(_WORDS) if word)
    except errors() as error:
        raise said(error, path) from error


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
