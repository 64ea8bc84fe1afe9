"""A terminal to compare screens on: pyte, put right where real terminals do otherwise."""

import re
from functools import lru_cache
from typing import Any

import pyte
from pyte.charsets import LAT1_MAP
from pyte.modes import IRM
from wcwidth import wcwidth

_RUNS = re.compile("[ -~]+|[^ -~]+")


@lru_cache(20_000)
def _cell(look: Any, char: str) -> Any:
    return look._replace(data=char)


class Terminal(pyte.Screen):
    """Overwriting half a wide character blanks its other half; lines that move leave nothing behind.

    `erases` False: erased cells have the terminal's own colours, as in GNU screen.  `narrow`: these characters are
    one cell wide here, whatever others say.
    """

    def __init__(self, columns: int, lines: int, erases: bool = True, narrow: str = "") -> None:
        super().__init__(columns, lines)
        self.erases, self.narrow = erases, narrow
        self.stream = pyte.Stream(self)

    def draw(self, data: str) -> None:
        for part in _RUNS.findall(data):
            if " " <= part[0] <= "~" and self._simple(part):
                self._run(part)
            else:
                self._each(part)

    def _simple(self, data: str) -> bool:
        """Whether each of these goes into the next cell of this line, as it is."""
        return (
            IRM not in self.mode and not self.charset and self.g0_charset is LAT1_MAP
            and self.cursor.x + len(data) <= self.columns
        )  # fmt: skip

    def _run(self, data: str) -> None:
        """What `_each` does, for those: most of what is written, in a tenth of the time."""
        first, look = self.cursor.x, self.cursor.attrs
        end = first + len(data)
        self._part(first, end)
        self.buffer[self.cursor.y].update((x, _cell(look, char)) for x, char in enumerate(data, first))
        self.cursor.x = end
        self.dirty.add(self.cursor.y)

    def _each(self, data: str) -> None:
        for char in data:
            width = 1 if char in self.narrow else wcwidth(char)
            if width > 0:
                self._part(self.cursor.x, self.cursor.x + width)
            if width == 2 and self.cursor.x == self.columns - 1:
                char = " "
            super().draw("\0" if char in self.narrow else char)  # pyte asks wcwidth
            if char in self.narrow:
                self._narrow(char)

    def _narrow(self, char: str) -> None:
        line, x = self.buffer[self.cursor.y], self.cursor.x
        line[x] = self.cursor.attrs._replace(data=char)
        self.cursor.x = x + 1

    def _part(self, first: int, end: int) -> None:
        """What is half under these columns becomes blanks."""
        line = self.buffer[self.cursor.y]
        if 0 < first < self.columns and line[first].data == "":
            line[first - 1] = line[first - 1]._replace(data=" ")
        if end < self.columns and line[end].data == "":
            line[end] = line[end]._replace(data=" ")

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        self._part(self.cursor.x, self.columns)
        self._erase(super().erase_in_line, how)

    def erase_characters(self, count: int | None = None) -> None:
        self._part(self.cursor.x, self.cursor.x + (count or 1))
        self._erase(super().erase_characters, count)

    def _erase(self, erase: Any, how: Any) -> None:
        attrs = self.cursor.attrs
        if not self.erases:
            self.cursor.attrs = self.default_char
        erase(how)
        self.cursor.attrs = attrs

    def insert_lines(self, count: int | None = None) -> None:
        self._fill()
        super().insert_lines(count)

    def delete_lines(self, count: int | None = None) -> None:
        self._fill()
        super().delete_lines(count)

    def _fill(self) -> None:
        for y in range(self.lines):  # pyte leaves what was there where it never saw the row that comes
            _ = self.buffer[y]

    def feed(self, data: str) -> None:
        """Takes output of Textual's, which turns wrapping off."""
        self.reset_mode(7, private=True)
        self.stream.feed(data)

    def cells(self) -> list[list[tuple[Any, ...]]]:
        """What is seen in each cell: on a blank no colour of the text and no weight."""
        return [[seen(self.buffer[y][x]) for x in range(self.columns)] for y in range(self.lines)]


def seen(char: Any) -> tuple[Any, ...]:
    """What is seen of a cell."""
    data, front, back, bold, italics, underscore, strike, reverse, blink = char
    if data == " " and not (underscore or strike or reverse):
        return (" ", back)
    return (data, front, back, bold, italics, underscore, strike, reverse, blink)


def differences(one: Terminal, other: Terminal) -> list[str]:
    """The cells that differ, said for people; the first ten."""
    found = [
        f"row {y} column {x}: {a} != {b}"
        for y, (row, other_row) in enumerate(zip(one.cells(), other.cells(), strict=True))
        for x, (a, b) in enumerate(zip(row, other_row, strict=True))
        if a != b
    ]
    return found[:10]
