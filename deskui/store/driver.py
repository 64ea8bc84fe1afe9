"""The only place that opens the desk's SQLite file: pragmas, permissions, and errors said in plain words."""

import contextlib
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

NETWORK = frozenset((
    "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "ceph", "glusterfs",
    "lustre", "gfs", "gfs2", "ocfs2", "beegfs", "davfs", "webdav", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph",
    "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
))  # fmt: skip
WAIT_MS = 5000
CACHE_KIB = 2048  # for each connection: the rest is in the page cache of the system, which counts once
OPTIONS: dict[str, Any] = {
    "uri": True, "isolation_level": None, "timeout": WAIT_MS / 1000, "check_same_thread": False,
    "cached_statements": 256,
}  # fmt: skip
PLAIN = b"SQLite format 3\0"  # so a file begins that is not encrypted
Connection = sqlite3.Connection  # for the signatures of those who may not import sqlite3


class StoreError(Exception):
    """The store could not do it; the message is a sentence for a person, `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Locked(StoreError):
    """The store is encrypted, and the key or the library is not here.  That is no damage: the file is as it was."""


_asked: list[Callable[[], str]] = []  # at most one
_kinds: dict[tuple[str, int, int], bool] = {}  # by path, device and inode: whether that file is encrypted
_looking = threading.Lock()


def key_from(ask: Callable[[], str]) -> None:
    """From now on `ask` gives the key of encrypted stores, 64 hexadecimal digits, once one is opened; or Locked."""
    _asked[:] = [cache(ask)]


def asked_key() -> str:
    """The key of encrypted stores, asked for once; "": nobody was named who has it.  Locked."""
    return _asked[0]() if _asked else ""


def errors(*others: type[Exception], name: str = "Error") -> tuple[type[Exception], ...]:
    """The classes of that name (PEP 249) of both libraries, and `others`: that for encrypted stores has its own."""
    both = (sqlite3, sys.modules.get("sqlcipher3.dbapi2"))
    return *(getattr(module, name) for module in both if module is not None), *others


def module(db: object) -> ModuleType:
    """The library that this connection is of."""
    return sqlite3 if isinstance(db, sqlite3.Connection) else sys.modules["sqlcipher3.dbapi2"]


def encrypted(path: Path) -> bool:
    """Whether the file is an encrypted store.  It is looked into once, before anybody in this process opens it.

    Closing it later, as any look ends, would drop SQLite's locks.
    """
    with _looking:
        kind, size = _named(path)
        if kind not in _kinds and size:
            _kinds[kind] = _looks_encrypted(path)
        return _kinds.get(kind, False)


def ready(path: Path) -> None:
    """Locked: the file is encrypted, and it cannot be read here."""
    if path.exists() and encrypted(path):
        from deskui.store import cipher

        cipher.library()
        if not cipher.fits(path, cipher.key()) and not cipher.reads(path, cipher.key()):
            raise Locked(*cipher.other_key(path))


def clear(path: Path) -> None:
    """Remove a file that is about to be made here, with all that SQLite keeps beside it."""
    forget(path)
    for side in ("", "-wal", "-shm"):
        Path(f"{path}{side}").unlink(missing_ok=True)


def forget(path: Path) -> None:
    """Another file is there from now on: it is looked into anew."""
    name = os.path.realpath(path)
    with _looking:
        for kind in [kind for kind in _kinds if kind[0] == name]:
            del _kinds[kind]


def another(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A connection to an empty file, which becomes one of the same kind as that of `db`."""
    if module(db) is sqlite3:
        return sqlite3.connect(path)
    from deskui.store import cipher

    return cipher.connect(path, "rw")


def _named(path: Path) -> tuple[tuple[str, int, int], int]:
    found = os.stat(path)
    return (os.path.realpath(path), found.st_dev, found.st_ino), found.st_size


def _looks_encrypted(path: Path) -> bool:
    with open(path, "rb") as file:
        if file.read(len(PLAIN)) == PLAIN:
            return False
    from deskui.store import cipher

    return cipher.is_one(path)


