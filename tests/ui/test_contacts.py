"""A ticket's contacts: how they stand in the panel, their number on the clipboard, and the note of a verification."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.ui.panels.people import PeoplePanel
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.test_panels import panel

FILE = """\
customer = "Nordkauf"
verification = "call back on the number on file"
[[contact]]
name = "Max Muster"
mail = "max@nordkauf.example"
phone = "+49 40 5550 114"
role = "store IT"
vip = true
[[site]]
name = "Osaka"
access = "gate 2"
hours = "Mon-Fri"
zone = "Asia/Tokyo"
"""


def on_file(whole: WholeDesk, text: str = FILE) -> None:
    (whole.home / "customers").mkdir()
    (whole.home / "customers" / "nord.toml").write_text(text)


async def test_the_panel_says_whom_to_call_and_what_to_know(whole: WholeDesk, themes: Any) -> None:
    on_file(whole)
    said = await panel(whole, themes, PeoplePanel, whole.make())
    rows = [row.rstrip() for row in said.split("\n")]
    at = rows.index("there      11:07 (Asia/Tokyo)")
    assert rows[at : at + 8] == [
        "there      11:07 (Asia/Tokyo)",
        "requestor  VIP Max Muster, store IT",
        "           max@nordkauf.example",
        "phone      +49 40 5550 114  (y n)",
        "verify     call back on the number on file  (w)",
        "site       Osaka",
        "access     gate 2",
        "hours      Mon-Fri",
    ]


async def test_a_number_of_the_ticket_system_is_for_a_call_and_verifies_nobody(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ticket = whole.make()
    there = whole.services.desk.ticket(ticket)
    assert there is not None
    told = replace(there, phones=("max@nordkauf.example\t+49 \x1b[31m40 9",))
    monkeypatch.setattr(whole.services.desk, "ticket", lambda name: told)
    said = await panel(whole, themes, PeoplePanel, ticket)
    assert "phone      +49 ^[[31m40 9  (y n), as the ticket system has it" in said
    copied: list[str] = []
    monkeypatch.setattr("deskui.ui.terminal.clipboard", lambda words: copied.append(words) or "")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("y", "n")
        await until(pilot, lambda: copied == ["+49 ^[[31m40 9"])
        await pilot.press("w")
        await until(pilot, lambda: "verified by what?" in shown(app))
        assert "call-back" not in shown(app)
    on_file(whole)
    assert "phone      +49 40 5550 114  (y n)\n" in await panel(whole, themes, PeoplePanel, ticket)


async def test_the_panel_says_that_a_file_is_wrong(whole: WholeDesk, themes: Any) -> None:
    on_file(whole, "customer = 1\n")
    said = await panel(whole, themes, PeoplePanel, whole.make())
    assert "requestor  max@nordkauf.example" in said
    assert "1 file of customers cannot be used: deskui customer check" in said


async def test_y_n_copies_the_number(whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = whole.make()
    copied: list[str] = []
    monkeypatch.setattr("deskui.ui.terminal.clipboard", lambda words: copied.append(words) or "")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("y", "n")
        await until(pilot, lambda: f"no number is on file for {ticket}" in shown(app))
        on_file(whole)
        await pilot.press("y", "n")
        await until(pilot, lambda: "sent to terminal: +49 40 5550 114" in shown(app))
    assert copied == ["+49 40 5550 114"]


async def test_two_keys_keep_by_what_a_caller_was_verified(whole: WholeDesk, themes: Any) -> None:
    on_file(whole)
    ticket = whole.make()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: "Max Muster called: verified by what?" in shown(app))
        assert "c  call-back on the number on file, +49 40 5550 114" in shown(app)
        await pilot.press("escape")
        assert whole.services.desk.outbox() == []
        await pilot.press("w", "c")
        await until(pilot, lambda: whole.services.desk.outbox())
    (entry,) = whole.services.desk.outbox()
    assert (entry.change.verb, entry.change.text) == (
        "note",
        "Caller verified: Max Muster (max@nordkauf.example), by: call-back on the number on file, +49 40 5550 114, "
        "at 02:07 UTC",
    )
