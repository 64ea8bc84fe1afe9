"""Links on the screen: listed, followed, set and taken away; and a whole that takes its parts along."""

from typing import Any

from deskui.domain.links import Link, Merge
from deskui.ui.panels.similar import SimilarPanel
from deskui.ui.screens.bulk import BulkScreen
from deskui.ui.screens.newticket import NewTicketScreen
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.test_panels import panel


def family(whole: WholeDesk) -> tuple[str, str, str]:
    """A ticket and its two parts, one of them with a hostile subject."""
    names = (whole.make("Storm"), whole.make("Mast \x1b[31mdown"), whole.make("Line cut"))
    for part in names[1:]:
        whole.do(part, Link("parent", names[0]))
    whole.sync()
    whole.sync()  # what it did to the other ticket comes with the feed
    return names


async def test_the_panel_lists_them_first_and_enter_opens(whole: WholeDesk, themes: Any) -> None:
    parent, one, two = family(whole)
    said = await panel(whole, themes, SimilarPanel, parent)
    assert said.startswith("-LINKS---")
    assert f"has part {one} NEW Mast ^[[31mdown" in said
    assert f"has part {two} NEW Line cut" in said
    assert "-SIMILAR---" in said
    assert "-LINKS" not in await panel(whole, themes, SimilarPanel, whole.make("Alone"))
    async with opened(whole.services, TicketScreen(whole.services, two), themes) as (app, pilot):
        await pilot.press("shift+tab", "shift+tab")
        await until(pilot, lambda: f"part of {parent} NEW Storm" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.ticket_id == parent)


async def test_l_goes_there_sets_and_takes_away(whole: WholeDesk, themes: Any) -> None:
    parent, one, two = family(whole)
    async with opened(whole.services, TicketScreen(whole.services, one), themes) as (app, pilot):
        await pilot.press("L")
        await until(pilot, lambda: f"1  part of {parent} NEW Storm" in shown(app))
        await pilot.press("r")
        await until(pilot, lambda: f"{one} is related to" in shown(app))
        await pilot.press(*two.lower(), "enter")
        await until(pilot, lambda: whole.services.desk.outbox())
        assert whole.services.desk.outbox()[0].change == Link("related", two, two.removeprefix("RT-"))
        await pilot.press("L")
        await until(pilot, lambda: f"2  related to {two}" in shown(app))
        await pilot.press("x")
        await until(pilot, lambda: "Which link" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: len(whole.services.desk.outbox()) == 2)
        whole.sync()
        whole.sync()
        assert [each.links for each in map(whole.services.desk.ticket, (one, two, parent)) if each] == [
            (f"related {two[3:]}",), (f"parent {parent[3:]}", f"related {one[3:]}"), (f"child {two[3:]}",),
        ]  # fmt: skip
        await pilot.press("L", "1")
        await until(pilot, lambda: app.screen.ticket_id == two)


async def test_a_link_that_cannot_be_is_refused(whole: WholeDesk, themes: Any) -> None:
    parent, one, _ = family(whole)
    async with opened(whole.services, TicketScreen(whole.services, one), themes) as (app, pilot):
        for words, said in (
            (f"link parent {parent}", f"{one} is part of {parent} already"), ("link parent RT-99", "no ticket RT-99"),
            (f"link related {one}", "cannot be linked to itself"), ("unlink RT-99", "has no link to RT-99"),
        ):  # fmt: skip
            await pilot.press("colon")
            await until(pilot, lambda: app.screen.query("Input"))
            app.screen.query_one("Input").value = words
            await pilot.press("enter")
            await until(pilot, lambda said=said: any(said in each.message for each in app._notifications))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, TicketScreen))
    assert whole.services.desk.outbox() == []


