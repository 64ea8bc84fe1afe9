"""What can still be read of a damaged store: by SQLite where that works, else page by page."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from deskui.store import driver
from deskui.store.driver import said
from deskui.store.pages import HEADER, Pages, Row
from deskui.store.quarantine import wiped

_SAME = (slice(0, 24), slice(44, 48), slice(56, 60))  # of the header, in every store: magic, sizes, formats, encoding
SIZE = 4096  # bytes of a page of an encrypted store
_FEW = 5  # rows of a page by which its table is known
_FRAME, _LOG = 24, 32  # bytes before each page in a write-ahead log, and at its beginning
Columns = Mapping[str, tuple[str, ...]]
Fits = Callable[[str, dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """One row; `loose`: no tree leads to it any more, so it may be an old one that was deleted or changed since."""

    values: dict[str, Any]
    loose: bool = False


class Wreck:
    """A working copy of the file `aside` in `copy`; `like` is a whole store of this version, for header and columns."""

    def __init__(self, aside: Path, copy: Path, like: Path, columns: Columns, fits: Fits) -> None:
        self._path, self._columns, self._fits = copy, columns, fits
        self.broken: set[str] = set()  # tables of which not everything could be read
        try:
            for side in ("", "-wal"):
                Path(f"{copy}{side}").unlink(missing_ok=True)
                if Path(f"{aside}{side}").exists():
                    shutil.copyfile(f"{aside}{side}", f"{copy}{side}")
        except OSError as error:
            raise said(error, copy) from error
        self._sealed = driver.encrypted(like)
        self._size = SIZE if self._sealed else _mend(copy, like)
        if wiped(Path(f"{copy}-wal")):
            _replay(copy, self._size)
        self._db = _opened(copy, self._sealed)
        self._roots: dict[str, tuple[int, tuple[str, ...]]] | None = None
        self._rest: dict[str, list[int]] | None = None

    def close(self) -> None:
        """Take the copy away."""
        self._db.close()
        for side in ("", "-wal", "-shm"):
            Path(f"{self._path}{side}").unlink(missing_ok=True)

    def rows(self, table: str) -> Iterator[Found]:
        """The rows of a table: those that SQLite gives, else those that its pages still hold."""
        had = set[int]()
        try:
            names = [name for _, name, *_ in self._db.execute(f"PRAGMA table_info({table})")]
            for rowid, *values in self._db.execute(f"SELECT rowid, * FROM {table} NOT INDEXED"):
                had.add(rowid)
                yield Found(dict(zip(names, values, strict=True)))
            if names:
                return
        except driver.errors():
            pass
        self.broken.add(table)
        yield from self._by_pages(table, had)

    def _by_pages(self, table: str, had: set[int]) -> Iterator[Found]:
        with closing(self._pages()) as pages:
            root, names = self._root(pages, table)
            for rowid, values in pages.walk(root, set()) if root else ():
                row = _named(names, rowid, values)
                if rowid not in had and self._fits(table, row):
                    had.add(rowid)
                    yield Found(row)
            if self._rest is None:
                self._rest = self._scattered(pages)
            for number in self._rest[table]:
                for rowid, values in pages.rows(number):
                    row = _named(names, rowid, values)
                    if rowid not in had and self._fits(table, row):
                        yield Found(row, loose=True)

    def _pages(self) -> Pages:
        if not self._sealed:
            return Pages(self._path, self._size)
        from deskui.store import cipher
        from deskui.store.cipherpages import CipherPages

        return CipherPages(self._path, cipher.key())

    def _root(self, pages: Pages, table: str) -> tuple[int, tuple[str, ...]]:
        """The page where a table begins (0: nobody knows), and its columns as they were made."""
        if self._roots is None:
            self._roots = {}
            for _, values in chain(pages.walk(1, set()), _schema(pages)):
                if len(values) == 5 and values[0] == "table" and isinstance(values[3], int):
                    self._roots.setdefault(str(values[1]), (values[3], _columns_of(str(values[4]))))
        known = self._roots.get(table, (0, ()))
        return known[0], known[1] or self._columns[table]

    def _scattered(self, pages: Pages) -> dict[str, list[int]]:
        """For each table that is kept the pages that look like one of its: all rows of a page are of one table."""
        found: dict[str, list[int]] = {table: [] for table in self._columns}
        for number in range(1, pages.count + 1):
            if table := next(filter(None, map(self._table, islice(pages.rows(number), _FEW))), None):
                found[table].append(number)
        return found

    def _table(self, row: Row) -> str | None:
        rowid, values = row
        for table, names in self._columns.items():
            if len(values) == len(names) and self._fits(table, _named(names, rowid, values)):
                return table
        return None


def _schema(pages: Pages) -> Iterator[Row]:
    """The rows of every page that looks like one of the schema's."""
    for number in range(1, pages.count + 1):
        first = next(pages.rows(number), None)
        if first is not None and len(first[1]) == 5 and first[1][0] in ("table", "index"):
            yield from pages.rows(number)


