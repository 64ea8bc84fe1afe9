"""The filter of the queue: live, each keystroke asks anew."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.containers import Horizontal
from textual.widgets import Input

from deskui.ui.frame import Frame
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.line import Line


class Filtering(Frame):
    """Mixed into the queue."""

    desk: Any
    _going = False  # another view is asked for, and keys wait until it is there
    _aim = ""  # the uid of the ticket that the next search puts the cursor on
    _stale = False  # the order may have changed since the rows were sorted

    @property
    def filter(self) -> Field | None:
        """The field of the filter; None until it is there."""
        return next(iter(self.query("#filter").results(Field)), None)

    @property
    def _typing(self) -> bool:
        return self.filter is not None and self.filter.has_focus

    async def _fill_filter(self) -> None:
        from deskui.ui.widgets.filterfield import FilterField

        if not self.query("#filter"):
            await self.query_one("#filterbar", Horizontal).mount(
                Line("/", classes="heading"),
                FilterField(
                    id="filter",
                    placeholder="words -word (a or b) state: prio: owner: customer: tag: ci: is: has: sla:<30m",
                    select_on_focus=False,
                ),
            )

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

    def search(self, keep: bool = True) -> None:
        """Asks for the ids of the filter; a newer search ends an older one."""
        self._stale = False
        screen: Any = self  # Textual's type for a worker leaves coroutine functions out
        screen.run_worker(partial(self._search, keep), group="search", exclusive=True)

    async def _search(self, keep: bool) -> None:
        text = self.query_text
        try:  # a search that a newer one cut off is cancelled, and this worker with it
            ids: Sequence[int] = await asyncio.wrap_future(self.desk.ids(text, self.order))
        except ValueError as wrong:  # the query, half typed
            self._arrived()
            self._error, self._wrong_at = str(wrong), getattr(wrong, "position", None)
            self._show_query()
            if self._typing:
                self.show_status(self._error)
                self._mark_wrong()
            return
        if text == self.query_text and self.whole:
            self._found(ids, keep)

    def _found(self, ids: Sequence[int], keep: bool) -> None:
        self._arrived()
        if self._error:
            self._error, self._wrong_at, self._said = "", None, ("", 0.0)
            self._show_status()
            self._mark_wrong()
        self.list.show_ids(ids, keep)
        if aim := self._aim:
            self._aim = ""
            self._put_cursor(aim)
        self._show_query()
        self._show_header()
        if self._typing:
            self._show_preview()  # at once: nobody scrolls through it
        self._recount()

    def _arrived(self) -> None:
        """Keys that waited for another view go on; those that wait for a dialog are none of ours."""
        if self._going:
            app: Any = self.app
            self._going = app.keys_held = False

    def _mark_wrong(self) -> None:
        field: Any = self.filter
        if field is not None:
            field.wrong_at(self._wrong_at)

    async def _learn_names(self) -> None:
        field: Any = self.filter
        found = await asyncio.wrap_future(self.services.views.known())
        field.offer.known = found

    @property
    def own_query(self) -> str:
        """What is shown without a filter."""
        return ""

    def _put_cursor(self, uid: str) -> None:
        """On that ticket, if it is in the list."""
        pk = self.desk.pk(uid)
        if pk is not None and pk in self.list.ids:
            self.list.move(self.list.ids.index(pk))

    async def action_queue_filter(self) -> None:
        """Opens the field."""
        await self._fill_filter()
        found = self.query_one("#filter", Field)
        self.line("query").display = False
        self.query_one("#filterbar").display = True
        found.value = self.query_text
        found.reopen()
        self.set_focus(found)  # at once: the next key is a letter of the filter, not a verb
        screen: Any = self
        screen.run_worker(self._learn_names(), group="names", exclusive=True)

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
        """The whole view again."""
        typed = self.query_text != self.own_query
        self._close_filter()
        if typed:
            self.query_text, self._error = self.own_query, ""
            self.search()

    def action_queue_back(self) -> None:
        """Out of the filter, then out of deskui."""
        app: Any = self.app
        if self._typing or self.query_text != self.own_query:
            self.action_queue_clear_filter()
        else:
            app.action_app_quit()
