"""What a key or a second may cost, counted: lines drawn, questions asked; `make bench` measures the rest."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from textual.geometry import Region
from textual.widget import Widget

from deskui.ui import rows
from deskui.ui.widgets.straight import Straight
from deskui.ui.widgets.ticketlist import PAGE, TicketList
from tests.ui import stub


class Counted:
    """Counts the lines that the list draws and the questions to the desk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, desk: Any) -> None:
        self.lines, self.pages = 0, 0
        self.asked: list[str] = []
        drawn = TicketList.render_line

        def render_line(found: TicketList, y: int) -> Any:
            self.lines += 1
            return drawn(found, y)

        monkeypatch.setattr(TicketList, "render_line", render_line)
        for name in ("rows", "ticket", "timeline", "clocks", "ids", "ids_now", "counts_later"):
            monkeypatch.setattr(desk, name, self._heard(name, getattr(desk, name)))

    def _heard(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def heard(*args: Any, **options: Any) -> Any:
            self.asked.append(name)
            return method(*args, **options)

        return heard

    def forget(self) -> None:
        """Count from here."""
        self.lines = 0
        self.asked.clear()


@pytest.fixture
def counted(services: Any, monkeypatch: pytest.MonkeyPatch) -> Counted:
    services.desk = stub.Desk(5000)
    return Counted(monkeypatch, services.desk)


async def rested(pilot: Any, counted: Counted) -> None:
    """Until the preview has followed the cursor, and nothing more is drawn or asked."""
    seen = (-1, -1)
    while not counted.lines or seen != (counted.lines, len(counted.asked)):
        seen = (counted.lines, len(counted.asked))
        await pilot.pause(0.2)
    counted.forget()


async def test_a_cursor_move_draws_two_lines_and_asks_nothing(console: Any, counted: Counted) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await rested(pilot, counted)
        began = time.monotonic()
        await pilot.press("down")
        at_once = list(counted.asked)
        assert counted.lines <= 2
        if time.monotonic() - began < 0.08:  # the preview asks when the cursor rests
            assert at_once == []


async def test_a_cursor_move_renders_no_widget_that_stays_as_it_is(
    console: Any, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[tuple[str, int]] = []

    def noted(render: Any) -> Any:
        def render_lines(widget: Widget, crop: Region) -> Any:
            rendered.append((type(widget).__name__, crop.height))
            return render(widget, crop)

        return render_lines

    async with console.run_test(size=(80, 24)) as pilot:
        await rested(pilot, counted)
        for kind in (Widget, Straight):
            monkeypatch.setattr(kind, "render_lines", noted(kind.render_lines))
        console.screen.query_one(TicketList).move(1)
        await pilot.pause()
        monkeypatch.undo()
        assert sorted(rendered) == [("Line", 1), ("TicketList", 2)]  # the place in the list, and two rows of it


async def test_a_page_draws_a_page_and_fetches_at_most_one(console: Any, counted: Counted) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await rested(pilot, counted)
        found = console.screen.query_one(TicketList)
        for _ in range(PAGE // found.page):
            await pilot.press("pagedown")
        assert counted.asked.count("rows") <= 2
        assert counted.lines <= 2 * found.page * (PAGE // found.page)


async def test_a_second_draws_only_the_countdowns_that_changed(console: Any, services: Any, counted: Counted) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await rested(pilot, counted)
        found = console.screen.query_one(TicketList)
        now = services.now[0]
        shown = [found.row(index) for index in range(found.page)]
        changed = sum(rows.clock_cells(row, now) != rows.clock_cells(row, now + 1) for row in shown if row)
        assert 0 < changed < found.page
        counted.forget()
        services.now[0] = now + 1
        found.tick(now + 1)
        await pilot.pause()
        assert counted.lines <= changed
        assert counted.asked == []
