"""What every triage panel is: a titled view of one ticket, drawn from what the services answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from deskui.ui.timeline import Line
from deskui.ui.widgets.pager import Pager


class Panel(Pager):
    """A panel; a file beside this one has one subclass named `Panel`-something and says what it shows.

    `show` is called with another ticket's id, `again` when the store or the time has changed.
    """

    title: ClassVar[str] = ""

    def __init__(self, services: Any) -> None:
        super().__init__(id=f"panel-{self.title.lower()}", classes="panel")
        self.services = services
        self.ticket_id: str | None = None

    def show(self, ticket_id: str | None) -> None:
        """Show this ticket; None: nothing."""
        self.ticket_id = ticket_id
        self.scroll_home(animate=False)
        self.set_source(self.draw)

    def again(self) -> None:
        """The same ticket, read anew."""
        if self.ticket_id is not None:
            self.lay()

    def draw(self, width: int) -> Sequence[Line]:
        """The title and the panel's lines, for `width` cells."""
        if self.ticket_id is None:
            return ()
        rule = f"-{self.title.upper()}"
        return [((rule + "-" * max(0, width - len(rule)), "dim"),), *self.content(self.ticket_id, width)]

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        """What the panel says about the ticket."""
        raise NotImplementedError
