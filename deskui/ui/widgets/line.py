"""One line of text that repaints only when it says something else."""

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from deskui.ui import status
from deskui.ui.widgets.straight import Straight

STYLES = {"error": "bold reverse", "warning": "bold"}


def styled(parts: list[tuple[str, str]]) -> Text:
    """Remarks as one text; what is wrong stands out without colour."""
    return Text.assemble(*((said, STYLES.get(style, "")) for said, style in parts))


class Line(Straight, can_focus=False):
    """A text of one line, clipped to its width; `show` takes a string or a rich Text (made inert here)."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, text: str | Text = "", right: str = "", *, id: str | None = None, classes: str | None = None):
        super().__init__(id=id, classes=classes)
        self._text: str | Text = text
        self._right = right

    def show(self, text: str | Text, right: str = "") -> None:
        """Says `text`, and `right` at the right end."""
        if text != self._text or right != self._right:
            self._text, self._right = text, right
            self.refresh()

    @property
    def plain(self) -> str:
        """What it says, without style."""
        text = self._text.plain if isinstance(self._text, Text) else self._text
        return f"{text} {self._right}".rstrip()

    def render_line(self, y: int) -> Strip:
        """The text, padded to the width."""
        room, style = self.size.width, self.rich_style
        if y:
            return Strip.blank(room, style)
        parts = status.laid(self._parts(), self._right, room)
        return Strip([Segment(text, style + own if own else style) for text, own in parts], room)

    def _parts(self) -> list[tuple[str, Style]]:
        if isinstance(self._text, str):
            return [(self._text, Style.null())]
        segments = self._text.render(self.app.console)
        return [(text, style or Style.null()) for text, style, _ in segments]
