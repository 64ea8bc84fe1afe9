"""An order on several tickets: what it will touch, the count to type, and what became of each ticket."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from deskui import text
from deskui.domain.bulk import Order
from deskui.services import bulkwords
from deskui.services.deeds import Outcome
from deskui.ui.dispatch import DeskScreen
from deskui.ui.saving import apart
from deskui.ui.timeline import Line, wrap
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.pager import Pager

if TYPE_CHECKING:
    from deskui.services.bulk import Preview

_CSS = """
BulkScreen, SummaryScreen { layout: vertical; }
BulkScreen .title, SummaryScreen .title { height: 1; color: $primary; text-style: bold; }
BulkScreen.-mails .title { color: $reply; text-style: bold reverse; }
BulkScreen .about, SummaryScreen .about { height: auto; max-height: 4; text-style: bold; }
BulkScreen .bad { height: auto; color: $error; text-style: bold; }
BulkScreen Field { height: 1; }
"""


MAIL = "   | "  # before each line that a customer will read


def laid(lines: Sequence[str], width: int) -> list[Line]:
    """The lines cut to `width` cells; what a customer will read and what went wrong have a look of their own."""
    found = list[Line]()
    for each in lines:
        mail = each.startswith(MAIL)
        bad = each.startswith((" REFUSED", " CONFLICT", " PARTLY", "NOT ", "   NOT ", "   NOBODY", "   IT IS "))
        style = "reply" if mail else "bad" if bad else ""
        lead, rest = (MAIL, each.removeprefix(MAIL)) if mail else (" ", each.removeprefix(" "))
        begin = lead if each.startswith(lead) else ""
        for number, piece in enumerate(wrap(rest, width - len(lead) - 2)):
            found.append(((f"{begin if mail or not number else '   '}{piece}", style),))
    return found


class BulkScreen(DeskScreen):
    """Shows what `order` will do to `names` (ids or uids) and asks for the typed count; Enter on nothing cancels.

    Returns the outcomes; None: cancelled, nothing was done.  `known` and `draft` as Bulk has them.
    """

    DEFAULT_CSS = _CSS
    AUTO_FOCUS = "Field"
    SCOPES: ClassVar[tuple[str, ...]] = ("bulk", "app")
    BINDINGS: ClassVar[list[BindingType]] = [  # keys that are ours though somebody types
        Binding("pagedown", "bulk_page_down", priority=True), Binding("pageup", "bulk_page_up", priority=True),
    ]  # fmt: skip

    def __init__(
        self, services: Any, order: Order, names: Sequence[str],
        known: Mapping[str, frozenset[str]] | None = None, draft: str = "",
    ) -> None:  # fmt: skip
        super().__init__(classes="-mails" if order.replies else "")
        from deskui.services.bulk import Bulk

        self.services, self.order, self.names, self.known, self.draft = services, order, names, known, draft
        self.bulk = Bulk(services.desk, services.writing)
        self.preview: Preview | None = None
        self.running = False

    def compose(self) -> ComposeResult:
        yield Static(Content(f" {text.line(self.order.what)}"), classes="title")
        yield Static(Content(""), classes="about")
        yield Pager(id="bulk-list")
        yield Static(Content(""), classes="bad")
        yield Field(id="bulk-count", placeholder="the number of tickets, to do it; Enter on nothing cancels")
        yield Foot(hints="Enter:cancel, or do it once the number is typed  Esc:cancel  PgUp PgDn:read")

    def on_mount(self) -> None:
        """Looking may take a while: tickets that get a mail are read again."""
        self._say(f"looking at {bulkwords.tickets(len(self.names))} ...")
        self.look()

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """Reads, and shows."""
        told = self._from_thread(self._say)
        looked = await apart(self.bulk.look, self.order, self.names, self.known, told)
        if wrong := looked.exception():
            self._say(str(wrong))
            return
        self._show(looked.result())

    def _show(self, preview: "Preview") -> None:
        self.preview = preview
        count = len(preview.touched)
        self.query_one(".title", Static).update(Content(f" {text.line(bulkwords.title(preview))}"))
        self.query_one(".about", Static).update(Content("\n".join(bulkwords.summary(preview))))
        self.query_one(Pager).set_source(partial(laid, bulkwords.listed(preview, self.bulk.sent)))
        self._say(f"Type {count} and Enter to do it." if count else "Nothing to do: every ticket is refused.")

    def _from_thread(self, call: Callable[..., None]) -> Callable[..., None]:
        return lambda said: self.app.call_from_thread(call, said)

    def _say(self, words: str) -> None:
        for line in self.query(".bad").results(Static):
            line.update(Content(text.line(words)))

    def show_status(self, text: str) -> None:
        """Remarks stand above the field."""
        self._say(text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Nothing typed cancels; only the count itself does it."""
        event.stop()
        typed = event.value.strip()
        if self.running:
            return
        if not typed:
            self.dismiss(None)
            return
        self.query_one(Field).reopen()
        if self.preview is None or not self.preview.touched:
            self._say("There is nothing to do; Esc leaves.")
        elif typed != str(len(self.preview.touched)):
            self._say(f"Type {len(self.preview.touched)}, the number of tickets, or nothing to cancel.")
        else:
            self.running = True
            self.do(self.preview)

    @work(exclusive=True, group="do")
    async def do(self, preview: "Preview") -> None:
        """Does it, and shows what became of each."""
        done = list[Outcome]()

        def tell(outcome: Outcome) -> None:
            done.append(outcome)
            if len(done) % 20 == 0:
                self.app.call_from_thread(self._say, f"{len(done)} of {len(preview.items)} ...")

        ran = await apart(self.bulk.run, preview, self.draft, tell)
        if wrong := ran.exception():  # given again, it goes on where it ended
            self.running = False
            self._say(f"NOT DONE: {wrong}  {len(done)} of {len(preview.items)} were; the same again does the rest.")
            return
        outcomes = ran.result()
        self.app.push_screen(SummaryScreen(preview.order.what, outcomes), lambda _: self.dismiss(outcomes))

    def action_bulk_page_down(self) -> None:
        """Reads on."""
        self.query_one(Pager).scroll_page_down(animate=False)

    def action_bulk_page_up(self) -> None:
        """Reads back."""
        self.query_one(Pager).scroll_page_up(animate=False)

    def action_bulk_back(self) -> None:
        """Nothing is done."""
        if not self.running:
            self.dismiss(None)


class SummaryScreen(Moving, DeskScreen):
    """What became of each ticket; can be copied."""

    DEFAULT_CSS = _CSS
    AUTO_FOCUS = "#summary-list"
    SCOPES: ClassVar[tuple[str, ...]] = ("summary", "list", "app")

    def __init__(self, what: str, outcomes: Sequence[Outcome]) -> None:
        super().__init__()
        self.head = f"{what}: {bulkwords.counted(outcomes)}"
        self.lines = bulkwords.outcomes(outcomes)

    def compose(self) -> ComposeResult:
        yield Static(Content(f" {text.line(self.head)}"), classes="title")
        yield Pager(id="summary-list")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.query_one(Pager).set_source(partial(laid, self.lines))

    def action_summary_copy(self) -> None:
        """The whole list to the clipboard."""
        app: Any = self.app
        app.copy_to_clipboard("\n".join([self.head, *self.lines]))

    def action_summary_back(self) -> None:
        """Back to where it was begun."""
        self.dismiss(None)
