"""A reply before it leaves: whom it reaches, what the customer will read, and the ticket as it is upstream now."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import TextArea

from deskui.domain.calendar import Calendar
from deskui.domain.change import Reply, Resolve
from deskui.services import writing
from deskui.services.rereading import Rereading
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import SMALL, WholeDesk, app_with, full_disk, opened, shown, until

LEAD = "lead@nordkauf.example"


def waiting(whole: WholeDesk) -> list[Any]:
    return [entry.change for entry in whole.services.desk.outbox()]


def reply(whole: WholeDesk, ticket: str, themes: Any, services: Any = None) -> Any:
    services = services or whole.services
    return opened(services, WriteScreen(services, ticket, "reply"), themes)


async def test_to_and_cc_are_shown_and_can_be_changed(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with reply(whole, ticket, themes) as (app, pilot):
        assert " To max@nordkauf.example" in shown(app)
        assert " Cc nobody" in shown(app)
        await pilot.press(*"on it", "f5")
        assert app.focused.id == "write-to"
        await pilot.press("end", *f", {LEAD}", "enter")
        assert app.focused.id == "write-cc"
        await pilot.press(*"boss@nordkauf.example", "f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY to Nordkauf?" in shown(app))
        said = shown(app)
        assert f"To max@nordkauf.example, {LEAD} " in said
        assert "| Cc boss@nordkauf.example " in said
        assert "In rt To and Cc belong to the ticket: these stay for all that" in said
        await pilot.press("y")
        await until(pilot, lambda: app.answers == [True])
    assert waiting(whole) == [Reply("on it", to=(f"+{LEAD}",), cc=("+boss@nordkauf.example",))]
    whole.clock.now += 60
    whole.sync()
    there = whole.world.ticket(ticket[3:])
    assert (there.requestors, there.cc) == (("max@nordkauf.example", LEAD), ("boss@nordkauf.example",))


async def test_what_is_no_address_is_not_sent(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it")
        app.screen.query_one("#write-cc").value = "kim"
        await pilot.press("f2")
        await until(pilot, lambda: "Cc: 'kim' is no e-mail address." in shown(app))
        app.screen.query_one("#write-cc").value = ""
        await pilot.press("f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY" in shown(app))
        assert "belong to the ticket" not in shown(app)


async def test_a_reply_that_nobody_gets_says_so(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it")
        app.screen.query_one("#write-to").value = ""
        await pilot.press("f2")
        await until(pilot, lambda: "NOBODY GETS IT BY MAIL" in shown(app))


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        ("", "NOT SENT: rt chooses itself who gets a reply"),
        ("reply", f"Cc {LEAD}"),
        (None, "It is not known whether rt lets you choose To and Cc"),
    ],
)
async def test_an_upstream_that_cannot_says_so_before_anything_is_sent(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch, recipients: str | None, said: str
) -> None:
    ticket = whole.make(priority=2)
    whole.adapter.recipients = recipients  # type: ignore[assignment]
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it")
        app.screen.query_one("#write-cc").value = LEAD
        await pilot.press("f2")
        await until(pilot, lambda: said in shown(app))
        assert "belong to the ticket" not in shown(app)
        assert waiting(whole) == []
        assert str(app.screen_stack[-1 if recipients == "" else -2].query_one(TextArea).text) == "on it"


async def test_the_ticket_is_read_again_and_what_is_new_is_shown_once(whole: WholeDesk, themes: Any) -> None:
    """Nothing was pulled meanwhile: only the upstream knows."""
    ticket = whole.make(priority=2)
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it")
        whole.world.reply_as_customer(ticket[3:], "never mind, it works again", "max@nordkauf.example")
        whole.world.change_as("kim", ticket[3:], Reply("I look into it", cc=(f"+{LEAD}",)))
        whole.world.note_as("kim", ticket[3:], "internal")
        await pilot.press("f2")
        await until(pilot, lambda: "NEW MESSAGE on RT-1 since you began. Send to Nordkauf all the same?" in shown(app))
        said = shown(app)
        assert ">> CUSTOMER max@nordkauf.example: never mind, it works again" in said
        assert "<< REPLY (public) kim: I look into it" in said
        assert "internal" not in said
        assert f"Cc {LEAD}" in said  # whom it reaches now
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert waiting(whole) == []
        await pilot.press("f2")  # seen: not asked a second time
        await until(pilot, lambda: "Send this PUBLIC REPLY to Nordkauf?" in shown(app))


async def test_our_own_reply_is_no_news(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=1)
    async with reply(whole, ticket, themes) as (app, pilot):
        whole.do(ticket, Reply("first part"))
        whole.sync()
        await pilot.press(*"second", "f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY" in shown(app))


async def test_without_a_line_it_says_from_when_it_knows_and_can_be_sent(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    whole.faults.offline = True
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it", "f2")
        await until(pilot, lambda: "NOT READ AGAIN: rt could not be asked: no route" in shown(app))
        assert "To max@nordkauf.example" in shown(app)
        await pilot.press("y")
        await until(pilot, lambda: app.answers == [True])
    assert waiting(whole) == [Reply("on it")]


async def test_a_silent_upstream_holds_nothing_up(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen takes keys while it is asked, and goes on without an answer."""
    ticket = whole.make(priority=2)
    go_on, read = threading.Event(), Rereading.read
    monkeypatch.setattr(Rereading, "read", lambda self, of: read(self, of, 0.6))
    whole.faults.before = lambda method: go_on.wait(10) and None
    try:
        async with reply(whole, ticket, themes) as (app, pilot):
            await pilot.press(*"on it", "f2")
            await until(pilot, lambda: "reading RT-1 again" in shown(app))
            await pilot.press("!")
            assert str(app.screen.query_one(TextArea).text) == "on it!"
            await until(pilot, lambda: "NOT READ AGAIN: rt did not answer within 0.6 s" in shown(app))
            assert "on it!" in shown(app)
    finally:
        go_on.set()


