"""The writes, as the text that the plain connection executes: what SQLAlchemy's Core would write, a test sees to it.

Core itself takes half a second and 30 MiB to load, which the first change of a night would pay; the tables stay its.
"""

from collections.abc import Iterable
from functools import cache


@cache
def insert(name: str, columns: tuple[str, ...]) -> str:
    """`INSERT INTO name (columns)`, parameters by name."""
    values = ", ".join(f":{column}" for column in columns)
    return f'INSERT INTO "{name}" ({_names(columns)}) VALUES ({values})'


@cache
def upsert(name: str, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """Insert, or update all `columns` of the row that has the same `keys`."""
    moved = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in keys)
    return f"{insert(name, columns)} ON CONFLICT ({_names(keys)}) DO UPDATE SET {moved}"


@cache
def update(name: str, key: str, columns: tuple[str, ...]) -> str:
    """Update `columns` of the row whose `key` is `:key_KEY`."""
    moved = ", ".join(f'"{column}"=:{column}' for column in columns)
    return f'UPDATE "{name}" SET {moved} WHERE "{name}"."{key}" = :key_{key}'


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
