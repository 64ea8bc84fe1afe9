"""The triage panels, each on a ticket of a real desk and on none."""

from dataclasses import replace
from typing import Any

import pytest
from textual.containers import Vertical
from textual.screen import Screen

from deskui.domain import contractfile
from deskui.domain.contract import Rules
from deskui.domain.event import Event
from deskui.domain.fields import SetImpact, SetPriority, SetUrgency
from deskui.services.thresholds import Breaches
from deskui.ui import panels
from deskui.ui.panels.people import PeoplePanel, wrote
from deskui.ui.panels.similar import SimilarPanel
from deskui.ui.panels.sla import SlaPanel
from deskui.ui.panels.triage import TriagePanel
from deskui.ui.screens.ticket import TicketScreen
from tests import make
from tests.ui.desk import WholeDesk, opened, shown, until


async def panel(whole: WholeDesk, themes: Any, kind: Any, ticket: str | None, size: tuple[int, int] = (80, 24)) -> str:
    """What the panel alone shows."""
    made = kind(whole.services)

    class Alone(Screen[None]):
        def compose(self) -> Any:
            yield Vertical(made)

    async with opened(whole.services, Alone(), themes, size) as (app, pilot):
        made.show(ticket)
        await pilot.pause(0.05)
        return shown(app)


async def test_triage_names_a_priority_that_does_not_fit(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=4, ci="till-gw-07")
    whole.do(ticket, SetImpact("high"), SetUrgency("medium"))
    said = await panel(whole, themes, TriagePanel, ticket)
    assert "impact       high" in said
    assert "urgency      medium" in said
    assert "proposed     P2, ticket has P4 (p)" in said
    assert "CI           till-gw-07" in said
    assert "owner        nobody (a)" in said
    whole.do(ticket, SetPriority(2))
    assert "proposed     P2 as set" in await panel(whole, themes, TriagePanel, ticket)


async def test_triage_proposes_the_impact_of_the_ci(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=4, ci="till-gw-07")
    said = await panel(whole, themes, TriagePanel, ticket)
    assert "impact       not set; CI proposes high" in said
    assert "urgency      not set (e)" in said
    assert "proposed     no proposal yet" in said


async def test_sla_has_a_bar_for_each_clock(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    said = await panel(whole, themes, SlaPanel, ticket, (42, 24))
    assert "RESPOND" in said
    assert "100%" in said or "101%" in said
    assert "1h00 used of 1h00 in 24x7" in said
    assert "FIX" in said
    assert "1h00 used of 8h00 in 24x7" in said
    assert "pauses: every hold" in said
    assert max(map(len, said.split("\n"))) <= 42


async def test_the_reason_of_an_earlier_interval_is_not_that_of_this_one(whole: WholeDesk, themes: Any) -> None:
    law = contractfile.parse({"targets": {"P2": {"update": "1h"}}}, "test", make.POLICY)
    whole.store.rules = whole.services.desk.rules = Rules({}, law, lambda: "updates")
    start = whole.clock.now - 20_000
    past = [(0, "created"), (60, "public_reply"), (1000, "customer_reply"), (5000, "public_reply")]
    ticket = make.make_ticket(9, created=start)
    make.pull(whole.store, ticket, [make.make_event(kind, start + at) for at, kind in past])
    Breaches(whole.services.desk).reason("RT-9", "update", "we slept").result(10)
    assert "U missed by 06:40: we slept (anna)" in await panel(whole, themes, SlaPanel, "RT-9")
    make.pull(whole.store, ticket, [make.make_event("customer_reply", whole.clock.now - 4000)])
    assert "U missed by 06:40: no reason given yet" in await panel(whole, themes, SlaPanel, "RT-9")


async def test_people_are_the_customers_and_ours(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.world.reply_as_customer(ticket[3:], "hello?", "max@nordkauf.example")
    whole.world.note_as("kim", ticket[3:], "on it")
    whole.sync()
    said = await panel(whole, themes, PeoplePanel, ticket)
    assert "customer   Nordkauf" in said
    assert "requestor  max@nordkauf.example" in said
    assert "team       kim  wrote once" in said


async def test_people_are_told_with_the_time_that_it_is_there(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ticket = whole.make()
    assert "there " not in await panel(whole, themes, PeoplePanel, ticket)  # where that is, no contract says
    monkeypatch.setattr(whole.services.writing, "zone", lambda ticket: "Asia/Tokyo")
    assert "there      11:07 (Asia/Tokyo)" in await panel(whole, themes, PeoplePanel, ticket)
    monkeypatch.setattr(whole.services.writing, "zone", lambda ticket: "UTC")  # the desk's own
    assert "there " not in await panel(whole, themes, PeoplePanel, ticket)


@pytest.mark.parametrize(
    ("people", "keys", "said"),
    [
        (("max@nordkauf.example",), ("y", "p"), "max@nordkauf.example"),
        (("max@nordkauf.example", "e\x1b[31mva@x.example"), ("y", "p", "e"), "e^[[31mva@x.example"),
        ((), ("y", "p"), None),
    ],
)
async def test_y_p_copies_the_address_and_shows_which(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch, people: tuple[str, ...], keys: tuple[str, ...],
    said: str | None,
) -> None:  # fmt: skip
    ticket = whole.make()
    there = whole.services.desk.ticket(ticket)
    assert there is not None
    monkeypatch.setattr(whole.services.desk, "ticket", lambda name: replace(there, requestors=people))
    copied: list[str] = []
    monkeypatch.setattr("deskui.ui.terminal.clipboard", lambda words: copied.append(words) or "")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press(*keys)
        wanted = f"sent to terminal: {said}" if said else f"{ticket} has no requestor"
        await until(pilot, lambda: wanted in shown(app))
    assert copied == ([said] if said else [])


def test_who_wrote_last_comes_first() -> None:
    events = [
        Event("1", 100, "created", "max", "customer"), Event("2", 200, "customer_reply", "max", "customer"),
        Event("3", 300, "public_reply", "kim"), Event("4", 400, "internal_note", "kim"),
        Event("5", 500, "auto_reply", "RT_System", "system"), Event("6", 600, "assign", "anna"),
    ]  # fmt: skip
    assert wrote(events) == [("kim", "staff", 2, 400), ("max", "customer", 1, 200)]


async def test_similar_lists_how_it_ended(whole: WholeDesk, themes: Any) -> None:
    other = whole.make("Tills offline in Hamburg")
    whole.world.resolve_as("kim", other[3:], "router rebooted")
    whole.sync()
    ticket = whole.make("Tills offline in Bremen")
    said = await panel(whole, themes, SimilarPanel, ticket)
    assert f"{other} DONE Nordkauf: Tills offline in Hamburg" in said
    assert f"{ticket} " not in said


@pytest.mark.parametrize("kind", [TriagePanel, PeoplePanel, SimilarPanel, SlaPanel])
@pytest.mark.parametrize("ticket", [None, "RT-404"])
async def test_nothing_to_show_is_no_error(whole: WholeDesk, themes: Any, kind: Any, ticket: str | None) -> None:
    await panel(whole, themes, kind, ticket)


def test_beside_the_list_stand_widgets_that_show(whole: WholeDesk) -> None:
    assert all(callable(widget.show) for widget in panels.beside_list(whole.services))
