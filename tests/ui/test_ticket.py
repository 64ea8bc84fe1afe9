"""The ticket screen on a real desk: what stands where, at 80x24 and 160x45."""

from typing import Any

import pytest

from deskui.domain.change import Assign, Hold, Note, Reply
from deskui.domain.fields import SetImpact, SetPriority, SetUrgency
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import LARGE, SMALL, WholeDesk, app_with, opened, shown, steady, until


async def test_head_clocks_next_and_timeline(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2, ci="till-gw-07")
    whole.world.note_as("kim", ticket[3:], "ISP line L2-8812 is down")
    whole.world.reply_as_customer(ticket[3:], "Any news?", "max@nordkauf.example")
    whole.sync()
    whole.do(ticket, Note("only here yet"))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, _):
        said = shown(app)
    rows = said.split("\n")
    assert rows[0].startswith(f"{ticket} P2 NEW --  Nordkauf  Tills offline in 14 stores")
    assert "R !! -00:02 due 02:07 LATE" in rows[1]
    assert "F 6h59 due 09:07" in rows[1]
    assert rows[2].startswith(" Next: own + acknowledge")
    assert "(a)" in rows[2]
    assert ">> CREATED" in said
    assert "## note  kim" in said
    assert "  # ISP line L2-8812 is down" in said
    assert ">> CUSTOMER  max@nordkauf.example" in said
    assert "  * waiting to send" in said
    assert said.index("Any news?") < said.index("only here yet")  # newest last
    assert rows[-1].startswith("?:help")
    assert rows[-1].endswith("  sync 02:07")
    assert len(rows) == 24


async def test_a_ticket_without_facts_says_so(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    from tests import make

    plain = make.make_ticket("99", subject="Only the plain ticket", customer="Kranz")
    make.pull(whole.store, plain, history="none")
    async with opened(whole.services, TicketScreen(whole.services, "RT-99"), themes, LARGE) as (app, pilot):
        await until(pilot, lambda: "its clocks come with them" in shown(app))
        said = shown(app)
    assert "R ? facts missing" in said
    assert "F ? facts missing" in said
    assert ticket not in said.split("\n")[0]


async def test_a_hold_is_said_with_its_time(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.acknowledged(priority=2)
    whole.do(ticket, Hold("vendor", whole.clock.now + 7200))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, _):
        said = shown(app)
    assert " ON HOLD: waiting for vendor since 02:07, look again 04:07" in said
    assert "HOLD: waiting for vendor  anna  * waiting to send" in said


async def test_tab_goes_through_the_panes_at_80_columns(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=3, ci="till-gw-07")
    whole.do(ticket, SetImpact("low", "only one till"), SetUrgency("high"))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        assert "[TIMELINE]" in shown(app)
        await pilot.press("tab")
        await steady(pilot)
        said = shown(app)
        assert "[TRIAGE]" in said
        assert "impact       low; CI proposes high" in said
        assert "proposed     P3 as set" in said
        assert "criticality  high" in said
        assert "## note" not in said
        await pilot.press("tab")
        await steady(pilot)
        assert "requestor  max@nordkauf.example" in shown(app)
        await pilot.press("tab", "tab")
        await steady(pilot)
        assert "[SLA]" in shown(app)
        assert "% " in shown(app) or "%" in shown(app)
        await pilot.press("tab")
        await steady(pilot)
        assert "[TIMELINE]" in shown(app)
        assert "## note" in shown(app)


async def test_panels_stand_beside_the_timeline_at_160(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes, LARGE) as (app, pilot):
        said = shown(app)
        for word in ("-TRIAGE--", "-PEOPLE--", "-SLA--", ">> CREATED", "RESPOND", "FIX"):
            assert word in said
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.1)
        assert "-TRIAGE--" not in shown(app)
        assert ">> CREATED" in shown(app)


