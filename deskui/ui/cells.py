"""A screen as cells: each row is two strings with one character a cell, its text and the looks of its cells.  Pure.

The right half of a wide character is HALF; a glyph of several code points, or one on whose width terminals disagree,
has a code of its own (see `Glyphs`).  What nobody knows is UNKNOWN, which differs from everything that is to be shown.
"""

from rich.cells import split_graphemes

from deskui.ui.looks import PLAIN

HALF, UNKNOWN = "\0", "\uffff"
ODD = "\U00100000"  # codes from here on are ours
_MOST = 0x10000
_KEPT = 2000
# East Asian characters, which every terminal shows two cells wide; of other wide ones (emoji) some show one.
_SURELY_WIDE = (
    (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
    (0xFF01, 0xFFE6), (0x20000, 0x3FFFD),
)  # fmt: skip


def cut(text: str, width: int) -> str:
    """The first cells; half a wide character becomes a blank."""
    if len(text) <= width:
        return text
    return text[: width - 1] + " " if width and text[width] == HALF else text[:width]


def _sure(code: int, width: int) -> bool:
    """Whether every terminal gives the character this width."""
    return code < ord(UNKNOWN) if width == 1 else any(first <= code <= last for first, last in _SURELY_WIDE)


class Glyphs:
    """Texts as cells."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._odd: list[str] = []

    def cells(self, text: str) -> str:
        """One character a cell of a printable text.  ValueError: there are too many odd glyphs."""
        if text.isascii():
            return text
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) > _KEPT:
                self._texts.clear()
            spans, _ = split_graphemes(text)
            found = self._texts[text] = "".join(self._cells(text[start:end], width) for start, end, width in spans)
        return found

    def _cells(self, glyph: str, width: int) -> str:
        if not width:
            return ""  # it has no width and stands alone
        if len(glyph) == 1 and _sure(ord(glyph), width):
            return (glyph + HALF)[:width]
        if glyph not in self._codes:
            if len(self._odd) >= _MOST:
                raise ValueError(f"more than {_MOST} odd glyphs")
            self._codes[glyph] = chr(ord(ODD) + len(self._odd))
            self._odd.append(glyph)
        return self._codes[glyph] + HALF * (width - 1)

    def odd(self, cell: str) -> str:
        """The glyph that one of our codes stands for."""
        return self._odd[ord(cell) - ord(ODD)]


class Grid:
    """The rows of a screen."""

    def __init__(self, width: int, text: list[str], looks: list[str]) -> None:
        self.width, self.text, self.looks = width, text, looks

    @classmethod
    def of(cls, width: int, height: int, cell: str = UNKNOWN) -> "Grid":
        """A screen full of one cell."""
        return cls(width, [cell * width] * height, [PLAIN * width] * height)

    def copy(self) -> "Grid":
        """One that can be changed."""
        return Grid(self.width, self.text.copy(), self.looks.copy())

    def put(self, y: int, x: int, text: str, looks: str) -> None:
        """Writes cells; half a wide character that is left over at either side becomes a blank, as on a terminal."""
        if len(text) >= self.width - x:
            text, looks = cut(text, self.width - x), looks[: self.width - x]
            if x == 0:
                self.text[y], self.looks[y] = text, looks
                return
        old, end = self.text[y], x + len(text)
        if HALF in old and text:
            if old[x] == HALF:
                old = f"{old[: x - 1]} {old[x:]}"
            if end < self.width and old[end] == HALF:
                old = f"{old[:end]} {old[end + 1 :]}"
        self.text[y] = old[:x] + text + old[end:]
        self.looks[y] = self.looks[y][:x] + looks + self.looks[y][end:]

    def move(self, top: int, bottom: int, by: int) -> None:
        """Moves the rows from `top` to before `bottom` up by so many (down, if negative); plain blanks come in."""
        for rows, blank in ((self.text, " "), (self.looks, PLAIN)):
            new = [blank * self.width] * abs(by)
            kept = rows[top + by : bottom] if by > 0 else rows[top : bottom + by]
            rows[top:bottom] = kept + new if by > 0 else new + kept
