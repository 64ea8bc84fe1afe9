"""Writing: a note and a reply cannot be mistaken for each other, and no text is lost."""

from typing import Any

import pytest
from textual.widgets import Input, TextArea

from deskui.domain.change import Note, Reply, Resolve
from deskui.domain.when import parse
from deskui.ui.screens.newticket import FormError, NewTicketScreen, create, received
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import LARGE, SMALL, WholeDesk, full_disk, opened, shown, until


def editor(app: Any) -> str:
    return next((str(area.text) for area in app.screen.query(TextArea).results(TextArea)), "")


def waiting(whole: WholeDesk) -> list[Any]:
    return [entry.change for entry in whole.services.desk.outbox()]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_note_and_reply_differ_in_words_and_looks(whole: WholeDesk, themes: Any, size: tuple[int, int]) -> None:
    ticket = whole.make(priority=2)
    looks = []
    for kind in ("note", "reply"):
        async with opened(whole.services, WriteScreen(whole.services, ticket, kind), themes, size) as (app, _):
            title = app.screen.query_one(".title")
            looks.append(
                (shown(app), title.styles.color, title.styles.text_style, app.screen.query_one(TextArea).styles.border)
            )
    (note, *note_style), (reply, *reply_style) = looks
    assert note.startswith(" WORK NOTE: only the team reads this")
    assert reply.startswith(" PUBLIC REPLY TO Nordkauf: THE CUSTOMER READS THIS")
    assert "Save note" in note
    assert "Send reply" in reply
    assert "To max@nordkauf.example" in reply
    assert "It waits 10 s before it is sent" in reply
    assert "Nordkauf" not in note.split("\n")[0]
    assert all(one != other for one, other in zip(note_style, reply_style, strict=True))


async def test_a_note_with_minutes(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"seen j", "tab", "1", "5", "f2")
        await until(pilot, lambda: app.answers == [True])
    assert waiting(whole) == [Note("seen j", 15)]


async def test_a_reply_is_shown_once_more_and_cancel_is_the_default(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"on it", "f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY to Nordkauf?" in shown(app))
        said = shown(app)
        assert "To max@nordkauf.example" in said
        assert "waits 10 s" in said
        assert "on it" in said
        assert "y  Yes, send it to Nordkauf" in said
        await pilot.press("enter")  # the default
        await pilot.pause(0.1)
        assert waiting(whole) == []
        assert app.screen.query_one(TextArea).text == "on it"
        await pilot.press("f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: app.answers == [True])
    entry = whole.services.desk.outbox()[0]
    assert (entry.change, entry.not_before - entry.made_at) == (Reply("on it"), 10)


async def test_a_p1_reply_says_that_it_does_not_wait(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=1)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, _):
        assert shown(app).endswith("sync 02:07")
        assert "A P1: it is sent at once and cannot be undone." in shown(app)


async def test_a_newer_message_is_shown_before_the_reply_leaves(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"on it")
        whole.world.reply_as_customer(ticket[3:], "never mind, it works again", "max@nordkauf.example")
        whole.sync()
        await pilot.press("f2")
        await until(pilot, lambda: "NEW MESSAGE on" in shown(app))
        assert "never mind, it works again" in shown(app)


async def test_a_reply_to_a_resolved_ticket_says_what_it_may_do(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    whole.do(ticket, Resolve("works again"))
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"done", "f2")
        await until(pilot, lambda: "may reopen it on a reply" in shown(app))


async def test_nothing_is_not_saved(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "resolve"), themes) as (app, pilot):
        await pilot.press("space", "f2")
        await pilot.pause()
        assert "Nothing written yet." in shown(app)
    assert waiting(whole) == []


