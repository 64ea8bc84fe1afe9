"""A view of lines in which single words can be chosen: a cursor goes from number to number."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from deskui import text
from deskui.ui.timeline import Line
from deskui.ui.widgets.pager import Pager


class Cell(NamedTuple):
    """A word at `start` (cells) of a line; `query` is what it opens, `key` names what its line is about."""

    line: int
    start: int
    end: int
    query: str
    key: str = ""


class Page(NamedTuple):
    """Lines, and what of them can be chosen, in reading order."""

    lines: Sequence[Line]
    cells: Sequence[Cell]


class Numbers(Pager):
    """Shows a page; the cursor stays on its number when the page is laid out anew."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cells: Sequence[Cell] = ()
        self.at = 0

    def set_page(self, page: Callable[[int], Page]) -> None:
        """Show what `page` gives for a width in cells."""

        def source(width: int) -> Sequence[Line]:
            held, made = self.current, page(width)
            self.cells = made.cells
            names = [(cell.key, cell.query) for cell in made.cells]
            if held is not None and (held.key, held.query) in names:
                self.at = names.index((held.key, held.query))
            self.at = min(self.at, max(0, len(self.cells) - 1))
            return made.lines

        self.set_source(source)

    @property
    def current(self) -> Cell | None:
        """What the cursor is on."""
        return self.cells[self.at] if self.cells else None

    def step(self, by: int) -> None:
        """To the next number, or the one before."""
        self._go(self.at + by)

    def down(self, lines: int) -> None:
        """To the number below (above) that is nearest to this one's column, so many lines of numbers on."""
        here = self.current
        if here is None:
            return
        rows = sorted({cell.line for cell in self.cells})
        wanted = rows[max(0, min(len(rows) - 1, rows.index(here.line) + lines))]
        among = [at for at, cell in enumerate(self.cells) if cell.line == wanted]
        self._go(min(among, key=lambda at: abs(self.cells[at].end - here.end)))

    def _go(self, at: int) -> None:
        if not self.cells:
            return
        self.at = max(0, min(len(self.cells) - 1, at))
        line, top, room = self.cells[self.at].line, self.scroll_offset.y, self.size.height
        if self.at == 0:
            self.scroll_home(animate=False)
        elif not top <= line < top + room:
            self.scroll_to(y=line - room // 2, animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        strip, here = super().render_line(y), self.current
        if here is None or here.line != self.scroll_offset.y + y:
            return strip
        chosen = Style(reverse=True, bold=True)
        before, inside, after = strip.divide([here.start, here.end, strip.cell_length])
        marked = [Segment(part.text, (part.style or Style.null()) + chosen) for part in inside]
        return Strip.join([before, Strip(marked), after])


class Writer:
    """Makes a page line by line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cells: list[Cell] = []
        self._parts: list[tuple[str, str]] = []
        self._used = 0

    def say(self, words: str, style: str = "") -> "Writer":
        """Add words to the line."""
        self._parts.append((words, style))
        self._used += text.width(words)
        return self

    def cell(self, words: str, query: str, style: str = "", key: str = "") -> "Writer":
        """Add words that can be chosen; blanks before them are not part of it."""
        bare = words.lstrip(" ")
        self.say(" " * (len(words) - len(bare)))
        start = self._used
        self.say(bare, style)
        self.cells.append(Cell(len(self.lines), start, self._used, query, key))
        return self

    def end(self) -> None:
        """The line is done."""
        self.lines.append(tuple(self._parts))
        self._parts, self._used = [], 0

    def page(self) -> Page:
        """What was written."""
        return Page(self.lines, self.cells)
