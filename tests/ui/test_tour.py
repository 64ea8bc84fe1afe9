"""The tour of the demo: each step goes on when the thing has happened, no other key is taken, and Esc ends it."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.ui import tour
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.write import WriteScreen
from deskui.ui.widgets.line import Line
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.desk import SMALL, WholeDesk, shown, until
from tests.ui.test_pictures import colours, console

__all__ = ["colours"]  # a fixture for every test here


@pytest.fixture
def demo(whole: WholeDesk) -> Any:
    """A desk that says it is the demo, with three tickets."""
    for subject in ("Tills offline in 14 stores", "VPN gateway flapping", "Mail queue growing"):
        whole.make(subject)
    return replace(whole.services, demo=True)


async def begun(app: Any, pilot: Any) -> None:
    await until(pilot, lambda: "new here? :tour" in shown(app))
    await pilot.press("colon", *"tour", "enter")
    await until(pilot, lambda: "TOUR 1/5" in shown(app))


async def at(app: Any, pilot: Any, step: int) -> None:
    await until(pilot, lambda: f"TOUR {step}/5" in shown(app))
    await pilot.pause(2 * tour.LOOK_S)
    assert f"TOUR {step}/5" in shown(app)  # it does not run on by itself


async def test_five_steps_each_when_it_has_happened(demo: Any, themes: Any) -> None:
    app = console(demo, themes, "dark")
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await begun(app, pilot)
        assert "new here?" not in shown(app)
        await pilot.press("k", "z", "p")  # nothing has moved
        await at(app, pilot, 1)
        await pilot.press("j")
        await at(app, pilot, 2)
        await pilot.press("a")
        await at(app, pilot, 3)
        assert [entry.change.verb for entry in demo.desk.outbox()] == ["ack", "assign"]
        await pilot.press("u", "u")
        await at(app, pilot, 4)
        assert demo.desk.outbox() == []
        await pilot.press("slash", *"vpn")
        await at(app, pilot, 4)
        await pilot.press("enter")
        await at(app, pilot, 5)
        await pilot.press("C", *"ok")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        await at(app, pilot, 5)
        await pilot.press("f2")
        await until(pilot, lambda: "That was the tour" in shown(app))
        assert "reads:" in shown(app)
        assert "TOUR" not in shown(app)
        await pilot.press("escape")  # it is the question's again
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert demo.desk.outbox() == []


@pytest.mark.parametrize("where", [[], ["enter"], ["C"], ["s"], ["slash", "v"], ["colon"]])
async def test_esc_ends_it_wherever_one_is_and_does_nothing_else(demo: Any, themes: Any, where: list[str]) -> None:
    app = console(demo, themes, "dark")
    async with app.run_test(size=SMALL) as pilot:
        await begun(app, pilot)
        await pilot.press(*where)
        await pilot.pause(0.5)
        stack = list(app.screen_stack)
        assert not where or where[0] == "slash" or len(stack) == 2
        await pilot.press("escape")
        await until(pilot, lambda: app.tour is None and not app.screen_stack[0].query("#tour"))
        assert list(app.screen_stack) == stack
        assert [each for each in stack if each.has_class("-tour")] == []
        await pilot.press("escape")
        await until(pilot, lambda: app.screen_stack != stack or not app.screen_stack[0]._typing)


async def test_it_takes_no_key(demo: Any, themes: Any) -> None:
    app = console(demo, themes, "dark")
    async with app.run_test(size=SMALL) as pilot:
        await begun(app, pilot)
        await pilot.press("space", "G", "3", "g", "q")
        await until(pilot, lambda: "P1/P2" in shown(app))
        await pilot.press("1", "enter")
        await until(pilot, lambda: not isinstance(app.screen, QueueScreen))
        await until(pilot, lambda: bool(app.screen.query("#tour")))  # it stands on every screen
        assert app.screen.query_one("#tour", Line).plain.startswith("TOUR")


async def test_outside_the_demo_it_says_why_not(whole: WholeDesk, themes: Any) -> None:
    whole.make()
    app = console(whole.services, themes, "dark")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("colon", *"tour", "enter")
        await until(pilot, lambda: "the tour is only in the demo: deskui demo" in shown(app))
        assert app.tour is None
        assert "new here?" not in shown(app)


async def test_it_names_the_keys_in_force_and_fits(demo: Any, themes: Any) -> None:
    from deskui.ui import keymap, remap

    keymap.use(remap.in_force("deskui", {"verb.take": ["t"]}).actions)
    try:
        app = console(demo, themes, "dark")
        async with app.run_test(size=SMALL) as pilot:
            await begun(app, pilot)
            said = []
            app.tour._timer.stop()
            for app.tour.at in range(len(tour.STEPS)):
                said.append(app.tour.says())
        assert "t: the ticket is yours" in said[1]
        assert [each for each in said if len(each) > 80 - len("Esc:end") - 1] == []
    finally:
        keymap.use()


async def test_ended_it_can_begin_again(demo: Any, themes: Any) -> None:
    app = console(demo, themes, "dark")
    async with app.run_test(size=SMALL) as pilot:
        await begun(app, pilot)
        await pilot.press("j")
        await at(app, pilot, 2)
        await pilot.press("escape")
        await until(pilot, lambda: app.tour is None)
        lines = app.screen.query_one(TicketList).size.height
        await pilot.press("colon", *"tour", "enter")
        await at(app, pilot, 1)
        assert app.screen.query_one(TicketList).size.height == lines - 1


def test_its_picture(snap_compare: Any, demo: Any, themes: Any) -> None:
    app = console(demo, themes, "dark")
    assert snap_compare(app, press=["wait:800", "colon", *"tour", "enter", "wait:900"], terminal_size=SMALL)


async def test_the_console_can_end_in_the_middle_of_it(demo: Any, themes: Any) -> None:
    app = console(demo, themes, "dark")
    async with app.run_test(size=SMALL) as pilot:
        await begun(app, pilot)
    app.tour.look()  # a last look that came too late
    assert app.tour is not None
