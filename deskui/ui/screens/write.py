"""Writing on a ticket: a work note or a public reply, which nobody can mistake for each other, or a closing note."""

from dataclasses import replace
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static, TextArea

from deskui import text
from deskui.domain import people
from deskui.domain.draft import Draft
from deskui.domain.ticket import Ticket
from deskui.services.rereading import public
from deskui.ui import editor, keymap
from deskui.ui.attaching import Attaching
from deskui.ui.dispatch import DeskScreen
from deskui.ui.keeping import Keeping
from deskui.ui.kinds import KINDS
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen
from deskui.ui.sending import Sending
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.foot import Foot

ROLES = (("to", "To "), ("cc", "Cc "))


class WriteScreen(Keeping, Sending, Attaching, DeskScreen):
    """Write a `kind` (of KINDS) on a ticket; returns whether it was saved.

    The text stays in the editor until the store has committed it, and is kept as a draft meanwhile.  `resume` is the
    uid of a draft to go on with; else those that wait are offered.  `words` stand there at the beginning.
    """

    DEFAULT_CSS = """
    WriteScreen { layout: vertical; }
    WriteScreen .title { height: 1; color: $primary; text-style: bold; }
    WriteScreen.-reply .title { color: $reply; text-style: bold reverse; }
    WriteScreen .about { height: auto; max-height: 3; }
    WriteScreen TextArea, WriteScreen TextArea:focus {
        height: 1fr; border: none; border-left: ascii $primary; padding: 0 1;
    }
    WriteScreen.-reply TextArea, WriteScreen.-reply TextArea:focus { border: ascii $reply; }
    WriteScreen .fields, WriteScreen .people { height: 1; }
    WriteScreen .fields Static, WriteScreen .people Static { width: auto; }
    WriteScreen .people { padding: 0 0 0 1; }
    WriteScreen Input { width: 8; border: none; height: 1; padding: 0; background: $panel; margin: 0 2 0 0; }
    WriteScreen .people Input { width: 1fr; margin: 0; }
    WriteScreen .kept { margin: 0 0 0 2; color: $muted; }
    WriteScreen .held { height: auto; max-height: 2; display: none; }
    WriteScreen .bad { height: auto; color: $error; text-style: bold; }
    """
    AUTO_FOCUS = "TextArea"
    SCOPES = ("write", "app")
    BINDINGS: ClassVar[list[BindingType]] = [  # keys that are ours though somebody types
        *(
            Binding(key, action.id.replace(".", "_"), action.word, priority=True)
            for action in keymap.in_scopes(("write",))
            for key in action.keys
            if key != "escape"
        ),
        Binding("ctrl+p", "app.app_palette", "Palette", priority=True),
    ]

    def __init__(self, services: Any, ticket_id: str, kind: str = "note", resume: str = "", words: str = "") -> None:
        super().__init__(classes=f"-{kind}")
        self.services, self.kind_name, self.kind = services, kind, KINDS[kind]
        self.ticket: Ticket = services.desk.ticket(ticket_id) or Ticket(upstream="", id=ticket_id)
        known = public(services.desk.timeline(ticket_id))
        self.draft = services.writing.drafts.begin(self.ticket, kind, [event.key for event in known])
        self.resume, self.words = resume, words
        self.shown = {"to": _line(self.ticket.requestors), "cc": _line(self.ticket.cc)}

    # what is on the screen

    def compose(self) -> ComposeResult:
        # Kept by hand: they say what was typed even when the screen is being taken down.
        self.area = TextArea("", soft_wrap=True, show_line_numbers=False)
        self.area.cursor_blink = False
        self.minutes = Input(type="integer", max_length=4, placeholder="0")
        self.minutes.cursor_blink = False
        self.people = {role: self._field(role) for role, _ in ROLES}
        yield Static(Content(self.heading()), classes="title")
        yield Static(Content(self.about()), classes="about")
        if self.is_reply:
            for role, label in ROLES:
                with Horizontal(classes="people"):
                    yield Static(Content(label))
                    yield self.people[role]
        yield self.area
        with Horizontal(classes="fields"):
            if self.kind.minutes:
                yield Static(Content("Minutes worked: "))
                yield self.minutes
            yield Button(self.kind.button, compact=True)
            if self.takes_files:  # at 80 cells the foot has no room left
                yield Static(Content(f"  {keymap.shown('f7', ('write',))}:attach a file"))
            yield Static(Content(""), classes="kept")
        yield Static(Content(""), classes="held")
        yield Static(Content(""), classes="bad")
        save, template, editing, people, known = (keymap.shown(f"f{number}", ("write",)) for number in range(2, 7))
        to = f"  {people}:to,cc" if self.is_reply else ""
        more = f"{template}:template  {editing}:editor{to}  {known}:known  Tab:next"
        yield Foot(hints=f"{save}:{self.kind.button.lower()}  Esc:leave  {more}")

    def _field(self, role: str) -> Field:
        return Field(self.shown[role], id=f"write-{role}", select_on_focus=False, placeholder="nobody")

    def on_mount(self) -> None:
        if self.words:
            self.put(self.words)
        self.begin(self.resume)

    def heading(self) -> str:
        """The first line: what this is, and who reads it."""
        who = f" TO {text.line(self.ticket.customer or 'the customer')}" if self.is_reply else ""
        return f" {self.kind.title}{who}: {self.kind.readers}"

    def about(self) -> str:
        """The ticket, and for a reply how long it waits and what their clock says."""
        ticket = self.ticket
        line = f" {text.line(ticket.id)} P{ticket.priority}  {text.line(ticket.subject)}"
        return f"{line}\n {self.waits()} {self.local_time()}".rstrip() if self.is_reply else line

    def say(self, words: str) -> None:
        """A sentence above the hint line."""
        for line in self.query(".bad").results(Static):  # none while the screen is being closed
            line.update(Content(text.line(words)))

    def say_kept(self, words: str) -> None:
        """Beside the button: since when it need not be feared for."""
        for line in self.query(".kept").results(Static):
            line.update(Content(text.line(words)))

    # what is written

    @property
    def written(self) -> str:
        """The editor's text."""
        return self.area.text

    def written_draft(self) -> Draft:
        """All that is typed."""
        minutes = self.minutes.value.strip() if self.kind.minutes else ""
        return replace(
            self.draft, text=self.written, minutes=minutes, to=self._moves("to"), cc=self._moves("cc"), files=self.files
        )

    def _moves(self, role: str) -> tuple[str, ...]:
        """What was added to that field and taken off; nothing where it is not shown."""
        return people.moves(people.split(self.shown[role]), people.split(self.people[role].value))

    def fill(self, draft: Draft) -> None:
        """Go on with a draft; people are moved on the ticket as it is now, what was typed ahead stands behind it."""
        self.put(draft.text + self.written)
        self.minutes.value = draft.minutes
        self.hold(draft.files)
        for role, moves in (("to", draft.to), ("cc", draft.cc)):
            self.people[role].value = _line(people.moved(people.split(self.shown[role]), moves))

    def put(self, words: str) -> None:
        """These words in place of all that is written; ^z of the text area brings those back."""
        self.area.replace(words, (0, 0), self.area.document.end)
        self.area.move_cursor(self.area.document.end)

    # keys

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_write_save()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next field."""
        event.stop()
        if isinstance(event.input, Field):
            event.input.reopen()
        self.focus_next()

    def action_write_people(self) -> None:
        """To the people whom the reply reaches."""
        if self.is_reply:
            self.set_focus(self.people["cc" if self.focused is self.people["to"] else "to"])  # at once: a key follows
        else:
            self.say("Only the team reads this: there is no To and no Cc.")

    def action_write_editor(self) -> None:
        """The person's own editor; nothing is sent by leaving it."""
        if self.saving:
            return
        self.keep()
        name = "".join(char if char.isalnum() else "-" for char in f"{self.ticket.id}-{self.kind_name}")
        edited = editor.edit(self.app, self.written, self.services.writing.folder, name, self.keep_text)
        if edited.text is not None and edited.text != self.written:
            self.put(edited.text)
        self.say(edited.said)
        self.keep()

    @work(exclusive=True, group="template")
    async def action_write_template(self) -> None:
        """One of the templates for this kind, at the cursor."""
        from deskui.services.templates import TemplateError

        found = self.services.writing.templates.of(self.kind_name)
        by_key = {each.key: each for each in found.templates if each.key}  # of two with the same key one gets another
        choices: list[Choice | tuple[str, str]] = [Choice(key, each.title, each.name) for key, each in by_key.items()]
        choices += [(each.name, each.title) for each in found.templates if by_key.get(each.key) is not each]
        refused = "\n".join(f"REFUSED {wrong}" for wrong in found.wrong)
        chosen = await self.app.push_screen_wait(ChooseScreen("Which template?", choices, refused))
        for template in (each for each in found.templates if each.name == chosen):
            try:
                self.area.insert(self.services.writing.filled(template, self.ticket, int(self.services.clock())))
            except TemplateError as wrong:
                self.say(f"REFUSED {wrong}")

    @work(exclusive=True, group="template")
    async def action_write_knowledge(self) -> None:
        """What helped with a ticket like it, at the cursor."""
        from deskui.ui.screens.knowledge import KnowledgeScreen

        words = await self.app.push_screen_wait(KnowledgeScreen(self.services, self.ticket.id, pick=True))
        if words:
            self.area.insert(words)

    # leaving

    def action_write_leave(self) -> None:
        """Leave; if something is written, ask what becomes of it."""
        if not self.saving:
            self.app.keys_held = True
            self.leave()

    @work(exclusive=True, group="leave")
    async def leave(self) -> None:
        """Asks, unless there is nothing to ask about."""
        if self.written_draft().empty:
            self.app.keys_held = False
            self.keep()
            self.dismiss(False)
            return
        again = f"keep the draft and leave ({self.kind.key} on {self.ticket.id} brings it back)"
        question = ChooseScreen(
            f"Leave this {self.kind.title.lower()}?",
            [
                Choice("s", self.kind.button, "save"),
                Choice("k", again, "keep"),
                Choice("d", "discard the text and leave", "discard"),
            ],
        )
        answer = self.app.push_screen(question, wait_for_dismiss=True)
        self.app.keys_held = False
        await self._left(await answer)

    async def _left(self, answer: str | None) -> None:
        if answer == "save":
            self.action_write_save()
        elif answer == "keep":
            if (kept := self._keep()) is None or (error := await settled(kept)) is None:
                self.dismiss(False)
            else:
                self.say(f"DRAFT NOT KEPT: {error}  The text is only here.")
        elif answer == "discard":
            self.end()
            if (error := await settled(self.services.writing.drafts.drop(self.draft.uid))) is None:
                self.dismiss(False)
            else:
                self.go_on()
                self.say(f"NOT DISCARDED: {error}")


def _line(names: tuple[str, ...]) -> str:
    return ", ".join(text.line(name) for name in names)
