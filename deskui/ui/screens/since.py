"""What happened while the console was closed, the newest first; each line opens its ticket."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from deskui import text
from deskui.services.since import counted
from deskui.ui.dispatch import DeskScreen
from deskui.ui.timeline import stamp
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.options import Options

if TYPE_CHECKING:
    from deskui.services.since import Item

LABELS = {
    "new": "NEW", "reply": "REPLY", "change": "change", "breach": "!! MISSED", "threshold": "! clock", "sent": "sent",
    "conflict": "! CONFLICT", "rejected": "! REJECTED", "offline": "! OFFLINE", "online": "online",
    "follow": "follow-up",
}  # fmt: skip


def row(item: "Item", zone: str, now: int, cells: int) -> str:
    """One thing as one line."""
    said = f"{stamp(item.at, zone, now):11} {LABELS.get(item.kind, item.kind):10} {text.cell(item.ticket or '-', 9)}"
    return text.clip(text.line(f"{said} {item.text}  {item.subject}"), cells)


class SinceScreen(Moving, DeskScreen):
    """One list, and above it how much of what there is."""

    SCOPES = ("since", "list", "app")
    DEFAULT_CSS = """
    SinceScreen { layout: vertical; }
    SinceScreen > Static { height: auto; }
    #since-head { text-style: bold; }
    #since-list, #since-list:focus { height: 1fr; border: none; padding: 0; background: $background; }
    """
    AUTO_FOCUS = "#since-list"

    def __init__(self, services: Any) -> None:
        super().__init__()
        self.services = services
        self.items: Sequence[Item] = ()

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="since-head")
        yield Static(Content(""), id="since-counts")
        yield Options(id="since-list", markup=False)
        yield Foot(self.SCOPES)

    async def on_mount(self) -> None:
        await self.reread()

    async def reread(self) -> None:
        """Reads it, and shows it."""
        now, left = int(self.services.clock()), self.services.since.left
        if left is None:
            self.items = ()
            head = "SINCE YOU LEFT   this is your first console on this desk"
        else:
            self.items = await asyncio.wrap_future(self.services.since.items(left))
            app: Any = self.app
            head = f"SINCE YOU LEFT   {app.local(left):%a %d %b %H:%M}"
        self.query_one("#since-head", Static).update(Content(head))
        self.query_one("#since-counts", Static).update(Content(counted(self.items) or "nothing happened"))
        options = self.query_one("#since-list", OptionList)
        cells = (self.app.size.width or 80) - 2
        options.clear_options()
        options.add_options([Option(Content(row(item, self.services.zone, now, cells))) for item in self.items])
        if self.items:
            options.highlighted = 0

    @property
    def chosen(self) -> "Item | None":
        """The line under the cursor."""
        at = self.query_one("#since-list", OptionList).highlighted
        return self.items[at] if at is not None and at < len(self.items) else None

    def selected_id(self) -> str | None:
        """The id of its ticket."""
        return self.chosen.ticket or None if self.chosen else None

    def action_since_open(self) -> None:
        """Opens the ticket of the line."""
        from deskui.ui.screens.ticket import TicketScreen

        if name := self.selected_id():
            self.app.push_screen(TicketScreen(self.services, name))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_since_open()

    def action_since_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()
