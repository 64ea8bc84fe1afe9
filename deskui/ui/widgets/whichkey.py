"""What may follow the first key of a chord, with its tips: shown to who hesitates."""

from collections.abc import Sequence
from itertools import groupby

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from deskui import text
from deskui.ui import keynames
from deskui.ui.actions import Action

Follow = tuple[str, Action, str | None]  # the second key, what both mean, why it cannot be done now
FEW = 6  # that many have a line each; more of them stand side by side
LEAST = 38  # cells of such a column
NUMBER = "\0"  # stands for the digit while tips are compared


def lines(follows: Sequence[Follow]) -> list[tuple[str, str, bool]]:
    """The key, what it does, and whether it cannot be done now; digits that do the same by their number are one."""
    found = []
    for (tip, reason, _), same in groupby(follows, _alike):
        keys = [keynames.show(key) for key, _, _ in same]
        alone = len(keys) == 1
        key, number = (keys[0], keys[0]) if alone else (f"{keys[0]}..{keys[-1]}", f"{keys[0]} to {keys[-1]}")
        found.append((key, f"({reason})" if reason else tip.replace(NUMBER, number), bool(reason)))
    return found


def _alike(follow: Follow) -> tuple[str, str | None, str]:
    key, action, reason = follow
    return (action.tip.replace(key, NUMBER), reason, "") if key.isdigit() else (action.tip, reason, key)


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
        said = lines(self._follows)
        columns = 1 if len(said) <= FEW else max(1, cells // LEAST)
        deep = -(-len(said) // columns)
        laid = [self._cell(each, cells // columns) for each in said]
        return Content("\n").join(Content("").join(laid[at::deep]) for at in range(deep))

    @staticmethod
    def _cell(said: tuple[str, str, bool], room: int) -> Content:
        key, what, dim = said
        words = f" {key:<5}{what}"
        cell = Content(text.pad(text.clip(words, room - 1), room))
        return cell.stylize("$muted") if dim else cell
