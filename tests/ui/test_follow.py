"""Looking at a ticket again on the screen: asked for by key and by command, shown, over once it was looked at."""

from typing import Any

from deskui.domain.when import parse
from deskui.services.following import Following
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.test_sets import changes, typed


def at(whole: WholeDesk, name: str) -> int | None:
    return Following(whole.services.desk).at(whole.services.desk.ticket(name))


async def test_d_asks_says_what_is_wrong_and_shows_it(whole: WholeDesk, themes: Any) -> None:
    name = whole.make()
    async with opened(whole.services, TicketScreen(whole.services, name), themes) as (app, pilot):
        assert "FOLLOW-UP" not in shown(app)
        await pilot.press("d")
        await until(pilot, lambda: f"Look at {name} again when?" in shown(app))
        await typed(app, pilot, "soon")
        await until(pilot, lambda: "'soon' is no time" in shown(app))
        await typed(app, pilot, "2h")
        await until(pilot, lambda: at(whole, name) == whole.clock.now + 7200)
        await until(pilot, lambda: " FOLLOW-UP 04:07 (d)" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: f"Look at {name} again when?" in shown(app))
        assert "FOLLOW-UP 04:07" in shown(app)
        await pilot.press("escape", "colon")
        await typed(app, pilot, "follow-up tomorrow 09:00")
        await until(pilot, lambda: at(whole, name) == parse("2026-11-25T09:00:00Z"))
        await pilot.press("colon")
        await typed(app, pilot, "follow-up soon")
        await until(pilot, lambda: "'soon' is no time" in shown(app))
        await pilot.press("colon")
        await typed(app, pilot, "follow-up none")
        await until(pilot, lambda: at(whole, name) is None and "FOLLOW-UP" not in shown(app))
    assert changes(whole) == []


async def test_in_the_queue_and_over_once_it_is_opened_after_its_time(whole: WholeDesk, themes: Any) -> None:
    name = whole.make()
    async with opened(whole.services, QueueScreen(whole.services), themes) as (app, pilot):
        await until(pilot, lambda: "Tills offline" in shown(app))
        await pilot.press("d")
        await typed(app, pilot, "10m")
        await until(pilot, lambda: at(whole, name) == whole.clock.now + 600)
        await pilot.press("enter")
        await until(pilot, lambda: "FOLLOW-UP 02:17" in shown(app))
        await pilot.press("escape")
        whole.clock.now += 600
        await pilot.press("enter")
        await until(pilot, lambda: "you wanted to look at it again" in shown(app))
        await until(pilot, lambda: "FOLLOW-UP" not in shown(app))
    assert at(whole, name) is None
