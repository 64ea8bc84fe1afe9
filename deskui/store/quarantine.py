"""A store that is damaged: noticed, marked, and set aside under a name of its own.  It is never deleted."""

import os
import time
from pathlib import Path

from deskui.store.driver import StoreError

DAMAGE = (
    "disk image is malformed", "malformed database schema", "malformed header", "not a database",
    "unsupported file format",
)  # fmt: skip
ZEROS = "its write-ahead log holds zeros where it should begin"
_SIDES = ("", "-wal")
_WAL_HEADER = 32


class Damaged(StoreError):
    """The store is damaged: nothing is read or written before it was set aside."""


def mark(path: Path) -> Path:
    """Where it is remembered that the store `path` is damaged."""
    return path.with_name(f"{path.name}.damaged")


def note(path: Path, said: str) -> None:
    """Remember it, with what was found; what was noted first stays."""
    try:
        file = os.open(mark(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:  # noted already, or the disk is in no state for it: whoever opens the store will see
        return
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(said.strip() + "\n")


def noted(path: Path) -> str:
    """What is wrong with it; "": nothing that anybody knows."""
    try:
        return mark(path).read_text(encoding="utf-8", errors="replace").strip() or "damaged"
    except FileNotFoundError:
        return ""
    except OSError as error:
        return str(error)


def refuse(path: Path) -> None:
    """Damaged: it is known to be so, or its write-ahead log begins with zeros, which SQLite would take for none."""
    said = noted(path)
    if not said and wiped(Path(f"{path}-wal")):
        said = ZEROS
        note(path, said)
    if said:
        raise damaged(path, said)


def damaged(path: Path, said: str) -> Damaged:
    """The error for it, with the remedy."""
    return Damaged(
        f"{path} is damaged ({said})",
        "`deskui store salvage` sets it aside and saves what was written here; `deskui restore FILE` takes a backup",
    )


def seen(error: BaseException) -> bool:
    """Whether this failure says that the file is damaged."""
    text = str(error.__cause__ or error).lower()
    return any(word in text for word in DAMAGE)


def wiped(log: Path) -> bool:
    """Whether a write-ahead log begins with zeros: SQLite would silently forget what is in it."""
    try:
        with log.open("rb") as file:  # the locks are on the others: this one may be opened
            head = file.read(_WAL_HEADER)
    except OSError:
        return False
    return len(head) == _WAL_HEADER and not any(head)


def aside(path: Path, now: float | None = None, word: str = "damaged") -> Path:
    """Move the file and its log away, and give its new name, which has that word in it.

    The caller has the store alone.  Done again after it was cut off, it goes on where that was.
    """
    target = _target(path, now, word)
    for side in _SIDES:
        old, new = Path(f"{path}{side}"), Path(f"{target}{side}")
        if old.exists() and not new.exists():
            old.rename(new)
    Path(f"{path}-shm").unlink(missing_ok=True)  # SQLite's own scratch, made anew at the next open
    return target


def _target(path: Path, now: float | None, word: str) -> Path:
    """The name that was chosen for it, kept in the mark so that a second try takes the same."""
    lines = mark(path).read_text(encoding="utf-8", errors="replace").splitlines() if mark(path).exists() else []
    for line in lines:
        if line.startswith("aside: "):
            return path.with_name(line.removeprefix("aside: "))
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    target, number = path.with_name(f"{path.stem}-{word}-{stamp}{path.suffix}"), 1
    while target.exists():
        target, number = path.with_name(f"{path.stem}-{word}-{stamp}-{number}{path.suffix}"), number + 1
    note(path, "set aside by hand")
    with mark(path).open("a", encoding="utf-8") as out:
        out.write(f"aside: {target.name}\n")
        out.flush()
        os.fsync(out.fileno())
    return target
