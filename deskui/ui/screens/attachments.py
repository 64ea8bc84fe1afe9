"""The files at a ticket's messages: name, type, size, whose; one key saves one, nothing opens one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from deskui import text
from deskui.domain.attachment import size
from deskui.domain.event import StoreChanged
from deskui.services.attachments import Held, held
from deskui.ui.dispatch import DeskScreen
from deskui.ui.saving import settled
from deskui.ui.timeline import stamp
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.options import Options


def row(of: Held, zone: str, now: int, cells: int) -> str:
    """One file as one line; the name is the one that it is saved under."""
    name = text.cell(of.name, max(18, cells - 58))
    kind = text.cell(text.line(of.file.kind), 24)
    said = f"{of.number:>2} {name} {size(of.file.size):>7} {kind} {stamp(of.event.at, zone, now)} {of.event.author}"
    return text.clip(text.line(said), cells)


class AttachmentsScreen(Moving, DeskScreen):
    """One list, and below it what became of the last key."""

    SCOPES: ClassVar[tuple[str, ...]] = ("files", "list", "app")
    DEFAULT_CSS = """
    AttachmentsScreen { layout: vertical; }
    AttachmentsScreen > Static { height: auto; }
    #files-list, #files-list:focus { height: 1fr; border: none; padding: 0; background: $background; }
    """
    AUTO_FOCUS = "#files-list"

    def __init__(self, services: Any, ticket_id: str) -> None:
        super().__init__()
        self.services, self.ticket_id = services, ticket_id
        self.files: Sequence[Held] = ()
        self.path: Path | None = None  # of the file that was saved last

    def compose(self) -> ComposeResult:
        yield Static(
            Content(text.line(f"FILES of {self.ticket_id}   saved when you ask, never opened")), classes="heading"
        )
        yield Options(id="files-list", markup=False)
        yield Static(Content(""), id="files-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.reread()

    def reread(self) -> None:
        """From the store; the cursor stays where it is."""
        self.files = held(self.services.desk.timeline(self.ticket_id))
        options, zone, now = self.query_one("#files-list", OptionList), self.services.zone, int(self.services.clock())
        at, cells = options.highlighted or 0, (self.app.size.width or 80) - 2
        options.clear_options()
        options.add_options([Option(Content(row(of, zone, now, cells))) for of in self.files])
        if self.files:
            options.highlighted = min(at, len(self.files) - 1)
        else:
            self.show_status("no files came with what has been read of this ticket")

    def store_changed(self, changed: StoreChanged) -> None:
        """What came in meanwhile."""
        if changed.tickets and self.query("#files-list"):
            self.reread()

    def show_status(self, words: str) -> None:
        """What became of it stands above the footer, the whole path too."""
        for line in self.query("#files-said").results(Static):
            line.update(Content(text.line(words)))

    @property
    def chosen(self) -> Held | None:
        """The file under the cursor."""
        for options in self.query("#files-list").results(OptionList):
            at = options.highlighted
            return self.files[at] if at is not None and at < len(self.files) else None
        return None

    def action_files_save(self) -> None:
        """Fetch it and save it."""
        if self.chosen:
            self.save(self.chosen)

    @work(exclusive=True, group="save")
    async def save(self, of: Held) -> None:
        """Says where it is, or why it is not there."""
        ticket = self.services.desk.ticket(self.ticket_id)
        if ticket is None:
            self.show_status(f"there is no ticket {self.ticket_id} any more")
            return
        self.show_status(f"fetching {of.name} ({size(of.file.size)}) ...")
        future = self.services.attachments.save(ticket, of)
        error = await settled(future)
        if error is not None:
            self.show_status(f"NOT SAVED: {error}")
            return
        self.path = future.result()
        self.show_status(f"saved: {self.path}")

    def action_files_copy(self) -> None:
        """The path, to the terminal's clipboard."""
        if self.path:
            app: Any = self.app
            app.copy_to_clipboard(str(self.path), str(self.path))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_files_save()

    def action_files_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()
