"""The writes, as Core statements compiled once to the text that the plain connection executes."""

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from deskui.store import tables

_DIALECT = sqlite.dialect(paramstyle="named")


def _table(name: str) -> Table:
    return tables.METADATA.tables[name]


@cache
def insert(name: str, columns: tuple[str, ...]) -> str:
    """`insert into NAME (columns)`, parameters by name."""
    table = _table(name)
    return _text(table.insert().values({column: None for column in columns}), columns)


@cache
def upsert(name: str, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """Insert, or update all `columns` of the row that has the same `keys`."""
    statement = sqlite_insert(_table(name)).values({column: None for column in columns})
    moved = {column: statement.excluded[column] for column in columns if column not in keys}
    return _text(statement.on_conflict_do_update(index_elements=list(keys), set_=moved), columns)


@cache
def update(name: str, key: str, columns: tuple[str, ...]) -> str:
    """Update `columns` of the row whose `key` is `:key_KEY`."""
    from sqlalchemy import bindparam

    table = _table(name)
    statement = table.update().where(table.c[key] == bindparam(f"key_{key}"))
    return _text(statement.values({column: bindparam(column) for column in columns}), columns)


def _text(statement: Any, columns: tuple[str, ...]) -> str:
    return str(statement.compile(dialect=_DIALECT, column_keys=list(columns)))
