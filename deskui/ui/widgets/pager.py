"""A scrolling view of ready lines: no widget per line, laid out again only when its width changes."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from deskui.ui.timeline import Line

STYLES = ("dim", "head", "customer", "reply", "note", "system", "pending", "bad", "warn", "ok")


class Pager(ScrollView, can_focus=True):
    """Shows what `source(width in cells)` gives; `follow`: stays at the end while it is at the end."""

    DEFAULT_CSS = """
    Pager { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; height: 1fr; }
    Pager > .pager--dim { color: $muted; }
    Pager > .pager--head { text-style: bold; }
    Pager > .pager--customer { text-style: bold; }
    Pager > .pager--reply { color: $reply; }
    Pager > .pager--note { color: $foreground; }
    Pager > .pager--system { color: $muted; }
    Pager > .pager--pending { color: $warning; text-style: italic; }
    Pager > .pager--bad { color: $error; text-style: bold; }
    Pager > .pager--warn { color: $warning; text-style: bold; }
    Pager > .pager--ok { color: $success; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pager--{name}" for name in STYLES}

    def __init__(self, *, follow: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.follow = follow
        self.lines: Sequence[Line] = ()
        self._source: Callable[[int], Sequence[Line]] | None = None
        self._laid = 0

    def set_source(self, source: Callable[[int], Sequence[Line]]) -> None:
        """Show what `source` gives, now and after each change of the width."""
        self._source = source
        self.lay()

    def lay(self) -> None:
        """Ask the source again."""
        self._laid = self.text_width
        if self._source is None or self._laid <= 0:
            return
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self.lines = self._source(self._laid)
        self.virtual_size = Size(self._laid, len(self.lines))
        if self.follow and at_end:
            self.scroll_end(animate=False, force=True, immediate=True)  # later it would undo a scroll_home
        self.refresh()

    @property
    def text_width(self) -> int:
        """Cells for text: a column is kept for the scroll bar, so that lines do not jump when it appears."""
        return self.scrollable_content_region.width - (0 if self.show_vertical_scrollbar else 1)

    def on_resize(self, event: Resize) -> None:
        if self.text_width != self._laid:
            self.lay()

    @property
    def plain(self) -> str:
        """All lines as text."""
        return "\n".join("".join(words for words, _ in line) for line in self.lines)

    def render_line(self, y: int) -> Strip:
        at = self.scroll_offset.y + y
        base = self.rich_style
        if at >= len(self.lines):
            return Strip.blank(self.size.width, base)
        segments = [Segment(words, base + self._style(name)) for words, name in self.lines[at] if words]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"pager--{name}", partial=True) if name else Style.null()
