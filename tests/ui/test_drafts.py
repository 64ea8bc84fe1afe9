"""Drafts at the keys: kept while one types, offered with their age, never on another ticket or as another kind."""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import TextArea

from deskui.domain.change import Note, Reply
from deskui.domain.draft import Draft
from deskui.ui import keeping, terminal
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import WholeDesk, opened, shown, until


def kept(whole: WholeDesk) -> list[tuple[str, str, str]]:
    """(ticket, kind, text) of all drafts, once what is under way is committed."""
    whole.store.write(lambda tx: None).result(10)
    return there(whole)


def there(whole: WholeDesk) -> list[tuple[str, str, str]]:
    """Those that are on the disk now."""
    return sorted((each.ticket.id, each.draft.kind, each.draft.text) for each in whole.services.writing.drafts.all())


def written(app: Any) -> str:
    return next((str(area.text) for area in app.screen.query(TextArea).results(TextArea)), "")


def put(whole: WholeDesk, ticket: str, kind: str, text: str, **more: Any) -> Draft:
    """A draft from an earlier session."""
    drafts = whole.services.writing.drafts
    known = whole.services.desk.ticket(ticket)
    draft = replace(drafts.begin(known, kind), text=text, **more)
    drafts.keep(draft).result(10)
    return draft


async def test_it_is_kept_while_one_goes_on_typing(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = whole.make()
    monkeypatch.setattr(keeping, "KEEP_S", 0.2)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        for letter in "abcdefgh":  # without a pause as long as the wait
            await pilot.press(letter)
            await pilot.pause(0.08)
        assert next(text for _, _, text in kept(whole)) in ("abcdefgh"[:n] for n in range(2, 9))
        await until(pilot, lambda: kept(whole) == [(ticket, "reply", "abcdefgh")])
        await until(pilot, lambda: "draft kept 02:07" in shown(app))
        app.screen.query_one("#write-cc").value = "lead@nordkauf.example"
        await until(pilot, lambda: whole.services.writing.drafts.all()[0].draft.cc == ("+lead@nordkauf.example",))


async def test_all_that_was_typed_is_kept_however_the_editor_is_left(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"one", "tab", "5", "tab", "g", "q")  # to the queue, from the button
        await until(pilot, lambda: not isinstance(app.screen, WriteScreen))
    assert kept(whole) == [(ticket, "note", "one")]
    async with opened(whole.services, WriteScreen(whole.services, whole.make("Other"), "note"), themes) as (_, pilot):
        await pilot.press(*"two")  # and the app ends
    assert [text for _, _, text in kept(whole)] == ["one", "two"]
    assert [each.draft.minutes for each in whole.services.writing.drafts.all()] == ["", "5"]


async def test_an_end_from_outside_waits_for_the_last_words(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the orderly way out takes, and the disk."""
    ticket = whole.make()
    gone: list[tuple[int, list[tuple[str, str, str]]]] = []
    monkeypatch.setattr(terminal, "GRACE_S", 0.1)
    monkeypatch.setattr(terminal.os, "_exit", lambda code: gone.append((code, there(whole))))
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"seen")
        whole.store.write(lambda tx: time.sleep(0.6))
        monkeypatch.setattr(app, "exit", lambda **_: None)  # stuck
        terminal.leave(app, 129)
        await until(pilot, lambda: gone)
    assert gone == [(129, [(ticket, "reply", "seen")])]


async def test_it_is_offered_with_its_age_and_all_that_was_typed_comes_back(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    put(
        whole,
        ticket,
        "reply",
        "Dear Max,\nwe",
        minutes="7",
        cc=("+lead@nordkauf.example",),
        to=("-max@nordkauf.example",),
    )
    whole.clock.now += 12 * 60
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await until(pilot, lambda: "A draft of this public reply waits on RT-1, 12m old" in shown(app))
        assert "Dear Max," in shown(app)
        await pilot.press("1")
        await until(pilot, lambda: written(app) == "Dear Max,\nwe")
        now = app.screen.written_draft()
        assert (now.minutes, now.cc, now.to) == ("7", ("+lead@nordkauf.example",), ("-max@nordkauf.example",))
        assert app.screen.query_one("#write-cc").value == "lead@nordkauf.example"
        await pilot.press(*" look")
        await until(pilot, lambda: kept(whole) == [(ticket, "reply", "Dear Max,\nwe look")])


async def test_what_was_typed_ahead_stands_behind_the_draft_and_nothing_is_sent_without_it(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow disk the next keys come before the draft is there."""
    ticket, gate = whole.make(), threading.Event()
    put(whole, ticket, "note", "half a")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "begin anew" in shown(app))
        whole.store.write(lambda tx: gate.wait(10) and None)
        await pilot.press("1", *" sentence", "f2")
        assert app.answers == []
        gate.set()
        await until(pilot, lambda: app.answers == [True])
    assert [entry.change for entry in whole.services.desk.outbox()] == [Note("half a sentence")]
    assert kept(whole) == []


async def test_cancel_is_the_default_and_changes_nothing(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    put(whole, ticket, "note", "half a")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "begin anew; what waits stays" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.answers == [False])
    assert kept(whole) == [(ticket, "note", "half a")]


async def test_typed_ahead_words_harm_no_draft(whole: WholeDesk, themes: Any) -> None:
    """Who types on after C, not knowing that something waits, neither discards nor opens it."""
    ticket = whole.make()
    put(whole, ticket, "reply", "half a")
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("C", *"dear yes keep discard")
        await until(pilot, lambda: "begin anew" in shown(app))
        await pilot.pause(0.2)
        assert "begin anew" in shown(app)
    assert kept(whole) == [(ticket, "reply", "half a")]


async def test_beginning_anew_keeps_both(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    put(whole, ticket, "note", "half a")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "begin anew" in shown(app))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        await pilot.press(*"new")
        await until(pilot, lambda: [text for _, _, text in kept(whole)] == ["half a", "new"])
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "2 drafts of this kind wait on RT-1" in shown(app))
        assert "discard" not in shown(app)
        at = next(key for key in "12" if f"{key}  go on with the one just now: half a" in shown(app))
        await pilot.press(at)
        await until(pilot, lambda: written(app) == "half a")


