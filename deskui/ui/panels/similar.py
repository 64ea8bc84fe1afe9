"""The panel of similar tickets: the same words elsewhere, and how those ended; Enter opens one."""

from typing import Any, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from deskui import text
from deskui.ui import rows
from deskui.ui.widgets.options import Options

LIMIT = 8


class SimilarPanel(Options):
    """Tickets found by full-text search; the newest answer wins, and Enter says `Opened`."""

    title: ClassVar[str] = "Similar"
    DEFAULT_CSS = "SimilarPanel, SimilarPanel:focus { border: none; padding: 0; height: 1fr; background: $background; }"

    class Opened(Message):
        """A similar ticket was chosen."""

        def __init__(self, ticket_id: str) -> None:
            super().__init__()
            self.ticket_id = ticket_id

    def __init__(self, services: Any) -> None:
        super().__init__(id="panel-similar", classes="panel", markup=False)
        self.services = services
        self.ticket_id: str | None = None
        self.found: list[str] = []

    def show(self, ticket_id: str | None) -> None:
        """Show what is like this ticket; None: nothing."""
        self.ticket_id = ticket_id
        self.again()

    def again(self) -> None:
        """The same ticket, searched anew; the cursor stays on its ticket."""
        if self.ticket_id is None:
            self.found = []
            self.clear_options()
            return
        at = self.highlighted
        kept = self.found[at - 1] if at is not None and 0 < at <= len(self.found) else None
        found = self.services.desk.similar(self.ticket_id)[:LIMIT]
        self.found = [row[rows.ID] for row in found]
        self.clear_options()
        self.add_option(Option(self._title(), disabled=True))
        self.add_options(
            [Option(Content(_row(row))) for row in found] or [Option(Content("nothing alike"), disabled=True)]
        )
        if found:
            self.highlighted = self.found.index(kept) + 1 if kept in self.found else 1

    def _title(self) -> Content:
        return Content("-SIMILAR".ljust(self.scrollable_content_region.width or 30, "-"))

    def on_resize(self) -> None:
        """The rule is as long as it is wide here."""
        if self.option_count:
            self.replace_option_prompt_at_index(0, self._title())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Opened(self.found[event.option_index - 1]))


def _row(row: tuple) -> str:  # type: ignore[type-arg]
    state = rows.STATES.get(row[rows.STATE], row[rows.STATE])
    customer = text.clip(text.line(row[rows.CUSTOMER] or "-"), 12)
    return f"{text.line(row[rows.ID])} {state:4} {customer}: {text.line(row[rows.SUBJECT])}"
