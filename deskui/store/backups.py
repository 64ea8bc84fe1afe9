"""A backup in the store's place: looked through first, the replaced store kept."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deskui.store import driver, migrate, presence, quarantine, salvage
from deskui.store.driver import StoreError
from deskui.store.store import Tx

if TYPE_CHECKING:
    from deskui.domain.contract import Rules

_OURS = """SELECT o.uid, t.id, o.kind FROM outbox o JOIN ticket t ON t.pk = o.ticket
    WHERE o.state NOT IN ('sent', 'dropped')"""
_WORDS = "SELECT d.uid, t.id, 'draft: ' || d.kind FROM draft d JOIN ticket t ON t.pk = d.ticket"


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of it: the replaced store (None: there was none), what waits, what only the replaced one has."""

    aside: Path | None
    waiting: int
    missing: tuple[str, ...]


def found(path: Path) -> list[Path]:
    """The backups that are beside the store, the newest first."""
    there = [*path.parent.glob(f"{path.stem}-before-*{path.suffix}"), *(path.parent / "backups").glob("*.db")]
    return sorted(there, key=lambda each: each.stat().st_mtime, reverse=True)


def verify(file: Path) -> int:
    """The schema of a backup that is whole.  StoreError: it is none, damaged, or a newer deskui's."""
    if not file.is_file():
        raise StoreError(f"there is no backup {file}", "give the file that `deskui backup` wrote")
    try:
        with closing(driver.connect(file, readonly=True)) as db:
            schema = migrate.version(db)
            migrate.refuse_newer(db, file)
            said = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
            there = db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('ticket', 'outbox', 'meta')")
            if not schema or there.fetchone()[0] != 3:
                raise StoreError(f"{file} is no backup of a deskui store", "give the file that `deskui backup` wrote")
    except driver.errors() as error:
        raise StoreError(f"{file} cannot be used: {error}", "take another backup") from error
    if said != "ok":
        raise StoreError(f"{file} is damaged ({said})", "take another backup")
    return schema


def restore(
    path: Path, file: Path, rules: "Rules", now: int, prefixes: Mapping[str, str], *, sealed: bool = False
) -> Restored:  # fmt: skip
    """Put the backup in the store's place, brought forward where it is older.  StoreError: then all is as it was.

    What waits in it may have been sent after it was made: that is looked for upstream first.  `sealed`: it is encrypted
    if it is not; so it is where the replaced store was.
    """
    with presence.alone(path.parent):
        verify(file)
        part = path.with_name(f"{path.stem}-restored.part")
        driver.clear(part)
        _take(file, part, sealed=sealed or (path.exists() and driver.encrypted(path)))
        try:
            with closing(driver.connect(part)) as db:
                migrate.migrate(db, part, keep=False)
                missing = _missing(path, db)
                db.execute("BEGIN IMMEDIATE")
                waiting = salvage.doubt(Tx(db, rules, now, prefixes))
                db.execute("COMMIT")
        except driver.errors() as error:
            raise driver.said(error, part) from error
        aside = None
        if path.exists():
            quarantine.note(path, "a restore was cut off: restore the backup once more")
            aside = quarantine.aside(path, now, "replaced")
        part.rename(path)
        quarantine.mark(path).unlink(missing_ok=True)
    return Restored(aside, waiting, missing)


def _take(file: Path, part: Path, *, sealed: bool) -> None:
    """A copy of the backup; it is not made plain on the way."""
    if sealed and not driver.encrypted(file):
        from deskui.store import seal

        seal.copy(file, part, sealed=True)
        return
    with closing(driver.connect(file, readonly=True)) as db:
        migrate.backup(db, part)


def _missing(path: Path, backup: sqlite3.Connection) -> tuple[str, ...]:
    """What waits or is being written in the store that is replaced, as far as it can be read, and not in the backup."""
    known = {row[0] for table in ("outbox", "draft") for row in backup.execute(f"SELECT uid FROM {table}")}
    try:
        if not path.exists():
            return ()
        with closing(driver.connect(path, readonly=True)) as db:
            rows = [row for sql in (_OURS, _WORDS) for row in db.execute(sql)]
    except driver.errors(StoreError):
        return ("nobody can tell: the replaced store is not readable; `deskui store salvage` saves what it holds",)
    return tuple(f"{name} {verb} ({uid})" for uid, name, verb in rows if uid not in known)