async def test_discarding_asks_once_more(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    put(whole, ticket, "note", "half a")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "begin anew" in shown(app))
        await pilot.press("3")
        await until(pilot, lambda: "Discard the draft of RT-1 for good?" in shown(app))
        await pilot.press("enter")  # Cancel: asked again from the start
        await until(pilot, lambda: "begin anew" in shown(app))
        assert kept(whole) == [(ticket, "note", "half a")]
        await pilot.press("3")
        await until(pilot, lambda: "for good?" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: kept(whole) == [])
        assert written(app) == ""


@pytest.mark.parametrize(("kind", "other"), [("note", "reply"), ("reply", "note"), ("resolve", "cancel")])
async def test_it_never_comes_up_on_another_ticket_or_as_another_kind(
    whole: WholeDesk, themes: Any, kind: str, other: str
) -> None:
    ticket, elsewhere = whole.make(), whole.make("Another", priority=1)
    put(whole, ticket, kind, "for this ticket alone")
    for name, wanted in ((elsewhere, kind), (ticket, other), (elsewhere, other)):
        async with opened(whole.services, WriteScreen(whole.services, name, wanted), themes) as (app, pilot):
            await pilot.pause(0.2)
            assert written(app) == ""
            assert "for this ticket alone" not in shown(app)
            assert "waits" not in shown(app).replace("It waits", "")
    assert kept(whole) == [(ticket, kind, "for this ticket alone")]


async def test_sent_and_explicitly_discarded_ones_go(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"seen")
        await until(pilot, lambda: kept(whole) == [(ticket, "note", "seen")])
        await pilot.press("!", "f2")
        await until(pilot, lambda: app.answers == [True])
        await pilot.pause(1.0)
    assert kept(whole) == []
    assert [entry.change for entry in whole.services.desk.outbox()] == [Note("seen!")]
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"nonsense")
        await until(pilot, lambda: len(kept(whole)) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: "Leave this work note?" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: app.answers == [False])
    assert kept(whole) == []


