"""The first frame: cell by cell what the live queue shows at that second, and nothing where that is not sure."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem

from deskui.domain.change import Assign, Create, Hold
from deskui.domain.view import COLUMNS, USUAL, Session
from deskui.services.firstview import FirstView
from deskui.store import firstpage
from deskui.ui import firstframe, lastlook
from deskui.ui.app import DeskApp
from deskui.ui.screens.queue import QueueScreen
from tests.ui.desk import LARGE, SMALL, WholeDesk
from tests.ui.emulator import Terminal, differences

HOUR, DAY = 3600, 86_400
SAID = [
    "Tills offline",
    "測試 Grüße 🔥 e\u0301",
    "x" * 200,
    "two\nlines",
    "\x1b[31mred\u202e",
    "ポス端末が起動しない " * 5,
]
COLOURS = {"dark": ColorSystem.TRUECOLOR, "light": ColorSystem.EIGHT_BIT, "mono": ColorSystem.TRUECOLOR}


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    """Thirty tickets in every state of a clock, some ours, one held, one with a change that waits."""
    (whole.home / "config.toml").write_text("")
    whole.services = replace(whole.services, night=(20 * 60 + 30, 7 * 60))
    for number in range(30):
        create = Create(SAID[number % len(SAID)], "It is so", customer=("Nordkauf", "Kranz & Söhne")[number % 2],
                        requestor="max@nordkauf.example", priority=1 + number % 4)  # fmt: skip
        whole.world.make(create, at=whole.clock.now - 800 * number)
    whole.sync()
    whole.do("RT-4", Assign("anna"))
    whole.do("RT-5", Hold("customer"))
    return whole


class First:
    """A console on the desk; `shown` is what its first paint puts on a terminal."""

    def __init__(self, desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int]) -> None:
        self.desk, self.size, self.shown = desk, size, Terminal(*size)
        self.app = DeskApp(desk.services, themes=themes, theme=theme, plain=theme == "mono")
        self.app.console._color_system = COLOURS[theme]
        display = self.app._display

        def fed(screen: Any, update: Any) -> None:
            if update is not None and not self.app._batch_count:
                self.shown.feed(update.render_segments(self.app.console).replace("\n", "\r\n"))
            display(screen, update)

        self.app._display = fed  # type: ignore[method-assign]

    async def paint(self, leave: bool = False) -> Terminal:
        async with self.app.run_test(size=self.size) as pilot:
            await pilot.pause(0.05)
            if leave:  # as after the first second; and at the end
                view = FirstView(self.desk.services.desk, str(self.desk.home), ["rt"])
                self.app._leave = lastlook.LastLook(view.leave, self.app.wanted).leave
                self.app.left()
        self.desk.store.write(lambda tx: None).result(10)
        return self.shown


def first_paint_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, preview and panels never come."""

    async def later(self: Any) -> None:
        pass

    monkeypatch.setattr(QueueScreen, "_first_painted", later)
    monkeypatch.setattr(QueueScreen, "_fill_side", later)
    monkeypatch.setattr(QueueScreen, "_recount", lambda self: None)


