"""Tags and Cc on the screen: asked for by key and by command, completed, done to the marked ones as one."""

from typing import Any

from textual.widgets import Input

from deskui.domain.sets import SetCc, SetTags
from deskui.ui import completing
from deskui.ui.screens.bulk import BulkScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.test_panels import panel


def tagged(whole: WholeDesk, *tags: str) -> str:
    name = whole.make("Storm")
    whole.world.change_as("kim", name[3:], SetTags(tuple(f"+{tag}" for tag in tags)))
    whole.sync()
    return name


async def typed(app: Any, pilot: Any, words: str) -> None:
    await until(pilot, lambda: app.screen.query("Input"))
    app.screen.query_one(Input).value = words
    await pilot.press("enter")


def changes(whole: WholeDesk) -> list[Any]:
    return [entry.change for entry in whole.services.desk.outbox()]


def test_what_tab_offers() -> None:
    assert completing.moves(("vpn", "a b"), ("vpn", "mail", "it's")) == ["+mail", "-vpn"]
    assert completing.moves((), ("mail",), marked=True) == ["+mail", "-mail"]


async def test_t_shows_what_there_is_completes_and_queues(whole: WholeDesk, themes: Any) -> None:
    name, _ = tagged(whole, "vpn", "old\x1b[31m"), tagged(whole, "printer", "voip")
    async with opened(whole.services, TicketScreen(whole.services, name), themes) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: f"Tags of {name}" in shown(app))
        assert "now: vpn, old^[[31m" in shown(app)
        assert "used: printer, voip" in shown(app)
        await pilot.press(*"+p", "tab")
        assert app.screen.query_one(Input).value == "+printer "
        await pilot.press("minus", "tab")
        assert app.screen.query_one(Input).value == "+printer -vpn "
        await pilot.press("plus", "enter")
        await until(pilot, lambda: "'' is no tag" in shown(app))
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: changes(whole) == [SetTags(("+printer", "-vpn"))])
    assert "tags" in await panel(whole, themes, type_of_triage(), name)


def type_of_triage() -> Any:
    from deskui.ui.panels.triage import TriagePanel

    return TriagePanel


async def test_the_panel_and_the_timeline_say_them(whole: WholeDesk, themes: Any) -> None:
    name = tagged(whole, "vpn", "\x1b[31mred")
    whole.do(name, SetTags(("-vpn",)))
    said = await panel(whole, themes, type_of_triage(), name)
    assert "tags         ^[[31mred" in said
    async with opened(whole.services, TicketScreen(whole.services, name), themes) as (app, pilot):
        await until(pilot, lambda: "tags: -vpn" in shown(app))
        assert "tags: +^[[31mred" in shown(app)


async def test_the_command_and_the_action_without_a_key(whole: WholeDesk, themes: Any) -> None:
    name = tagged(whole, "vpn")
    async with opened(whole.services, TicketScreen(whole.services, name), themes) as (app, pilot):
        await pilot.press("colon")
        await typed(app, pilot, "tag +new -vpn")
        await until(pilot, lambda: changes(whole) == [SetTags(("+new", "-vpn"))])
        await pilot.press("colon")
        await until(pilot, lambda: app.screen.query("Input"))
        app.screen.query_one(Input).value = "tag -"
        await pilot.press("end", "tab")
        await until(pilot, lambda: app.screen.query_one(Input).value == "tag -new ")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await pilot.press("colon")
        await typed(app, pilot, "cc")
        await until(pilot, lambda: f"Cc of {name}" in shown(app))
        await typed(app, pilot, "kim")
        await until(pilot, lambda: "'kim' is no e-mail address" in shown(app))
        await typed(app, pilot, "kim@x.example")
        await until(pilot, lambda: changes(whole)[1:] == [SetCc(("+kim@x.example",))])
        await pilot.press("u")
        await until(pilot, lambda: changes(whole)[1:] == [])


async def test_a_system_that_keeps_none_says_so_before_anything_is_typed(whole: WholeDesk, themes: Any) -> None:
    whole.adapter.tags, whole.adapter.recipients = False, ""
    name = whole.make()
    async with opened(whole.services, TicketScreen(whole.services, name), themes) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "rt keeps no tags" in shown(app))
        assert isinstance(app.screen, TicketScreen)
        await pilot.press("colon")
        await typed(app, pilot, "cc +kim@x.example")
        await until(pilot, lambda: "rt keeps no Cc of a ticket" in shown(app))
    assert changes(whole) == []


async def test_on_the_marked_ones_they_are_listed_first_and_one_undo(whole: WholeDesk, themes: Any) -> None:
    names = [tagged(whole, "vpn"), tagged(whole, "vpn"), tagged(whole, "night")]
    async with opened(whole.services, QueueScreen(whole.services), themes) as (app, pilot):
        await until(pilot, lambda: "Storm" in shown(app))
        await pilot.press("asterisk", "t")
        await until(pilot, lambda: "Tags of 3 marked tickets" in shown(app))
        await typed(app, pilot, "+NIGHT")
        await until(pilot, lambda: isinstance(app.screen, BulkScreen) and "tag +NIGHT: 2 tickets" in shown(app))
        assert "its tags say so already" in shown(app)
        await pilot.press("2", "enter")
        await until(pilot, lambda: len(changes(whole)) == 2)
    assert [set(whole.services.desk.ticket(name).tags) for name in names] == [{"vpn", "NIGHT"}] * 2 + [{"night"}]