async def test_nothing_is_kept_again_while_it_is_being_sent(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = whole.make()
    desk, gate, made = whole.services.desk, Future[Any](), list[Any]()

    class Slow:
        """The commit is there, but the screen has not heard of it yet."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk, name)

        def do(self, *asked: Any) -> "Future[Any]":
            desk.do(*asked).add_done_callback(made.append)
            return gate

    monkeypatch.setattr(keeping, "KEEP_S", 0.1)
    services = replace(whole.services, desk=Slow())
    async with opened(services, WriteScreen(services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"seen", "f2")
        await until(pilot, lambda: len(made) == 1)
        await pilot.pause(0.4)
        assert kept(whole) == []
        gate.set_result(made[0].result())
        await until(pilot, lambda: app.answers == [True])
    assert kept(whole) == []


async def test_a_refused_one_stays_a_draft(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reopen"), themes) as (app, pilot):
        await pilot.press(*"again", "f2")
        await until(pilot, lambda: "NOT SAVED:" in shown(app))
        await until(pilot, lambda: kept(whole) == [(ticket, "reopen", "again")])
        await pilot.press("!")
        await until(pilot, lambda: kept(whole) == [(ticket, "reopen", "again!")])


async def test_a_disk_that_refuses_is_said_and_the_text_stays(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    drafts = whole.services.writing.drafts

    def refuse(_draft: Draft) -> "Future[None]":
        future: Future[None] = Future()
        future.set_exception(OSError("the disk is full"))
        return future

    keep, drafts.keep = drafts.keep, refuse  # type: ignore[method-assign]
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"long work")
        await until(pilot, lambda: "DRAFT NOT KEPT: the disk is full" in shown(app))
        assert written(app) == "long work"
        await pilot.press("escape")
        await until(pilot, lambda: "Leave this work note?" in shown(app))
        await pilot.press("k")  # it could not be kept: so it is not left either
        await pilot.pause(0.3)
        assert app.answers == []
        drafts.keep = keep  # type: ignore[method-assign]
        await pilot.press(*"!")
        await until(pilot, lambda: kept(whole) == [(ticket, "note", "long work!")])


async def test_what_came_in_since_it_was_begun_is_said_when_it_is_offered_and_before_it_leaves(
    whole: WholeDesk, themes: Any
) -> None:
    ticket = whole.make(priority=2)
    whole.world.reply_as_customer(ticket[3:], "known before", "max@nordkauf.example")
    whole.sync()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"on it")
    whole.world.reply_as_customer(ticket[3:], "it works again", "max@nordkauf.example")
    whole.sync()
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await until(pilot, lambda: "CUSTOMER max@nordkauf.example since then: it works again" in shown(app))
        assert "known before" not in shown(app)
        await pilot.press("1")
        await until(pilot, lambda: written(app) == "on it")
        await pilot.press("f2")
        await until(pilot, lambda: "NEW MESSAGE on RT-1 since you began" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: app.answers == [True])
    assert [entry.change for entry in whole.services.desk.outbox()] == [Reply("on it")]


async def test_a_mark_in_the_list_and_a_line_in_the_ticket(whole: WholeDesk, themes: Any) -> None:
    ticket, other = whole.make(), whole.make("Mail queue grows")
    async with opened(whole.services, QueueScreen(whole.services), themes, (120, 30)) as (app, pilot):
        await until(pilot, lambda: "Mail queue grows" in shown(app))
        assert "[draft]" not in shown(app)
        draft = put(whole, other, "reply", "Dear Max,")
        await until(pilot, lambda: "[draft] Mail queue grows" in shown(app))
        assert shown(app).count("[draft]") == 1
        whole.services.writing.drafts.drop(draft.uid).result(10)
        await until(pilot, lambda: "[draft]" not in shown(app))
    put(whole, ticket, "reply", "Dear Max,")
    put(whole, ticket, "note", "Looked at it")
    whole.clock.now += 300
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        line = next(line for line in shown(app).split("\n") if "DRAFT" in line)
        assert line.startswith(" DRAFT, not sent: ")
        assert "public reply 5m old (C goes on)" in line
        assert "work note 5m old (c goes on)" in line
        for each in whole.services.writing.drafts.all():
            whole.services.writing.drafts.drop(each.draft.uid).result(10)
        await until(pilot, lambda: "DRAFT" not in shown(app))


async def test_the_list_of_all_drafts(whole: WholeDesk, themes: Any) -> None:
    ticket, merged = whole.make(), whole.make("A double")
    put(whole, ticket, "reply", "Dear Max,")
    whole.clock.now += 60
    put(whole, merged, "note", "on the double")
    whole.world.merge(merged[3:], ticket[3:])
    whole.sync()
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        assert "on the double" not in shown(app)
        await pilot.press("g", "w")
        await until(pilot, lambda: "2 not sent" in shown(app))
        assert "1  RT-2 (merged into RT-1)  work note" in shown(app)
        await pilot.press("j", "enter")  # the newest first
        await until(pilot, lambda: "RT-2 (merged into RT-1): draft of a work note" in shown(app))
        assert "go on with it" not in shown(app)
        await pilot.press("d")
        await until(pilot, lambda: "Discard this draft of RT-2?" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: kept(whole) == [(ticket, "reply", "Dear Max,")])
        await pilot.press("g", "w")
        await until(pilot, lambda: "1 not sent" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: "g  go on with it" in shown(app))
        await pilot.press("g")
        await until(pilot, lambda: written(app) == "Dear Max,")
        assert "PUBLIC REPLY" in shown(app)


async def test_a_draft_that_was_sent_elsewhere_meanwhile_is_not_taken_up(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    draft = put(whole, ticket, "note", "half a")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await until(pilot, lambda: "begin anew" in shown(app))
        whole.services.desk.do(ticket, Note("half a"), draft.uid).result(10)
        await pilot.press("1")
        await until(pilot, lambda: "was sent or discarded elsewhere" in shown(app))
        assert written(app) == ""


async def test_a_read_only_session_writes_nothing(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.services.desk.read_only = True
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("C")
        await until(pilot, lambda: "read-only session" in shown(app))
        assert isinstance(app.screen, TicketScreen)


async def test_a_reply_that_is_taken_back_is_a_draft_again(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=2)
    whole.do(ticket, Reply("with a typo", 3))
    async with opened(whole.services, TicketScreen(whole.services, ticket), themes) as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: "reply taken back; what it says is a draft again" in shown(app))
        await pilot.press("C")
        await until(pilot, lambda: "A draft of this public reply waits" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: written(app) == "with a typo")
        assert app.screen.written_draft().minutes == "3"
    assert whole.services.desk.outbox() == []
