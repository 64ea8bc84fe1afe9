"""Brings a store to this version: a backup first, then all DDL and the version stamp in one transaction."""

import sqlite3
from pathlib import Path

from deskui.store import driver
from deskui.store.driver import StoreError, said

SCHEMA = 11  # the number of the newest file in migrations/versions/
KEPT = 3  # backups from before a migration


def version(db: sqlite3.Connection) -> int:
    """The store's schema version; 0: an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, path: Path, *, keep: bool = True) -> bool:
    """Whether it had to be brought forward.  StoreError: a newer deskui wrote it, or it could not be done.

    `keep`: as it was before, it stays beside it; of such backups the newest `KEPT` do.
    """
    found = version(db)
    if found == SCHEMA:
        return False
    refuse_newer(db, path)
    if found and keep:
        backup(db, path.with_name(f"{path.stem}-before-{SCHEMA}{path.suffix}"), only=found)
    upgrade(db, path)
    if found and keep:
        _prune(path)
    return True


def require(db: sqlite3.Connection, path: Path) -> None:
    """StoreError: it is not of this version, and this user may not bring it forward."""
    refuse_newer(db, path)
    if version(db) != SCHEMA:
        raise StoreError(
            f"{path} is of an older deskui (schema {version(db)}), and read-only for this user",
            "start deskui once as its owner, or give this user the file",
        )


def refuse_newer(db: sqlite3.Connection, path: Path) -> None:
    """StoreError: a newer deskui wrote it; or its two version stamps differ, and its header is damaged."""
    found, row = version(db), None
    if found <= SCHEMA:
        return
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is not None and row[0] != f"{found:04}":
        raise sqlite3.DatabaseError(f"malformed header: schema {found} on tables of schema {row[0]}")
    raise StoreError(
        f"{path} was written by a newer deskui (schema {found}, this one knows {SCHEMA})",
        "use that deskui, or restore a backup made before its upgrade: `deskui restore FILE`",
    )


def _prune(path: Path) -> None:
    """Let go of all but the newest backups made here."""
    made = sorted(path.parent.glob(f"{path.stem}-before-*{path.suffix}"), key=lambda each: each.stat().st_mtime_ns)
    for old in made[:-KEPT]:
        old.unlink(missing_ok=True)


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Run Alembic up to `SCHEMA` on this connection, all or nothing."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: db, poolclass=StaticPool, module=driver.module(db))
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
    except driver.errors() as error:
        raise said(error, path) from error


def backup(db: sqlite3.Connection, to: Path, only: int = 0) -> None:
    """A consistent copy by SQLite's backup API, 0600; an older copy of that name is replaced.  StoreError.

    `only`: of a store of this version; where another console has brought it forward meanwhile, nothing is replaced.
    """
    import os

    part = to.with_name(to.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        copy = driver.another(db, part)
        try:
            db.backup(copy)
            other = only and version(copy) != only
        finally:
            copy.close()
        if other:
            part.unlink()
            return
        file = os.open(part, os.O_RDONLY)
        os.fsync(file)  # of a copy that nobody has open; else a power cut could leave the name without the pages
        os.close(file)
        part.replace(to)
    except driver.errors(OSError) as error:
        raise said(error, to) from error
