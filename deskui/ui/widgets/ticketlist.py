"""The list of tickets: a window on row ids.  Rows come in pages as they come into view; no widget per row.

A row is the countdown (repainted alone by the tick, from memory) and the rest.  Moving the cursor costs two lines,
however long the list is.
"""

from array import array
from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskui.ui import rows
from deskui.ui.countdown import CELLS, LEVELS
from deskui.ui.widgets.straight import Straight

Row = tuple[Any, ...]
PAGE = 64
KEPT = 4096  # rows kept in memory


class TicketList(Straight, ScrollView, can_focus=True, inherit_bindings=False):
    """`fetch(pks)` gives the rows of these ids, in any order; `asleep(row)` says whether its service is closed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ticketlist--row", "ticketlist--cursor", "ticketlist--done", *(f"ticketlist--{level}" for level in LEVELS),
    }  # fmt: skip

    class Moved(Message):
        """The cursor stands on another ticket."""

    class Laid(Message):
        """The columns are others now."""

        def __init__(self, columns: rows.Layout) -> None:
            super().__init__()
            self.columns = columns

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], Sequence[Row]],
        now: Callable[[], int],
        me: frozenset[str],
        asleep: Callable[[Row], bool] = lambda row: False,
    ) -> None:
        super().__init__()
        self._fetch, self._now, self._me, self._asleep = fetch, now, me, asleep
        self.ids: Sequence[int] = ()
        self.cursor = 0
        self._rows: dict[int, Row] = {}
        self._clocks: dict[int, tuple[str, str]] = {}  # what each visible row's countdown shows
        self._id_cells = 0  # the widest id so far
        self.columns: rows.Layout = rows.layout(80)
        self.chosen: tuple[str, ...] = rows.USUAL
        self._styles: dict[str, Style] = {}
        self._drafts: frozenset[str] = frozenset()
        self.marked: frozenset[int] = frozenset()  # row ids
        self._rests: dict[int, tuple[Any, str]] = {}  # what stands right of the countdown, and what it was made from

    # --- what is shown

    def show_ids(self, ids: Sequence[int], keep: bool = True) -> None:
        """Shows these rows; the cursor keeps its ticket and its place on the screen (`keep`), else goes to the top."""
        old, above = self.current_pk, self.cursor - self.scroll_offset.y
        self.ids = array("q", ids)  # an eighth of what a list takes
        self.cursor = self._place(old) if keep else 0
        self.virtual_size = Size(self.size.width, len(ids))
        self._scroll(self.cursor - above if keep else 0)
        self._into_view()
        self._clocks.clear()
        self.refresh()
        if self.current_pk != old:
            self.post_message(self.Moved())

    def _place(self, pk: int | None) -> int:
        try:
            return self.ids.index(pk) if pk is not None else 0
        except ValueError:
            return max(0, min(self.cursor, len(self.ids) - 1))

    def begin_at(self, cursor: int, lines: int) -> None:
        """Puts the cursor on that row before there is a first layout; the view will have so many lines."""
        self.cursor = cursor
        self.scroll_to(y=rows.top(cursor, lines), animate=False, force=True)

    @property
    def current_pk(self) -> int | None:
        """The row id under the cursor."""
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        pk = self.current_pk
        return None if pk is None else self.row(self.cursor)

    def row(self, index: int) -> Row | None:
        """The row at `index`, fetched with its page if it is not there yet; None: gone meanwhile."""
        pk = self.ids[index]
        if pk not in self._rows:
            self._load(index)
        return self._rows.get(pk)

    def _load(self, index: int) -> None:
        if len(self._rows) > KEPT:
            self._rows.clear()
        start = max(0, index - PAGE // 2)
        wanted = [pk for pk in self.ids[start : start + PAGE] if pk not in self._rows]
        self._keep(self._fetch(wanted))

    def _keep(self, fetched: Sequence[Row]) -> None:
        """In memory from now on; an id wider than its column makes the column wider: an id is never cut."""
        self._rows.update((row[rows.PK], row) for row in fetched)
        widest = min(rows.WIDEST_ID, max((len(row[rows.ID]) for row in fetched), default=0))
        if widest > self._id_cells:
            self._id_cells = widest
            self.call_later(self.fit_columns)  # not in the middle of painting

    def forget(self, uids: frozenset[str]) -> None:
        """These tickets changed: rereads those in memory and repaints the ones in view that look different."""
        stale = [pk for pk, row in self._rows.items() if row[rows.UID] in uids]
        fresh = {row[rows.PK]: row for row in self._fetch(stale)} if stale else {}
        before = {pk: self._rows.pop(pk) for pk in stale}
        self._keep(list(fresh.values()))
        for y, pk in self._in_view():
            if pk in before and before[pk] != fresh.get(pk):
                self._repaint(y)

    def mark(self, drafts: frozenset[str]) -> None:
        """These tickets (uids) have a draft; repaints the ones in view that had not, or have not any more."""
        changed, self._drafts = self._drafts ^ drafts, drafts
        for y, pk in self._in_view() if changed else ():
            row = self._rows.get(pk)
            if row is not None and row[rows.UID] in changed:
                self._repaint(y)

    def set_marks(self, marked: Collection[int]) -> None:
        """These rows (ids) are marked; repaints the ones in view that were not, or are not any more."""
        old, self.marked = self.marked, frozenset(marked)
        for y, pk in self._in_view():
            if (pk in old) != (pk in self.marked):
                self._repaint(y)

    def reread(self) -> None:
        """Forgets every row and paints anew."""
        self._rows.clear()
        self._clocks.clear()
        self.refresh()

    # --- moving

    def move(self, to: int) -> None:
        """Puts the cursor on row `to`, as near as there is one."""
        to = max(0, min(to, len(self.ids) - 1))
        if to == self.cursor or not self.ids:
            return
        old, self.cursor = self.cursor, to
        if not self._into_view():
            self._repaint(old - self.scroll_offset.y)
            self._repaint(to - self.scroll_offset.y)
        self.post_message(self.Moved())

    def jumps(self) -> list[tuple[int, int]]:
        """The lines in view with their row ids."""
        return self._in_view()

    def jump(self, row: int) -> None:
        """The cursor on the row with this id, if it is still there."""
        if row in self.ids:
            self.move(self.ids.index(row))

    @property
    def page(self) -> int:
        """Lines in view."""
        return max(1, self.size.height)

    def move_page(self, pages: float) -> None:
        """Moves the view by so many pages and the cursor with it."""
        step = max(1, int(self.page * abs(pages))) * (1 if pages > 0 else -1)
        above = self.cursor - self.scroll_offset.y
        target = max(0, min(self.cursor + step, len(self.ids) - 1))
        self._scroll(target - above)
        self.move(target)

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, len(self.ids) - self.size.height))
        self.scroll_to(y=top, animate=False, force=True)  # there is no scroll bar: `overflow` is hidden

    def _into_view(self) -> bool:
        """Scrolls just enough; whether it had to."""
        top = self.scroll_offset.y
        if not self.size.height:  # before the first layout there is no view yet
            return False
        if self.cursor < top:
            self._scroll(self.cursor)
        elif self.cursor >= top + self.size.height:
            self._scroll(self.cursor - self.size.height + 1)
        return self.scroll_offset.y != top

    # --- painting

    def _in_view(self) -> list[tuple[int, int]]:
        top = self.scroll_offset.y
        return list(enumerate(self.ids[top : top + self.size.height]))

    def _repaint(self, y: int, cells: int | None = None) -> None:
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, cells or self.size.width, 1))

    def tick(self, now: int) -> None:
        """Repaints the countdowns that look different at `now`, and nothing else."""
        for y, pk in self._in_view():
            row = self._rows.get(pk)
            if row is not None and rows.clock_cells(row, now, self._asleep(row)) != self._clocks.get(pk):
                self._repaint(y, CELLS)

    def on_resize(self) -> None:
        """Other widths, other columns; the cursor stays in view."""
        self.virtual_size = Size(self.size.width, len(self.ids))
        self.fit_columns()
        self._into_view()

    def fit_columns(self) -> None:
        """Measures the width and the ids anew."""
        if self.ids:
            self.row(min(self.cursor, len(self.ids) - 1))
        columns = rows.layout(self.size.width or self.app.size.width, self._id_cells, self.chosen)
        if columns != self.columns:
            self.columns = columns
            self.refresh()
        self.post_message(self.Laid(columns))

    def choose(self, columns: tuple[str, ...]) -> None:
        """Of the columns that may be left out, shows these."""
        if columns != self.chosen:
            self.chosen = columns
            self.fit_columns()

    def notify_style_update(self) -> None:
        """Another theme: other styles."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"ticketlist--{name}", partial=name in LEVELS)
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """One row of the window."""
        index = y + self.scroll_offset.y
        width = self.size.width
        row = self.row(index) if index < len(self.ids) else None
        if row is None:
            return Strip.blank(width, self._style("row"))
        now = self._now()
        clock = self._clocks[row[rows.PK]] = rows.clock_cells(row, now, self._asleep(row))
        first, base = self.styles_of(clock[1], index == self.cursor)
        text = self._rest(row, now)
        return Strip([Segment(clock[0], first), Segment(text, base)]).adjust_cell_length(width, base)

    def styles_of(self, level: str, chosen: bool) -> tuple[Style, Style]:
        """The styles of a row's countdown and of the rest, under the cursor (`chosen`) or not."""
        bad, base = self._style(level), self._style("row")
        if chosen:  # its own colours, which can be read on its ground; bold and reverse still tell
            base = self._style("cursor")
            bad = Style(bold=bad.bold, reverse=bool(bad.reverse) != bool(base.reverse))
        return base + bad, base

    def _rest(self, row: Row, now: int) -> str:
        """The cells right of the countdown, which change with the row and the minute of its age."""
        mark = rows.DRAFT if row[rows.UID] in self._drafts else ""
        sign = rows.MARKED if row[rows.PK] in self.marked else " "
        made_from = (row, self.columns, (now - row[rows.UPDATED]) // 60, mark, sign)
        known = self._rests.get(row[rows.PK])
        if known is None or known[0] != made_from:
            if len(self._rests) > KEPT:
                self._rests.clear()
            known = self._rests[row[rows.PK]] = made_from, sign + rows.rest(row, self.columns, now, self._me, mark)
        return known[1]
