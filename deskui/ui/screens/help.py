"""Help and palette: every action that this screen offers, found by a few letters; Enter runs it, or says why not.

What only other screens offer is found too, dim and with its place.
"""

from textwrap import wrap
from typing import Any

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from deskui.ui import actions, keymap, keynames
from deskui.ui.dispatch import DeskModal, Keys
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.line import Line
from deskui.ui.widgets.options import Options

TIP_AT = 28  # the column where the sentences begin


class HelpScreen(DeskModal):
    """Dismisses with the action to run, or None."""

    TITLE_LINE = "Help: type to search, Enter runs it, Esc closes"

    AUTO_FOCUS = "Input"

    def __init__(self, behind: Keys) -> None:
        super().__init__()
        self._behind = behind
        self._found: list[actions.Action] = []

    def compose(self) -> ComposeResult:
        """A field over a list."""
        with Vertical(classes="box"):
            yield Line(self.TITLE_LINE, classes="heading")
            yield Field(id="search")
            yield Options(id="found")

    def on_mount(self) -> None:
        """Everything, until something is typed."""
        self.query_one(OptionList).can_focus = False
        self._show("")

    def _show(self, words: str) -> None:
        here = self._behind.SCOPES
        found = keymap.search(words, here)
        self._found = sorted(found, key=lambda action: action.scope == "list")  # everybody finds j and k
        if words:
            self._found += keymap.search(words, [scope for scope in actions.WHERE if scope not in here])
        reasons = [self._behind.refusal(action) for action in self._found]
        options = self.query_one(Options)
        options.clear_options()
        options.dim = [at for at, reason in enumerate(reasons) if reason]
        options.add_options([Option(self._prompt(*each)) for each in zip(self._found, reasons, strict=True)])
        if self._found:
            options.highlighted = 0

    def _prompt(self, action: actions.Action, reason: str | None) -> Text:
        keys = " ".join(keynames.show(key) for key in action.keys)
        said = Text(f"{keys:<14.14} {action.word:<12} ", no_wrap=True, overflow="ellipsis")
        lines = wrap(f"({reason})" if reason else action.tip, max(20, self.app.size.width - TIP_AT - 1))
        said.append(f"\n{' ' * TIP_AT}".join(lines))
        return said

    def on_input_changed(self, event: Input.Changed) -> None:
        """Finds as one types."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """Runs the highlighted one."""
        index = self.query_one(OptionList).highlighted
        if index is None:
            self.query_one(Field).reopen()
        else:
            self.dismiss(self._found[index])

    async def on_key(self, event: events.Key) -> None:
        """Up and down move in the list while the field keeps the focus."""
        moves: dict[str, Any] = {
            "down": "cursor_down", "up": "cursor_up", "pagedown": "page_down", "pageup": "page_up",
        }  # fmt: skip
        if not self.put_off(event) and event.key in moves:
            event.stop()
            event.prevent_default()
            getattr(self.query_one(OptionList), f"action_{moves[event.key]}")()


class PaletteScreen(HelpScreen):
    """The same, shorter."""

    TITLE_LINE = "Palette: type a few letters, Enter runs it, Esc closes"
