"""Rows straight from the pages of a damaged SQLite file (sqlite.org/fileformat2.html): what SQLite itself refuses.

Nothing is written, and whatever does not fit its length is passed over.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = tuple[int, tuple[Any, ...]]  # rowid and columns
INTERIOR, LEAF = 5, 13
HEADER = 100
_SIZES = (0, 1, 2, 3, 4, 6, 8)  # of integers, by serial type
_DEEPEST = 20
_MOST = 64 << 20  # bytes of one row: more is no row


class Pages:
    """The pages of the file, numbered from 1 as SQLite does."""

    def __init__(self, path: Path, size: int, reserved: int = 0) -> None:
        self._file = path.open("rb")
        self.size, self.count = size, path.stat().st_size // size
        self._usable = size - reserved  # bytes of a page that SQLite may use

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def page(self, number: int) -> bytes:
        """One page; ValueError: there is none."""
        if not 1 <= number <= self.count:
            raise ValueError(f"no page {number}")
        self._file.seek((number - 1) * self.size)
        return self._file.read(self.size)

    def walk(self, root: int, seen: set[int], depth: int = 0) -> Iterator[Row]:
        """The rows of the table whose tree begins at `root`, as far as its pages can be read; `seen` are these."""
        if root in seen or depth > _DEEPEST or not 1 <= root <= self.count:
            return
        seen.add(root)
        page = self.page(root)
        start = HEADER if root == 1 else 0
        if page[start] == LEAF:
            yield from self.rows(root)
        elif page[start] == INTERIOR:
            for at in _cells(page, start, 12):
                yield from self.walk(_number(page, at, 4), seen, depth + 1)
            yield from self.walk(_number(page, start + 8, 4), seen, depth + 1)

    def rows(self, number: int) -> Iterator[Row]:
        """The rows of a leaf; nothing, if it is none."""
        page = self.page(number)
        start = HEADER if number == 1 else 0
        if page[start] != LEAF:
            return
        for at in _cells(page, start, 8):
            try:
                yield self._row(page, at)
            except (ValueError, IndexError):
                continue

    def _row(self, page: bytes, at: int) -> Row:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if length > _MOST:
            raise ValueError("too long")
        return _signed(rowid), tuple(_values(self._payload(page, at, length)))

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """The bytes of a row, with what went over to other pages."""
        usable = self._usable
        most, least = usable - 35, (usable - 12) * 32 // 255 - 23
        if length <= most:
            return page[at : at + length]
        here = least + (length - least) % (usable - 4)
        here = here if here <= most else least
        found = bytearray(page[at : at + here])
        following = _number(page, at + here, 4)
        while len(found) < length:
            over = self.page(following)
            following = _number(over, 0, 4)
            found += over[4 : min(usable, 4 + length - len(found))]
        return bytes(found)


def _cells(page: bytes, start: int, header: int) -> Iterator[int]:
    """Where the cells of a page begin."""
    first = start + header
    for n in range(min(_number(page, start + 3, 2), (len(page) - first) // 2)):
        at = _number(page, first + 2 * n, 2)
        if first <= at < len(page) - 4:
            yield at


def _values(payload: bytes) -> Iterator[Any]:
    end, at = _varint(payload, 0)
    body = end
    while at < end:
        kind, at = _varint(payload, at)
        value, body = _value(payload, body, kind)
        yield value


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (0, 8, 9):
        return (None if kind == 0 else kind - 8), at
    size = _SIZES[kind] if kind < 7 else 8 if kind == 7 else (kind - 12) // 2
    if kind in (10, 11) or at + size > len(payload):
        raise ValueError("a value beyond its row")
    found = payload[at : at + size]
    if kind < 7:
        return int.from_bytes(found, "big", signed=True), at + size
    if kind == 7:
        import struct

        return struct.unpack(">d", found)[0], at + size
    return (found.decode("utf-8", "replace") if kind % 2 else found), at + size


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(9):
        byte = data[at + n]
        if n == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    raise ValueError("no number")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
