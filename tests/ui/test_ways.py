"""The queue's hits, sizes and mouse; a ticket as text; the log and the settings."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from deskui.domain.change import Note
from deskui.ui.screens.log import LogScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.widgets.preview import Preview
from tests.ui.desk import LARGE, SMALL, WholeDesk, opened, shown, until


def queue(whole: WholeDesk, themes: Any, size: tuple[int, int] = SMALL) -> Any:
    return opened(whole.services, QueueScreen(whole.services), themes, size)


@pytest.fixture
def six(whole: WholeDesk) -> WholeDesk:
    for number in range(6):
        whole.make(f"{('printer', 'vpn gateway')[number % 2]} {number}", priority=1 + number // 2)
    return whole


async def test_from_one_hit_to_the_next_when_the_filter_is_off(six: WholeDesk, themes: Any) -> None:
    async with queue(six, themes) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "no filter was typed yet" in shown(app))
        await pilot.press("slash", *"vpn", "enter")
        await until(pilot, lambda: len(app.screen.list.ids) == 3)
        found = list(app.screen.list.ids)
        await pilot.press("n", "n")  # in the filter each is one
        assert app.screen.list.current_pk == found[2]
        await pilot.press("backslash")
        await until(pilot, lambda: len(app.screen.list.ids) == 6)
        await pilot.press("g", "g")
        met = []
        for _ in range(4):
            await pilot.press("n")
            met.append(app.screen.list.current_pk)
        assert met == [*found, found[0]]
        assert "from the other end" in shown(app)
        await app.screen.run(app_action("queue.previous_hit"))
        assert app.screen.list.current_pk == found[2]


def app_action(name: str) -> Any:
    from deskui.ui.actions import BY_ID

    return BY_ID[name]


async def test_a_larger_preview_has_more_messages_and_the_list_alone_none(six: WholeDesk, themes: Any) -> None:
    ticket = six.make("many words", priority=1)
    for number in range(5):
        six.do(ticket, Note(f"word {number}"))
    async with queue(six, themes, LARGE) as (app, pilot):
        screen = app.screen
        await until(pilot, lambda: "word 4" in shown(app) or pilot.app.screen.list.ids)
        screen.list.move(list(screen.list.ids).index(screen.desk.pk(screen.desk.ticket(ticket).uid)))
        await until(pilot, lambda: "word 4" in shown(app))
        assert "word 2" not in shown(app)
        await pilot.press("plus")
        await until(pilot, lambda: "word 2" in shown(app))
        assert screen.query_one(Preview).size.height == 6
        await pilot.press("underscore", "underscore")
        await until(pilot, lambda: "word 4" not in shown(app))
        assert " Next: " in shown(app)
        await pilot.press("underscore")
        await until(pilot, lambda: "it is as it can be" in shown(app))
        await pilot.press("z", "z")
        await until(pilot, lambda: " Next: " not in shown(app) and "-SLA-" not in shown(app))
        assert screen.list.size.width == LARGE[0]
        await pilot.press("z", "z")
        await until(pilot, lambda: " Next: " in shown(app) and "-SLA-" in shown(app))


async def test_a_preview_takes_no_more_than_half_of_the_screen(six: WholeDesk, themes: Any) -> None:
    async with queue(six, themes) as (app, pilot):
        for _ in range(9):
            await pilot.press("plus")
        await pilot.pause(0.05)
        assert app.screen.list.size.height >= 9


async def test_a_click_moves_a_double_one_opens_and_the_wheel_goes_along(six: WholeDesk, themes: Any) -> None:
    async with queue(six, themes) as (app, pilot):
        found = app.screen.list
        await pilot.click(found, offset=(20, 3))
        assert found.cursor == 3
        await pilot.click(found, offset=(20, 12))  # below the last row
        assert found.cursor == 3
        await pilot._post_mouse_events([events.MouseScrollUp], found, offset=(20, 1))
        await until(pilot, lambda: found.cursor == 0)
        await pilot.click(found, offset=(20, 2), times=2)
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_a_ticket_as_text_to_the_clipboard_and_to_a_command(
    whole: WholeDesk, themes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = whole.make("Tills \x1b[31moffline", "Nothing \x1b]0;x\x07works\n\nat all")
    whole.do(ticket, Note("called them"))
    copied: list[str] = []
    monkeypatch.setenv("SHELL", "/bin/sh")
    async with queue(whole, themes) as (app, pilot):
        app.copy_to_clipboard = lambda said, *_: copied.append(said)
        await pilot.press("y", "t")
        await until(pilot, lambda: copied)
        said = copied[0]
        assert said.startswith(f"{ticket} P4 NEW  Tills ")
        assert "customer: Nordkauf, owner: -, CI: -" in said
        assert "works\n\n  at all\n" in said
        assert "note  anna  * waiting to send\n  called them\n" in said
        assert "\x1b" not in said
        out = tmp_path / "out"
        await pilot.press("vertical_line")
        await until(pilot, lambda: f"Pipe {ticket} to which command?" in shown(app))
        await pilot.press(*f"cat > {out}; exit 3", "enter")
        await until(pilot, lambda: "ended with 3" in shown(app))
        assert out.read_text() == said
        await pilot.press("vertical_line", *"true", "enter")  # one that reads nothing
        await until(pilot, lambda: "ended with 0: true" in shown(app))


async def test_the_log_is_shown_from_its_end_and_grows(whole: WholeDesk, themes: Any) -> None:
    path = whole.home / "log" / "deskui.log"
    whole.services = replace(whole.services, home=whole.home)
    async with queue(whole, themes) as (app, pilot):
        await pilot.press("g", "l")
        await until(pilot, lambda: "there is no log" in shown(app))
        path.parent.mkdir()
        path.write_text(
            "".join(f"2025-11-25 02:07:00 INFO deskui: line {n}\n" for n in range(9000)) + "bad \x1b[31mred\n"
        )
        app.screen.tick(0)
        await until(pilot, lambda: "bad ?[31mred" in shown(app) or "bad ^[[31mred" in shown(app))
        assert "\x1b" not in shown(app)
        await pilot.press("g", "g")
        await until(pilot, lambda: "line 8999" not in shown(app))
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, LogScreen))


async def test_the_settings_in_the_own_editor(
    whole: WholeDesk, themes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "edit"
    editor.write_text('#!/bin/sh\necho "# mine" >> "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with queue(whole, themes) as (app, pilot):
        await pilot.press("g", "c")
        await until(pilot, lambda: "this session has no config.toml" in shown(app))
    (whole.home / "config.toml").write_text("[desk]\n")
    whole.services = replace(whole.services, home=whole.home)
    async with queue(whole, themes) as (app, pilot):
        await pilot.press("g", "c")
        await until(pilot, lambda: "config.toml is changed" in shown(app))
    assert (whole.home / "config.toml").read_text() == "[desk]\n# mine\n"