async def test_the_text_survives_a_failed_save(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    services = full_disk(whole.services)
    async with opened(services, WriteScreen(services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"long work", "f2")
        await until(pilot, lambda: "NOT SAVED: the disk is full" in shown(app))
        assert app.screen.query_one(TextArea).text == "long work"
        assert app.answers == []


async def test_a_refused_verb_keeps_the_text(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.do(ticket, Resolve("done before"))
    async with opened(whole.services, WriteScreen(whole.services, ticket, "resolve"), themes) as (app, pilot):
        await pilot.press(*"again", "f2")
        await until(pilot, lambda: "NOT SAVED:" in shown(app))
        assert "resolved" in shown(app)
        assert app.screen.query_one(TextArea).text == "again"


async def test_leaving_asks_and_a_draft_comes_back(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"half a", "escape")
        await until(pilot, lambda: "Leave this work note?" in shown(app))
        await pilot.press("escape")  # Cancel: go on writing
        await pilot.pause()
        assert app.answers == []
        await pilot.press("escape", "k")
        await until(pilot, lambda: app.answers == [False])
        app.push_screen(WriteScreen(whole.services, ticket, "note"))
        await until(pilot, lambda: "A draft of this work note waits on" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: editor(app) == "half a")
        await pilot.press("escape")
        await until(pilot, lambda: "Leave this work note?" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: waiting(whole) == [Note("half a")])
    assert whole.services.writing.drafts.all() == []


async def test_a_new_ticket_from_the_phone(whole: WholeDesk, themes: Any) -> None:
    async with opened(whole.services, NewTicketScreen(whole.services), themes) as (app, pilot):
        await pilot.press("f2")
        assert "The subject is empty" in shown(app)
        for name, value in {
            "subject": "No mail",
            "customer": "Kranz AG",
            "priority": "2",
            "ci": "till",
            "received": "01:55",
        }.items():
            app.screen.query_one(f"#new-{name}", Input).value = value
        await pilot.press("f2")
        await pilot.pause()
        assert "No CI is called till; there are: till-gw-07." in shown(app)
        app.screen.query_one("#new-ci", Input).value = "till-gw-07"
        await pilot.press("f2")
        await until(pilot, lambda: app.answers == ["RT-~1"])
    ticket = whole.services.desk.ticket("RT-~1")
    assert ticket is not None
    assert (ticket.subject, ticket.customer, ticket.priority, ticket.cis) == ("No mail", "Kranz AG", 2, ("till-gw-07",))
    assert ticket.received == parse("2026-11-24T01:55:00Z")


NOW = parse("2026-11-24T02:07:00Z")
VALUES = {"subject": "x", "customer": "", "requestor": "", "priority": "P3", "ci": "", "received": "", "text": ""}


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("", None),
        ("01:55", "2026-11-24T01:55:00Z"),
        ("23:50", "2026-11-23T23:50:00Z"),
        ("02:07", "2026-11-24T02:07:00Z"),
    ],
)
def test_received_is_the_latest_such_time(typed: str, at: str | None) -> None:
    assert received(typed, NOW, "UTC") == (parse(at) if at else None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", ""), ("priority", "5"), ("priority", ""), ("ci", "sw1"), ("received", "25:00"), ("received", "soon"),
     ("received", "2026-11-24T03:00:00Z")],
)  # fmt: skip
def test_the_form_names_the_field_that_is_wrong(field: str, value: str) -> None:
    with pytest.raises(FormError) as wrong:
        create({**VALUES, field: value}, NOW, "UTC", [])
    assert wrong.value.field == field


async def test_on_a_disk_that_is_really_full_the_text_stays_and_goes_when_there_is_room(
    whole: WholeDesk, themes: Any
) -> None:
    ticket = whole.make()
    db = whole.store._db
    assert db is not None
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        text = "what was seen in the basement " * 400
        app.screen.query_one(TextArea).text = text
        await pilot.press("f2")
        await until(pilot, lambda: "NOT SAVED: not saved: the disk that holds" in " ".join(shown(app).split()))
        assert app.screen.query_one(TextArea).text == text
        assert (waiting(whole), app.answers) == ([], [])
        db.execute("PRAGMA max_page_count=1000000")
        await pilot.press("f2")
        await until(pilot, lambda: app.answers != [])
    assert len(waiting(whole)) == 1