async def test_a_whole_that_is_resolved_offers_its_open_parts(whole: WholeDesk, themes: Any) -> None:
    parent, one, two = family(whole)
    async with opened(whole.services, TicketScreen(whole.services, parent), themes) as (app, pilot):
        await pilot.press("X")
        await until(pilot, lambda: app.screen.query("TextArea"))
        await pilot.press(*"mended")
        await pilot.press("f2")
        await until(pilot, lambda: f"{parent} is resolved. Its open parts, too?" in shown(app))
        assert f"1  [ ] {one}" in shown(app)
        await pilot.press("2")
        await until(pilot, lambda: f"2  [x] {two}" in shown(app))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, BulkScreen) and "resolve" in shown(app))
        await pilot.press("1", "enter")
        await until(pilot, lambda: len(whole.services.desk.outbox()) == 2)
    assert [(entry.change.verb, entry.change.text) for entry in whole.services.desk.outbox()] == [
        ("resolve", "mended"), ("resolve", "mended"),
    ]  # fmt: skip
    assert [each.state for each in map(whole.services.desk.ticket, (parent, one, two)) if each] == [
        "resolved", "new", "resolved",
    ]  # fmt: skip


async def test_without_an_answer_no_part_is_resolved(whole: WholeDesk, themes: Any) -> None:
    parent, one, _ = family(whole)
    async with opened(whole.services, TicketScreen(whole.services, parent), themes) as (app, pilot):
        await pilot.press("X")
        await until(pilot, lambda: app.screen.query("TextArea"))
        await pilot.press(*"mended")
        await pilot.press("f2")
        await until(pilot, lambda: "Its open parts, too?" in shown(app))
        await pilot.press("enter")  # on Cancel
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
    assert len(whole.services.desk.outbox()) == 1
    there = whole.services.desk.ticket(one)
    assert there is not None
    assert there.state == "new"


async def test_a_merge_shows_what_survives_and_wants_its_id(whole: WholeDesk, themes: Any) -> None:
    one, other = whole.make("Storm again"), whole.make("Storm")
    async with opened(whole.services, TicketScreen(whole.services, one), themes) as (app, pilot):
        await pilot.press("colon", *f"merge {other}", "enter")
        await until(pilot, lambda: f"SURVIVES  {other} P4 new" in shown(app))
        assert "This cannot be undone in rt." in shown(app)
        await pilot.press(*one, "enter")
        await until(pilot, lambda: f"Type exactly {other} to go on" in shown(app))
        assert whole.services.desk.outbox() == []
        app.screen.query_one("Input").value = other
        await pilot.press("enter")
        await until(pilot, lambda: whole.services.desk.outbox())
    (entry,) = whole.services.desk.outbox()
    assert (entry.change, entry.not_before > whole.clock.now) == (Merge(other, other[3:]), True)
    whole.clock.now += 10
    whole.sync()
    survivor = whole.services.desk.ticket(one)
    assert survivor is not None
    assert survivor.id == other


async def test_a_split_takes_a_message_into_a_new_ticket_and_links_it_back(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make("Storm")
    whole.world.reply_as_customer(ticket[3:], "And by the way:\nthe printer \x1b[31mis on fire", "max@nordkauf.example")
    whole.world.note_as("kim", ticket[3:], "their printer is ancient")
    whole.sync()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("colon", *"split", "enter")
        await until(pilot, lambda: "a new ticket from which message?" in shown(app))
        assert "kim: their printer is ancient" not in shown(app)  # a customer would read it
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, NewTicketScreen))
        assert "> the printer ^[[31mis on fire" in shown(app)
        app.screen.query_one("#new-subject").value = "Printer on fire"
        await pilot.press("f2")
        await until(pilot, lambda: len(whole.services.desk.outbox()) == 2)
    create, link = (entry.change for entry in whole.services.desk.outbox())
    assert (create.subject, create.customer) == ("Printer on fire", "Nordkauf")
    assert create.requestor == "max@nordkauf.example"
    assert create.text.startswith(f"max@nordkauf.example wrote in {ticket}, 02:07:\n\n> And by the way:\n> the printer")
    assert link == Link("related", ticket, ticket[3:])
    for _ in range(2):
        whole.sync()
    there = whole.services.desk.ticket(ticket)
    assert there is not None
    (back,) = there.links
    new = whole.services.desk.ticket(f"RT-{back.removeprefix('related ')}")
    assert new is not None
    assert (new.subject, new.links) == ("Printer on fire", (f"related {ticket[3:]}",))
