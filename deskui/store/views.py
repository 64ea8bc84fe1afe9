"""Saved views and what the queue showed last: rows here, never on an upstream."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deskui.domain.view import Session
from deskui.store import statements
from deskui.store.firstpage import SESSION

if TYPE_CHECKING:
    from deskui.domain.query import Query
    from deskui.store.store import Tx

NOTED = "views"  # the word of StoreChanged


def rows(db: sqlite3.Connection) -> list[tuple[str, str | None, str | None, tuple[str, ...] | None, str]]:
    """(name, query, sort, columns, cursor) of each, in order; None: as the file of that name says."""
    found = db.execute('SELECT name, query, sort, "columns", cursor FROM view ORDER BY position, name')
    return [(name, query, sort, _columns(chosen), cursor) for name, query, sort, chosen, cursor in found]


def _columns(kept: str | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(json.loads(kept))


def keep(tx: "Tx", name: str, **values: Any) -> None:
    """Set `query`, `sort`, `columns` or `cursor` of the view; a new one comes last."""
    if "columns" in values:
        values["columns"] = json.dumps(values["columns"])
    known = tx.db.execute("SELECT 1 FROM view WHERE name = ?", (name,)).fetchone()
    if known is None:
        last = tx.db.execute("SELECT coalesce(max(position), 0) + 1 FROM view").fetchone()[0]
        row = {"name": name, "position": last, "query": None, "sort": None, "columns": None, "cursor": "", **values}
        tx.db.execute(statements.insert("view", tuple(row)), row)
    elif values:
        tx.db.execute(statements.update("view", "name", tuple(values)), {**values, "key_name": name})
    tx.note(NOTED)


def drop(tx: "Tx", name: str) -> bool:
    """Forget what is kept of it; whether there was anything."""
    tx.note(NOTED)
    return tx.db.execute("DELETE FROM view WHERE name = ?", (name,)).rowcount > 0


def count(db: sqlite3.Connection, query: "Query", me: frozenset[str], now: int) -> int:
    """How many tickets the query asks for."""
    from deskui.store import queue

    sql, values = queue.select(query, me, "sla", None, now)
    return int(db.execute(f"SELECT count(*) FROM ({sql})", values).fetchone()[0])


def uid_at(db: sqlite3.Connection, pk: int) -> str:
    """The uid of the ticket; empty: it is gone."""
    found = db.execute("SELECT uid FROM ticket WHERE pk = ?", (pk,)).fetchone()
    return str(found[0]) if found else ""


# The session, one row for each person


def session(db: sqlite3.Connection, person: str) -> Session | None:
    """What this person's queue showed last; None: nothing is kept, or by another version."""
    found = db.execute("SELECT value FROM meta WHERE key = ?", (SESSION + person,)).fetchone()
    if found is None:
        return None
    try:
        kept = json.loads(found[0])
        return Session(**{**kept, "columns": tuple(kept["columns"])})
    except (ValueError, TypeError, KeyError):
        return None


def remember(tx: "Tx", person: str, last: Session) -> None:
    """Keep it for the next start."""
    kept = {
        "view": last.view, "query": last.query, "sort": last.sort, "columns": list(last.columns), "cursor": last.cursor,
    }  # fmt: skip
    row = {"key": SESSION + person, "value": json.dumps(kept)}
    tx.db.execute(statements.upsert("meta", ("key",), tuple(row)), row)


def known(db: sqlite3.Connection, newest: int) -> dict[str, Sequence[str]]:
    """Names that a filter may ask for, of open tickets: owners, customers, items, and tags of the newest."""
    asked = {
        "owner": f"SELECT DISTINCT owner {_OPENED} AND owner IS NOT NULL",
        "customer": f"SELECT DISTINCT customer {_OPENED} AND customer IS NOT NULL",
        "ci": "SELECT name FROM ci",
    }
    found: dict[str, Sequence[str]] = {
        name: sorted((row[0] for row in db.execute(sql)), key=str.casefold) for name, sql in asked.items()
    }
    return found | {"tag": tags(db, newest)}


_OPENED = "FROM ticket WHERE gone = 0 AND done = 0"


def tags(db: sqlite3.Connection, newest: int) -> list[str]:
    """Those of the newest open tickets, each once in any case."""
    sql = f"""SELECT DISTINCT value FROM (SELECT shown {_OPENED} ORDER BY pk DESC LIMIT {int(newest)}) AS newest,
        json_each(newest.shown, '$.tags')"""
    found = {word.casefold(): word for (word,) in db.execute(sql)}
    return sorted(found.values(), key=str.casefold)