async def test_an_adapter_that_breaks_is_a_sentence(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)

    def broken(remote: str, seen: str) -> None:
        raise KeyError("Status")

    whole.adapter.read = broken  # type: ignore[assignment]
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it", "f2")
        await until(pilot, lambda: "NOT READ AGAIN: it failed: 'Status'" in shown(app))


async def test_a_deleted_one_is_not_written_to_and_a_merged_one_says_where_it_goes(
    whole: WholeDesk, themes: Any
) -> None:
    ticket, other = whole.make(priority=2), whole.make("The same", priority=2)
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"on it")
        whole.world.merge(ticket[3:], other[3:])
        await pilot.press("f2")
        await until(pilot, lambda: "RT-1 was merged into RT-2: the reply goes there." in shown(app))
        await pilot.press("escape")
        whole.world.delete(other[3:])
        await pilot.press("f2")
        await until(pilot, lambda: "NOT SENT: RT-1 was deleted in rt." in shown(app))
        assert str(app.screen.query_one(TextArea).text) == "on it"


async def test_a_resolution_that_waits_here_counts_as_resolved(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    whole.do(ticket, Resolve("works again"))
    async with reply(whole, ticket, themes) as (app, pilot):
        await pilot.press(*"done", "f2")
        await until(pilot, lambda: "RT-1 is resolved: the ticket system may reopen it" in shown(app))


async def test_the_preview_is_what_the_customer_reads_with_their_clock(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of who wrote it where several share the login; the customer's name and local time."""
    ticket = whole.make(priority=2)
    office = Calendar.compile("Asia/Tokyo", {}, always=True)
    own = replace(whole.store.rules.default, customer="Nordkauf", calendars={"office": office})
    monkeypatch.setattr(whole.services.desk, "contract", lambda ticket: own)
    monkeypatch.setattr(whole.services.writing, "_signs", lambda upstream: True)
    async with reply(whole, ticket, themes) as (app, pilot):
        assert "There it is 11:07." in shown(app)
        await pilot.press(*"  on it", "enter", "enter")
        await pilot.press("f2")
        await until(pilot, lambda: "Send this PUBLIC REPLY to Nordkauf?" in shown(app))
        lines = [line.strip(" |") for line in shown(app).split("\n")]
        assert "There it is 11:07 (Asia/Tokyo)." in lines
        at = lines.index("--- Nordkauf reads:")
        assert lines[at + 1 : at + 4] == ["on it", "", "-- anna"]


async def test_the_signature_shown_is_the_one_that_is_sent(whole: WholeDesk) -> None:
    from deskui.domain.outgoing import Entry
    from deskui.domain.ticket import Ticket
    from deskui.upstream._rt_steps import steps
    from deskui.upstream.base import Options

    made = writing.Writing(whole.services.desk, whole.services.syncing, whole.home, whole.home, lambda name: True)
    ticket = Ticket("rt", "1")
    entry = Entry("u", "t", 1, Reply("on it"), "anna", 0)
    [step] = steps(entry, ticket, ticket, Options(service_account=True), lambda state, _why: state)
    assert made.sent(ticket, "on it") == step.body["Content"]


@pytest.mark.parametrize("plain", [False, True])
async def test_a_note_cannot_be_taken_for_a_reply_with_or_without_colour(
    whole: WholeDesk, themes: Any, plain: bool
) -> None:
    """Words, frame, fields and hints differ; a reply always asks once more, a note never reaches a customer."""
    ticket = whole.make(priority=2)
    said, frames = {}, {}
    for kind in ("note", "reply"):
        app = app_with(whole.services, WriteScreen(whole.services, ticket, kind), themes, plain)
        async with app.run_test(size=SMALL) as pilot:
            await pilot.pause()
            said[kind] = shown(app)
            border = app.screen.query_one(TextArea).styles.border
            frames[kind] = tuple(bool(edge[0]) for edge in border)
            title = app.screen.query_one(".title").styles.text_style
            assert bool(title.reverse) == (kind == "reply")
    assert frames == {"note": (False, False, False, True), "reply": (True, True, True, True)}
    note, public = said["note"], said["reply"]
    for words in ("PUBLIC", "CUSTOMER", "REPLY", "To ", "Cc ", "reply"):
        assert words in public
        assert words not in note
    for words in ("WORK NOTE", "only the team", "Save note", "F2:save note"):
        assert words in note
        assert words not in public


async def test_a_commit_that_fails_after_the_preview_keeps_the_text(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    async with reply(whole, ticket, themes, full_disk(whole.services)) as (app, pilot):
        await pilot.press(*"long work", "f2")
        await until(pilot, lambda: "Yes, send it" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: "NOT SAVED: the disk is full" in shown(app))
        assert str(app.screen.query_one(TextArea).text) == "long work"
        await until(pilot, lambda: len(whole.services.writing.drafts.all()) == 1)
