"""The lines around the queue: header, filter, heading, status, footer, and the preview and panels beside it."""

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.containers import Vertical

from deskui.domain.night import NIGHT
from deskui.ui import keymap, rows, status
from deskui.ui.widgets.line import Line, styled
from deskui.ui.widgets.preview import Preview
from deskui.ui.widgets.ticketlist import TicketList

if TYPE_CHECKING:
    from deskui.ui.dispatch import DeskScreen

    Base = DeskScreen
else:
    Base = object

SAID_S = 6  # how long a remark stays in the status line
WIDE = 120  # columns from which the panels stand beside the list


class Frame(Base):
    """Mixed into the queue."""

    SCOPES: ClassVar[tuple[str, ...]]
    services: Any
    query_text: str
    order = "sla"
    _error = ""
    _wrong_at: int | None = None  # the index of the character at which the query goes wrong
    _said: tuple[str, float] = ("", 0.0)
    _sync: Any = None
    _counts: Any = None
    _resting: Any = None
    _list: TicketList | None = None

    @property
    def list(self) -> TicketList:
        """The list; there as long as the screen is."""
        if self._list is None:
            self._list = self.query_one(TicketList)
        return self._list

    @property
    def whole(self) -> bool:
        """Whether its widgets are there: news may come while the screen begins or ends."""
        return bool(self.query("#footer"))

    def line(self, name: str) -> Line:
        """One of the one-line widgets."""
        return self.query_one(f"#{name}", Line)

    def _now(self) -> int:
        return int(self.services.clock())

    def selected_id(self) -> str | None:
        """The id of the ticket under the cursor."""
        row = self.list.current
        return None if row is None else str(row[rows.ID])

    def keys_changed(self) -> None:
        """The footer and the next step name other keys."""
        super().keys_changed()
        self._show_all()

    def banner_changed(self) -> None:
        """The footer is a line of its own here."""
        if self.whole:
            self._show_footer()

    def _show_all(self) -> None:
        if self.whole:
            self._show_frame()
            self._show_preview()

    def _show_frame(self) -> None:
        self._show_header()
        self._show_query()
        self._show_status()
        self._show_footer()
        self.list.fit_columns()
        self._show_titles(self.list.columns)  # at once: the list's own message comes after the first paint

    def _show_header(self) -> None:
        app: Any = self.app
        now = self._now()
        label, total = self._shown_as()
        if self._counts:
            found = status.counts(label, self._counts, total)
        else:
            found = f"{label} {len(self.list.ids) if total is None else total}"
        sync = status.sync_age(self._sync, now, app.local) if self._sync else ""
        night = getattr(self.services, "night", NIGHT)
        self.line("header").show(status.header(found, app.local(now), night), sync)

    def _shown_as(self) -> tuple[str, int | None]:
        """What the header calls it, and how many tickets there are; None: as many as are open."""
        return status.OPEN, None

    def _show_query(self) -> None:
        said = Text(status.asked(self.query_text))
        if self._error:
            if self._wrong_at is not None:
                said.stylize("reverse", self._wrong_at + 1, self._wrong_at + 2)
            said.append(f"  {self._error}", "bold")
        marked = len(self.list.marked)
        self.line("query").show(said, status.place(self.list.cursor, len(self.list.ids), marked, self.order))

    def _show_status(self) -> None:
        app: Any = self.app
        parts = status.waiting(self._sync, app.local) if self._sync else []
        if self._counts and (stops := status.stops(self._counts, app.local)):
            parts.append((stops, ""))
        if app.monotonic() < self._said[1]:
            parts.insert(0, (self._said[0], ""))
        if app.unwatched:
            parts.append(("NO PAGER RUNNING", "error"))
        if self.services.demo and not app.toured:
            parts.append((status.TOUR, ""))
        parts += status.small(*app.size)
        self.line("status").show(styled(status.joined(parts)))

    def show_status(self, text: str) -> None:
        """A remark in the status line, for a few seconds."""
        app: Any = self.app
        self._said = (text, app.monotonic() + SAID_S)
        if self.whole:
            self._show_status()

    def _show_footer(self) -> None:
        self.line("footer").show(keymap.footer(self.SCOPES, self.app.size.width, self.taken))

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

    def _show_titles(self, columns: rows.Layout) -> None:
        self.line("titles").show(rows.titles(columns))
