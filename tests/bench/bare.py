"""The yardstick: a bare Textual app with one line-API list over the same desk, and nothing else.

    python -m tests.bench.bare DESK.DB

It reads every open ticket in queue order and draws it; twenty countdowns tick.  It knows no filter, no panels, no
sync: what deskui costs above this is deskui.
"""

import sqlite3
import sys
import time

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

LIVE = 20  # countdowns that tick, as in the list that it is compared with
CURSOR, PLAIN = Style(reverse=True), Style()
KEYS = [  # of the list, and of the app for a key that comes before the list has the focus
    Binding("down,j", "move(1)"),
    Binding("up,k", "move(-1)"),
    Binding("pagedown", "page(1)"),
    Binding("pageup", "page(-1)"),
]


class Lines(ScrollView, can_focus=True):
    """All rows in memory, one strip each when it is drawn."""

    BINDINGS = KEYS

    def __init__(self, rows):
        super().__init__()
        self.rows, self.at = rows, 0

    def on_mount(self):
        self.virtual_size = Size(self.app.size.width, len(self.rows))
        self.set_interval(1.0, self.tick)

    def render_line(self, y):
        n = y + int(self.scroll_offset.y)
        if n >= len(self.rows):
            return Strip.blank(self.size.width)
        id_, due, customer, subject = self.rows[n]
        left = (due or 0) - int(time.time())
        text = f"{left // 60:>6}:{left % 60:02} {id_:10} {customer or '':12.12} {subject:60.60}"
        text = text[: self.size.width].ljust(self.size.width)
        return Strip([Segment(text, CURSOR if n == self.at else PLAIN)], self.size.width)

    def tick(self):
        self.refresh(*(Region(0, y, 9, 1) for y in range(min(LIVE, self.size.height))))

    def action_move(self, by):
        old, top = self.at, int(self.scroll_offset.y)
        self.at = max(0, min(len(self.rows) - 1, self.at + by))
        if self.at < top or self.at >= top + self.size.height:
            self.scroll_to(y=top + by, animate=False, force=True)
            return
        width = self.size.width
        self.refresh(Region(0, old - top, width, 1), Region(0, self.at - top, width, 1))

    def action_page(self, by):
        height = self.size.height
        if not height:  # a key that came before the first layout
            self.call_after_refresh(self.action_page, by)
            return
        self.at = max(0, min(len(self.rows) - 1, self.at + by * height))
        self.scroll_to(y=max(0, self.at - height + 1), animate=False, force=True)
        self.refresh()


class Bare(App[None]):
    """One list."""

    BINDINGS = KEYS

    def __init__(self, path):
        super().__init__()
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.rows = db.execute(
            "SELECT id, due, customer, subject FROM ticket WHERE gone = 0 AND done = 0"
            " ORDER BY done, band, sort_due, priority, pk"
        ).fetchall()

    def compose(self) -> ComposeResult:
        yield Lines(self.rows)

    def action_move(self, by):
        self.query_one(Lines).action_move(by)

    def action_page(self, by):
        self.query_one(Lines).action_page(by)


if __name__ == "__main__":
    Bare(sys.argv[1]).run(mouse=False)
