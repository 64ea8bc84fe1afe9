"""The bottom line: the most important keys of a screen, from the registry, as many as fit."""

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from deskui.ui import keymap


class Foot(Static):
    """One line of `key:word` hints; the last ones are dropped where it is narrow."""

    DEFAULT_CSS = "Foot { dock: bottom; height: 1; background: $bar; color: $foreground; }"

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__(Content(""), classes="bar")
        self.hints = keymap.footer(scopes).split("  ")

    def on_resize(self, event: Resize) -> None:
        self.update(Content(fit(self.hints, event.size.width)))


def fit(hints: list[str], width: int) -> str:
    """As many hints as fit into `width` cells, in their order."""
    said = ""
    for hint in hints:
        longer = f"{said}  {hint}" if said else hint
        if len(longer) <= width:
            said = longer
    return said
