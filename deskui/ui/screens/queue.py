"""The queue: every open ticket in the order in which it burns; renders and asks, knows no SQL and no HTTP."""

import asyncio
from contextlib import suppress
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import MountError

from deskui.domain.event import StoreChanged
from deskui.ui.bulkverbs import BulkVerbs
from deskui.ui.dispatch import DeskScreen
from deskui.ui.hits import Hits
from deskui.ui.hours import Asleep
from deskui.ui.mouse import Mouse
from deskui.ui.sizes import Sizes
from deskui.ui.viewing import Viewing
from deskui.ui.widgets.line import Line
from deskui.ui.widgets.listkeys import ListKeys
from deskui.ui.widgets.preview import Preview
from deskui.ui.widgets.ticketlist import TicketList

QUIET_S = 3  # rows are sorted anew only when nobody pressed a key for so long
SETTLE_S = 0.08  # the preview follows the cursor when it rests
TYPED_S = 0.03  # after the first paint, what was typed meanwhile comes first


class QueueScreen(Hits, Viewing, Sizes, Mouse, BulkVerbs, ListKeys, DeskScreen):
    """The first screen."""

    SCOPES: ClassVar[tuple[str, ...]] = ("list", "queue", "verb", "app")

    def __init__(self, services: Any) -> None:
        super().__init__()
        self.services, self.desk = services, services.desk
        self.query_text = ""
        self._last_key = 0.0
        self._sized = False

    # --- what is on it

    def compose(self) -> ComposeResult:
        """Header, filter, heading, list with preview and panels, status, footer."""
        yield Line(id="header", classes="bar")
        yield Line(id="query", classes="muted")
        # What is in the bar, in the preview and beside the list comes after the first paint.
        yield Horizontal(id="filterbar")
        yield Line(id="titles", classes="heading")
        yield TicketList(self.desk.rows, self._now, self._mine(), Asleep(self.desk.asleep, self._now))
        yield Preview(id="preview")
        yield Vertical(id="side")
        yield Line(id="status", classes="bar")
        yield Line(id="footer", classes="muted")

    def on_mount(self) -> None:
        """The rows are there with the first paint: read here and now."""
        self._reread_sync()
        self.list.show_ids(self.resume(), keep=False)
        self._aim_first()
        self.list.focus()
        self._show_frame()
        self.call_after_refresh(self.set_timer, TYPED_S, self._first_painted)

    async def _first_painted(self) -> None:
        """What the first paint did not wait for: counts, preview, panels."""
        app: Any = self.app
        app.painted()
        if not self.whole:
            return
        self.come_back()
        self._recount()
        self.list.mark(self.desk.drafted())
        with suppress(MountError):  # the console ends already
            await self._fill_filter()
            await self.query_one(Preview).fill()
            self._show_preview()
            await self._fill_side()
            app.left()  # who leaves at once has the next first frame as well

    def _mine(self) -> frozenset[str]:
        return frozenset(self.services.mine())

    # --- what the store and the clock say

    def _reread_sync(self) -> None:
        self._sync = self.services.syncing.status()

    def store_changed(self, changed: StoreChanged) -> None:
        """Rows in view are read again at once; the order follows when the keys are quiet."""
        if not self.whole:
            return
        if changed.tickets:
            self.list.forget(changed.tickets)
        elif "elsewhere" in changed.other:
            self.list.reread()
        if changed.tickets or "elsewhere" in changed.other:
            self.check_marks()
        if changed.other & {"drafts", "elsewhere"}:
            self.list.mark(self.desk.drafted())
        self._stale = self._stale or bool(changed.tickets) or "elsewhere" in changed.other
        self._reread_sync()
        self._show_header()
        self._show_status()
        self._recount()
        if changed.tickets or "elsewhere" in changed.other:
            self._show_preview()

    def tick(self, now: int) -> None:
        """Countdowns, the header's minute, and the order when the keys have been quiet."""
        if not self.whole:
            return
        app: Any = self.app
        self.list.tick(now)
        if now % 15 == 0:
            self._reread_sync()
            self._show_header()
            self._show_status()
        if now % 5 == 0:
            self._recount()
        if self._said[0]:
            self._show_status()
            self._said = self._said if app.monotonic() < self._said[1] else ("", 0.0)
        quiet = app.monotonic() - self._last_key >= QUIET_S
        if quiet:
            self.keep_session()
        if quiet and (self._stale or now % 60 == 0) and not self._typing:
            self.search()

    def on_unmount(self) -> None:
        """The next start shows the same."""
        app: Any = self.app
        self.keep_session()
        app.left()

    def _pressed(self) -> bool:
        return self._last_key > 0

    async def on_key(self, event: events.Key) -> None:
        """Notes when the last key was; what it means is looked up by `Keys.on_key`, which Textual calls after this."""
        app: Any = self.app
        self._last_key = app.monotonic()

    def on_screen_resume(self) -> None:
        """Back from another screen: what happened meanwhile is shown."""
        if self.is_mounted and self.whole:
            self.search()

    def on_resize(self) -> None:
        """Other columns may fit."""
        if not self._sized:  # the first size comes with the first paint, which waits for nothing
            self._sized = True
            self.call_after_refresh(self._show_frame)
            return
        self.call_after_refresh(self._show_all)
        self.call_after_refresh(self._fill_side)

    # --- the cursor

    def on_ticket_list_moved(self) -> None:
        """The place at once, the preview when the cursor rests."""
        self._show_query()
        if self._resting is not None:
            self._resting.cancel()
        loop = asyncio.get_running_loop()  # a Textual timer costs a task for each key
        self._resting = loop.call_later(SETTLE_S, self.call_later, self._show_preview)

    def on_ticket_list_laid(self, event: TicketList.Laid) -> None:
        """Other columns, another heading."""
        self._show_titles(event.columns)

    def action_queue_preview(self) -> None:
        """Shows or hides the preview."""
        preview = self.query_one(Preview)
        preview.display = not preview.display

    def action_queue_open(self) -> None:
        """Opens the ticket under the cursor."""
        from deskui.ui.screens.ticket import TicketScreen

        if found := self.selected_id():
            self.app.push_screen(TicketScreen(self.services, found))
