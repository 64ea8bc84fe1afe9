"""A small form over a screen: a few labelled fields, what they mean so far, and a save that may refuse."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from deskui import text
from deskui.ui.dispatch import DeskModal
from deskui.ui.widgets.field import Field

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Blank:
    """A field; `hint` is shown while it is empty, `told` below the form while it has the focus."""

    name: str
    label: str
    hint: str = ""
    initial: str = ""
    told: str = ""


class FormScreen(DeskModal):
    """Returns True once `save` has answered "" (saved); another answer is shown, and everything typed stays.

    `means` says in a line what the values come to; it is asked at each keystroke.
    """

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    FormScreen { align: center middle; background: $background 0%; }
    FormScreen > Vertical {
        width: 78; max-width: 100%; height: auto; max-height: 100%;
        border: ascii $primary; padding: 0 1; background: $panel;
    }
    FormScreen .title { text-style: bold; }
    FormScreen Static { height: auto; }
    FormScreen .field { height: 1; }
    FormScreen Label { width: 11; }
    FormScreen Input { width: 1fr; background: $background; }
    FormScreen .bad { color: $error; text-style: bold; }
    FormScreen .told, FormScreen .hint { color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("f2", "save", "Save", priority=True),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(
        self, title: str, blanks: Sequence[Blank], save: Callable[[Values], Awaitable[str]],
        means: Callable[[Values], str] = lambda values: "", body: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.heading, self.blanks, self.save, self.means, self.body = title, tuple(blanks), save, means, body
        self._saving = False

    def compose(self) -> ComposeResult:
        """Title, fields, what they mean, what is wrong, hints."""
        with Vertical():
            yield Static(Content(text.line(self.heading)), classes="title")
            if self.body:
                yield Static(Content(text.block(self.body)))
            for blank in self.blanks:
                with Horizontal(classes="field"):
                    yield Label(Content(blank.label))
                    yield Field(text.line(blank.initial), placeholder=blank.hint, id=f"form-{blank.name}")
            yield Static(Content(""), classes="told")
            yield Static(Content(""), classes="means")
            yield Static(Content(""), classes="bad")
            yield Static(Content("Enter, Tab: next field   F2: save   Esc: cancel"), classes="hint")

    def on_mount(self) -> None:
        """What the fields mean as they are."""
        self._tell()

    def values(self) -> dict[str, str]:
        """What is typed."""
        return {each.name: self.query_one(f"#form-{each.name}", Input).value.strip() for each in self.blanks}

    def _tell(self) -> None:
        self.query_one(".means", Static).update(Content(text.line(self.means(self.values()))))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What it comes to now."""
        event.stop()
        self.query_one(".bad", Static).update(Content(""))
        self._tell()

    def on_descendant_focus(self) -> None:
        """What belongs into the field."""
        name = getattr(self.focused, "id", None) or ""
        told = next((each.told for each in self.blanks if f"form-{each.name}" == name), "")
        self.query_one(".told", Static).update(Content(text.line(told)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next field; the last one saves."""
        event.stop()
        field: Any = event.input
        field.reopen()
        if field.id == f"form-{self.blanks[-1].name}":
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Hands it over; once."""
        if not self._saving:
            self._saving = True
            screen: Any = self
            screen.run_worker(partial(self._save, self.values()), group="save")

    async def _save(self, values: Values) -> None:
        try:
            wrong = await self.save(values)
        finally:
            self._saving = False
        if wrong:
            self.query_one(".bad", Static).update(Content(text.line(wrong)))
        else:
            self.dismiss(True)
