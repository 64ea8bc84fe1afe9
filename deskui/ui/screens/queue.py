"""The queue: every open ticket in the order in which it burns; renders and asks, knows no SQL and no HTTP."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import MountError
from textual.widgets import Input

from deskui.domain.event import StoreChanged
from deskui.ui import keymap, rows, status
from deskui.ui.dispatch import DeskScreen
from deskui.ui.hours import Asleep
from deskui.ui.verbs import Verbs
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.line import Line, styled
from deskui.ui.widgets.listkeys import ListKeys
from deskui.ui.widgets.preview import Preview
from deskui.ui.widgets.ticketlist import TicketList

QUIET_S = 3  # rows are sorted anew only when nobody pressed a key for so long
SETTLE_S = 0.08  # the preview follows the cursor when it rests
TYPED_S = 0.03  # after the first paint, what was typed meanwhile comes first
WIDE = 120  # columns from which the panels stand beside the list
SAID_S = 6  # how long a remark stays in the status line


class QueueScreen(ListKeys, Verbs, DeskScreen):
    """The first screen."""

    SCOPES: ClassVar[tuple[str, ...]] = ("list", "queue", "verb", "app")

    def __init__(self, services: Any) -> None:
        super().__init__()
        self.services, self.desk = services, services.desk
        self.query_text = ""
        self._last_key = 0.0
        self._stale = False  # the order may have changed since the rows were sorted
        self._error = ""
        self._said: tuple[str, float] = ("", 0.0)
        self._sync: Any = None
        self._counts: Any = None
        self._resting: Any = None
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
        self.list.show_ids(self.desk.ids_now(self.query_text, "sla"), keep=False)
        self.list.focus()
        self._show_frame()
        self.call_after_refresh(self.set_timer, TYPED_S, self._first_painted)

    async def _first_painted(self) -> None:
        """What the first paint did not wait for: counts, preview, panels."""
        app: Any = self.app
        app.painted()
        if not self.whole:
            return
        self._recount()
        self.list.mark(self.desk.drafted())
        with suppress(MountError):  # the console ends already
            await self._fill_filter()
            await self.query_one(Preview).fill()
            self._show_preview()
            await self._fill_side()

    async def _fill_filter(self) -> None:
        if not self.query("#filter"):
            await self.query_one("#filterbar", Horizontal).mount(
                Line("/", classes="heading"),
                Field(
                    id="filter",
                    placeholder="words, state: prio: owner: customer: is:late sla:<30m",
                    select_on_focus=False,
                ),
            )

    @property
    def list(self) -> TicketList:
        """The list."""
        return self.query_one(TicketList)

    @property
    def filter(self) -> Field | None:
        """The field of the filter; None until it is there."""
        return next(iter(self.query("#filter").results(Field)), None)

    @property
    def _typing(self) -> bool:
        return self.filter is not None and self.filter.has_focus

    def line(self, name: str) -> Line:
        """One of the one-line widgets."""
        return self.query_one(f"#{name}", Line)

    def _now(self) -> int:
        return int(self.services.clock())

    def _mine(self) -> frozenset[str]:
        return frozenset(self.services.mine())

    def selected_id(self) -> str | None:
        """The id of the ticket under the cursor."""
        row = self.list.current
        return None if row is None else str(row[rows.ID])

    # --- the lines around the list

    def _show_all(self) -> None:
        if self.whole:
            self._show_frame()
            self._show_preview()

    def _show_frame(self) -> None:
        self._show_header()
        self._show_query()
        self._show_status()
        self.chord_changed(self._chord)
        self.list.fit_columns()
        self._show_titles(self.list.columns)  # at once: the list's own message comes after the first paint

    def _show_header(self) -> None:
        app: Any = self.app
        now = self._now()
        found = status.counts("Open", self._counts) if self._counts else f"Open {len(self.list.ids)}"
        sync = status.sync_age(self._sync, now, app.local) if self._sync else ""
        self.line("header").show(status.header(found, app.local(now)), sync)

    def _show_query(self) -> None:
        said = Text(f"/{self.query_text}" if self.query_text else "/ open tickets")
        if self._error:
            said.append(f"  {self._error}", "bold")
        self.line("query").show(said, status.place(self.list.cursor, len(self.list.ids)))

    def _show_status(self) -> None:
        app: Any = self.app
        parts = status.waiting(self._sync, app.local) if self._sync else []
        if self._counts and (stops := status.stops(self._counts, app.local)):
            parts.append((stops, ""))
        if app.monotonic() < self._said[1]:
            parts.insert(0, (self._said[0], ""))
        parts += status.small(*app.size)
        self.line("status").show(styled(status.joined(parts)))

    def show_status(self, text: str) -> None:
        """A remark in the status line, for a few seconds."""
        app: Any = self.app
        self._said = (text, app.monotonic() + SAID_S)
        if self.whole:
            self._show_status()

    def chord_changed(self, begun: str) -> None:
        """After the first key of a chord the footer says what may follow."""
        if not begun:
            self.line("footer").show(keymap.footer(self.SCOPES, self.app.size.width))
            return
        self.line("footer").show(keymap.follows(self.SCOPES, begun))

    def _show_preview(self) -> None:
        self._resting = None
        if not self.whole:
            return
        self.query_one(Preview).show(self.selected_id())
        if self.app.size.width >= WIDE:
            for panel in self.query("#side > *"):
                show: Any = getattr(panel, "show", None)
                if show is not None:
                    show(self.selected_id())

    async def _fill_side(self) -> None:
        """The triage panel is imported and mounted after the first paint."""
        if self.app.size.width < WIDE or not self.whole:
            return
        if self.has_class("-beside"):
            return
        from deskui.ui import panels

        self.add_class("-beside")
        await self.query_one("#side", Vertical).mount(*panels.beside_list(self.services))
        self.call_after_refresh(self._show_preview)  # once the list has its new width

    # --- what the store and the clock say

    def _reread_sync(self) -> None:
        self._sync = self.services.syncing.status()

    @property
    def whole(self) -> bool:
        """Whether its widgets are there: news may come while the screen begins or ends."""
        return bool(self.query("#footer"))

    def store_changed(self, changed: StoreChanged) -> None:
        """Rows in view are read again at once; the order follows when the keys are quiet."""
        if not self.whole:
            return
        if changed.tickets:
            self.list.forget(changed.tickets)
        elif "elsewhere" in changed.other:
            self.list.reread()
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
        if quiet and (self._stale or now % 60 == 0) and not self._typing:
            self.search()

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

    def _recount(self) -> None:
        """Asks for the header's figures, on the reader thread; never while somebody types a filter."""
        if not self._typing:
            screen: Any = self
            screen.run_worker(self._count, group="count", exclusive=True)

    async def _count(self) -> None:
        self._counts = await asyncio.wrap_future(self.desk.counts_later(self._now()))
        if not self.whole:
            return
        self._show_header()
        self._show_status()

    # --- the filter

    def search(self, keep: bool = True) -> None:
        """Asks for the ids of the filter; a newer search ends an older one."""
        self._stale = False
        screen: Any = self  # Textual's type for a worker leaves coroutine functions out
        screen.run_worker(partial(self._search, keep), group="search", exclusive=True)

    async def _search(self, keep: bool) -> None:
        text = self.query_text
        try:  # a search that a newer one cut off is cancelled, and this worker with it
            ids: Sequence[int] = await asyncio.wrap_future(self.desk.ids(text, "sla"))
        except ValueError as wrong:  # the query, half typed
            self._error = str(wrong)
            self._show_query()
            return
        if text != self.query_text or not self.whole:
            return
        self._error = ""
        self.list.show_ids(ids, keep)
        self._show_query()
        if self._typing:
            self._show_preview()  # at once: nobody scrolls through it
        self._recount()

    async def action_queue_filter(self) -> None:
        """Opens the field."""
        await self._fill_filter()
        found = self.query_one("#filter", Field)
        self.line("query").display = False
        self.query_one("#filterbar").display = True
        found.value = self.query_text
        found.reopen()
        self.set_focus(found)  # at once: the next key is a letter of the filter, not a verb

    def on_input_changed(self, event: Input.Changed) -> None:
        """Live: each keystroke asks anew."""
        if event.input.id == "filter" and event.value != self.query_text:
            self.query_text = event.value
            self.search(keep=False)

    def on_input_submitted(self) -> None:
        """Back to the list, filtered."""
        self._close_filter()

    def action_queue_filtered(self) -> None:
        """Shows the tickets of a filter that was set from elsewhere."""
        self._close_filter()
        self.search(keep=False)

    def _close_filter(self) -> None:
        self.query_one("#filterbar").display = False
        self.line("query").display = True
        self.set_focus(self.list)
        self._show_query()

    def action_queue_clear_filter(self) -> None:
        """The whole queue again."""
        self._close_filter()
        if self.query_text:
            self.query_text, self._error = "", ""
            self.search()

    def action_queue_back(self) -> None:
        """Out of the filter, then out of deskui."""
        app: Any = self.app
        if self._typing or self.query_text:
            self.action_queue_clear_filter()
        else:
            app.action_app_quit()

    # --- the cursor

    def on_ticket_list_moved(self) -> None:
        """The place at once, the preview when the cursor rests."""
        self._show_query()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(SETTLE_S, self._show_preview)

    def on_ticket_list_laid(self, event: TicketList.Laid) -> None:
        """Other columns, another heading."""
        self._show_titles(event.columns)

    def _show_titles(self, columns: rows.Layout) -> None:
        self.line("titles").show(rows.titles(columns))

    def action_queue_preview(self) -> None:
        """Shows or hides the preview."""
        preview = self.query_one(Preview)
        preview.display = not preview.display

    def action_queue_open(self) -> None:
        """Opens the ticket under the cursor."""
        from deskui.ui.screens.ticket import TicketScreen

        if found := self.selected_id():
            self.app.push_screen(TicketScreen(self.services, found))
