"""The queue's views, its order and its columns; what was shown last comes back at the next start."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial, partialmethod
from typing import Any

from deskui.domain.view import COLUMNS, SORTS, Session, View, direction, is_sort, turned
from deskui.services.desk import Refused
from deskui.ui import rows, status
from deskui.ui.filtering import Filtering
from deskui.ui.firstframe import AROUND

log = logging.getLogger(__name__)

NAMES = {
    "st": "state", "customer": "customer", "own": "owner", "upd": "updated", "kind": "kind", "system": "system",
}  # fmt: skip


def _unkept(done: "Future[Any]") -> None:
    """Where the cursor stood is no reason to trouble anybody."""
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("what the queue shows was not kept: %s", error)


class Viewing(Filtering):
    """Mixed into the queue: first the plain one, which is the view of everything open."""

    views: tuple[View, ...] = ()  # known once somebody asked for one
    view: View | None = None  # None: the plain queue
    _shown_before: Session | None = None
    _kept: Session | None = None
    _begun = _back = False  # whether it is known what was left, and whether the first paint showed it
    _latest: Session | None = None

    # --- what is shown

    def _shown_as(self) -> tuple[str, int | None]:
        if self.view is None:
            return super()._shown_as()
        return f"{self._number()}:{self.view.name}", len(self.list.ids)

    def _show_query(self) -> None:
        super()._show_query()
        self._latest = self.session()  # at the end the list is gone before anybody asks

    def label_of(self, name: str) -> str:
        """What the header calls the view of that name at the next start."""
        names = [view.name for view in self.views]
        return f"{names.index(name) + 1}:{name}" if name in names else status.OPEN

    def _number(self) -> int:
        names = [view.name for view in self.views]
        return names.index(self.view.name) + 1 if self.view is not None and self.view.name in names else 0

    @property
    def own_query(self) -> str:
        """The query of the view, without what was typed since."""
        return "" if self.view is None else self.view.query

    def session(self) -> Session:
        """What is shown now."""
        row = self.list.current
        name = "" if self.view is None else self.view.name
        cursor = "" if row is None else str(row[rows.UID])
        return Session(name, self.query_text, self.order, self.list.chosen, cursor)

    def _read_views(self) -> bool:
        """Whether there are any; what is wrong in a file is said."""
        app: Any = self.app
        found = self.services.views.all()
        self.views = found.views
        if found.wrong:
            app.say(found.wrong[0], error=True)
        return bool(self.views)

    # --- going there

    def _go(self, view: View | None, shown: Session) -> None:
        """Shows it as it was left, and remembers what was shown."""
        app: Any = self.app
        self._going = app.keys_held = True  # the next key is meant for its rows
        self._shown_before = self.session()
        self._leave_view()
        self._wear(view, shown)
        self.search(keep=False)
        self._show_header()

    def _wear(self, view: View | None, shown: Session) -> None:
        self._dress(view, shown)
        self._close_filter()

    def _dress(self, view: View | None, shown: Session) -> None:
        self.view = view
        self.query_text, self.order, self._error = shown.query, shown.sort, ""
        self.list.choose(shown.columns)
        self._aim = shown.cursor

    def _leave_view(self) -> None:
        """Its columns and the place of the cursor stay with it."""
        left = self.session()
        if self.view is None or self.desk.read_only:
            return
        if (left.columns, left.cursor) != (self.view.columns, self.view.cursor):
            self.view = replace(self.view, columns=left.columns, cursor=left.cursor)
            self.views = tuple(self.view if each.name == self.view.name else each for each in self.views)
            self.services.views.leave(self.view).add_done_callback(_unkept)

    def show_view(self, number: int) -> None:
        """View n of the list."""
        app: Any = self.app
        if not self.views:
            self._read_views()
        if not 0 < number <= len(self.views):
            app.say(f"there is no view {number}; g v lists them")
            return
        view = self.views[number - 1]
        self._go(view, Session(view.name, view.query, view.sort, view.columns, view.cursor))

    def action_queue_next_view(self) -> None:
        """The one after it; after the last the first."""
        self._step(1)

    def action_queue_previous_view(self) -> None:
        """The one before it."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.views or self._read_views():
            self.show_view((max(self._number(), 1) - 1 + by) % len(self.views) + 1)

    def action_queue_last_view(self) -> None:
        """What was shown before."""
        app: Any = self.app
        if self._shown_before is None:
            app.say("no other view was shown yet")
        else:
            self._go(self._view_of(self._shown_before), self._shown_before)

    def _view_of(self, shown: Session) -> View | None:
        if shown.view and not self.views:
            self._read_views()
        return next((view for view in self.views if view.name == shown.view), None)

    # --- keeping them

    async def action_queue_view(self, verb: str = "", name: str = "") -> None:
        """A list of them; `:view NAME`, `:view save NAME`, `:view delete NAME`."""
        app: Any = self.app
        self._read_views()
        try:
            if not verb:
                await self._offer_views()
            elif name and verb in ("save", "delete"):
                await (self._save_view if verb == "save" else self._delete_view)(name)
            else:
                wanted = f"{verb} {name}".strip()
                self.show_view([view.name for view in self.views].index(self._named(wanted)) + 1)
        except (LookupError, ValueError, Refused) as wrong:
            app.say(str(wrong), error=True)

    def _named(self, name: str) -> str:
        return str(self.services.views.all().named(name).name)

    async def _offer_views(self) -> None:
        from deskui.ui.screens.views import ViewsScreen

        def chosen(number: str | None) -> None:
            if number is not None:
                self.show_view(int(number))

        self.app.push_screen(ViewsScreen(self.views, self.services.views.count), chosen)

    async def _save_view(self, name: str) -> None:
        from deskui.ui.verbs import commit

        app: Any = self.app
        now = self.session()
        view = View(name, now.query, now.sort, now.columns, now.cursor)
        if await commit(app, self.services.views.save(view)):
            self._read_views()
            self.view = next((each for each in self.views if each.name.casefold() == name.casefold()), None)
            self._show_header()
            app.say(f"view {name} is saved")

    async def _delete_view(self, name: str) -> None:
        from deskui.ui.verbs import commit

        app: Any = self.app
        name = self._named(name)
        if await commit(app, self.services.views.delete(name)):
            self._read_views()
            if self.view is not None and self.view.name == name:
                self.view = next((each for each in self.views if each.name == name), None)
            self._show_header()
            app.say(f"what was saved of view {name} is gone")

    # --- order and columns

    def sort_by(self, column: str) -> None:
        """By that column; the same again turns it round."""
        self.order = turned(self.order, column)
        self.search()

    def action_queue_sort(self, sort: str = "") -> None:
        """`:sort updated^`."""
        app: Any = self.app
        if not is_sort(sort):
            app.say(f"sorted by {direction(self.order)[0]}; o and a column, or :sort updated^ (^ upwards, - downwards)")
            return
        self.order = sort
        self.search()

    def action_queue_columns(self) -> None:
        """Which of the columns that may be left out are shown."""
        from deskui.ui.screens.choose import Choice, ChooseScreen

        def picked(name: str | None) -> None:
            if name is not None:
                shown = set(self.list.chosen) ^ {name}
                self.list.choose(tuple(each for each in COLUMNS if each in shown))
                self.action_queue_columns()

        marks = ((name, "x" if name in self.list.chosen else " ") for name in COLUMNS)
        choices = [Choice(str(n), f"[{mark}] {NAMES[name]}", name) for n, (name, mark) in enumerate(marks, 1)]
        self.app.push_screen(ChooseScreen("Columns; the subject takes what is left", choices), picked)

    # --- the next start

    @property
    def kept(self) -> Session:
        """What the next start comes back to."""
        return self._kept or Session()

    def resume(self) -> Sequence[int]:
        """For the first paint what this person's queue showed last, if that is found at once; else the plain queue."""
        last = self._kept = self.services.views.session()
        self._begun = True
        if last is not None:
            with suppress(ValueError):  # the query is none any more
                ids: Sequence[int] | None = self.desk.ids_at_once(last.query, last.sort)
                if ids is not None:
                    self._back = True
                    self.views = self.services.views.all().views if last.view else ()
                    self._dress(self._view_of(last), last)
                    return ids
        plain: Sequence[int] = self.desk.ids_now("", "sla")
        return plain

    def _aim_first(self) -> None:
        """The cursor where it was left, before there is a first layout."""
        app: Any = self.app
        aim, self._aim = self._aim, ""
        pk = self.desk.pk(aim) if aim else None
        if pk is not None and pk in self.list.ids:
            self.list.begin_at(self.list.ids.index(pk), app.size.height - AROUND)

    def come_back(self) -> None:
        """The same later, unless somebody has pressed a key already: then `-` shows it."""
        last = self._kept
        if self._back and self.views:
            self._read_views()  # what is wrong in a file is said now
        if self._back or last is None:
            return
        self._shown_before = last
        screen: Any = self  # Textual's type for a worker leaves coroutine functions out
        screen.run_worker(partial(self._come_back, last), group="search", exclusive=True)

    async def _come_back(self, last: Session) -> None:
        """All of it at once, and not under the hand of somebody who has begun to work."""
        try:
            ids = await asyncio.wrap_future(self.desk.ids(last.query, last.sort))
        except ValueError:  # the query is none any more
            return
        if self.whole and not self._pressed():
            self._wear(self._view_of(last), last)
            self._shown_before = None
            self._found(ids, keep=False)

    def _pressed(self) -> bool:
        return False

    def keep_session(self) -> None:
        """Remembered for the next start, once there is a list, if it is not what is kept already."""
        if not self._begun:
            return
        now = self.session() if self.whole else self._latest
        if now is not None and now != self._kept and (done := self.services.views.remember(now)) is not None:
            done.add_done_callback(_unkept)
            self._kept = now


for _number in range(1, 10):
    setattr(Viewing, f"action_queue_view_{_number}", partialmethod(Viewing.show_view, _number))
for _column in SORTS:
    setattr(Viewing, f"action_queue_sort_{_column}", partialmethod(Viewing.sort_by, _column))
