"""Jump labels: a letter at each row in view, its key goes there, and any other key leaves the cursor where it was."""

from typing import Any

import pytest

from deskui.ui.screens import jump
from deskui.ui.screens.jump import JumpScreen, labels
from deskui.ui.screens.knowledge import KnowledgeScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.terminal_walk import ESC
from tests.ui.test_wire import RESTLESS, rested


@pytest.mark.parametrize("count", [0, 1, 22, 52, 53, 300, 2704])
def test_labels_are_letters_and_none_begins_another(count: int) -> None:
    found = labels(count)
    assert len(set(found)) == count
    assert {len(each) for each in found} <= {1 if count <= 52 else 2}


async def test_two_keys_go_to_any_row_in_view(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+d", "ctrl+d")
        found = console.screen.query_one(TicketList)
        top = found.scroll_offset.y
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.screen, JumpScreen))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(console.screen, QueueScreen))
        assert (found.cursor, found.scroll_offset.y) == (top + 2, top)  # a s d: the third
        last = len(found.jumps())
        await pilot.press("f", jump.LETTERS[last - 1])  # typed ahead
        await until(pilot, lambda: found.cursor == top + last - 1)


@pytest.mark.parametrize("key", ["escape", "Z", "enter", "down", "f1"])
async def test_every_other_key_leaves(console: Any, key: str) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "f")
        await until(pilot, lambda: isinstance(console.screen, JumpScreen))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(console.screen, QueueScreen))
        assert console.screen.query_one(TicketList).cursor == 1


async def test_a_label_is_its_ticket_though_the_rows_move(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.screen, JumpScreen))
        found.show_ids([4, 3, 2, 1])
        await pilot.press("s")
        await until(pilot, lambda: isinstance(console.screen, QueueScreen))
        assert found.current_pk == 2


async def test_another_size_takes_the_labels_away(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(console.screen, JumpScreen))
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: isinstance(console.screen, QueueScreen))


async def test_where_there_are_no_rows_it_says_so(whole: WholeDesk, themes: Any) -> None:
    async with opened(whole.services, TicketScreen(whole.services, whole.make()), themes) as (app, pilot):
        await pilot.press("f")
        await until(pilot, lambda: "there are no rows here to go to" in shown(app))
        assert isinstance(app.screen, TicketScreen)


async def test_lists_of_options_have_labels_too(whole: WholeDesk, themes: Any) -> None:
    (whole.home / "kb").mkdir()
    for number in range(3):
        (whole.home / "kb" / f"till-{number}.md").write_text(f"# Tills, part {number}\n")
    screen = KnowledgeScreen(whole.services, words="tills")
    async with opened(whole.services, screen, themes) as (app, pilot):
        await until(pilot, lambda: len(screen.found) == 3)
        await pilot.press("f", "d")
        await until(pilot, lambda: app.screen is screen and screen.chosen is screen.found[2])


def test_the_labels_cost_a_few_bytes_and_leave_no_trace() -> None:
    with rested(RESTLESS) as screen:
        before, bytes_before = screen.text, len(screen.output)
        screen.press("f")
        screen.wait(r"^a.*\n^s.*\n^d")
        screen.settle(0.3)
        assert 100 < len(screen.output) - bytes_before < 700
        screen.press(ESC)
        screen.settle(0.5)
        assert screen.text == before
