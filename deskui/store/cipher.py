"""The encrypted form of the store (SQLCipher 4, a raw 256-bit key): which file is one, and how it is opened."""

import hashlib
import hmac
import os
import re
import sqlite3
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from deskui.store import driver
from deskui.store.driver import OPTIONS, Locked

PAGE = 4096
SALT = 16  # bytes at the beginning of the file, in the clear: not secret, and different in each
RESERVED = 80  # bytes at the end of a page: what it was begun with (16), and its seal (64)
MISSING = (
    "an encrypted store needs a library that is not installed here",
    "install it where deskui is: pip install 'deskui[encrypted]'",
)
PUT_BACK = "put it back by `deskui secret set store_key`, or in the variable DESKUI_SECRET_STORE_KEY"
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_LOOK = 8  # pages that are looked at, spread over the file
_VALUES = 240  # of the 256 values of a byte so many are in a page of noise; text, numbers and zeros have half of them
_TREES = (2, 5, 10, 13)  # the kinds of pages of tables and indexes
_GAPS = 60  # bytes: more fragments SQLite does not leave on a page
_SURE = 2  # pages
_opened: set[tuple[str, str]] = set()  # files, and the keys that have opened them in this process


def is_key(text: str) -> bool:
    """Whether it can be a key: 256 bits as hexadecimal digits."""
    return _KEY.fullmatch(text) is not None


def key() -> str:
    """The key.  Locked: there is none, or it cannot be one."""
    found = driver.asked_key()
    if not is_key(found):
        raise Locked("the key of encrypted stores is none: it must be 64 hexadecimal digits", PUT_BACK)
    return found


@cache
def library() -> Any:
    """SQLite with encryption, a module like sqlite3.  Locked: it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise Locked(*MISSING) from None
    db = dbapi2.connect(":memory:")
    for whole_process in ("log_level=NONE", "default_compatibility=4"):  # the log would be written on the terminal
        db.execute(f"PRAGMA cipher_{whole_process}").fetchall()
    db.close()
    return dbapi2


def connect(path: Path, mode: str, used: str | None = None, *, forgiving: bool = False) -> sqlite3.Connection:
    """Open it with this key, or the one that is kept; "": a plain file.  Locked: not the right key, or no library.

    `forgiving`: whether it can be read is left to the caller.
    """
    module = library()
    used = key() if used is None else used
    db = module.connect(f"file:{quote(str(path))}?mode={mode}", **OPTIONS)
    with ExitStack() as undo:
        undo.callback(db.close)
        if used:
            db.execute(f"PRAGMA key = \"x'{used}'\"").fetchone()
        if used and not forgiving:
            _look(db, path, used)
        undo.pop_all()
    return cast(sqlite3.Connection, db)


def _look(db: Any, path: Path, used: str) -> None:
    """Locked: this key does not open it."""
    known = os.path.realpath(path), used
    try:
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except library().DatabaseError as error:
        if known in _opened or "not a database" not in str(error) or fits(path, used) or reads(path, used):
            raise
        raise Locked(*other_key(path)) from None
    _opened.add(known)


def other_key(path: Path) -> tuple[str, str]:
    """What is wrong, and what to do."""
    return (
        f"{path} is encrypted with another key than the one that is kept here (or its beginning is damaged)",
        f"{PUT_BACK}; without it nobody can read the file: a backup comes back by `deskui restore FILE`",
    )


def is_one(path: Path) -> bool:
    """Whether the file looks like noise from end to end, as encrypted pages do and damaged plain ones do not.

    The caller makes sure that nobody in this process has it open: closing it here would drop SQLite's locks.
    """
    looks = [len(set(page)) >= _VALUES for _, page in _some(path)]
    return sum(looks) * 2 > len(looks)


def fits(path: Path, used: str) -> bool:
    """Whether any page carries the seal that this key makes.  As for `is_one`: an open one is not to be asked about."""
    with path.open("rb") as file:
        salt = file.read(SALT)
    secret = seal_key(used, salt)
    return any(sealed(page, number, secret) for number, page in _some(path))


def reads(path: Path, used: str) -> bool:
    """Whether this key gives pages that look like SQLite's, though no seal fits: the beginning of the file is gone."""
    from deskui.store.cipherpages import Clear

    clear = Clear(used)
    return sum(_like(clear.page(page, number), number) for number, page in _some(path)) >= _SURE


def _like(page: bytes, number: int) -> bool:
    """Of noise one in some hundreds is."""
    head = page[100:] if number == 1 else page
    cells, start = int.from_bytes(head[3:5], "big"), int.from_bytes(head[5:7], "big")
    return head[0] in _TREES and 0 < cells < PAGE // 4 and 2 * cells < start <= PAGE - RESERVED and head[7] <= _GAPS


def seal_key(used: str, salt: bytes) -> bytes:
    """What pages are sealed with, from the key and the beginning of the file."""
    return hashlib.pbkdf2_hmac("sha512", bytes.fromhex(used), bytes(each ^ 0x3A for each in salt), 2, 32)


def sealed(page: bytes, number: int, secret: bytes) -> bool:
    """Whether the page is as it was written."""
    start, end = (SALT if number == 1 else 0), PAGE - 64
    made = hmac.new(secret, page[start:end] + number.to_bytes(4, "little"), hashlib.sha512).digest()
    return hmac.compare_digest(made, page[end:])


def _some(path: Path) -> list[tuple[int, bytes]]:
    """A few pages with their numbers, the first one among them."""
    count = os.stat(path).st_size // PAGE
    numbers = sorted({1 + n * count // _LOOK for n in range(_LOOK)}) if count else []
    with path.open("rb") as file:
        found = []
        for number in numbers:
            file.seek((number - 1) * PAGE)
            found.append((number, file.read(PAGE)))
    return found
