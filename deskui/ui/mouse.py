"""What the mouse does in the queue, for who wants it (`:mouse`): a click moves the cursor, a double one opens."""

from typing import Any

from textual import events

from deskui.ui.frame import Frame
from deskui.ui.widgets.ticketlist import TicketList

WHEEL = 3  # rows


class Mouse(Frame):
    """Mixed into the queue."""

    def on_click(self, event: events.Click) -> None:
        """To the row; the second time into its ticket."""
        screen: Any = self
        row = self.list.scroll_offset.y + event.y
        if isinstance(event.widget, TicketList) and row < len(self.list.ids):
            self.list.move(row)
            if event.chain == 2:
                screen.action_queue_open()

    def on_mouse_scroll_down(self) -> None:
        """The cursor goes along."""
        self.list.move(self.list.cursor + WHEEL)

    def on_mouse_scroll_up(self) -> None:
        """And up."""
        self.list.move(self.list.cursor - WHEEL)
