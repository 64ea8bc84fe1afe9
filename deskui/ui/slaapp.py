"""What the app does for the SLA on every screen: the dashboard, thresholds in the status line, a rebuild's progress."""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.ui.countdown import SUFFIX
from deskui.ui.dispatch import Keys

if TYPE_CHECKING:
    from deskui.services.thresholds import News

FIRST_S = 1.0  # after the first paint
FRESH_S = 900  # what was reached earlier is history: a console that was closed says it by the queue's colours
NAMED = 2


def told(found: "Sequence[News]") -> str:
    """`90 % of F used: RT-4702; 50 % of R used: RT-4711; 3 more (gd)`, the worst first; "" if there is none."""
    highest: dict[tuple[str, str], News] = {}  # of each clock
    for each in sorted(found, key=lambda each: each.share):
        highest[each.ticket, each.clock] = each
    worst = sorted(highest.values(), key=lambda each: (-each.share, each.priority, each.at))
    said = [f"{each.share} % of {SUFFIX.get(each.clock, 'U')} used: {each.ticket}" for each in worst[:NAMED]]
    more = [f"{len(worst) - NAMED} more (gd)"] if len(worst) > NAMED else []
    return "; ".join(said + more)


class SlaApp:
    """Mixed into the app."""

    services: Any
    _sla_mark: int | None = None  # up to where the thresholds that fired are known
    _sla_said = ""  # what has not been told yet
    _sla_counted = 0  # tickets that a rebuild had done a second ago

    def on_mount(self) -> None:
        """Listens once the first screen is there."""
        app: Any = self
        app.set_timer(FIRST_S, partial(self._in_background, self._sla_first))
        app.set_interval(1.0, self._sla_progress)

    def on_committed(self, message: Any) -> None:
        """A threshold that fired here or in another process is told."""
        if self._sla_mark is not None and message.changed.other & {"thresholds", "elsewhere"}:
            self._in_background(self._sla_news)

    def _in_background(self, work: Any) -> None:
        app: Any = self
        app.run_worker(work, group="news", exclusive=True)

    async def _sla_first(self) -> None:
        from deskui.services import thresholds

        mark, _ = await asyncio.wrap_future(thresholds.news(self.services.desk, 0, 1))
        self._sla_mark = mark

    async def _sla_news(self) -> None:
        from deskui.services import thresholds

        app: Any = self
        mark, found = await asyncio.wrap_future(thresholds.news(self.services.desk, self._sla_mark or 0))
        self._sla_mark, now = mark, app.now()
        self._sla_said = told([each for each in found if each.loud and each.at > now - FRESH_S]) or self._sla_said
        self._sla_say()

    def _sla_say(self) -> None:
        """In a status line; while a question or an editor without one is open it waits: no toast over what is typed."""
        app: Any = self
        if self._sla_said and getattr(type(app.top), "show_status", Keys.show_status) is not Keys.show_status:
            app.say(self._sla_said)
            self._sla_said = ""

    def _sla_progress(self) -> None:
        app: Any = self
        done = app.services.desk.store.anew
        if done and done != self._sla_counted:
            app.say(f"all clocks are counted anew: {done} tickets done")
        self._sla_counted = done
        self._sla_say()

    # what can be done on every screen

    def action_app_dashboard(self) -> None:
        """The SLA dashboard."""
        from deskui.ui.screens.dashboard import DashboardScreen

        app: Any = self
        if not isinstance(app.screen, DashboardScreen):
            app.push_screen(DashboardScreen(self.services))

    def show_query(self, text: str) -> None:
        """The queue, filtered by `text`."""
        from deskui.ui.screens.queue import QueueScreen

        app: Any = self
        app.action_app_queue()
        if isinstance(app.screen, QueueScreen):
            app.screen.query_text = text
            app.screen.action_queue_filtered()

    def action_app_outage(self) -> None:
        """A customer's service was down."""
        from deskui.ui import slawork

        app: Any = self
        selected = getattr(app.screen, "selected_id", lambda: None)()
        self.asking(slawork.outage(app, self.services.desk.ticket(selected) if selected else None))

    def action_app_rebuild(self) -> None:
        """All clocks anew."""
        from deskui.ui import slawork

        self.asking(slawork.anew(self))

    def asking(self, work: Coroutine[Any, Any, None]) -> None:
        """Begins a question; keys typed ahead wait for its dialog."""
        app: Any = self
        app.keys_held = True  # until the dialog is there
        app.run_worker(work, group="sla")
