"""What may follow the first key of a chord, with its tips: shown to who hesitates."""

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from deskui import text
from deskui.ui import keynames
from deskui.ui.actions import Action

Follow = tuple[str, Action, str | None]  # the second key, what both mean, why it cannot be done now
FEW = 6  # that many have a line each; more of them stand side by side
LEAST = 38  # cells of such a column


class WhichKey(Widget, can_focus=False):
    """A few lines over the bottom of the screen; the keys go to the screen as before."""

    DEFAULT_CSS = """
    WhichKey {
        layer: which; dock: bottom; height: auto; max-height: 80%;
        background: $panel; color: $foreground; border-top: ascii $primary;
    }
    """

    def __init__(self, follows: Sequence[Follow]) -> None:
        super().__init__()
        self._follows = follows

    def render(self) -> RenderResult:
        """A key and its tip a cell; what cannot be done now is dim and says why."""
        cells = self.app.size.width
        columns = 1 if len(self._follows) <= FEW else max(1, cells // LEAST)
        lines = -(-len(self._follows) // columns)
        said = [self._cell(follow, cells // columns) for follow in self._follows]
        rows = [Content("").join(said[at::lines]) for at in range(lines)]
        return Content("\n").join(rows)

    @staticmethod
    def _cell(follow: Follow, room: int) -> Content:
        key, action, reason = follow
        words = f" {keynames.show(key):<5}{f'({reason})' if reason else action.tip}"
        cell = Content(text.pad(text.clip(words, room - 1), room))
        return cell.stylize("$muted") if reason else cell
