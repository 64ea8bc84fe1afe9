"""The queue by keys: what is on the screen, and what is asked of the desk."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import pytest
from textual import events

from deskui.domain.change import Acknowledge, Assign, Create, Hold
from deskui.domain.event import StoreChanged
from deskui.domain.fields import SetPriority
from deskui.services.desk import Refused
from deskui.ui import rows
from deskui.ui.app import DeskApp
from deskui.ui.countdown import CELLS
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.toosmall import TooSmallScreen
from deskui.ui.widgets.line import Line
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui import stub
from tests.ui.desk import shown, whole_desk


def picture(app: Any) -> list[str]:
    """The screen as lines of text."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def said(app: Any, name: str) -> str:
    found: Line = app.screen.query_one(f"#{name}", Line)
    return found.plain


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_first_picture(console: Any, size: tuple[int, int]) -> None:
    async with console.run_test(size=size) as pilot:
        await pilot.pause()
        shown = picture(console)
        assert len(shown) == size[1]
        assert {len(rows_.encode("utf-16-le")) // 2 for rows_ in shown if rows_.isascii()} == {size[0]}
        assert shown[0].startswith("deskui Open 40  P1:1 <15m:2 LATE:1 nofirst:3  02:54 NIGHT")
        assert shown[0].rstrip().endswith("sync 02:53")
        assert shown[2].startswith("   SLA      P  TICKET  ST   CUSTOMER")
        assert shown[3].startswith("!! -10:02 F 2  RT-4701 WORK")
        assert shown[6].startswith(" !  05:01 R 1  RT-4704 NEW")
        assert "2 changes waiting to send" in shown[-2]
        assert shown[-1].startswith("?:help  ::cmd  /:filter")
        assert "u:undo" in shown[-1]
        assert "\x1b" not in "".join(shown)


async def test_the_first_paint_has_the_heading_and_begins_with_the_first_row(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: dict[Any, str] = {}  # of each line, what it was when it was drawn for the first time
    for kind in (Line, TicketList):
        monkeypatch.setattr(kind, "render_line", heard(kind.render_line, first))
    async with console.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
    assert first["titles", 0] == f"{rows.titles(rows.layout(120, 7)):120}"
    assert first[None, 0].startswith("!! -10:02 F 2  RT-4701")
    assert len(first[None, 0]) == 120


def heard(drawn: Any, first: dict[Any, str]) -> Any:
    """`render_line`, which leaves what it draws first."""

    def render_line(widget: Any, y: int) -> Any:
        strip = drawn(widget, y)
        first.setdefault((widget.id, y), strip.text)
        return strip

    return render_line


async def test_moving(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        steps = (
            *(("j", 1), ("down", 2), ("k", 1), ("G", 39), ("j", 39), ("g", 39), ("g", 0), ("k", 0), ("end", 39)),
            *(("home", 0), ("pagedown", found.page), ("pageup", 0), ("ctrl+d", found.page // 2), ("ctrl+u", 0)),
        )
        for key, place in steps:
            await pilot.press(key)
            assert found.cursor == place, key
            assert found.scroll_offset.y <= found.cursor < found.scroll_offset.y + found.page


async def test_rows_are_fetched_only_as_they_come_into_view(console: Any, services: Any) -> None:
    services.desk = stub.Desk(5000)
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert len(services.desk.fetched) <= 128
        await pilot.press("G")
        await pilot.pause()
        assert len(services.desk.fetched) <= 256
        assert console.screen.selected_id() == "RT-9700"


async def test_a_tick_repaints_only_countdowns_that_changed(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        found = console.screen.query_one(TicketList)
        asked: list[Any] = []
        found.refresh = lambda *regions, **_: asked.extend(regions)
        services.now[0] += 1
        found.tick(services.now[0])
        assert {region.width for region in asked} == {CELLS}
        assert 0 < len(asked) < 8  # the late ones and the soon ones; not those that show minutes
        fetched = len(services.desk.fetched)
        found.tick(services.now[0] + 1)
        assert len(services.desk.fetched) == fetched


async def test_the_filter_is_live_and_says_what_is_wrong(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        await pilot.press("slash", *"vpn")
        await pilot.pause()
        assert len(found.ids) == 8
        await pilot.press("enter")
        assert said(console, "query").startswith("/vpn")
        await pilot.press("slash", "colon")
        await pilot.pause()
        assert len(found.ids) == 8  # a query half typed changes nothing
        await pilot.press("enter")
        assert "value missing at 6" in said(console, "query")
        await pilot.press("escape")
        await pilot.pause()
        assert len(found.ids) == 40
        assert isinstance(console.screen, QueueScreen)


async def test_the_cursor_stays_on_its_ticket_when_rows_move(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        await pilot.press("j", "j", "j")
        before = console.screen.selected_id()
        urgent = stub.row(99, due=stub.NOW - 9999)
        services.desk.all = {99: urgent, **services.desk.all}
        services.tell(StoreChanged(frozenset(("u99",))))
        await pilot.pause(0.1)
        assert found.cursor == 3  # not while keys are pressed
        console.monotonic = lambda: console.screen._last_key + 4
        console.screen.tick(services.now[0])
        await pilot.pause(0.1)
        assert found.ids[0] == 99
        assert (found.cursor, console.screen.selected_id()) == (4, before)


async def test_a_changed_row_is_read_again_at_once(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        services.desk.all[2] = stub.row(2, owner="anna", pending=1)
        services.tell(StoreChanged(frozenset(("u2",))))
        await pilot.pause(0.15)
        line = picture(console)[4]
        assert line.startswith("!! -05:01*R")
        assert " me " in line


async def test_verbs_reach_the_desk(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        did = services.desk.did
        await pilot.press("a")
        await pilot.pause(0.1)
        assert did == [("RT-4701", Acknowledge()), ("RT-4701", Assign("anna"))]
        assert "RT-4701" in said(console, "status")
        await pilot.press("p")
        await pilot.pause(0.1)
        await pilot.press("1")
        await pilot.pause(0.1)
        assert did[-1] == ("RT-4701", SetPriority(1))
        await pilot.press("s")
        await pilot.pause(0.1)
        await pilot.press("v")
        await pilot.pause(0.1)
        assert did[-1] == ("RT-4701", Hold("vendor"))


async def test_a_refused_verb_says_why(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        services.desk.error = Refused("RT-4701 is closed: ack needs an open ticket [/]")
        await pilot.press("a")
        await pilot.pause(0.1)
        assert [note.message for note in console._notifications] == ["RT-4701 is closed: ack needs an open ticket [/]"]


async def test_command_line(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", *"priority 9", "enter")
        await pilot.pause(0.1)
        assert "no priority" in said(console, "hint")
        await pilot.press("backspace", "2", "enter")
        await pilot.pause(0.1)
        assert services.desk.did == [("RT-4701", SetPriority(2))]
        assert isinstance(console.screen, QueueScreen)
        await pilot.press("colon", *"bottom", "enter")
        await pilot.pause(0.1)
        assert console.screen.query_one(TicketList).cursor == 39


@pytest.mark.parametrize("key", ["question_mark", "f1", "semicolon", "ctrl+p"])
async def test_help_and_palette_run_what_they_list(console: Any, key: str) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press(key, *"last line", "enter")
        await pilot.pause(0.1)
        assert isinstance(console.screen, QueueScreen)
        assert console.screen.query_one(TicketList).cursor == 39


async def test_who_hesitates_in_a_chord_is_shown_what_may_follow(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        assert not console.screen.query("WhichKey")
        assert await until(pilot, lambda: " i    Copy the ticket's id" in shown(console))
        await pilot.press("escape")
        assert await until(pilot, lambda: not console.screen.query("WhichKey"))
        assert said(console, "footer").startswith("?:help")
        assert isinstance(console.screen, QueueScreen)


async def test_leaving_asks(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert "Leave deskui?" in "\n".join(picture(console))
        await pilot.press("escape", "ctrl+c", "ctrl+q", "escape")
        await pilot.pause()
        assert console._exit is False
        await pilot.press("escape", "q")
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        assert console._exit is True


async def test_too_small_says_so_and_comes_back(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert isinstance(console.screen, TooSmallScreen)
        assert "80x24" in "\n".join(picture(console))
        await pilot.resize_terminal(160, 45)
        await pilot.pause()
        assert console.screen.selected_id() == "RT-4703"
        await pilot.resize_terminal(80, 23)
        await pilot.pause()
        assert isinstance(console.screen, QueueScreen)
        assert "80x23" in said(console, "status")


async def test_an_empty_desk(console: Any, services: Any) -> None:
    services.desk = stub.Desk(0)
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "G", "a", "c", "enter", "pagedown", "g", "g")
        await pilot.pause()
        assert console.screen.selected_id() is None
        assert "no ticket" in said(console, "status")


async def until(pilot: Any, holds: Any, seconds: float = 5.0) -> bool:
    """Waits until something holds; a busy machine may take its time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        await pilot.pause(0.02)
    return bool(holds())


def typed_ahead(app: Any, *keys: str) -> None:
    """As a slow line delivers them: all at once."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_what_is_typed_ahead_goes_where_it_was_meant(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        did, found = services.desk.did, console.screen.query_one(TicketList)
        typed_ahead(console, "slash", *"vpnac", "backspace", "backspace", "enter", "j")
        assert await until(pilot, lambda: len(found.ids) == 8 and found.cursor == 1)
        assert said(console, "query").startswith("/vpn")
        assert did == []
        typed_ahead(console, "backslash", "g", "g", "s", "c", "j", "p", "1")
        assert await until(pilot, lambda: len(did) == 2)
        assert did == [("RT-4701", Hold("customer")), ("RT-4702", SetPriority(1))]
        typed_ahead(console, "colon", *"priority 3", "enter", "k")
        assert await until(pilot, lambda: len(did) == 3 and found.cursor == 0)
        assert did[-1] == ("RT-4702", SetPriority(3))
        typed_ahead(console, "question_mark", *"last line", "enter")
        assert await until(pilot, lambda: found.cursor == 39)


async def test_keys_work_after_the_terminal_lost_and_got_the_focus(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        console.post_message(events.AppBlur())
        await pilot.pause(0.1)
        await pilot.press("j")
        assert await until(pilot, lambda: found.cursor == 1)
        console.post_message(events.AppBlur())
        console.post_message(events.AppFocus())
        await pilot.press("j")
        assert await until(pilot, lambda: found.cursor == 2)


async def test_keys_are_never_held_for_good(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        found = console.screen.query_one(TicketList)
        console.keys_held = True
        console.post_message(events.Key("j", "j"))  # the pilot's own press waits until the key is done with
        await asyncio.sleep(0.2)
        assert found.cursor == 0
        assert await until(pilot, lambda: found.cursor == 1)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_on_a_real_desk(tmp_path: Path, themes: Any, size: tuple[int, int]) -> None:
    with whole_desk(tmp_path / "home") as desk:
        first = desk.make("Tills offline \x1b]0;owned\x07", priority=1)
        second = desk.make("VPN gateway flapping", priority=3)
        console = DeskApp(desk.services, themes=themes, poll=lambda: None)
        async with console.run_test(size=size) as pilot:
            found = console.screen.query_one(TicketList)
            assert console.screen.selected_id() == first
            await pilot.press("a")
            assert await until(pilot, lambda: "*R" in picture(console)[3] and " me " in picture(console)[3])
            assert "2 changes waiting to send" in said(console, "status")
            await pilot.press("slash", *"owner:me", "enter")
            assert await until(pilot, lambda: len(found.ids) == 1)
            await pilot.press("backslash", "u")  # both at once: it was one verb
            assert await until(pilot, lambda: "*" not in picture(console)[3])
            await pilot.press("G", "colon", *"hold vendor", "enter")
            assert await until(pilot, lambda: desk.services.desk.ticket(second).state == "pending")
            desk.world.make(Create("Mail queue growing", priority=1), at=desk.clock.now - 60)
            desk.sync()
            assert await until(pilot, lambda: "Open 3" in said(console, "header"))
            assert "\x1b" not in "".join(picture(console))


async def test_keys_come_in_the_order_in_which_they_were_typed(console: Any) -> None:
    """Nearly at once, as after a hiccup of the line: they open a field, change it and leave it."""
    pause = random.Random(1)
    async with console.run_test(size=(80, 24)) as pilot:
        for turn in range(30):
            words = f"till {turn}"
            for key in ("slash", "ctrl+u", *words, "enter"):
                console.post_message(events.Key({" ": "space"}.get(key, key), key if len(key) == 1 else None))
                await asyncio.sleep(pause.choice((0, 0, 0.002, 0.01)))
            assert await until(pilot, lambda words=words: console.screen.query_text == words), console.screen.query_text
            assert await until(pilot, lambda: not console.screen.filter.has_focus)
