"""When an action is disabled, and why, in one place: help, palette and the key say the same."""

from typing import Any

import pytest

from deskui.ui import actions, refusing
from deskui.ui.screens.sync import SyncScreen
from deskui.ui.widgets.options import Options
from tests.ui.desk import WholeDesk, opened, shown, until


def test_every_need_of_the_table_is_explained() -> None:
    assert {need for action in actions.ACTIONS for need in action.needs.split()} <= set(refusing.NEEDS)


@pytest.mark.parametrize("key", ["a", "A", "s", "p", "c", "C", "e", "X", "u", "N"])
async def test_a_read_only_session_says_so_at_once(console: Any, services: Any, key: str) -> None:
    services.desk.read_only = True
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: "read-only session" in shown(console))
        assert len(console.screen_stack) == 1
        assert services.desk.did == []


async def test_without_a_ticket_a_verb_says_that_there_is_none(console: Any, services: Any) -> None:
    services.desk.all.clear()
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "no ticket is under the cursor" in shown(console))
        assert len(console.screen_stack) == 1


async def test_what_another_screen_offers_is_named_with_its_place(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = {action.id: action for action in actions.ACTIONS}
        await console.screen.run(found["sync.mine"])
        await until(pilot, lambda: "keep mine is only offered in: sync and conflicts" in shown(console))


async def test_a_conflict_is_needed_to_settle_one(whole: WholeDesk, themes: Any) -> None:
    async with opened(whole.services, SyncScreen(whole.services), themes) as (app, pilot):
        await pilot.press("m")
        await until(pilot, lambda: "no conflict is under the cursor" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "m or t settle a conflict" in shown(app))


@pytest.mark.parametrize("key", ["question_mark", "semicolon"])
async def test_help_shows_what_is_disabled_dim_and_why(console: Any, services: Any, key: str) -> None:
    services.desk.read_only = True
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press(key, *"cust")
        await until(pilot, lambda: "(this is a read-only session: nothing is changed)" in shown(console))
        await pilot.press(*"omer")
        options = console.screen.query_one(Options)
        at = next(at for at, option in enumerate(options.options) if "reply" in str(option.prompt))
        assert at in options.dim
        options.highlighted = None
        await pilot.pause()
        ground = options.get_component_styles("option-list--option-disabled")
        line = options.render_line(options._index_to_line[at])
        assert {segment.style.color.triplet for segment in line if segment.text.strip()} == {
            ground.color.rich_color.triplet
        }
        options.highlighted = at
        await pilot.press("enter")
        await until(pilot, lambda: "read-only session" in shown(console) and len(console.screen_stack) == 1)


async def test_help_finds_what_only_another_screen_offers(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", *"keep mine")
        await until(pilot, lambda: "(keep mine is only offered in: sync and" in shown(console))
