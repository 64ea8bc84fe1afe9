"""The writes are what SQLAlchemy's Core compiles for the same tables."""

import pytest
from sqlalchemy import bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from deskui.store import statements
from deskui.store.tables import METADATA

TABLES = sorted(METADATA.tables)


def core(statement, columns):
    return " ".join(str(statement.compile(dialect=sqlite.dialect(paramstyle="named"), column_keys=columns)).split())


def bare(text):
    return text.replace('"', "")


@pytest.mark.parametrize("name", TABLES)
def test_they_are_what_core_writes(name):
    table = METADATA.tables[name]
    columns = tuple(column.name for column in table.columns)
    key, *others = columns
    made = insert(table).values(dict.fromkeys(columns))
    assert bare(statements.insert(name, columns)) == bare(core(made, columns))
    moved = made.on_conflict_do_update(index_elements=[key], set_={each: made.excluded[each] for each in others})
    assert bare(statements.upsert(name, (key,), columns)) == bare(core(moved, columns))
    changed = table.update().where(table.c[key] == bindparam(f"key_{key}"))
    changed = changed.values({column: bindparam(column) for column in others})
    assert bare(statements.update(name, key, tuple(others))) == bare(core(changed, others))
