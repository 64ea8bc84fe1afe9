"""What the terminal shows, and the fewest bytes that make it show something else.  Pure; a screen's cells: `cells`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import ne, or_

from deskui.ui.cells import HALF, ODD, UNKNOWN, Glyphs, Grid
from deskui.ui.looks import PLAIN, Looks

NEAR = 4  # so many equal cells are cheaper to write again than to jump over
GAP = " " * 5  # so many blanks are dearer to write than to jump over
LEAST_ROWS = 3  # that changed, for a search whether rows moved
SCROLL_BYTES = 20  # what moving rows costs
_GAPS = re.compile(f"{GAP}+")

Piece = tuple[int, int, str, str]  # row, column, text, looks
Group = tuple[int, int, str]  # cells from, to before; their look
Place = tuple[int, int]  # column, row


class Output:
    """Makes the terminal show what it is given; keeps what it shows by now.

    `erases`: erasing gives the colour of the ground (as all terminals do but those like GNU screen).
    """

    def __init__(self, erases: bool = True) -> None:
        self.looks, self.glyphs, self.erases = Looks(), Glyphs(), erases
        self.shown = Grid.of(0, 0)
        self.moved = False  # whether the last frame moved rows
        self._lost = True
        self._cursor: Place | None = None

    def forget(self) -> None:
        """Nobody knows any more what the terminal shows (may be called by a signal's handler)."""
        self._lost = True

    def know(self, shown: Grid) -> None:
        """The terminal shows this."""
        self.shown, self._lost = shown, False

    def frame(self, width: int, height: int, pieces: Iterable[Piece], cursor: Place | None = None) -> str:
        """The sequence that puts these pieces on a screen of this size, and the cursor on its place, if it matters
        where it is; begun with the cursor anywhere and plain looks, it ends with plain looks.
        """
        shown, pen = self.shown, Pen(self, width)
        if self._lost or shown.width != width or len(shown.text) != height:
            self._lost, shown = False, Grid.of(width, height)
            pen.anew()
        wanted = shown.copy()
        touched: dict[int, Place] = {}  # row: the columns from, to before
        for y, x, text, looks in pieces:
            if y < height and x < width:
                wanted.put(y, x, text, looks)
                first, last = touched.get(y, (width, 0))
                touched[y] = (min(first, max(0, x - 1)), max(last, x + len(text) + 1))  # halves beside it may go
        self.moved = False
        if len(touched) >= LEAST_ROWS and (step := moved(shown, wanted, sorted(touched))):
            shown = shown.copy()
            shown.move(*step)
            pen.move(*step)
            touched.update(dict.fromkeys(range(step[0], step[1]), (0, width)))
            self.moved = True
        for y in sorted(touched):
            if shown.text[y] != wanted.text[y] or shown.looks[y] != wanted.looks[y]:
                pen.row(y, shown, wanted, *touched[y])
        before, self.shown, self._cursor = self._cursor, wanted, cursor
        return pen.end(cursor, cursor != before)


def moved(shown: Grid, wanted: Grid, touched: Sequence[int]) -> tuple[int, int, int] | None:
    """Which rows (from, to before) are those that were so many further down, if moving them saves bytes."""
    rows = [y for y in touched if shown.text[y] != wanted.text[y]]
    by = _step(shown, wanted, rows) if len(rows) >= LEAST_ROWS else 0
    return _band(shown, wanted, rows, by) if by else None


def _step(shown: Grid, wanted: Grid, rows: Sequence[int]) -> int:
    """By how many rows most went, judged by what stands left of the middle: more to the left clocks tick, to the right
    there may be panels.
    """
    part = slice(shown.width // 8, shown.width // 2)
    places: dict[str, int | None] = dict.fromkeys(cell * (part.stop - part.start) for cell in (" ", UNKNOWN))
    for y in rows:
        key = shown.text[y][part]
        places[key] = None if key in places else y
    votes: Counter[int] = Counter()
    for y in rows:
        before = places.get(wanted.text[y][part])
        if before is not None and before != y:
            votes[before - y] += 1
    return votes.most_common(1)[0][0] if votes else 0


def _band(shown: Grid, wanted: Grid, rows: Sequence[int], by: int) -> tuple[int, int, int] | None:
    """The run of rows for which moving saves most; a row that is to stay as it is would have to be written again."""
    changed, height, width = set(rows), len(shown.text), shown.width
    best, start, sum_ = (0, 0, 0), 0, 0
    for y in range(max(rows[0], -by), min(rows[-1] + 1, height - max(by, 0))):
        gain = (width // 2 if y in changed else 0) - (0 if y + by in changed else width)
        gain -= _unlike(shown, y + by, wanted, y)
        start, sum_ = (y, gain) if sum_ <= 0 else (start, sum_ + gain)
        best = max(best, (sum_, start, y + 1), key=lambda found: found[0])
    saved, first, last = best
    blank = abs(by) * width // 2
    return (min(first, first + by), max(last, last + by), by) if saved - blank > SCROLL_BYTES else None


def _unlike(shown: Grid, old: int, wanted: Grid, new: int) -> int:
    """How many cells differ, those that differ twice counted twice."""
    unlike = 0
    for before, after in ((shown.text[old], wanted.text[new]), (shown.looks[old], wanted.looks[new])):
        if before != after:
            unlike += sum(map(ne, before, after))
    return unlike


@lru_cache(4096)
def way(old_y: int, old_x: int, y: int, x: int) -> str:
    """The cursor's shortest way to a place; -1: nobody knows where it is (the row, or only the column)."""
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
    if old_y >= 0:
        vertical = "" if y == old_y else _times(y - old_y, "B") if y > old_y else _times(old_y - y, "A")
        ways.append("\r" + ("\n" if y == old_y + 1 else vertical) + (_times(x, "C") if x else ""))
        if y == old_y:
            ways.append(f"\x1b[{x + 1}G")
        if old_x >= 0:
            back, on = old_x - x, x - old_x
            across = min("\b" * back, _times(back, "D"), key=len) if back > 0 else _times(on, "C") if on else ""
            ways.append(vertical + across)
    return min(ways, key=len)


def _times(number: int, letter: str) -> str:
    return f"\x1b[{letter}" if number == 1 else f"\x1b[{number}{letter}"


class Pen:
    """Writes a frame: knows where the cursor stands and which look is on."""

    def __init__(self, output: Output, width: int) -> None:
        self._output, self._looks, self._width = output, output.looks, width
        self._parts: list[str] = []
        self._y, self._x, self._look = -1, -1, PLAIN  # where the cursor stood before is not relied on

    def anew(self) -> None:
        """Whatever somebody else set is undone."""
        self._parts.append("\x1b[m\x1b[r")

    def move(self, top: int, bottom: int, by: int) -> None:
        """Moves rows (see Grid.move): in a scroll region, deletes or inserts lines at its top."""
        lines = _times(by, "M") if by > 0 else _times(-by, "L")
        self._parts.append(f"\x1b[{top + 1};{bottom}r\x1b[{top + 1}H{lines}\x1b[r")

    def end(self, cursor: Place | None, elsewhere: bool) -> str:
        """The frame; the cursor goes to its place if it was moved, or is to be `elsewhere` than before."""
        if self._look != PLAIN:
            self._parts.append("\x1b[m")
        if cursor is not None and (self._parts or elsewhere):
            self._parts.append(way(self._y, self._x, cursor[1], cursor[0]))
        return "".join(self._parts)

    def row(self, y: int, shown: Grid, wanted: Grid, first: int, last: int) -> None:
        """Writes what differs in a row from column `first` to before `last`."""
        text, looks = wanted.text[y], wanted.looks[y]
        old_text, old_looks = shown.text[y], shown.looks[y]
        groups: list[Group] = []
        end, last = first, min(last, self._width)
        while end < last:
            look, start = looks[end], end
            end = last - len(looks[start:last].lstrip(look))
            alike = old_looks.count(look, start, end)
            if not alike:
                self._add(groups, start, end, look, text)
            elif alike < end - start or old_text[start:end] != text[start:end]:
                differ = bytes(map(ne, old_text[start:end], text[start:end]))
                if alike < end - start:
                    differ = bytes(map(or_, differ, map(look.__ne__, old_looks[start:end])))
                for begin, stop in _runs(differ, text[start:end]):
                    self._add(groups, start + begin, start + stop, look, text)
        if len(groups) == 2:
            self._order(groups)
        for start, end, look in groups:
            self._write(y, start, end, look, text, looks)

    def _add(self, groups: list[Group], start: int, end: int, look: str, text: str) -> None:
        """One more group; blanks join the one beside them where nobody sees the difference."""
        if groups and groups[-1][1] == start:
            blank, (first, last, before) = self._looks.blank, groups[-1]
            if blank[before] == look and not text[start:end].strip(" "):
                groups[-1] = (first, end, before)
                return
            if blank[look] == before and not text[first:last].strip(" "):
                groups.pop()
                start = first
        groups.append((start, end, look))

    def _order(self, groups: list[Group]) -> None:
        """The right one of two first, where that takes so much shorter changes of looks that going back pays."""
        between, now, left, right = self._looks.between, self._look, groups[0][2], groups[1][2]
        if len(between(now, left) + between(left, right)) > len(between(now, right) + between(right, left)) + NEAR:
            groups.reverse()

    def _write(self, y: int, x: int, end: int, look: str, text: str, looks: str) -> None:
        """Writes cells of one look; long blanks are erased where that is shorter, to the end of the row all at once."""
        self._go(y, x)
        cells = text[x:end]
        if look != self._look and (self._looks.blank[self._look] != look or cells.strip(" ")):
            self._parts.append(self._looks.between(self._look, look))
            self._look = look
        if GAP in cells:
            ground = self._looks.blank[self._look]
            if ground in self._looks.bare and (self._output.erases or ground == PLAIN):
                to_end = cells[-1] == " " and self._is_blank(ground, text[end:], looks[end:])
                x = self._erase(y, x, cells, to_end or end == self._width)
        self._text(y, x, text[x:end])

    @staticmethod
    def _is_blank(ground: str, text: str, looks: str) -> bool:
        return not text.strip(" ") and looks.count(ground) == len(looks)

    def _erase(self, y: int, x: int, cells: str, to_end: bool) -> int:
        """Erases what is worth it and writes what stands between; the column from which the rest is to be written."""
        gaps = [found.span() for found in _GAPS.finditer(cells)]
        if to_end:
            if sum(end - start - (0 if end == len(cells) else NEAR) for start, end in gaps) <= 3:
                return x
            self._parts.append("\x1b[K")
        at = 0
        for start, end in gaps:
            if to_end or end - start > 2 * len(GAP):
                self._text(y, x + at, cells[at:start])
                if not to_end:
                    self._go(y, x + start)
                    self._parts.append(f"\x1b[{end - start}X")
                at = end
        return x + at

    def _go(self, y: int, x: int) -> None:
        if y != self._y or x != self._x:
            self._parts.append(way(self._y, self._x, y, x))
            self._y, self._x = y, x

    def _text(self, y: int, x: int, cells: str) -> None:
        if not cells:
            return
        self._go(y, x)
        if not cells.isascii():
            if max(cells) >= ODD:
                self._odd(y, x, cells)
                return
            cells, x = cells.replace(HALF, ""), x + cells.count(HALF)
        self._parts.append(cells)
        self._x = x + len(cells) if x + len(cells) < self._width else -1  # at the margin terminals differ

    def _odd(self, y: int, x: int, cells: str) -> None:
        """After a glyph whose width is doubtful the column is set."""
        for at, cell in enumerate(cells, x):
            if cell >= ODD:
                self._go(y, at)
                self._parts.append(self._output.glyphs.odd(cell))
                self._x = -1
            elif cell != HALF:
                half = cells[at - x + 1 : at - x + 2]
                self._text(y, at, cell + half if half == HALF else cell)


def _runs(differ: bytes, text: str) -> Iterator[tuple[int, int]]:
    """The runs of cells that differ (from, to before), with what is better written again than jumped over."""
    begin, last = differ.find(1), differ.rfind(1) + 1
    many = differ.count(1) * 2 > last - begin  # then it is not worth the time
    while begin >= 0:
        stop, following = begin, begin
        while following >= 0:
            stop = last if many else differ.find(0, following)
            stop = stop if stop >= 0 else last
            while stop < len(text) and text[stop] == HALF:
                stop += 1
            following = differ.find(1, stop)
            if following - stop > NEAR or not text[stop:following].isascii():
                break
        yield begin, stop
        begin = following
