"""The knowledge screen by its keys: two of them bring a workaround into a draft, and none sends it."""

from typing import Any

import pytest

from deskui.domain.change import Resolve
from deskui.ui.screens.knowledge import ArticleScreen, KnowledgeScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import LARGE, SMALL, WholeDesk, opened, shown, until


@pytest.fixture
def known(whole: WholeDesk) -> str:
    """An open ticket, one like it that was resolved, and an article; the open one's id."""
    past = whole.acknowledged(subject="Tills offline in two stores")
    whole.do(past, Resolve("LTE failover on till-gw.\nThe ISP\x1b[31m repaired the line."))
    whole.sync()
    (whole.home / "kb").mkdir()
    (whole.home / "kb" / "isp.md").write_text("# ISP\x1b]0;owned\x07 hotline\n\nLong story.\n\n## Fix\n\nCall 4711.\n")
    return whole.make("Tills offline in 14 stores")


async def test_k_looks_for_the_subject_and_two_keys_make_a_note(whole: WholeDesk, known: str, themes: Any) -> None:
    async with opened(whole.services, TicketScreen(whole.services, known), themes) as (app, pilot):
        await pilot.press("K")
        await until(pilot, lambda: "two stores" in shown(app))
        assert "LTE failover on till-gw." in shown(app)  # what helped, before anything is opened
        await pilot.press("enter", "c")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen) and app.screen.written != "")
        assert app.screen.kind_name == "note"
        assert app.screen.written.startswith("LTE failover on till-gw.\nThe ISP")
        assert whole.services.desk.outbox() == []  # nothing is sent by itself
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert [entry.change.verb for entry in whole.services.desk.outbox()] == ["note"]


async def test_an_article_begins_a_reply_with_its_workaround(whole: WholeDesk, known: str, themes: Any) -> None:
    screen = KnowledgeScreen(whole.services, known)
    async with opened(whole.services, screen, themes) as (app, pilot):
        await until(pilot, lambda: bool(screen.found))
        await pilot.press("slash", *["backspace"] * 30, *"hotl")
        await until(pilot, lambda: [each.name for each in screen.found] == ["isp"])
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, ArticleScreen))
        assert "Long story." in shown(app)
        assert "\x1b" not in shown(app)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen) and app.screen.written != "")
        assert (app.screen.kind_name, app.screen.written) == ("reply", "Call 4711.")
        assert whole.services.desk.outbox() == []


async def test_the_keys_go_back_one_level_each(whole: WholeDesk, known: str, themes: Any) -> None:
    screen = KnowledgeScreen(whole.services, known)
    async with opened(whole.services, screen, themes) as (app, pilot):
        await until(pilot, lambda: bool(screen.found))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ArticleScreen))
        await pilot.press("q")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("slash", "escape")
        assert app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [False])


async def test_without_a_ticket_it_asks_for_words_and_writes_nothing(
    whole: WholeDesk, known: str, themes: Any
) -> None:  # fmt: skip
    screen = KnowledgeScreen(whole.services)
    async with opened(whole.services, screen, themes, LARGE) as (app, pilot):
        await until(pilot, lambda: "type what to look for" in shown(app))
        await pilot.press(*"tills")
        await until(pilot, lambda: bool(screen.found))
        await pilot.press("enter", "enter", "c")
        await until(pilot, lambda: "no ticket is under the cursor" in shown(app))
        assert isinstance(app.screen, ArticleScreen)


async def test_nothing_known_is_said(whole: WholeDesk, themes: Any) -> None:
    async with opened(whole.services, KnowledgeScreen(whole.services, whole.make()), themes) as (app, pilot):
        await until(pilot, lambda: "nothing is known of that" in shown(app))
        await pilot.press("enter", "j", "q")
        await until(pilot, lambda: app.answers == [False])


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_line_fits(whole: WholeDesk, known: str, themes: Any, size: tuple[int, int]) -> None:
    screen = KnowledgeScreen(whole.services, known)
    async with opened(whole.services, screen, themes, size) as (app, pilot):
        await until(pilot, lambda: "two stores" in shown(app))
        lines = shown(app).split("\n")
        assert "open" in lines[-1]
        assert len(lines) == size[1]


@pytest.mark.parametrize(("key", "kind"), [("c", "note"), ("C", "reply")])
async def test_two_keys_from_a_ticket_are_a_draft_with_what_helped(
    whole: WholeDesk, known: str, themes: Any, key: str, kind: str
) -> None:
    async with opened(whole.services, TicketScreen(whole.services, known), themes) as (app, pilot):
        await pilot.press("K")
        await until(pilot, lambda: "LTE failover" in shown(app))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, WriteScreen) and app.screen.written != "")
        assert app.screen.kind_name == kind
        assert app.screen.written.startswith("LTE failover on till-gw.\nThe ISP")
        assert whole.services.desk.outbox() == []


async def test_two_keys_while_writing_put_it_at_the_cursor(whole: WholeDesk, known: str, themes: Any) -> None:
    async with opened(whole.services, WriteScreen(whole.services, known, "note"), themes) as (app, pilot):
        screen = app.screen
        await pilot.press(*"ab", "left", "f6")
        await until(pilot, lambda: "two stores" in shown(app))
        assert "Enter:into the text" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.written == "ab"
        await pilot.press("f6")
        await until(pilot, lambda: "two stores" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        assert screen.written.startswith("aLTE failover on till-gw.\nThe ISP")
        assert screen.written.endswith("b")
        await pilot.press(*"c")  # and one goes on writing behind it
        assert screen.written.endswith("cb")
        assert whole.services.desk.outbox() == []