def frame(desk: WholeDesk, size: tuple[int, int]) -> str:
    """The bytes of the first frame at this second."""
    page = firstpage.read(str(desk.home), desk.clock.now, size[1])
    assert page is not None
    lines = firstframe.drawn(page, desk.clock.now, *size)
    coloured = firstframe.coloured(lines, page.view, firstframe.terminal(os.environ.get))
    return firstframe.sequence(coloured, erasing=True)


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("theme", COLOURS)
async def test_it_is_what_the_live_queue_shows_at_that_second(
    desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    first_paint_only(monkeypatch)
    await First(desk, themes, theme, SMALL).paint(leave=True)  # on a terminal of another size
    for pause in (1, 7 * HOUR, 12 * HOUR, 2 * DAY):
        desk.clock.now += pause
        desk.make(f"Later by {pause} 測試")
        screen = Terminal(*size)
        screen.feed(frame(desk, size))
        assert not differences(screen, await First(desk, themes, theme, size).paint())


LEFT = {
    "a view in another order": Session("Mine + new", "state:open (owner:me or owner:none)", "id-", USUAL),
    "a filter of the view of all": Session("", "nordkauf prio:1,2,3", "updated^", ("st", "own", "kind")),
    "every column": Session("By customer", "", "customer", COLUMNS),
    "a view that is gone": Session("Gone", "is:late", "priority", ()),
    "nothing in it": Session("", "prio:1 nowhere"),
}


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("cursor", [0, 2, 17, 99])
@pytest.mark.parametrize("left", LEFT)
async def test_it_is_the_view_that_was_left(
    desk: WholeDesk, themes: Any, left: str, cursor: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    first_paint_only(monkeypatch)
    last = LEFT[left]
    ids = desk.services.desk.ids_now(last.query, last.sort)
    uid = desk.services.desk.rows(ids[cursor : cursor + 1])[0][1] if cursor < len(ids) else "gone"
    desk.services.views.remember(replace(last, cursor=uid)).result(10)  # type: ignore[union-attr]
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    for pause in (1, 2 * DAY):
        desk.clock.now += pause
        desk.make(f"Later by {pause} 測試")
        screen = Terminal(*size)
        screen.feed(frame(desk, size))
        assert not differences(screen, await First(desk, themes, "dark", size).paint())
        assert f"{last.sort} " in screen.display[1]
        assert (f"/{last.query}" if last.query else "/ open") in screen.display[1]


async def test_where_tickets_are_many_a_slow_view_gives_way_to_the_plain_queue(
    desk: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    first_paint_only(monkeypatch)
    desk.services.views.remember(Session("", "offline", "updated", ("st", "kind"))).result(10)  # type: ignore[union-attr]
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    screen = Terminal(*SMALL)
    screen.feed(frame(desk, SMALL))
    assert screen.display[1].startswith("/offline ")
    monkeypatch.setattr(firstpage, "FEW", 3)
    screen = Terminal(*SMALL)
    screen.feed(frame(desk, SMALL))
    assert screen.display[1].startswith("/ open tickets ")
    assert not differences(screen, await First(desk, themes, "dark", SMALL).paint())


async def test_a_cursor_far_down_is_not_looked_for(desk: WholeDesk, themes: Any, monkeypatch: Any) -> None:
    desk.services.views.remember(Session(cursor=desk.services.desk.rows(desk.services.desk.ids_now(""))[20][1])).result(
        10
    )  # type: ignore[union-attr]
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    page = firstpage.read(str(desk.home), desk.clock.now, 24)
    assert page is not None
    assert page.cursor == 20
    monkeypatch.setattr(firstpage, "DEEPEST", 19)
    assert firstpage.read(str(desk.home), desk.clock.now, 24) is None


async def test_it_costs_about_as_much_as_its_cells(desk: WholeDesk, themes: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    assert len(frame(desk, SMALL).encode()) <= 3300


def _none(home: Path) -> None:
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("DELETE FROM meta WHERE key = 'lastview'")


def _newer(home: Path) -> None:
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("PRAGMA user_version = 99")


def _nonsense(home: Path) -> None:
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("UPDATE meta SET value = replace(value, 'sql', 'lqs') WHERE key = 'lastview'")


def _settings(home: Path) -> None:
    (home / "config.toml").write_text("[desk]\n")


def _contract(home: Path) -> None:
    (home / "contracts").mkdir()
    (home / "contracts" / "one.toml").write_text("")


def _damaged(home: Path) -> None:
    for name in ("desk.db-wal", "desk.db-shm"):
        (home / name).unlink(missing_ok=True)
    (home / "desk.db").write_bytes(b"not a database" * 1000)


def _gone(home: Path) -> None:
    for path in home.glob("desk.db*"):
        path.unlink()


def _elsewhere(home: Path) -> None:
    shown = '{"view": "Late", "query": "is:late", "sort": "sla", "columns": ["st"], "cursor": ""}'
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('session:anna', ?)", (shown,))


def _saved(home: Path) -> None:
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("INSERT INTO view (name, query, position, cursor) VALUES ('x', 'is:late', 1, '')")


def _views(home: Path) -> None:
    (home / "views.toml").write_text("")


CHANGES = [_none, _newer, _nonsense, _settings, _contract, _damaged, _gone, _elsewhere, _saved, _views]


@pytest.mark.parametrize("change", CHANGES)
async def test_there_is_none_where_the_live_queue_may_show_something_else(
    desk: WholeDesk, themes: Any, change: Any
) -> None:
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    assert firstpage.read(str(desk.home), desk.clock.now, 24) is not None
    desk.store.close()
    change(desk.home)
    assert firstpage.read(str(desk.home), desk.clock.now, 24) is None
    assert (desk.home / "desk.db").exists() == (change is not _gone)


async def test_there_is_none_on_another_terminal_or_after_the_known_hours(desk: WholeDesk, themes: Any) -> None:
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    page = firstpage.read(str(desk.home), desk.clock.now, 24)
    assert page is not None
    lines = firstframe.drawn(page, desk.clock.now, *SMALL)
    with pytest.raises(LookupError):
        firstframe.coloured(lines, page.view, firstframe.terminal({"TERM": "other"}.get))
    with pytest.raises(LookupError):
        firstframe.drawn(page, desk.clock.now + 500 * DAY, *SMALL)


async def test_a_theme_chosen_at_the_keys_is_not_the_next_starts(
    desk: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    said: list[Any] = []
    first = First(desk, themes, "dark", SMALL)
    last = lastlook.LastLook(lambda *each: said.append(each[3]), "dark")
    async with first.app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.05)
        last.leave(first.app)
        first.app.wear("light")
        last.leave(first.app)
        first.app.wear("dark")
        last.leave(first.app)
    assert len(said) == 2
    assert said[0] == said[1]


ALONE = """
import sys, bisect, signal, sqlite3, termios, time, unicodedata
from collections import namedtuple
before = set(sys.modules)
import deskui.__main__
from deskui.store import firstpage
from deskui.ui import firstframe
home, now = sys.argv[1], int(sys.argv[2])
page = firstpage.read(home, now, 24)
lines = firstframe.drawn(page, now, 80, 24)
firstframe.sequence(firstframe.coloured(lines, page.view, page.view["looks"][0][0]), True)
print(" ".join(sorted(set(sys.modules) - before)))
"""


async def test_it_loads_nothing_else(desk: WholeDesk, themes: Any) -> None:
    await First(desk, themes, "dark", SMALL).paint(leave=True)
    argv = [sys.executable, "-c", ALONE, str(desk.home), str(desk.clock.now)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "deskui", "deskui.__main__", "deskui.domain", "deskui.domain.night", "deskui.store", "deskui.store.firstpage",
        "deskui.text", "deskui.ui", "deskui.ui.countdown", "deskui.ui.firstframe", "deskui.ui.looks", "deskui.ui.rows",
        "deskui.ui.status",
    ]  # fmt: skip


def test_what_is_kept_comes_back_as_it_was() -> None:
    view = {"a": [["x\ty", "n\nl", "\\t", "\\\\n", ""], []], "b": [["one"]]}
    assert firstpage.unpack(firstpage.pack(view)) == view
    assert [firstpage.value(said, 1000) for said in ("i5", "s+5", "n", "+900", "-1500", "+-30")] == [
        5, "+5", None, 1900, 500, 970,
    ]  # fmt: skip