async def test_what_others_do_appears_by_itself(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        whole.world.change_as("kim", ticket[3:], Assign("kim"))
        whole.world.change_as("kim", ticket[3:], SetPriority(1))
        whole.sync()
        await until(pilot, lambda: "P1 NEW kim" in shown(app))
        assert "assigned to kim  kim" in shown(app)
        assert "priority P2 -> P1" in shown(app)


async def test_a_verb_from_here_and_the_clock_it_stops(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: "WORK me" in shown(app))
        assert "acknowledged  anna  * waiting to send" in shown(app)
        assert "*R !!" in shown(app)  # under `at` nothing has stopped yet
        whole.sync()
        await until(pilot, lambda: "R MISSED by" in shown(app))


async def test_an_impact_against_the_ci_asks_why(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2, ci="till-gw-07")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "impact: -" in shown(app))
        await pilot.press("i")
        await until(pilot, lambda: "impact of" in shown(app))
        await pilot.press("l")
        await until(pilot, lambda: "against the CI's criticality" in shown(app))
        await pilot.press(*"one till", "enter")
        await until(pilot, lambda: "impact: none -> low" in shown(app))
    assert [entry.change for entry in whole.services.desk.outbox()] == [SetImpact("low", "one till")]


async def test_similar_tickets_open_with_enter(whole: WholeDesk, themes: Any) -> None:
    other = whole.make("Tills offline in Hamburg", "cash desks tills offline again")
    ticket = whole.make("Tills offline in Bremen", "tills offline since 01:50")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("tab", "tab", "tab")
        await pilot.pause()
        assert f"{other} NEW  Nordkauf: Tills offline in Hamburg" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: shown(app).startswith(f"{other} "))
        await pilot.press("escape")
        await until(pilot, lambda: shown(app).startswith(f"{ticket} "))


async def test_plus_shows_more_of_a_long_message(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(text="\n".join(f"line {number}" for number in range(5_000)))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        assert "kB more: + shows the next part" in shown(app)
        await pilot.press("+", "+", "+", "G")
        await pilot.pause()
        assert "line 4999" in shown(app)


async def test_hostile_text_is_shown_and_does_nothing(whole: WholeDesk, themes: Any) -> None:
    evil = "\x1b]0;owned\x07[@click=app.quit]click[/] [/] \x9b31m \u202eright"
    ticket = whole.make(evil, evil)
    whole.world.reply_as_customer(ticket[3:], evil, "ev\x1b[31mil@x.example")
    whole.sync()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes, LARGE) as (app, pilot):
        said = shown(app)
        await pilot.press("c")
        await pilot.pause()
        said += shown(app)
    assert "[@click=app.quit]click[/]" in said
    assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in said)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_move_works_in_every_pane(whole: WholeDesk, themes: Any, size: tuple[int, int]) -> None:
    ticket = whole.make(text="\n".join(f"line {number}" for number in range(100)))
    app = app_with(whole.services, TicketScreen(whole.services, ticket), themes)
    moves = ("j", "k", "down", "up", "ctrl+d", "ctrl+u", "pagedown", "pageup", "G", "end", "home", "g", "g")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press(*moves)
        await pilot.pause()
        assert "line 0\n" in shown(app) or "line 0 " in shown(app)
        for _ in range(4):
            await pilot.press("tab", *moves, "+")
        await pilot.press("shift+tab")
        await pilot.pause()
        assert "[SIMILAR]" in shown(app)


async def test_a_new_ticket_opens_when_it_is_made(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("N")
        await until(pilot, lambda: shown(app).startswith("NEW TICKET"))
        await pilot.press(*"No mail", "f2")
        await until(pilot, lambda: shown(app).startswith("RT-~1 P3 NEW"))
        assert "created P3  anna  * waiting to send" in shown(app)


async def test_a_chord_says_what_may_follow(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("g")
        await until(pilot, lambda: " q    Go to the queue" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: shown(app).startswith("SYNC "))
        await pilot.press("escape")
        await until(pilot, lambda: "Tab:panes" in shown(app))


async def test_why_explains_the_clocks(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.acknowledged(priority=2)
    whole.do(ticket, Reply("we are on it"))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("v")
        await pilot.pause()
        said = shown(app)
        assert "WHY the clocks of" in said
        assert "P2, round the clock" in said
        assert "since the acknowledgement" in said
        assert "_" not in said
        assert "By the contract: default:" in said
        await pilot.press("escape")
        await pilot.pause()
        assert "[TIMELINE]" in shown(app)


@pytest.mark.parametrize("plain", [False, True])
async def test_without_colour_it_reads_the_same(whole: WholeDesk, themes: Any, plain: bool) -> None:
    ticket = whole.make(priority=2)
    app = app_with(whole.services, TicketScreen(whole.services, ticket), themes, plain)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert ">> CREATED" in shown(app)
        assert "LATE" in shown(app)
