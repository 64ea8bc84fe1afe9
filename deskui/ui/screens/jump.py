"""Jump labels: a letter at each visible row, and the letter's key goes there."""

from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key, Resize
from textual.geometry import Region, Size
from textual.widgets import Static

from deskui.ui.dispatch import DeskModal

LETTERS = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM"  # the easy ones first


class Rows(Protocol):
    """What has rows to go to."""

    content_region: Region

    def jumps(self) -> list[tuple[int, int]]:
        """The line in view of each row that can be gone to, and the row's own name."""
        ...

    def jump(self, row: int) -> None:
        """Goes to the row of that name, if it is still there."""
        ...


def labels(count: int) -> list[str]:
    """So many labels, none the beginning of another: a letter each, or two where letters do not suffice."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    return [first + second for first in LETTERS for second in LETTERS][:count]


class JumpScreen(DeskModal):
    """Labels the rows of `view`; any key that begins no label leaves, as Esc does."""

    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = """
    JumpScreen { background: $background 0%; }
    JumpScreen > .labels {
        width: auto; height: auto; color: $primary; background: $background; text-style: bold reverse;
    }
    """

    def __init__(self, view: Rows) -> None:
        super().__init__()
        found = view.jumps()
        self.view, self.typed = view, ""
        self.was: Size | None = None
        self.lines = {line: label for (line, _), label in zip(found, labels(len(found)), strict=True)}
        self.rows = {self.lines[line]: row for line, row in found}

    def compose(self) -> ComposeResult:
        """One column over the left edge of the rows."""
        said = [self.lines.get(line, "") for line in range(max(self.lines, default=-1) + 1)]
        column = Static(Content("\n".join(said)), classes="labels")
        column.styles.offset = (self.view.content_region.x, self.view.content_region.y)
        yield column

    def on_resize(self, event: Resize) -> None:
        """In another size the rows are elsewhere."""
        if self.was not in (None, event.size):
            self.dismiss(None)
        self.was = event.size

    async def on_key(self, event: Key) -> None:
        """A whole label goes to its row."""
        if self.put_off(event) or event.key == "escape":
            return
        event.stop()
        event.prevent_default()
        self.typed += event.character or " "
        if self.typed in self.rows:
            self.view.jump(self.rows[self.typed])
        if self.typed in self.rows or not any(label.startswith(self.typed) for label in self.rows):
            self.dismiss(None)
