"""Views, order and columns at the keys, and what comes back at the next start."""

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from deskui.domain import view
from deskui.domain.view import Session, View
from deskui.ui import rows
from deskui.ui.app import DeskApp
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.views import ViewsScreen
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.desk import SMALL, WholeDesk, until


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    """RT-1 to RT-4: P1 to P4, each a minute younger than the one before; RT-2 is anna's, RT-3 is kim's."""
    for n in range(1, 5):
        whole.make(f"Ticket {n}", priority=n)
        whole.clock.now += 60
    from deskui.domain.change import Assign

    whole.do("RT-2", Assign("anna"))
    whole.do("RT-3", Assign("kim"))
    whole.sync()
    return whole


def console(desk: WholeDesk, themes: Any) -> DeskApp:
    return DeskApp(desk.services, themes=themes)


def shown(app: DeskApp) -> str:
    """The numbers of the tickets in the list."""
    found = app.screen_stack[0].query_one(TicketList)
    return "".join(str(found.row(n)[rows.ID]).removeprefix("RT-") for n in range(len(found.ids)))


def line(app: DeskApp, name: str) -> str:
    return app.screen_stack[0].query_one(f"#{name}").plain  # type: ignore[no-any-return]


async def press(pilot: Any, *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_digit_shows_a_view_and_the_header_says_which(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "2")
        assert sorted(shown(app)) == ["1", "2", "4"]
        assert line(app, "header").startswith("deskui 2:Mine + new 3 ")
        assert line(app, "query").startswith("/state:open (owner:me or owner:none)")
        await press(pilot, "g", "3")
        assert (shown(app), line(app, "query").split("sort:")[1].split()[0]) == ("12", "priority")
        await press(pilot, "left_square_bracket")
        assert "2:Mine + new" in line(app, "header")
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "4:Waiting 0" in line(app, "header")
        await press(pilot, "minus")
        assert "3:P1/P2" in line(app, "header")
        await press(pilot, "minus", "9")
        assert "4:Waiting" in line(app, "header")
        assert "no view 9" in line(app, "status")


async def test_a_filter_narrows_a_view_and_is_cleared_back_to_it(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "2", "slash", *" prio:1", "enter")
        assert shown(app) == "1"
        await press(pilot, "escape")
        assert (sorted(shown(app)), len(app.screen_stack)) == (["1", "2", "4"], 1)


async def test_each_view_keeps_its_cursor_and_its_columns(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "1", "G")
        there = app.screen.selected_id()
        await press(pilot, "comma", "3", "escape")
        assert "OWN" not in line(app, "titles")
        await press(pilot, "2")
        assert "OWN" in line(app, "titles")
        await press(pilot, "1")
        assert app.screen.selected_id() == there
        assert "OWN" not in line(app, "titles")
    assert desk.services.views.all().named("All").columns == ("st", "customer", "upd")


async def test_any_column_sorts_and_the_same_again_turns_it_round(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        for keys, found in (
            ("oi", "1234"),
            ("oi", "4321"),
            ("ot", "1234"),
            ("op", "1234"),
            ("op", "4321"),
            ("oc", "4321"),
        ):
            await press(pilot, *keys)
            assert shown(app) == found, keys
        assert "sort:created " in line(app, "query")
        await press(pilot, "k", "o", "c")
        assert (shown(app), "sort:created^ " in line(app, "query")) == ("1234", True)
        assert app.screen.selected_id() == "RT-2"  # the cursor stays on its ticket
        await press(pilot, "colon", *"sort priority-", "enter")
        assert shown(app) == "4321"
        await press(pilot, "colon", *"sort age", "enter")
        assert (shown(app), "sorted by priority" in line(app, "status")) == ("4321", True)


async def test_the_list_of_views_counts_each_and_goes_there(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "g", "v")
        assert isinstance(app.screen, ViewsScreen)
        prompts = [str(option.prompt) for option in app.screen.query_one("OptionList").options]
        assert prompts[2].split()[:5] == ["2", "Mine", "+", "new", "3"]
        assert prompts[4].split()[:3] == ["4", "Waiting", "0"]
        await press(pilot, "3")
        assert shown(app) == "12"


async def test_a_view_is_saved_and_deleted_at_the_keys(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "slash", *"prio:1,4", "enter", "o", "p")
        await press(pilot, "colon", *'view save "Both ends"', "enter")
        assert "9:Both ends 2" in line(app, "header")
        await press(pilot, "1", "colon", *"view both", "enter")
        assert (shown(app), "9:Both ends 2" in line(app, "header")) == ("14", True)
        saved = desk.services.views.all().named("Both ends")
        assert (saved.query, saved.sort) == ("prio:1,4", "priority")
        await press(pilot, "colon", *'view delete "Both ends"', "enter")
        assert len(desk.services.views.all().views) == 8
        assert "Open" in line(app, "header")
        await press(pilot, "colon", *"view zz", "enter")
        assert "Open" in line(app, "header")


def late(desk: WholeDesk) -> None:
    """The first paint cannot wait for what is asked for."""
    desk.services.desk.ids_at_once = lambda *given: None  # type: ignore[method-assign]


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_was_shown_last_is_what_the_first_paint_shows(
    desk: WholeDesk, themes: Any, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = desk.services.desk.row("RT-1")[1]  # type: ignore[index]
    desk.services.views.remember(Session("P1/P2", "prio:1,2", "id-", ("st", "kind"), uid)).result(10)  # type: ignore[union-attr]
    painted: list[str] = []
    drawn = TicketList.render_line

    def render_line(self: TicketList, y: int) -> Any:
        strip = drawn(self, y)
        painted.append(f"{self.cursor} {strip.text[11:24].strip()}" if y < 3 else "")
        return strip

    monkeypatch.setattr(TicketList, "render_line", render_line)
    if not at_once:
        late(desk)
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.2)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert line(app, "header").startswith("deskui 3:P1/P2 2 ")
        assert (shown(app), app.screen.selected_id()) == ("21", "RT-1")
        assert (painted[0].split()[0] == "1") == at_once
        assert "UPD" not in line(app, "titles")
        assert "KIND" in line(app, "titles")


async def test_a_tick_before_the_list_is_there_forgets_nothing(
    desk: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Session("P1/P2", "prio:1,2", "id-")
    desk.services.views.remember(left).result(10)  # type: ignore[union-attr]
    resume = QueueScreen.resume

    def slowly(self: QueueScreen) -> Any:
        self.tick(desk.clock.now)
        desk.store.write(lambda tx: None).result(10)
        assert desk.services.views.session() == left
        return resume(self)

    monkeypatch.setattr(QueueScreen, "resume", slowly)
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        assert "3:P1/P2 2" in line(app, "header")


async def test_a_query_that_is_none_any_more_is_the_plain_queue(desk: WholeDesk, themes: Any) -> None:
    desk.services.views.remember(Session("", "prio:99")).result(10)  # type: ignore[union-attr]
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.2)
        assert shown(app) == "1234"
        assert line(app, "query").startswith("/ open tickets")


async def test_what_was_shown_last_comes_back(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "2", "o", "i", "o", "i", "slash", *" -prio:4", "enter", "j")
        there = app.screen.selected_id()
    desk.store.write(lambda tx: None).result(10)
    again = console(desk, themes)
    async with again.run_test(size=SMALL) as pilot:
        await pilot.pause(0.2)
        await again.workers.wait_for_complete()
        await pilot.pause()
        assert (shown(again), again.screen.selected_id()) == ("21", there)
        assert "2:Mine + new 2" in line(again, "header")
        assert "sort:id- 2/2" in line(again, "query")


async def test_it_is_kept_while_the_keys_are_quiet_so_that_a_kill_loses_nothing(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "4")
        app.monotonic = lambda: 1e9  # type: ignore[method-assign]
        app.screen.tick(desk.clock.now + 1)
        desk.store.write(lambda tx: None).result(10)
        assert desk.services.views.session() == Session("Waiting", "state:pending")


async def test_who_typed_before_it_came_back_stays_where_they_are(desk: WholeDesk, themes: Any) -> None:
    desk.services.views.remember(Session("Waiting", "state:pending")).result(10)  # type: ignore[union-attr]
    late(desk)
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        screen: Any = app.screen
        screen._last_key = 1.0
        await pilot.pause(0.2)
        assert shown(app) != ""
        await press(pilot, "minus")
        assert "4:Waiting 0" in line(app, "header")


def slow(desk: WholeDesk, seconds: float = 0.3) -> None:
    """The store takes its time to find what is asked for."""
    ask = desk.services.desk.ids

    def later(*given: Any) -> "Future[Any]":
        answer, late = ask(*given), Future[Any]()

        def tell() -> None:
            if late.set_running_or_notify_cancel():
                late.set_result(answer.result(10))

        threading.Timer(seconds, tell).start()
        return late

    desk.services.desk.ids = later  # type: ignore[method-assign]


async def test_a_key_after_a_view_is_meant_for_that_views_rows(desk: WholeDesk, themes: Any) -> None:
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        slow(desk)
        await pilot.press("2", "j")
        await pilot.pause(0.6)
        assert "2:Mine + new" in line(app, "header")
        assert app.screen.list.cursor == 1


async def test_nothing_comes_back_under_the_hand_of_somebody_who_works(desk: WholeDesk, themes: Any) -> None:
    desk.services.views.remember(Session("P1/P2", "prio:1,2")).result(10)  # type: ignore[union-attr]
    late(desk)
    slow(desk)
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await pilot.press("G")
        there = app.screen.selected_id()
        await pilot.pause(0.6)
        assert "Open" in line(app, "header")
        assert app.screen.selected_id() == there
        await pilot.press("minus")
        await until(pilot, lambda: "3:P1/P2" in line(app, "header"))


async def test_the_lists_columns_are_the_views() -> None:
    assert rows.USUAL == view.USUAL
    assert {*rows.DROP, "st"} == set(view.COLUMNS)
    assert View("x").columns == rows.USUAL
    every = [name for name, _ in rows.layout(200, 7, view.COLUMNS)]
    assert every == ["sla", "p", "id", "st", "customer", "subject", "own", "upd", "kind", "system"]
    assert [name for name, _ in rows.layout(200, 7, ())] == ["sla", "p", "id", "subject"]
    assert [name for name, _ in rows.layout(80, 7, view.COLUMNS)][-2:] != ["kind", "system"]


async def test_a_wrong_file_is_said(desk: WholeDesk, themes: Any, tmp_path: Path) -> None:
    (desk.home / "views.toml").write_text('[a]\nquery = "prio:9"\n')
    app = console(desk, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.1)
        await press(pilot, "2")
        assert "2:Mine + new" in line(app, "header")
        assert any("line 2: a.query" in note.message for note in app._notifications)
