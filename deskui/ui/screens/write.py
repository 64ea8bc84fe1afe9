"""Writing on a ticket: a work note or a public reply, which nobody can mistake for each other, or a closing note."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static, TextArea

from deskui import text
from deskui.domain.change import Cancel, Change, Note, Reopen, Reply, Resolve
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.ui import timeline
from deskui.ui.dispatch import DeskScreen
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen
from deskui.ui.widgets.foot import Foot


@dataclass(frozen=True, slots=True)
class Kind:
    """What is being written: its title, who reads it, the word on its button, and the change it becomes."""

    title: str
    readers: str
    button: str
    change: type[Note] | type[Reply] | type[Resolve] | type[Cancel] | type[Reopen]
    minutes: bool = True


KINDS: Mapping[str, Kind] = {
    "note": Kind("WORK NOTE", "only the team reads this", "Save note", Note),
    "reply": Kind("PUBLIC REPLY", "THE CUSTOMER READS THIS", "Send reply", Reply),
    "resolve": Kind("RESOLVE", "the resolution is a work note: only the team reads it", "Resolve", Resolve, False),
    "cancel": Kind("CANCEL TICKET", "why it is not to be done, as a work note", "Cancel ticket", Cancel, False),
    "reopen": Kind("REOPEN", "why it goes on, as a work note: only the team reads it", "Reopen", Reopen, False),
}


class WriteScreen(DeskScreen):
    """Write a `kind` (of KINDS) on a ticket; returns whether it was saved.

    The text stays in the editor until the store has committed it; a draft that is left stays in memory.
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
    WriteScreen .fields { height: 1; }
    WriteScreen .fields Static { width: auto; }
    WriteScreen Input { width: 8; border: none; height: 1; padding: 0; background: $panel; margin: 0 2 0 0; }
    WriteScreen .bad { height: auto; color: $error; text-style: bold; }
    """
    AUTO_FOCUS = "TextArea"
    SCOPES = ("write", "app")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "write_save", "Save", priority=True),
    ]
    drafts: ClassVar[dict[tuple[str, str], str]] = {}  # (kind, ticket id) -> text

    def __init__(self, services: Any, ticket_id: str, kind: str = "note") -> None:
        super().__init__(classes=f"-{kind}")
        self.services, self.kind = services, KINDS[kind]
        self.draft_key = (kind, ticket_id)
        self.saving = False
        self.ticket: Ticket = services.desk.ticket(ticket_id) or Ticket(upstream="", id=ticket_id)
        self.known = frozenset(event.key for event in self._public())

    # what is on the screen

    def compose(self) -> ComposeResult:
        yield Static(Content(self.heading()), classes="title")
        yield Static(Content(self.about()), classes="about")
        area = TextArea(self.drafts.get(self.draft_key, ""), soft_wrap=True, show_line_numbers=False)
        area.cursor_blink = False
        yield area
        with Horizontal(classes="fields"):
            if self.kind.minutes:
                yield Static(Content("Minutes worked: "))
                field = Input(type="integer", max_length=4, placeholder="0")
                field.cursor_blink = False
                yield field
            yield Button(self.kind.button, compact=True)
        yield Static(Content(""), classes="bad")
        yield Foot(hints=f"F2:{self.kind.button.lower()}  Tab:next field  Esc:leave (asks)")

    def heading(self) -> str:
        """The first line: what this is, and who reads it."""
        who = f" TO {text.line(self.ticket.customer or 'the customer')}" if self.is_reply else ""
        return f" {self.kind.title}{who}: {self.kind.readers}"

    def about(self) -> str:
        """The ticket, and for a reply the people it goes to and how long it waits."""
        ticket = self.ticket
        lines = [f" {text.line(ticket.id)} P{ticket.priority}  {text.line(ticket.subject)}"]
        if self.is_reply:
            lines += [" " + self.recipients(), " " + self.waits()]
        return "\n".join(lines)

    @property
    def is_reply(self) -> bool:
        """Whether the customer will read it."""
        return self.kind.change is Reply

    def recipients(self) -> str:
        """The To and Cc of the reply."""
        to = ", ".join(map(text.line, self.ticket.requestors)) or "the requestor"
        cc = ", ".join(map(text.line, self.ticket.cc))
        return f"To {to}" + (f"   Cc {cc}" if cc else "") + self.local_time()

    def local_time(self) -> str:
        """What the clock says where the customer is; empty without a contract of its own."""
        contract = self.services.desk.contract(self.ticket)
        zones = {str(calendar.zone) for calendar in contract.calendars.values()}
        if contract.customer != self.ticket.customer or len(zones) != 1:
            return ""
        now = int(self.services.clock())
        return f"   there it is {timeline.stamp(now, zones.pop(), now)}"

    def waits(self) -> str:
        """When the reply leaves, in words."""
        seconds = 0 if self.ticket.priority == 1 else self.services.desk.undo_seconds
        if not seconds:
            return "A P1: it is sent at once and cannot be undone." if self.ticket.priority == 1 else "Sent at once."
        return f"It waits {seconds} s before it is sent; u undoes it until then."

    # saving

    def action_write_save(self) -> None:
        """Save what is written; a reply is shown once more first."""
        if problem := self.problem():
            self.say(problem)
        elif not self.saving:
            self.send()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_write_save()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(Button).focus()

    def problem(self) -> str:
        """What keeps this from being saved; empty: nothing."""
        if not self.written.strip():
            return "Nothing written yet."
        minutes = self.minutes_typed
        if minutes and not minutes.isdecimal():
            return f"Minutes worked: {minutes} is no number."
        return ""

    @property
    def written(self) -> str:
        """The editor's text."""
        return self.query_one(TextArea).text

    @property
    def minutes_typed(self) -> str:
        """The minutes field as typed; empty where the kind has none."""
        return self.query_one(Input).value.strip() if self.kind.minutes else ""

    def change(self) -> Change:
        """What is written, as the change it becomes."""
        words = self.written.strip()
        if issubclass(self.kind.change, Note | Reply):
            return self.kind.change(words, int(self.minutes_typed or 0))
        return self.kind.change(words)

    @work(exclusive=True)
    async def send(self) -> None:
        """Ask once more where the customer reads it, hand it to the store, and leave only after the commit."""
        if not await self._in_scope():
            return
        if self.is_reply and not await self.app.push_screen_wait(self.preview()):
            return
        self.saving = True
        error = await settled(self.services.desk.do(self.ticket.id, self.change()), self.say)
        self.saving = False
        if error is not None:
            self.say(f"NOT SAVED: {str(error) or type(error).__name__}  The text is still here.")
            return
        self.drafts.pop(self.draft_key, None)
        self.dismiss(True)

    async def _in_scope(self) -> bool:
        """Time on work that is out of scope, or may be, is booked only after a second look; the clause is quoted."""
        if not int(self.minutes_typed or 0):
            return True
        from deskui.services.scoping import Scoping

        scoping = Scoping(self.services.desk)
        found = scoping.check(self.ticket.id)
        if not (found.listed and found.warning):
            return True
        booked = f"Book {self.minutes_typed} minutes all the same"
        said = f"{found.warning}\nEsc goes back to the text; Ss decides what is not said."
        title = "OUT OF SCOPE?  Who pays for this time?"
        answer: str | None = await self.app.push_screen_wait(ChooseScreen(title, [Choice("b", booked, "book")], said))
        return answer == "book"

    def preview(self) -> ChooseScreen:
        """The reply as the customer will get it, and what came in since the editor was opened."""
        customer = self.ticket.customer or "the customer"
        news = [event for event in self._public() if event.key not in self.known]
        parts = [self._news(event) for event in news]
        parts += [self.recipients(), self.waits(), *self.moves(), "", self.written.strip()]
        title = f"Send this PUBLIC REPLY to {customer}?"
        if news:
            title = f"NEW MESSAGE on {self.ticket.id} since you began. Send to {customer} all the same?"
        return ChooseScreen(title, [Choice("y", f"Yes, send it to {customer}", "send")], "\n".join(parts))

    def moves(self) -> list[str]:
        """What else the reply will do, if anything."""
        ticket = self.services.desk.ticket(self.ticket.id)
        if ticket is None or ticket.is_open:
            return []
        return [f"{ticket.id} is {ticket.state}: the ticket system may reopen it on a reply."]

    def _news(self, event: Event) -> str:
        return f"{timeline.word(event)} {event.author}: {(event.text or '').strip()[:300]}\n"

    def _public(self) -> list[Event]:
        """The messages that the customer has seen or written."""
        public = ("public_reply", "customer_reply")
        return [event for event in self.services.desk.timeline(self.ticket.id) if event.type in public]

    def say(self, words: str) -> None:
        """A sentence above the hint line."""
        self.query_one(".bad", Static).update(Content(text.line(words)))

    # leaving

    @work(exclusive=True)
    async def action_write_leave(self) -> None:
        """Leave; if something is written, ask what becomes of it."""
        if self.saving:
            return
        if not self.written.strip():
            self.drafts.pop(self.draft_key, None)
            self.dismiss(False)
            return
        answer = await self.app.push_screen_wait(
            ChooseScreen(
                f"Leave this {self.kind.title.lower()}?",
                [
                    Choice("s", self.kind.button, "save"),
                    Choice("k", "keep the text as a draft (until deskui is closed) and leave", "keep"),
                    Choice("d", "discard the text and leave", "discard"),
                ],
            )
        )
        if answer == "save":
            self.action_write_save()
        elif answer is not None:
            self.drafts.pop(self.draft_key, None)
            if answer == "keep":
                self.drafts[self.draft_key] = self.written
            self.dismiss(False)
