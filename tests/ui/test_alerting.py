"""Alerts on the screen: a banner that stays until `a` or `M`, and what a second console and a restart do not repeat."""

import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deskui.domain.change import Acknowledge, Create
from deskui.services.alerts import Alerts, Manner
from deskui.services.desk import Desk
from deskui.services.hook import Hook
from deskui.services.since import Since
from deskui.ui import alerting, terminal
from deskui.ui.app import DeskApp
from deskui.ui.screens.ticket import TicketScreen
from tests.make import make_store
from tests.ui.desk import WholeDesk, shown, until

DAY = 12 * 3600  # from 02:07 to 14:07


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the terminal beside the screen."""
    found: list[str] = []
    monkeypatch.setattr(terminal, "write", lambda app, sequence: found.append(sequence))
    monkeypatch.setattr(alerting, "FIRST_S", 0.05)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("VTE_VERSION", raising=False)
    return found


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    whole.clock.now += DAY
    with_alerts(whole)
    return whole


def with_alerts(whole: WholeDesk, **manner: Any) -> None:
    alerts = Alerts(whole.services.desk, "anna", whole.home, Manner(**manner), ZoneInfo("UTC"), Hook(()))
    since = Since(whole.services.desk, "anna", whole.home)
    whole.services = replace(whole.services, alerts=alerts, since=since)


def burn(whole: WholeDesk, subject: str = "Tills offline in 14 stores") -> str:
    """A new P1, on record."""
    create = Create(subject, "x", customer="Nordkauf", requestor="max@nordkauf.example", priority=1)
    remote = whole.world.make(create, at=whole.clock.now)
    whole.sync()
    whole.services.alerts.turn()
    return f"RT-{remote}"


def app_of(whole: WholeDesk, themes: Any) -> Any:
    return DeskApp(whole.services, themes=themes)


def ready(app: Any) -> Any:
    return lambda: app._alert_mark is not None


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_banner_stays_until_somebody_has_seen_it(
    desk: WholeDesk, themes: Any, size: Any, sent: list[str]
) -> None:
    desk.make(priority=4)
    app = app_of(desk, themes)
    async with app.run_test(size=size) as pilot:
        await until(pilot, ready(app))
        ticket = burn(desk)
        await until(pilot, lambda: "a:open  M:mute" in shown(app))
        first = shown(app).splitlines()[0]
        assert first.startswith(f"!! P1 {ticket} Nordkauf: new P1: Tills offline in 14 stores")
        assert sent == [
            f"\x1b]9;deskui: P1 {ticket} Nordkauf: new P1: Tills offline in 14 stores\x07\a",
            f"\x1b]2;!14m {ticket}\x07",
        ]
        del sent[:]
        desk.clock.now += 59
        app._alert_second()
        assert [each for each in sent if "\x1b]9;" in each] == []
        desk.clock.now += 1
        app._alert_second()
        assert [each.count("\a") for each in sent if "\x1b]9;" in each] == [2]  # its end, and the bell
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert desk.services.desk.outbox() == []  # it changed nothing
        assert sent[-1] == "\x1b]2;deskui\x07"
        await pilot.press("q")
        await until(pilot, lambda: "a:open" not in shown(app))
        assert shown(app).splitlines()[0].startswith("deskui")


async def test_the_banner_is_on_every_screen_and_goes_when_the_clock_is_stopped(desk: WholeDesk, themes: Any) -> None:
    app = app_of(desk, themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        ticket = burn(desk)
        assert " a:own " in foot(app)
        await until(pilot, lambda: "a:open" in shown(app))
        assert " a:" not in foot(app)  # the key is the banner's
        assert "C:reply" in foot(app)
        await pilot.press("g", "s")
        await until(pilot, lambda: "OUTBOX" in shown(app) and "a:open" in shown(app))
        await until(pilot, lambda: " a:" not in foot(app))
        assert " d:drop " in foot(app)
        desk.do(ticket, Acknowledge())
        await until(pilot, lambda: "a:open" not in shown(app))
        await until(pilot, lambda: " a:again " in foot(app))


def foot(app: Any) -> str:
    return shown(app).rstrip().splitlines()[-1]


async def test_mute_leaves_a_p1_in_sight_and_is_remembered(desk: WholeDesk, themes: Any, sent: list[str]) -> None:
    late = desk.make("VPN gateway flapping", priority=2)  # an hour ago
    from deskui.services.thresholds import Thresholds

    thresholds = Thresholds(desk.services.desk)
    app = app_of(desk, themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        thresholds.run()
        await until(pilot, lambda: f"!! P2 {late} Nordkauf: R missed" in shown(app))
        await pilot.press("M")
        await until(pilot, lambda: "alerts muted until" in shown(app))
        assert "a:open" not in shown(app)
        del sent[:]
        ticket = burn(desk)
        await until(pilot, lambda: f"!! P1 {ticket}" in shown(app))
        assert not any("\x1b]9;" in each or each == "\a" for each in sent)
        await pilot.press("M")
        await until(pilot, lambda: "alerts are loud again" in shown(app))
    thresholds.leave()


async def test_a_restart_and_a_second_console_do_not_ring_again(desk: WholeDesk, themes: Any, sent: list[str]) -> None:
    other_store = make_store(desk.home, desk.clock)  # as another process has it
    other_desk = Desk(other_store, other_store.rules, lambda upstream: "anna", "UTC", "rt", 10)
    other_alerts = Alerts(other_desk, "anna", desk.home, Manner(), ZoneInfo("UTC"), Hook(()))
    services = replace(desk.services, desk=other_desk, listen=other_store.subscribe, alerts=other_alerts)
    first, second = app_of(desk, themes), DeskApp(services, themes=themes, poll=other_store.poll)
    async with first.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(first))
        async with second.run_test(size=(80, 24)) as other:
            await until(other, ready(second))
            burn(desk)
            await until(other, lambda: "a:open" in shown(second))
            await until(pilot, lambda: "a:open" in shown(first))
        assert sum("\x1b]9;" in each for each in sent) == 1
    other_store.close()
    del sent[:]
    again = app_of(desk, themes)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(again))
        desk.services.alerts.turn()
        desk.store.announce("elsewhere")
        await pilot.pause(0.3)
        assert "a:open" not in shown(again)
    assert sent == []


async def test_nothing_is_written_while_nothing_burns(desk: WholeDesk, themes: Any, sent: list[str]) -> None:
    desk.make(priority=4)
    app = app_of(desk, themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        for _ in range(20):
            desk.clock.now += 1
            app._alert_second()
        await pilot.pause()
        assert sent == []
        await pilot.press("a")  # means the ticket, as ever
        await until(pilot, lambda: len(desk.services.desk.outbox()) == 2)


async def test_the_console_says_that_no_pager_runs_where_one_is_expected(desk: WholeDesk, themes: Any) -> None:
    with_alerts(desk, pager=True)
    app = app_of(desk, themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, ready(app))
        app.screen._show_status()
        await until(pilot, lambda: "NO PAGER RUNNING" in shown(app))
        with desk.services.alerts.on_duty():
            app._alert_watch()
            app.screen._show_status()
            await until(pilot, lambda: "NO PAGER RUNNING" not in shown(app))


async def test_a_hint_and_a_screen_of_what_happened_meanwhile(
    desk: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deskui.ui import leaving

    monkeypatch.setattr(leaving, "FIRST_S", 0.05)
    desk.services.since.keep(desk.clock.now)
    desk.clock.now += 3600
    ticket = burn(desk, "Mail \x1b[31mqueue")
    with_alerts(desk)
    app = app_of(desk, themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "since 14:07: 1 new (gn)" in shown(app))
        await pilot.press("g", "n")
        await until(pilot, lambda: "SINCE YOU LEFT   Tue 24 Nov 14:07" in shown(app))
        await until(
            pilot, lambda: re.search(rf"15:07 +NEW +{ticket} +P1 Nordkauf  Mail \^\[\[31mqueue", shown(app)) is not None
        )
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
    assert Since(desk.services.desk, "anna", desk.home).left == desk.clock.now  # kept at the end
