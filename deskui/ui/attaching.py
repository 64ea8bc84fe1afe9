"""Files that go with a message: attached by their path, shown beside the text, taken away again."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual import work
from textual.content import Content
from textual.widgets import Static

from deskui import text
from deskui.domain.attachment import File, size
from deskui.domain.change import Note
from deskui.domain.ticket import Ticket
from deskui.ui.kinds import Kind
from deskui.ui.saving import apart
from deskui.ui.screens.choose import AskScreen, Choice, ChooseScreen

_DIGITS = "123456789"


def words(files: Sequence[File]) -> str:
    """Names and sizes, for one line."""
    return ", ".join(f"{file.name} ({size(file.size)})" for file in files)


class Attaching:
    """Mixed into the editor, whose line `.held` says what is attached."""

    app: Any
    services: Any
    ticket: Ticket
    kind: Kind
    files: tuple[File, ...] = ()

    def say(self, words: str) -> None:
        """A sentence above the hint line."""
        raise NotImplementedError

    def keep(self) -> None:
        """As a draft, now."""
        raise NotImplementedError

    @property
    def is_reply(self) -> bool:
        """Whether the customer will read it."""
        raise NotImplementedError

    @property
    def takes_files(self) -> bool:
        """A reply and a note do; what ends or reopens a ticket does not."""
        return self.is_reply or self.kind.change is Note

    def hold(self, files: Sequence[File]) -> None:
        """These are attached from now on."""
        screen: Any = self
        self.files = tuple(files)
        for line in screen.query(".held").results(Static):
            line.update(Content(text.line(f" Files: {words(self.files)}" if self.files else "")))
            line.display = bool(self.files)

    def action_write_attach(self, path: str = "") -> None:
        """Attach a file; if some are attached, also take one away."""
        if not self.takes_files:
            self.say("Only a reply to the customer or a work note takes files.")
            return
        self.attach(path)

    @work(exclusive=True, group="attach")
    async def attach(self, path: str = "") -> None:
        """Ask which, unless it was given, and take it in."""
        if not path and self.files:
            choices = [Choice("a", "attach another file", "another")]
            choices += (
                Choice(digit, f"take {file.name} ({size(file.size)}) away", file.id)
                for digit, file in zip(_DIGITS, self.files, strict=False)
            )
            answer = await self.app.push_screen_wait(ChooseScreen("Files of this message", choices))
            if answer is None:
                return
            if answer != "another":
                self.hold([file for file in self.files if file.id != answer])
                self.keep()
                return
        if not path:
            title = "Attach a file to this message"
            path = await self.app.push_screen_wait(AskScreen(title, "its path; it is sent as it is now")) or ""
        if not path:
            return
        self.say(f"reading {path} ...")
        take_in = partial(self.services.attachments.take_in, note=not self.is_reply)
        taken = await apart(take_in, self.ticket, path, self.files)
        if (error := taken.exception()) is not None:
            self.say(f"NOT ATTACHED: {error}")
            return
        self.hold([*self.files, taken.result()])
        self.say("")
        self.keep()
