"""The SLA dashboard: how the promises are kept, what breaks next, uptime budgets, credits; every number opens."""

import asyncio
import time
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from deskui import text
from deskui.domain.event import StoreChanged
from deskui.domain.metrics import CLOCKS, DAYS, Row
from deskui.services.dashboard import Board, Dashboard
from deskui.ui import board as lines
from deskui.ui import slawork
from deskui.ui.dispatch import DeskScreen
from deskui.ui.theme import ink
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.line import Line
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.numbers import Numbers

AGAIN_S = 30  # the figures are made anew so often while it is shown
SOON_S = 0.5  # commits come in bursts
SAID_S = 8
PATIENCE = 10  # times as long as a look takes nothing is looked at again: keys come first
TALL = 36  # rows from which the plot stands below the figures


class DashboardScreen(Moving, DeskScreen):
    """`g d`; a number that is opened becomes the filter of the queue."""

    SCOPES: ClassVar[tuple[str, ...]] = ("dash", "list", "app")
    AUTO_FOCUS = "Numbers"
    DEFAULT_CSS = """
    DashboardScreen { layout: vertical; }
    #dash-plot { height: 12; display: none; border-top: ascii $muted; }
    DashboardScreen.-plot #dash-plot { display: block; }
    """

    def __init__(self, services: Any) -> None:
        super().__init__()
        self.services = services
        self.board: Board | None = None
        self._asked = 0
        self._said_until = 0  # when the remark goes; 0: there is none
        self._took = 0.0  # seconds that the last look took
        self._soon: Any = None  # the timer of a look that is due
        self._plot: Any = None
        self._plotted: Any = None

    def compose(self) -> ComposeResult:
        """Title, figures, plot, remark, hints."""
        yield Line(id="dash-title", classes="heading")
        yield Numbers(id="dash-numbers")
        yield Vertical(id="dash-plot")
        yield Line(id="dash-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        """The figures come from the reader thread; the plot's library is imported on a thread of its own."""
        self.query_one("#dash-title", Line).show("SLA DASHBOARD  reading ...")
        self.set_class(self.app.size.height >= TALL, "-plot")
        self.ask()
        screen: Any = self
        screen.run_worker(self._import_plot, group="plot")

    @property
    def numbers(self) -> Numbers:
        """The figures."""
        return self.query_one(Numbers)

    # the figures

    def ask(self) -> None:
        """The figures anew."""
        app: Any = self.app
        self._asked, self._soon = app.now(), None
        screen: Any = self
        screen.run_worker(partial(self._ask, app.now()), group="board", exclusive=True)

    async def _ask(self, now: int) -> None:
        began = time.monotonic()
        self.board = await asyncio.wrap_future(Dashboard(self.services.desk).board(now))
        self._took = time.monotonic() - began
        if self.is_mounted:
            self.show_board()

    def show_board(self) -> None:
        """What was read."""
        board, app = self.board, self.app
        if board is None or not self.query(Numbers):
            return
        here: Any = app
        self.query_one("#dash-title", Line).show(
            f"SLA DASHBOARD  {here.local(board.now):%a %d %b %H:%M}",
            f"RISK: due in 1 h; MET, MISS: last {DAYS} days",
        )
        self.numbers.set_page(partial(lines.page, board, str(self.services.zone)))
        self._draw()

    def store_changed(self, changed: StoreChanged) -> None:
        """Read anew soon, not at every commit."""
        if self._soon is None:
            self._soon = self.set_timer(max(SOON_S, PATIENCE * self._took), self.ask)

    def tick(self, now: int) -> None:
        """Time alone changes what is late."""
        if self._said_until and now > self._said_until:
            self.show_status("")
        if now - self._asked >= max(AGAIN_S, PATIENCE * self._took):
            self.ask()

    def show_status(self, words: str) -> None:
        """A remark above the hints, for a few seconds."""
        app: Any = self.app
        self._said_until = app.now() + SAID_S if words else 0
        for said in self.query("#dash-said").results(Line):
            said.show(words)

    # moving: from number to number

    def action_list_down(self, times: int = 1) -> None:
        """The number below."""
        self._move(times)

    def action_list_up(self, times: int = 1) -> None:
        """The number above."""
        self._move(-times)

    def action_list_top(self, line: int = 1) -> None:
        """The first number, or the one so many lines on."""
        self.numbers.step(-len(self.numbers.cells))
        self._move(line - 1)

    def action_list_bottom(self, line: int = 0) -> None:
        """The last one."""
        if line:
            self.action_list_top(line)
        else:
            self.numbers.step(len(self.numbers.cells))
            self._draw()

    def action_dash_next(self) -> None:
        """The next number."""
        self.numbers.step(1)
        self._draw()

    def action_dash_previous(self) -> None:
        """The number before."""
        self.numbers.step(-1)
        self._draw()

    def _move(self, by: int) -> None:
        self.numbers.down(by)
        self._draw()

    # what can be done

    @property
    def number(self) -> bool:
        """Whether the cursor is on one."""
        return self.numbers.current is not None

    @property
    def credit(self) -> str | None:
        """The key of the service credit under the cursor."""
        here = self.numbers.current
        return lines.credit_key(here.key) if here is not None else None

    def action_dash_open(self) -> None:
        """The tickets behind the number, as a filter of the queue."""
        app: Any = self.app
        if (here := self.numbers.current) is not None:
            app.show_query(here.query)

    def action_dash_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def action_dash_plot(self) -> None:
        """Shows or hides the plot."""
        self.toggle_class("-plot")
        self._plotted = None
        self.call_after_refresh(self._draw)
        self.call_after_refresh(self.numbers.step, 0)  # the cursor stays in view

    def action_dash_approve(self) -> None:
        """The draft under the cursor."""
        app: Any = self.app
        if (key := self.credit) is not None:
            app.asking(slawork.approve(app, key))

    def action_dash_outage(self) -> None:
        """A service was down."""
        here = self.numbers.current
        customer, service = lines.service_of(here.key) if here is not None else ("", "")
        app: Any = self.app
        app.asking(slawork.outage(app, None, customer, service))

    # the plot

    async def _import_plot(self) -> None:
        """In a thread: it takes as long as a slow key press."""
        await asyncio.to_thread(__import__, "textual_plotext")
        if not self.is_mounted or self._plot is not None:
            return
        from textual_plotext import PlotextPlot

        self._plot = PlotextPlot()
        self._plot.theme = "clear"  # no colours of its own
        await self.query_one("#dash-plot", Vertical).mount(self._plot)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._recolour())
        self._draw()

    def _recolour(self) -> None:
        self._plotted = None
        self._draw()

    def _row(self) -> Row | None:
        """The row that the cursor is on, else all of it."""
        here = self.numbers.current
        if self.board is None:
            return None
        key = here.key if here is not None else ""
        return self.board.priorities.get(key) or self.board.customers.get(key) or self.board.whole

    def _draw(self) -> None:
        """The trend of the cursor's row."""
        row = self._row()
        if self._plot is None or row is None or not self.has_class("-plot") or self._plotted == row:
            return
        self._plotted = row
        plt = self._plot.plt
        plt.clear_figure()
        plt.frame(False)
        who = "all tickets" if row.key == "all" else text.line(row.key)
        judged = any(share.total for share in row.now.values())
        said = "% met by day, R respond, F fix" if judged else f"nothing was judged in {DAYS} days"
        plt.title(f"{who}: {said}")
        # a day on which all was missed gets a low bar, one on which nothing was judged none
        bars = [[0 if day.percent is None else max(2, day.percent) for day in row.trend[clock]] for clock in CLOCKS]
        days = [*(f"-{back}d" for back in range(DAYS - 1, 0, -1)), "today"]
        inks = [ink(self.app.theme_variables[name]) for name in ("primary", "accent")]
        plt.multiple_bar(days, bars, marker=["R", "F"], color=inks, width=0.6)
        plt.ylim(0, 100)
        plt.yticks([0, 50, 100])
        self._plot.refresh()
