"""The inventory of configuration items: journal rows of kind `ci`, and the newest of each as a projection."""

import json
import sqlite3
from typing import TYPE_CHECKING

from deskui.store import journal, statements
from deskui.store.outbox import dumps

if TYPE_CHECKING:
    from deskui.domain.asset import Asset
    from deskui.store.store import Tx


def put(tx: "Tx", asset: "Asset", author: str) -> bool:
    """Record the item as it is now; False, and no new fact, if it is known just so."""
    from deskui.domain import asset as assets

    values = assets.to_json(asset)
    data = dumps(values)
    known = tx.db.execute("SELECT data FROM ci WHERE name = ?", (asset.name,)).fetchone()
    if known is not None and known[0] == data:
        return False
    journal.append(tx, "ci", f"ci:{asset.name}", values, author=author)
    row = {"name": asset.name, "data": data}
    tx.db.execute(statements.upsert("ci", ("name",), ("name", "data")), row)
    tx.note("inventory")
    return True


def all_(db: sqlite3.Connection) -> "list[Asset]":
    """All items by name."""
    return [_asset(data) for (data,) in db.execute("SELECT data FROM ci ORDER BY name")]


def get(db: sqlite3.Connection, name: str) -> "Asset | None":
    """One item, its name in any case."""
    row = db.execute("SELECT data FROM ci WHERE name = ?", (name,)).fetchone()
    return None if row is None else _asset(row[0])


def _asset(data: str) -> "Asset":
    from deskui.domain import asset

    return asset.from_json(json.loads(data))
