"""Small questions over a screen: pick one by its key, or type a value.  The default is always Cancel."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from deskui import text
from deskui.lazy import dataclass
from deskui.ui.dispatch import DeskModal
from deskui.ui.widgets.options import Options

_CSS = """
ChooseScreen, AskScreen { align: center middle; background: $background 0%; }
ChooseScreen > Vertical, AskScreen > Vertical {
    width: 76; max-width: 100%; height: auto; max-height: 100%;
    border: ascii $primary; padding: 0 1; background: $panel;
}
ChooseScreen .title, AskScreen .title { text-style: bold; }
ChooseScreen VerticalScroll, AskScreen VerticalScroll { height: auto; max-height: 55vh; }
ChooseScreen OptionList, ChooseScreen OptionList:focus {
    height: auto; max-height: 12; border: none; padding: 0; background: $panel;
}
AskScreen Input { border: none; height: 1; padding: 0; }
AskScreen .bad { color: $error; text-style: bold; }
ChooseScreen .hint, AskScreen .hint { color: $muted; }
"""


@dataclass(frozen=True)
class Choice:
    """One answer: the key that picks it at once, what it says, and the value that the screen returns."""

    key: str
    label: str
    value: str


def keyed(choices: Iterable[Choice | tuple[str, str]]) -> tuple[Choice, ...]:
    """All of them as `Choice`, each with a key of its own."""
    out: list[Choice] = []
    for choice in choices:
        if isinstance(choice, Choice):
            out.append(choice)
            continue
        taken = {other.key for other in out}
        key = next((c for c in f"{choice[0].lower()}123456789" if c.isalnum() and c not in taken), "")
        out.append(Choice(key, choice[1], choice[0]))
    return tuple(out)


class ChooseScreen(DeskModal):
    """Asks for one of `choices`; returns its value, None for Cancel.  Enter on an untouched list cancels.

    A choice may be given as (value, label): its key is then the first letter of the value that is still free.
    """

    DEFAULT_CSS = _CSS
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "Cancel"), ("j", "move(1)", "Down"), ("k", "move(-1)", "Up"),
    ]  # fmt: skip

    def __init__(self, title: str, choices: Sequence[Choice | tuple[str, str]], body: str = "") -> None:
        super().__init__()
        self.heading, self.choices, self.body = title, keyed(choices), body
        self._by_key = {choice.key: choice.value for choice in self.choices}

    def compose(self) -> ComposeResult:
        with Vertical():
            yield from _head(self.heading, self.body)
            rows = [Option(Content(f" {c.key}  {text.line(c.label)}")) for c in self.choices]
            yield Options(Option(Content(" Esc  Cancel")), *rows)
            pages = "; PgDn/PgUp read on above" if self.body.count("\n") > 8 else ""
            yield Static(Content(f"press its key, or j/k and Enter; Esc cancels{pages}"), classes="hint")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def action_move(self, step: int) -> None:
        """Cursor by one; j and k as everywhere."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if step > 0 else options.action_cursor_up)()

    async def on_key(self, event: Key) -> None:
        """A choice's own key picks it, before j and k mean a move; a long text above moves by pages."""
        if self.put_off(event):
            return
        value = self._by_key.get(event.character or event.key)
        if value is not None:
            event.stop()
            event.prevent_default()
            self.dismiss(value)
        elif event.key in ("pagedown", "pageup", "ctrl+d", "ctrl+u") and self.body:
            event.stop()
            event.prevent_default()
            way = 1 if event.key in ("pagedown", "ctrl+d") else -1
            view = self.query_one(VerticalScroll)
            view.scroll_relative(y=way * max(1, view.size.height - 1), animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(None if event.option_index == 0 else self.choices[event.option_index - 1].value)


class AskScreen(DeskModal):
    """Asks for a typed value; returns it stripped, None for Cancel.

    `check` answers what is wrong with a value ("" or None: nothing); `expect` demands exactly that text (the host's
    name before a change on it, the count before a bulk verb); an empty value is refused unless `empty`.
    """

    DEFAULT_CSS = _CSS
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(
        self,
        title: str,
        prompt: str = "",
        initial: str = "",
        *,
        body: str = "",
        expect: str | None = None,
        check: Callable[[str], str | None] | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__()
        self.heading, self.prompt, self.initial, self.body = title, prompt, initial, body
        self.expect, self.check, self.empty = expect, check, empty

    def compose(self) -> ComposeResult:
        with Vertical():
            yield from _head(self.heading, self.body)
            yield Static(Content(text.line(self.prompt)))
            field = Input(value=text.line(self.initial))
            field.cursor_blink = False
            yield field
            yield Static(Content(""), classes="bad")
            yield Static(Content("Enter: ok   Esc: cancel"), classes="hint")

    def wrong(self, value: str) -> str | None:
        """What is wrong with `value`; None: nothing."""
        if not value and not self.empty:
            return "Nothing typed yet; Esc cancels."
        if self.expect is not None and value != self.expect:
            return f"Type exactly {self.expect} to go on; Esc cancels."
        return self.check(value) if self.check else None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        value = event.value.strip()
        if wrong := self.wrong(value):
            self.query_one(".bad", Static).update(Content(text.line(wrong)))
        else:
            self.dismiss(value)


def _head(heading: str, body: str) -> ComposeResult:
    yield Static(Content(text.line(heading)), classes="title")
    if body:
        with VerticalScroll(can_focus=False):
            yield Static(Content(text.block(body)))
