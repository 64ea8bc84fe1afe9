"""Brings a store to this version: a backup first, then all DDL and the version stamp in one transaction."""

import sqlite3
from pathlib import Path

from deskui.store.driver import StoreError, said

SCHEMA = 10  # the number of the newest file in migrations/versions/


def version(db: sqlite3.Connection) -> int:
    """The store's schema version; 0: an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, path: Path) -> bool:
    """Whether it had to be brought forward.  StoreError: a newer deskui wrote it, or it could not be done."""
    found = version(db)
    if found > SCHEMA:
        raise StoreError(
            f"{path} was written by a newer deskui (schema {found}, this one knows {SCHEMA})",
            "use that deskui, or restore a backup made before its upgrade",
        )
    if found == SCHEMA:
        return False
    if found:
        backup(db, path.with_name(f"{path.stem}-before-{SCHEMA}{path.suffix}"))
    upgrade(db, path)
    return True


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Run Alembic up to `SCHEMA` on this connection, all or nothing."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: db, poolclass=StaticPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    try:
        with engine.connect() as connection:
            # The driver is in autocommit mode: without this each DDL statement would be its own transaction.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if version(db) < SCHEMA:  # another console may have done it while we waited
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                db.execute(f"PRAGMA user_version={SCHEMA}")
            connection.commit()
    except SQLAlchemyError as error:
        raise said(error.__cause__ or error, path) from error
    except sqlite3.Error as error:
        raise said(error, path) from error


def backup(db: sqlite3.Connection, to: Path) -> None:
    """A consistent copy by SQLite's backup API, 0600; an older copy of that name is replaced.  StoreError."""
    import os

    part = to.with_name(to.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy = sqlite3.connect(part)
        try:
            db.backup(copy)
        finally:
            copy.close()
        part.replace(to)
    except (sqlite3.Error, OSError) as error:
        raise said(error, to) from error