def _opened(copy: Path, sealed: bool) -> sqlite3.Connection:
    """Forgiving: what the schema or the length of the file says wrong is no reason to read nothing."""
    if sealed:
        from deskui.store import cipher

        db = cipher.connect(copy, "rw", forgiving=True)
    else:
        db = sqlite3.connect(copy, isolation_level=None)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    with suppress(*driver.errors()):
        db.execute("PRAGMA writable_schema=ON")
        db.execute("PRAGMA trusted_schema=OFF")
    with suppress(*driver.errors()):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # for who reads the pages
    return db


def _mend(copy: Path, like: Path) -> int:
    """Give the copy the header of a whole store where its own is none; the size of its pages."""
    whole = like.read_bytes()[:HEADER]
    size = int.from_bytes(whole[16:18], "big")
    with copy.open("r+b") as file:
        head = file.read(HEADER)
        if any(head[part] != whole[part] for part in _SAME):
            pages = copy.stat().st_size // size
            file.seek(0)
            file.write(whole[:28] + pages.to_bytes(4, "big") + bytes(8) + whole[40:92] + whole[24:28] + whole[96:])
    return size


def _replay(copy: Path, size: int) -> None:
    """Put the pages of a log whose beginning was wiped into the copy, up to the last whole transaction in it."""
    log = Path(f"{copy}-wal")
    data = log.read_bytes()
    log.unlink()
    pages, whole, salt = dict[int, bytes](), dict[int, bytes](), data[_LOG + 8 : _LOG + 16]
    length = copy.stat().st_size // size
    for at in range(_LOG, len(data) - size - _FRAME + 1, size + _FRAME):
        number, total = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (0, 4))
        if not number or data[at + 8 : at + 16] != salt:
            break
        pages[number] = data[at + _FRAME : at + _FRAME + size]
        if total:
            whole, length = dict(pages), total
    with copy.open("r+b") as file:
        for number, page in whole.items():
            file.seek((number - 1) * size)
            file.write(page)
        file.truncate(length * size)


def _columns_of(sql: str) -> tuple[str, ...]:
    """The columns in a CREATE TABLE statement, in order; () where it makes no sense."""
    with closing(sqlite3.connect(":memory:")) as db, suppress(sqlite3.Error):
        db.execute(sql)
        name = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        return tuple(row[1] for row in db.execute(f'PRAGMA table_info("{name}")'))
    return ()


def _named(names: tuple[str, ...], rowid: int, values: tuple[Any, ...]) -> dict[str, Any]:
    """A row by its columns; the one that is the rowid itself is not in it."""
    row: dict[str, Any] = dict(zip(names, values, strict=False))
    for key in ("pk", "seq"):
        if key in row and names[0] == key and row[key] is None:
            row[key] = rowid
    return row
