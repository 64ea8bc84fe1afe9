"""Marked rows of the queue: the verbs act on them.  A mark is the ticket's, wherever its row goes."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from deskui.ui import rows
from deskui.ui.filtering import Filtering

MANY = 500  # from here on marking all asks first


class Marking(Filtering):
    """Mixed into the queue."""

    _range: tuple[int, frozenset[int]] | None = None  # where it began (a row id), and what was marked before

    def marks(self) -> Collection[int]:
        """The row ids that are marked, with those of a range that is being drawn."""
        self._stretch()
        return self.list.marked

    def marked_uids(self) -> list[str]:
        """The marked tickets: first those in the list, in its order."""
        marked = self.marks()
        shown = [pk for pk in self.list.ids if pk in marked]
        order = [*shown, *sorted(set(marked).difference(shown))]
        return [str(row[rows.UID]) for row in self.desk.rows(order)]

    def unmark(self, uids: Collection[str] | None = None) -> None:
        """Takes the marks off these tickets, or off all."""
        self._range = None
        keep: set[int] = set()
        if uids is not None:
            marked = list(self.list.marked)
            keep = {row[rows.PK] for row in self.desk.rows(marked) if row[rows.UID] not in uids}
        self._mark(keep)

    def _mark(self, marked: Collection[int]) -> None:
        self.list.set_marks(marked)
        self._show_query()

    def _stretch(self) -> None:
        """A range reaches from where it began to the cursor."""
        if self._range is None or not self.list.ids:
            return
        began, before = self._range
        try:
            start = self.list.ids.index(began)
        except ValueError:  # it has left the list
            self._range = None
            return
        first, last = sorted((start, self.list.cursor))
        self.list.set_marks(before | set(self.list.ids[first : last + 1]))

    def on_ticket_list_moved(self) -> None:
        """The range grows with the cursor."""
        if self._range is not None:
            self._stretch()
            self._show_query()

    # --- keys

    def action_queue_mark(self) -> None:
        """This row, and down."""
        pk = self.list.current_pk
        if pk is None:
            return
        self._range = None
        self._mark(self.list.marked ^ {pk})
        self.list.move(self.list.cursor + 1)

    def action_queue_range(self) -> None:
        """Begins a range at the cursor; the second time it ends there."""
        screen: Any = self
        pk = self.list.current_pk
        if self._range is not None:
            self._stretch()
            self._range = None
            screen.app.say(f"{len(self.list.marked)} marked")
        elif pk is not None:
            self._range = (pk, frozenset(self.list.marked))
            self._stretch()
            screen.app.say("a range: move, then v ends it")
        self._show_query()

    def action_queue_invert(self) -> None:
        """Of the rows in the list those that are not marked."""
        self._range = None
        self._many(self.list.ids, invert=True)

    def action_queue_mark_all(self) -> None:
        """Every row in the list."""
        self._range = None
        self._many(self.list.ids, invert=False)

    def _many(self, ids: Sequence[int], invert: bool) -> None:
        """Marks these, after a question if they are a great many."""
        from deskui.ui.screens.choose import Choice, ChooseScreen

        def marked() -> None:
            old = self.list.marked
            self._mark(old ^ set(ids) if invert else old | set(ids))

        def answered(answer: str | None) -> None:
            if answer:
                marked()

        if len(ids) <= MANY:
            marked()
            return
        screen: Any = self
        title = f"Mark {len(ids)} tickets?"
        screen.app.push_screen(ChooseScreen(title, [Choice("y", f"Yes, all {len(ids)}", "yes")]), answered)

    def action_queue_back(self) -> None:
        """First the marks, then the filter, then deskui."""
        if self.list.marked and not self._typing:
            self.unmark()
        else:
            super().action_queue_back()

    def action_queue_clear_filter(self) -> None:
        """First the marks, then the filter."""
        if self.list.marked and not self._typing:
            self.unmark()
        else:
            super().action_queue_clear_filter()

    # --- tickets that go

    def check_marks(self) -> None:
        """A ticket that is gone is not marked any more, and that is said; asked on the reader thread."""
        screen: Any = self
        if self.list.marked:
            screen.run_worker(self._check, group="marks", exclusive=True)

    async def _check(self) -> None:
        screen: Any = self
        asked = frozenset(self.list.marked)
        there = await asyncio.wrap_future(self.desk.there(asked))
        gone = (asked - there) & self.list.marked
        if gone and self.whole:
            names = [str(row[rows.ID]) for row in self.desk.rows(sorted(gone)[:3])] or ["a ticket"]
            more = f" and {len(gone) - len(names)} more" if len(gone) > len(names) else ""
            self._mark(self.list.marked - gone)
            screen.app.say(f"{', '.join(names)}{more} gone: not marked any more")
