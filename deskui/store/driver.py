"""The only place that opens the desk's SQLite file: pragmas, permissions, and errors said in plain words."""

import contextlib
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

NETWORK = frozenset((
    "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "ceph", "glusterfs",
    "lustre", "gfs", "gfs2", "ocfs2", "beegfs", "davfs", "webdav", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph",
    "fuse.s3fs", "fuse.rclone", "fuse.davfs2",
))  # fmt: skip
WAIT_MS = 5000
CACHE_KIB = 2048  # for each connection: the rest is in the page cache of the system, which counts once
Connection = sqlite3.Connection  # for the signatures of those who may not import sqlite3


class StoreError(Exception):
    """The store could not do it; the message is a sentence for a person, `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode; a missing file is made 0600 unless `readonly`.  StoreError says why not."""
    try:
        if not readonly and not path.exists():
            _make(path)
        if readonly:
            return _reading(path)
        db = _open(path, "rw")
        _pragmas(db, readonly=False)
    except (sqlite3.Error, OSError) as error:
        raise said(error, path) from error
    return db


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None, timeout=WAIT_MS / 1000,
        check_same_thread=False, cached_statements=256,
    )  # fmt: skip


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that only reads; in a folder that may not be written, too."""
    db = _open(path, "ro")
    try:
        _pragmas(db, readonly=True)
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        return db
    except sqlite3.OperationalError:
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
