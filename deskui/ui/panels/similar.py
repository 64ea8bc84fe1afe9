"""The panel of other tickets: those that this one is linked to, and those with the same words; Enter opens one."""

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
    """Links first, then tickets found by full-text search; the newest answer wins, and Enter says `Opened`."""

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
        self.found: list[str] = []  # of each line the ticket that it opens; "": none
        self.titles: dict[int, str] = {}

    def show(self, ticket_id: str | None) -> None:
        """Show this ticket; None: nothing."""
        self.ticket_id = ticket_id
        self.again()

    def again(self) -> None:
        """The same ticket, searched anew; the cursor stays on its ticket."""
        if self.ticket_id is None:
            self.found = []
            self.clear_options()
            return
        at = self.highlighted
        kept = self.found[at] if at is not None and at < len(self.found) else ""
        self.found, self.titles = [], {}
        self.clear_options()
        if linked := self._linked():
            self._section("links", linked, "")
        found = self.services.desk.similar(self.ticket_id)[:LIMIT]
        self._section("similar", [(row[rows.ID], _row(row)) for row in found], "nothing alike")
        if kept and kept in self.found:
            self.highlighted = self.found.index(kept)
        else:
            self.highlighted = next((number for number, name in enumerate(self.found) if name), None)

    def _linked(self) -> list[tuple[str, str]]:
        from deskui.ui import linkverbs

        ticket = self.services.desk.ticket(self.ticket_id)
        return linkverbs.lines(self.services.desk, ticket) if ticket is not None and ticket.links else []

    def _section(self, title: str, lines: list[tuple[str, str]], nothing: str) -> None:
        """A rule, and below it a line for each ticket."""
        self.titles[len(self.found)] = title
        self.found += ["", *(name for name, _ in lines)]
        self.add_option(Option(self._title(title), disabled=True))
        if lines:
            self.add_options([Option(Content(said), disabled=not name) for name, said in lines])
        else:
            self.found.append("")
            self.add_option(Option(Content(nothing), disabled=True))

    def _title(self, title: str) -> Content:
        return Content(f"-{title.upper()}".ljust(self.scrollable_content_region.width or 30, "-"))

    def on_resize(self) -> None:
        """The rules are as long as it is wide here."""
        for number, title in self.titles.items() if self.option_count else ():
            self.replace_option_prompt_at_index(number, self._title(title))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if name := self.found[event.option_index]:
            self.post_message(self.Opened(name))


def _row(row: tuple) -> str:  # type: ignore[type-arg]
    state = rows.STATES.get(row[rows.STATE], row[rows.STATE])
    customer = text.clip(text.line(row[rows.CUSTOMER] or "-"), 12)
    return f"{text.line(row[rows.ID])} {state:4} {customer}: {text.line(row[rows.SUBJECT])}"
