"""The SLA dashboard on a real desk: its figures, and that each number opens the tickets it counts."""

import subprocess
import sys
from typing import Any

import pytest

from deskui import text
from deskui.domain.change import Acknowledge, Create, Resolve
from deskui.ui.app import DeskApp
from deskui.ui.screens.dashboard import DashboardScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.widgets.numbers import Numbers
from tests.ui.desk import WholeDesk, shown, until

SIZES = [(80, 24), (160, 45)]


def some(whole: WholeDesk) -> None:
    """RT-1 late, RT-2 due within the hour, RT-3 met and done, RT-4 missed its response."""
    whole.make(priority=2)  # made an hour ago: due now
    whole.make("Printer", priority=2)
    whole.acknowledged(subject="Mail", priority=1)  # 15 minutes are over
    third = whole.make("VPN", priority=3)
    whole.do(third, Acknowledge(), Resolve("was a cable"))
    whole.sync()
    whole.clock.now += 60


async def opened(pilot: Any) -> DashboardScreen:
    await pilot.press("g", "d")
    await until(pilot, lambda: isinstance(pilot.app.screen, DashboardScreen) and pilot.app.screen.board is not None)
    await until(pilot, lambda: bool(pilot.app.screen.numbers.cells))
    screen: DashboardScreen = pilot.app.screen
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_every_number_opens_as_many_tickets_as_it_says(whole: WholeDesk, themes: Any, size: Any) -> None:
    some(whole)
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        cells = [cell for cell in screen.numbers.cells if cell.key in ("ahead", "all", "P1", "P2", "P3", "Nordkauf")]
        assert len(cells) > 30
        for cell in cells:
            line = "".join(words for words, _ in screen.numbers.lines[cell.line])
            word = line[cell.start : cell.end]
            found = whole.services.desk.ids_now(cell.query)
            if word.split()[0].isdecimal():
                assert len(found) == int(word.split()[0]), (word, cell.query)


async def test_enter_opens_the_queue_with_the_filter(whole: WholeDesk, themes: Any) -> None:
    some(whole)
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        late = next(at for at, cell in enumerate(screen.numbers.cells) if cell.query == "is:late")
        for _ in range(late):
            await pilot.press("tab")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and app.screen.query_text == "is:late")
        queue: Any = app.screen
        await until(pilot, lambda: len(queue.list.ids) == len(whole.services.desk.ids_now("is:late")) > 0)
        assert "/is:late" in shown(app)


async def test_the_cursor_goes_from_number_to_number(whole: WholeDesk, themes: Any) -> None:
    some(whole)
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        numbers = (await opened(pilot)).query_one(Numbers)
        await pilot.press("j")
        assert numbers.current is not None
        assert numbers.current.key == "P1"
        await pilot.press("j", "k", "k", "k")
        assert numbers.current.line == numbers.cells[0].line
        await pilot.press("G")
        assert numbers.at == len(numbers.cells) - 1
        await until(pilot, lambda: "% met by day" in shown(app))


@pytest.mark.parametrize("way", [["colon", *"dashboard", "enter"], ["semicolon", *"dashboard", "enter"]])
async def test_it_opens_by_command_and_palette_and_closes(whole: WholeDesk, themes: Any, way: list[str]) -> None:
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*way)
        await until(pilot, lambda: isinstance(app.screen, DashboardScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))


async def test_a_commit_shows_soon(whole: WholeDesk, themes: Any) -> None:
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "Nordkauf" not in shown(app)
        whole.make(priority=2)
        await until(pilot, lambda: "Nordkauf" in shown(app))


async def test_without_colour_the_cursor_is_seen(whole: WholeDesk, themes: Any) -> None:
    some(whole)
    app = DeskApp(whole.services, themes=themes, plain=True)
    async with app.run_test(size=(80, 24)) as pilot:
        numbers = (await opened(pilot)).numbers
        assert numbers.current is not None
        strip = numbers.render_line(numbers.current.line)
        assert "".join(part.text for part in strip if part.style and part.style.reverse) == "2"


@pytest.mark.parametrize("size", [(80, 24), (80, 22), (160, 45)])
async def test_nothing_is_cut_off(whole: WholeDesk, themes: Any, size: Any) -> None:
    some(whole)
    for number in range(8):  # more than fits: a scroll bar takes a column
        whole.world.make(Create("Fan", "loud", customer=f"Customer {number}"), at=whole.clock.now)
    whole.sync()
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        for _ in range(2):
            await pilot.pause()
            numbers = screen.numbers
            widest = max(sum(map(text.width, (words for words, _ in line))) for line in numbers.lines)
            assert widest <= numbers.scrollable_content_region.width
            screen.show_board()


def test_the_plots_are_imported_only_when_the_dashboard_opens() -> None:
    code = (
        "import sys, deskui.ui.app, deskui.ui.screens.queue, deskui.ui.screens.dashboard;"
        "sys.exit(any('plotext' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
