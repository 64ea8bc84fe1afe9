"""A new ticket while somebody is on the phone: the fields a technician knows then, and when the call came in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from deskui import text
from deskui.domain import when
from deskui.domain.change import Create
from deskui.ui import keymap
from deskui.ui.dispatch import DeskScreen
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen
from deskui.ui.widgets.foot import Foot


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the form."""

    name: str
    label: str
    hint: str
    initial: str = ""


FIELDS = (
    Field("subject", "Subject", "what is broken, in the caller's words"),
    Field("customer", "Customer", "as in the contracts; empty: from the requestor's address"),
    Field("requestor", "Requestor", "e-mail address of the caller"),
    Field("priority", "Priority", "1 to 4", "3"),
    Field("ci", "CI", "name of the host or service; may be empty"),
    Field("received", "Received", "HH:MM (the last such time) if the call came earlier; the clocks count from it"),
)


class FormError(ValueError):
    """A field cannot be used; `field` is its name, the message says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NewTicketScreen(DeskScreen):
    """The form, with what is `given` in it; returns the new ticket's id, None when it was left.

    It is made in `upstream`; empty: in the usual one.
    """

    SCOPES = ("new", "app")
    AUTO_FOCUS = "#new-subject"
    DEFAULT_CSS = """
    NewTicketScreen { layout: vertical; }
    NewTicketScreen .title { color: $primary; text-style: bold; }
    NewTicketScreen .field { height: 1; }
    NewTicketScreen Label { width: 12; }
    NewTicketScreen Input { width: 1fr; }
    NewTicketScreen TextArea, NewTicketScreen TextArea:focus {
        height: 1fr; border: none; border-left: ascii $primary; padding: 0 1;
    }
    NewTicketScreen .bad { height: auto; color: $error; text-style: bold; }
    NewTicketScreen .hint { height: 1; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, "new_save", "Create", priority=True)
            for action in keymap.in_scopes(("new",))
            for key in action.keys
            if action.id == "new.save"
        ),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(self, services: Any, given: Mapping[str, str] | None = None, upstream: str = "") -> None:
        super().__init__()
        self.services, self.given, self.upstream = services, dict(given or {}), upstream
        self.saving = False

    def compose(self) -> ComposeResult:
        yield Static(Content("NEW TICKET"), classes="title")
        for field in FIELDS:
            with Horizontal(classes="field"):
                yield Label(Content(field.label))
                value = text.line(self.given.get(field.name, "")) or field.initial
                box = Input(value, placeholder=field.hint, id=f"new-{field.name}", select_on_focus=bool(field.initial))
                box.cursor_blink = False
                yield box
        yield Static(Content("Text (what the caller said; the first message of the ticket):"), classes="hint")
        area = TextArea(self.given.get("text", ""), soft_wrap=True, show_line_numbers=False)
        area.cursor_blink = False
        yield area
        yield Static(Content(""), classes="bad")
        yield Foot(hints=f"{keymap.shown('f2', ('new',))}:create  Tab, Enter:next field  Esc:leave (asks)")

    def values(self) -> dict[str, str]:
        """What is typed, by field name."""
        typed = {field.name: self.query_one(f"#new-{field.name}", Input).value.strip() for field in FIELDS}
        return {**typed, "text": self.query_one(TextArea).text.strip()}

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_new_save(self) -> None:
        """Create it, or go to the field that cannot be used."""
        if self.saving:
            return
        try:
            made = create(self.values(), self.services.clock(), self.services.zone, self.cis())
        except FormError as error:
            self.say(str(error))
            self.query_one(f"#new-{error.field}").focus()
            return
        self.send(made)

    def cis(self) -> frozenset[str]:
        """The names of all known CIs."""
        return frozenset(asset.name for asset in self.services.inventory.all())

    @work(exclusive=True)
    async def send(self, made: Create) -> None:
        """Hand it to the store; the form stays until the commit."""
        self.saving = True
        future = self.services.desk.new(made, self.upstream or None)
        error = await settled(future, self.say)
        self.saving = False
        if error is not None:
            self.say(f"NOT SAVED: {error}  Everything typed is still here.")
            return
        self.dismiss(future.result()[0])

    @work(exclusive=True)
    async def action_new_leave(self) -> None:
        """Leave; if something is typed, ask."""
        typed = self.values()
        if not any(value for name, value in typed.items() if name != "priority"):
            self.dismiss(None)
            return
        choices = [Choice("s", "create the ticket", "save"), Choice("d", "discard what is typed and leave", "discard")]
        answer = await self.app.push_screen_wait(ChooseScreen("Leave this new ticket?", choices))
        if answer == "save":
            self.action_new_save()
        elif answer == "discard":
            self.dismiss(None)

    def say(self, words: str) -> None:
        """A sentence above the hints."""
        self.query_one(".bad", Static).update(Content(text.line(words)))

    def show_status(self, words: str) -> None:
        """Remarks go above the hints."""
        self.say(words)


def create(values: Mapping[str, str], now: int, zone: str, cis: Iterable[str]) -> Create:
    """The form as a change; FormError names the field."""
    if not values["subject"]:
        raise FormError("subject", "The subject is empty: say in a few words what is broken.")
    priority = values["priority"].upper().removeprefix("P")
    if priority not in ("1", "2", "3", "4"):
        raise FormError("priority", "Priority: 1, 2, 3 or 4.")
    ci = values["ci"]
    if ci and ci not in (known := sorted(cis)):
        near = ", ".join(name for name in known if ci.lower() in name.lower()) or ", ".join(known[:6])
        raise FormError("ci", f"No CI is called {ci}" + (f"; there are: {near}." if near else "; leave it empty."))
    return Create(
        values["subject"], values["text"], customer=values["customer"] or None, requestor=values["requestor"] or None,
        priority=int(priority), ci=ci or None, received=received(values["received"], now, zone),
    )  # fmt: skip


def received(typed: str, now: int, zone: str) -> int | None:
    """The latest such time that has passed, in `zone` (epoch seconds); None: not given; FormError otherwise."""
    if not typed:
        return None
    try:
        at = when.last_time(typed, zone, now)
    except ValueError:
        raise FormError("received", f"Received: {typed} is no time; write HH:MM, for instance 01:55.") from None
    if at > now:
        raise FormError("received", f"Received: {typed} is still to come.")
    return at
