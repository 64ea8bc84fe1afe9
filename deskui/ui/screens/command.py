"""The command line: a verb with its arguments on this ticket, or the name of any action."""

import shlex
from functools import partial
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input

from deskui.domain import verbs as words
from deskui.ui import completing, keymap
from deskui.ui.dispatch import DeskModal
from deskui.ui.saving import apart
from deskui.ui.themes import AUTO
from deskui.ui.verbs import commit
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.line import Line


class CommandScreen(DeskModal):
    """One field; what it cannot do it says, and keeps the text."""

    AUTO_FOCUS = "Input"

    def __init__(self, behind: Any) -> None:
        super().__init__()
        self._behind = behind

    def compose(self) -> ComposeResult:
        """A hint over a field."""
        themes = (f"theme {name}" for name in self._after("theme"))
        names = sorted({*self._names(), *themes, "q"})
        with Vertical(classes="box"):
            yield Line(self._hint(""), id="hint", classes="muted")
            yield Field(id="command", placeholder=": a verb or an action", suggester=SuggestFromList(names))

    def _hint(self, typed: str) -> str:
        verb = typed.split(" ")[0]
        if verb in words.VERB_HELP:
            return " - ".join(words.VERB_HELP[verb])
        found = [name for name in words.VERB_HELP if name.startswith(verb)] or list(words.VERB_HELP)
        return "  ".join(found)

    def _names(self) -> set[str]:
        """What a command may begin with here; a name of two words is typed by its id."""
        here = keymap.in_scopes(self._behind.SCOPES)
        return {*words.VERB_HELP, *(each.id if " " in each.word else each.word for each in here)}

    def _after(self, name: str) -> list[str]:
        """What may follow it."""
        app: Any = self.app
        if name == "theme":
            return [AUTO, *app.themes]
        if name == "ci":
            return [asset.name for asset in app.services.inventory.all()]
        if name in ("tag", "cc"):
            return self._moves(name)
        return completing.arguments(name)

    def _moves(self, name: str) -> list[str]:
        """What may come and go of the tags or Cc of the ticket here."""
        app: Any = self.app
        desk = app.services.desk
        selected = getattr(self._behind, "selected_id", lambda: None)()
        ticket = desk.ticket(selected) if selected else None
        now = getattr(ticket, "tags" if name == "tag" else "cc", ())
        marked = bool(getattr(self._behind, "marks", tuple)())
        return completing.moves(now, desk.tags() if name == "tag" else (), marked)

    async def on_key(self, event: events.Key) -> None:
        """Tab completes; what is left open stands in the hint."""
        if not self.put_off(event) and event.key == "tab":
            event.stop()
            event.prevent_default()
            field = self.query_one(Field)
            done = completing.complete(field.value, self._names(), self._after)
            with field.prevent(Input.Changed):
                field.value = done.line
            field.cursor_position = len(done.line)
            self.query_one("#hint", Line).show("  ".join(done.open) or self._hint(done.line))

    def on_input_changed(self, event: Input.Changed) -> None:
        """How the verb is written."""
        self.query_one("#hint", Line).show(self._hint(event.value))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Does it; a wrong word stays for correction."""
        try:
            typed = shlex.split(event.value)
        except ValueError as wrong:
            self._say(str(wrong))
            return
        if not typed:
            self.dismiss(None)
        elif typed[0] in words.VERB_HELP and (len(typed) > 1 or typed[0] in ("ack", "close", "resume")):
            screen: Any = self
            screen.run_worker(partial(self._verb, typed[0], typed[1:]), exclusive=True)
        else:
            await self._action(*typed)

    def _say(self, text: str) -> None:
        self.query_one("#hint", Line).show(text)
        self.query_one(Field).reopen()

    async def _verb(self, verb: str, argv: list[str]) -> None:
        app: Any = self.app
        services = app.services
        selected = getattr(self._behind, "selected_id", lambda: None)()
        ticket = services.desk.ticket(selected) if selected else None
        if ticket is None:
            self._say(f"{verb}: no ticket here")
            return
        try:
            change = words.parse(verb, argv, app.now(), str(services.zone), services.me(ticket.upstream))
        except words.VerbError as wrong:
            self._say(str(wrong))
            return
        from deskui.domain.bulk import Order

        if getattr(self._behind, "marks", tuple)():
            self.dismiss(None)
            self._behind.open_bulk(
                Order(" ".join([verb, *argv]), (words.parse(verb, argv, app.now(), str(services.zone)),))
            )
            return
        ready = await self._ready(ticket, change)
        if ready is None:
            return
        if not await commit(app, services.desk.do(ticket.id, ready)):
            self.query_one(Field).reopen()
        else:
            self.dismiss(None)
            app.say(f"{ticket.id}: {verb}, waiting to send (u takes it back)")

    async def _ready(self, ticket: Any, change: Any) -> Any:
        """The change with its files; None: it cannot be, and why is said."""
        app: Any = self.app
        if getattr(change, "moves", ()):
            lacks = await apart(app.services.writing.lacks, ticket.upstream, change)
            if why := lacks.exception() or lacks.result():
                self._say(str(why))
                return None
        if not getattr(change, "files", ()):
            return change
        carried = await apart(app.services.attachments.carried, ticket, change)
        if (error := carried.exception()) is not None:
            self._say(f"NOT SAVED: {error}")
            return None
        return carried.result()

    async def _action(self, name: str, *given: str) -> None:
        spaced = " ".join((name, *given))
        if any(each.word == spaced for each in keymap.in_scopes(self._behind.SCOPES)):
            name, given = spaced, ()  # a name of two words
        wanted = self._wanted(name)
        for action in keymap.in_scopes(self._behind.SCOPES):
            if action.word not in wanted and action.id not in wanted:
                continue
            if len(given) > len(action.takes.split()):
                self._say(f"{action.word} {action.takes or 'stands alone'}: {' '.join(given)} is too much")
                return
            self.dismiss(None)
            await self._behind.run(action, *given)
            return
        elsewhere = next((each for each in keymap.force.actions if name in (each.word, each.id)), None)
        if name not in wanted:
            self._say(f"{name}: nothing to write here; what you do is saved at once")
        elif elsewhere is not None:
            self._say(str(self._behind.refusal(elsewhere)))
        else:
            self._say(f"no verb and no action is called {name}")

    def _wanted(self, name: str) -> tuple[str, ...]:
        """The words of the table that are meant: `q` leaves deskui, in the vim preset this screen."""
        if keymap.force.preset == "vim":
            from deskui.ui import presets

            if len(self.app.screen_stack) > 2 and name in presets.EX:  # the console's own first screen, and this field
                return presets.EX[name]
        return ("quit",) if name in ("q", "q!", "qa", "qa!") else (name,)
