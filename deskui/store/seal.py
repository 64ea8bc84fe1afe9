"""A plain store made an encrypted one, and back: a new file beside it, looked through, then put in its place."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskui.store import backups, cipher, driver, migrate, presence, purge, quarantine
from deskui.store.driver import StoreError

FOLDERS = ("attachments", "writing")  # what was saved from tickets, and what an editor left


@dataclass(frozen=True, slots=True)
class Changed:
    """Whether the store itself was changed; the backups that were, and what is plain all the same."""

    store: bool
    backups: tuple[Path, ...] = ()
    plain: tuple[Path, ...] = ()


def change(path: Path, *, sealed: bool) -> Changed:
    """Make the store encrypted or plain; with encryption its backups too.  StoreError: then it is as it was.

    Cut off at any point it is the old store or the new one; what is left over goes when it is done again.
    """
    with presence.alone(path.parent):
        quarantine.refuse(path)
        if not path.exists():
            raise StoreError(f"there is no store {path} yet", "with `[store] encrypted = true` it is made encrypted")
        cipher.library(), cipher.key()  # Locked, before anything is touched
        for left in path.parent.glob(f"{path.stem}-*.part*"):
            left.unlink(missing_ok=True)
        changed = driver.encrypted(path) != sealed
        if changed:
            _settle(path)
            _replace(path, sealed)
        else:
            driver.connect(path, readonly=True).close()  # Locked: the key is another one
        return Changed(changed, *(_others(path) if sealed else ()))


def copy(file: Path, to: Path, *, sealed: bool) -> None:
    """Everything in `file` as a new store of the other form, looked through.  StoreError."""
    try:
        driver.clear(to)
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        mode = "rw" if driver.writable(file) else "ro&immutable=1"
        with closing(cipher.connect(file, mode, "" if sealed else None)) as db:
            db.execute("PRAGMA temp_store=MEMORY")
            db.execute("ATTACH DATABASE ? AS made KEY ?", (str(to), f"x'{cipher.key()}'" if sealed else ""))
            db.execute("PRAGMA made.journal_mode=OFF")  # cut off, it is made anew
            db.execute("SELECT sqlcipher_export('made')").fetchone()
            db.execute(f"PRAGMA made.user_version={migrate.version(db)}")
            before = _counts(db)
            db.execute("DETACH DATABASE made")
        if driver.encrypted(to) != sealed:
            raise StoreError(f"{to} did not become what it should be", "nothing was changed")
        with closing(driver.connect(to)) as db:
            said, after = db.execute("PRAGMA integrity_check(1)").fetchone()[0], _counts(db)
        if said != "ok" or before != after:
            raise StoreError(f"the copy of {file} is not the same ({said})", "nothing was changed: look at the disk")
        _sync(to)
    except driver.errors(OSError) as error:
        raise driver.said(error, to) from error


def _counts(db: Any) -> dict[str, int]:
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    return {**found, "": migrate.version(db)}


def _settle(path: Path) -> None:
    """Everything into the file itself: a log that stayed would be taken for the new file's."""
    with closing(driver.connect(path)) as db:
        migrate.refuse_newer(db, path)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(f"{path} is open in another program", "close it and try again")
    for side in ("-wal", "-shm"):
        Path(f"{path}{side}").unlink(missing_ok=True)


def _replace(path: Path, sealed: bool) -> None:
    """The other form in its place, in one step; its time of change stays, by which backups are ordered."""
    part = path.with_name(f"{path.stem}-{'encrypted' if sealed else 'decrypted'}.part")
    copy(path, part, sealed=sealed)
    times = path.stat()
    os.utime(part, ns=(times.st_atime_ns, times.st_mtime_ns))
    part.replace(path)
    driver.forget(path)
    _sync(path.parent)


def _others(path: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Of the files beside the store those that are encrypted now, and those that cannot be."""
    done, plain = list[Path](), list[Path]()
    for file in plain_beside(path):
        try:
            _settle(file)
            _replace(file, sealed=True)
            done.append(file)
        except StoreError:
            plain.append(file)
    return tuple(done), tuple([*plain, *_texts(path)])


def plain_beside(path: Path) -> list[Path]:
    """The backups and set-aside stores beside it that are not encrypted."""
    aside = [file for file in purge.older(path) if file.suffix == path.suffix]
    return [file for file in [*backups.found(path), *aside] if not driver.encrypted(file)]


def _texts(path: Path) -> Iterator[Path]:
    """What is no store, and may have words of tickets."""
    yield from path.parent.glob(f"{path.stem}-*.txt")
    for folder in (path.parent / name for name in FOLDERS):
        if folder.is_dir() and any(folder.iterdir()):
            yield folder


def _sync(path: Path) -> None:
    """To the disk itself."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
