"""What deskui wrote into its log, the newest at the end."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from deskui import text
from deskui.ui.dispatch import DeskScreen
from deskui.ui.timeline import Line, wrap
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.pager import Pager

MOST = 200_000  # bytes from the end


class LogScreen(Moving, DeskScreen):
    """The end of the log file at `path`; read anew with each second."""

    SCOPES: ClassVar[tuple[str, ...]] = ("log", "list", "app")
    AUTO_FOCUS = "Pager"
    DEFAULT_CSS = "LogScreen { layout: vertical; } LogScreen > Static { height: auto; }"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._seen = -1  # how long the file was

    def compose(self) -> ComposeResult:
        yield Static(Content(text.line(f"LOG   {self.path}")), classes="heading")
        yield Pager(follow=True)
        yield Static(Content(""), id="log-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        view = self.query_one(Pager)
        view.set_source(self.lines)
        self.call_after_refresh(view.scroll_end, animate=False)

    def tick(self, now: int) -> None:
        """What was written meanwhile."""
        if _size(self.path) != self._seen:
            for view in self.query(Pager):
                view.lay()

    def lines(self, width: int) -> Sequence[Line]:
        """Its end, wrapped."""
        self._seen = _size(self.path)
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self._seen - MOST))
                rows = file.read().decode("utf-8", "replace").splitlines()
        except OSError as error:
            return [((f"there is no log: {error.strerror or error}", "dim"),)]
        rows = rows[1:] if self._seen > MOST else rows  # the first one is cut
        return [((part, _style(row)),) for row in rows for part in wrap(text.line(row), width)]

    def show_status(self, words: str) -> None:
        """Remarks stand above the footer."""
        for line in self.query("#log-said").results(Static):
            line.update(Content(text.line(words)))

    def action_log_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _style(row: str) -> str:
    return "bad" if " ERROR " in row or " CRITICAL " in row else "warn" if " WARNING " in row else ""
