"""Writing one text for several tickets: each gets it with its own id, subject and names where the text says so."""

from collections.abc import Sequence
from typing import Any

from textual import work

from deskui import text
from deskui.domain.bulk import Order
from deskui.services import bulkwords
from deskui.services.bulk import Bulk
from deskui.ui.screens.bulk import BulkScreen
from deskui.ui.screens.choose import Choice, ChooseScreen
from deskui.ui.screens.write import WriteScreen


class BulkWriteScreen(WriteScreen):
    """Write a `kind` (of KINDS) on the tickets `uids`; returns their outcomes, None or False: nothing was done.

    Meanwhile the text is kept as a draft of the first of them.
    """

    DEFAULT_CSS = """
    BulkWriteScreen .title { color: $primary; text-style: bold; }
    BulkWriteScreen.-reply .title { color: $reply; text-style: bold reverse; }
    """

    def __init__(self, services: Any, uids: Sequence[str], kind: str, words: str = "") -> None:
        first = services.desk.ticket(uids[0])
        super().__init__(services, first.id, kind, words=words)
        self.uids, self.mails = list(uids), kind == "reply"
        self.known = Bulk(services.desk, services.writing).known(uids)
        self.outcomes: Any = None

    @property
    def is_reply(self) -> bool:
        """Whom it reaches is shown for each ticket in the preview."""
        return False

    def heading(self) -> str:
        """What this is, for how many."""
        return f" {self.kind.title} ON {bulkwords.tickets(len(self.uids)).upper()}: {self.kind.readers}"

    def about(self) -> str:
        """How a text can name its ticket, and where it is kept."""
        return (
            " {{ ticket.id }}, {{ ticket.subject }}, {{ ticket.customer }}, {{ me }} stand for each ticket's own;\n"
            f" F2 shows every ticket first. Until then it is kept as a draft of {text.line(self.ticket.id)}."
        )

    async def _agreed(self) -> bool:
        await self.begun.wait()  # a draft is being taken up
        if problem := self.problem():
            self.say(problem)
        return not self.problem()

    async def _committed(self) -> bool:
        """Shown for every ticket, and done once the count is typed; else the text is still here."""
        change = self.change()
        self.keep()
        self.end()
        order = Order(self.kind.title.lower(), (change,))
        self.outcomes = await self.app.push_screen_wait(
            BulkScreen(self.services, order, self.uids, self.known, self.draft.uid)
        )
        if self.outcomes is None:
            self.go_on()
        return self.outcomes is not None

    @work(exclusive=True, group="send")
    async def send(self) -> None:
        """Leave only after it is done, with what became of it."""
        self.saving = True
        try:
            if await self._agreed() and await self._committed():
                self.dismiss(self.outcomes)
        finally:
            self.saving = False

    @work(exclusive=True, group="template")
    async def action_write_template(self) -> None:
        """A template as it is written: each ticket fills it."""
        found = self.services.writing.templates.of(self.kind_name)
        choices = [Choice(each.key, each.title, each.name) for each in found.templates]
        refused = "\n".join(f"REFUSED {wrong}" for wrong in found.wrong)
        chosen = await self.app.push_screen_wait(ChooseScreen("Which template?", choices, refused))
        for template in (each for each in found.templates if each.name == chosen):
            self.area.insert(template.text.strip("\n"))
