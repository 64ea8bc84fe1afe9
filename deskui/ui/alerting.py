"""Alerts on every screen: title, bell, notification, and a banner that stays until somebody has seen it."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.ui.dispatch import DeskModal, DeskScreen
from deskui.ui.widgets.line import Line

if TYPE_CHECKING:
    from deskui.domain.alert import Alert
    from deskui.services.alerts import Alerts, Call
    from deskui.ui.actions import Action

FIRST_S = 1.0  # after the first paint
LOOK_S = 15
REPEAT_S = 60
QUIET = "deskui"
HINT = "a:open  M:mute"


class AlertApp:
    """Mixed into the app."""

    services: Any
    unwatched = False  # a pager is expected, and none runs
    _alert_mark: int | None = None  # up to where everything that fired is known
    _alert_calls: "dict[str, Call]"  # what burns and nobody has seen, by key
    _alert_rang: dict[str, int]  # when it last rang here; without an entry another process rings
    _alert_turn: asyncio.Lock
    _alert_title = ""
    _alert_failed = ""  # what the command's thread has to say

    def on_mount(self) -> None:
        """Begins once the first screen is there."""
        app: Any = self
        self._alert_calls, self._alert_rang, self._alert_turn = {}, {}, asyncio.Lock()
        if getattr(self.services, "alerts", None) is not None:
            app.set_timer(FIRST_S, self._alert_first)

    def on_unmount(self) -> None:
        """The title is as it was; a command under way may end."""
        if self._alert_title:
            self._alert_write("")
        if self._alert_mark is not None:
            self.alerts.hook.close(1.0)

    @property
    def alerts(self) -> "Alerts":
        """The service."""
        alerts: Alerts = self.services.alerts
        return alerts

    def on_committed(self, message: Any) -> None:
        """Something fired, here or in another process; or what burned is put out."""
        other = message.changed.other
        if self._alert_mark is not None and other & {"thresholds", "alerts", "elsewhere"}:
            self._alert_work(self._alert_news)
        elif self._alert_calls and message.changed.tickets:
            self._alert_work(self._alert_look)

    def _alert_work(self, work: Any) -> None:
        """One after the other: what was claimed here must also be rung here."""
        app: Any = self

        async def alone() -> None:
            async with self._alert_turn:
                await work()

        app.run_worker(alone, group="alerts")

    def _alert_first(self) -> None:
        app: Any = self
        self._alert_mark = self.alerts.mark()
        self.alerts.hook.tell = partial(setattr, self, "_alert_failed")
        self._alert_watch()
        app.set_interval(1.0, self._alert_second)

    def _alert_watch(self) -> None:
        self.unwatched = self.alerts.unwatched()

    async def _alert_news(self) -> None:
        """Tells what is new: here in the status line and the title, and loudly if no other console of ours has."""
        from deskui.domain import alert as alerting

        app: Any = self
        mark, found = await asyncio.wrap_future(self.alerts.news(self._alert_mark or 0))
        self._alert_mark, now = mark, app.now()
        calls = self.alerts.calls(found, now)
        self._alert_say([call.alert for call in calls])
        self.alerts.page(calls)
        loud = [call for call in calls if call.rungs & {alerting.BELL, alerting.NOTIFY}]
        if loud:
            first = await asyncio.wrap_future(self.alerts.claim(loud, "terminal"))
            mine = [call for call in loud if call.alert.key in first]
            self._alert_rang |= dict.fromkeys((call.alert.key for call in mine), now)
            self._alert_ring(mine, now)
        stays = {call.alert.key: call for call in calls if call.rungs & {alerting.TITLE, alerting.BANNER}}
        self._alert_calls |= stays
        await self._alert_look()

    def _alert_say(self, found: "list[Alert]") -> None:
        """What the thresholds' own words do not tell, in the status line."""
        from deskui.domain import alert as alerting

        app: Any = self
        other = [each for each in found if each.what not in ("threshold", "breach")]
        if worst := alerting.worst(other):
            more = f"; {len(other) - 1} more" if len(other) > 1 else ""
            app._sla_said = alerting.sentence(worst) + more
            app._sla_say()

    def _alert_ring(self, calls: "list[Call]", now: int) -> None:
        from deskui.ui import calling, terminal

        if calls:
            terminal.write(self, calling.sequence(calls, self.alerts.manner, self.alerts.night(now)))

    async def _alert_look(self) -> None:
        """Only what still burns keeps its title and banner."""
        burning = [call.alert for call in self._alert_calls.values()]
        if burning:
            stands = await asyncio.wrap_future(self.alerts.standing(burning))
            self._alert_calls = {key: call for key, call in self._alert_calls.items() if key in stands}
        self._alert_show()

    # each second

    def _alert_second(self) -> None:
        app: Any = self
        now = app.now()
        if self._alert_failed:
            app._sla_said, self._alert_failed = self._alert_failed, ""
            app._sla_say()
        if now % LOOK_S == 0:
            self._alert_watch()
        if self._alert_calls:
            if now % LOOK_S == 0:
                self._alert_work(self._alert_look)
            self._alert_again(now)
        if self._alert_calls or self._alert_title:
            self._alert_show()

    def _alert_again(self, now: int) -> None:
        """What has a banner and was rung here is rung again each minute."""
        from deskui.domain import alert as alerting

        due = [
            call.alert for key, call in self._alert_calls.items()
            if alerting.BANNER in call.rungs and now - self._alert_rang.get(key, now) >= REPEAT_S
        ]  # fmt: skip
        if due:
            self._alert_rang |= dict.fromkeys((each.key for each in due), now)
            muted, night = self.alerts.muted(now), self.alerts.night(now)
            again = [(each, alerting.rungs(each, now, night=night, muted=muted)) for each in due]
            self._alert_ring([type(self._alert_calls[each.key])(each, how) for each, how in again], now)

    # title and banner

    def _alert_show(self) -> None:
        from deskui.domain import alert as alerting

        app: Any = self
        titled = alerting.worst(c.alert for c in self._alert_calls.values() if alerting.TITLE in c.rungs)
        self._alert_write(alerting.title(titled, app.now()) if titled else "")
        bannered = [c.alert for c in self._alert_calls.values() if alerting.BANNER in c.rungs]
        self._alert_banner(alerting.worst(bannered), len(bannered) - 1)

    def _alert_write(self, title: str) -> None:
        from deskui.ui import calling, terminal

        if title != self._alert_title:
            self._alert_title = title
            terminal.write(self, calling.title(title or QUIET))

    def _alert_banner(self, alert: "Alert | None", more: int) -> None:
        from deskui.domain import alert as alerting

        app: Any = self
        for screen in [each for each in app.screen_stack if isinstance(each, DeskScreen)]:
            shown = screen.query("#alert")
            if (alert is not None) != screen.has_class("-alert"):
                screen.set_class(alert is not None, "-alert")
                screen.banner_changed()
            if alert is None:
                shown.remove()
                continue
            line = shown.first(Line) if shown else Line(id="alert", classes="banner")
            line.show(f"!! {alerting.sentence(alert)}", f"{f'+{more}  ' if more else ''}{HINT}")
            if not shown:
                screen.mount(line, before=0)

    # what a person does about it

    def alert_key(self, keys: str) -> "Action | None":
        """While a banner is there `a` is meant for it."""
        from deskui.ui.actions import BY_ID

        app: Any = self
        banner = keys == "a" and not isinstance(app.screen, DeskModal) and bool(app.screen.query("#alert"))
        return BY_ID["app.alert"] if banner else None

    async def action_app_alert(self) -> None:
        """The most urgent alert is seen, and its ticket is opened."""
        from deskui.domain import alert as alerting
        from deskui.ui.screens.ticket import TicketScreen

        app: Any = self
        bannered = [call.alert for call in self._alert_calls.values() if alerting.BANNER in call.rungs]
        alert = alerting.worst(bannered or [call.alert for call in self._alert_calls.values()])
        if alert is None:
            app.say("no alert")
            return
        del self._alert_calls[alert.key]
        self._alert_show()
        self.alerts.see(alert)
        if getattr(app.screen, "selected_id", lambda: "")() != alert.ticket or not isinstance(app.screen, TicketScreen):
            app.push_screen(TicketScreen(self.services, alert.ticket))

    async def action_app_mute(self) -> None:
        """Quiet for a while, or loud again."""
        from deskui.domain import alert as alerting

        app: Any = self
        until = await asyncio.wrap_future(self.alerts.mute(app.now()))
        now = app.now()
        again = self.alerts.calls([call.alert for call in self._alert_calls.values()], now)
        self._alert_calls = {c.alert.key: c for c in again if c.rungs & {alerting.TITLE, alerting.BANNER}}
        self._alert_show()
        loud = "alerts are loud again"
        app.say(f"alerts muted until {app.local(until):%H:%M}; a P1 stays visible; M again ends it" if until else loud)