def connect(path: Path, *, readonly: bool = False, sealed: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode; a missing file is made 0600 unless `readonly`.  StoreError says why not.

    `sealed`: a file that is made here is encrypted; one that is there is opened as what it is.
    """
    try:
        if readonly:
            return _reading(path)
        if not path.exists():
            _make(path)
        if not path.stat().st_size:
            with _looking:
                _kinds[_named(path)[0]] = sealed
        db = _open(path, "rw")
        _pragmas(db, readonly=False)
    except errors(OSError) as error:
        raise said(error, path) from error
    return db


def _open(path: Path, mode: str) -> sqlite3.Connection:
    if encrypted(path):
        from deskui.store import cipher

        return cipher.connect(path, mode)
    db: sqlite3.Connection = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", **OPTIONS)
    return db


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that only reads; in a folder that may not be written, too."""
    db = _open(path, "ro")
    try:
        _pragmas(db, readonly=True)
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        return db
    except errors(name="OperationalError"):
        db.close()
        # To share it SQLite needs files beside it.  Where it may not make them and nobody else has, nobody writes it.
        if os.path.exists(f"{path}-wal") or writable(path):
            raise
    db = _open(path, "ro&immutable=1")
    _pragmas(db, readonly=True)
    return db


def writable(path: Path) -> bool:
    """Whether this user may write the store; one that is not there yet, too."""
    return os.access(path.parent, os.W_OK | os.X_OK) and (not path.exists() or os.access(path, os.W_OK))


def _make(path: Path) -> None:
    """An empty file that only we may read; its -wal and -shm inherit the mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    check(path)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def check(path: Path) -> None:
    """Refuse a home on a network file system, and take back what others may read.  StoreError."""
    kind = file_system(path.parent)
    if kind in NETWORK:
        raise StoreError(
            f"{path.parent} is on a network file system ({kind}), where SQLite's locks cannot be relied on",
            "choose a folder on a local disk with --home or DESKUI_HOME",
        )
    try:
        for name, mode in ((path.parent, 0o700), (path, 0o600)):
            if name.exists() and name.stat().st_uid == os.geteuid() and name.stat().st_mode & 0o077:
                os.chmod(name, mode)  # never open() it: closing any descriptor of it drops SQLite's locks
    except OSError as error:
        raise said(error, path) from error


def _pragmas(db: sqlite3.Connection, readonly: bool) -> None:
    """What RELIABILITY asks of every connection."""
    db.execute(f"PRAGMA busy_timeout={WAIT_MS}")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA temp_store=MEMORY")
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    if readonly:
        db.execute("PRAGMA query_only=ON")
        return
    if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA journal_size_limit=67108864")


def begin(db: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE, tried again every few milliseconds while another process writes.  What SQLite raises.

    SQLite's own waiting looks ten times a second, and so misses the moments between the writes of others for seconds.
    """
    until = time.monotonic() + WAIT_MS / 1000
    db.execute("PRAGMA busy_timeout=0")
    try:
        while not _begun(db, time.monotonic() >= until):
            time.sleep(os.urandom(1)[0] / 64_000)  # up to 4 ms: those who wait do not look in step
    finally:
        db.execute(f"PRAGMA busy_timeout={WAIT_MS}")


def _begun(db: sqlite3.Connection, late: bool) -> bool:
    try:
        db.execute("BEGIN IMMEDIATE")
    except errors() as error:
        if late or "database is locked" not in str(error):
            raise
        return False
    return True


def widen(db: sqlite3.Connection, times: int) -> None:
    """Make room for many writes in a row: a page that changes often is kept, and goes home less often; 1 undoes it."""
    db.execute(f"PRAGMA cache_size=-{times * CACHE_KIB}")
    db.execute(f"PRAGMA wal_autocheckpoint={times * 1000}")


def file_system(folder: Path) -> str:
    """The type of the file system that `folder` is on, as the kernel names it; "" where it does not say."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    return kind_of(str(folder.resolve()), lines)


def kind_of(folder: str, mountinfo: list[str]) -> str:
    """The type of the innermost mount that holds `folder`."""
    best, kind = "", ""
    for line in mountinfo:
        left, _, right = line.partition(" - ")
        where = left.split()[4].replace("\\040", " ")
        inside = folder == where or folder.startswith(where.rstrip("/") + "/")
        if inside and len(where) >= len(best):
            best, kind = where, right.split()[0]
    return kind


def said(error: BaseException, path: Path) -> StoreError:
    """`error` as a sentence for a person."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, UnicodeEncodeError):
        return StoreError("the text holds half of a character (a lone surrogate)", "remove it and try again")
    text = str(error)
    for part, sentence, hint in _SENTENCES:
        if part in text.lower():
            return StoreError(sentence.format(path=path), hint)
    return StoreError(f"the store {path} failed: {text}")


_SENTENCES = (
    ("disk is full", "not saved: the disk that holds {path} is full", "free some space and try again"),
    ("no space left", "not saved: the disk that holds {path} is full", "free some space and try again"),
    ("file too large", "not saved: {path} may not grow any more (a size limit)", "raise the limit and try again"),
    ("disk i/o error", "not saved: the disk that holds {path} failed", "look at the disk's space, limits and health"),
    ("readonly", "not saved: {path} is read-only", "look at the owner and the mode of the file and its folder"),
    ("read-only", "not saved: {path} is read-only", "look at the owner and the mode of the file and its folder"),
    ("permission denied", "{path} may not be opened by this user", "look at the owner and the mode of the folder"),
    ("unable to open", "{path} cannot be opened", "look at the owner and the mode of the folder"),
    ("locked", "not saved: another program has kept {path} locked for too long", "close it and try again"),
    ("malformed", "{path} is damaged", "keep the file, and restore a backup"),
    ("not a database", "{path} is no deskui store, or is damaged", "keep the file, and restore a backup"),
)
