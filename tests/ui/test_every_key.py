"""The walk through the table: each key on each screen that offers it does something that can be seen, or says why not.

And each action can be typed after `:` and found in the palette.
"""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import OptionList

from deskui.domain.bulk import Order
from deskui.domain.change import Assign, Note, Reply
from deskui.domain.knowledge import Known
from deskui.services.since import Since
from deskui.ui import actions, editor, keymap
from deskui.ui.screens.attachments import AttachmentsScreen
from deskui.ui.screens.bulk import BulkScreen, SummaryScreen
from deskui.ui.screens.choose import ChooseScreen
from deskui.ui.screens.command import CommandScreen
from deskui.ui.screens.dashboard import DashboardScreen
from deskui.ui.screens.diagnostics import DiagnosticsScreen
from deskui.ui.screens.explain import ExplainScreen
from deskui.ui.screens.knowledge import ArticleScreen, KnowledgeScreen
from deskui.ui.screens.log import LogScreen
from deskui.ui.screens.newticket import NewTicketScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.since import SinceScreen
from deskui.ui.screens.sync import SyncScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.screens.write import WriteScreen
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.desk import SMALL, WholeDesk, app_with, shown, until

LONG = "\n".join(f"line {number}" for number in range(40))
SCREENS: dict[str, Callable[[WholeDesk, str], Any]] = {
    "queue": lambda whole, ticket: QueueScreen(whole.services),
    "ticket": lambda whole, ticket: TicketScreen(whole.services, ticket),
    "explain": lambda whole, ticket: ExplainScreen(whole.services, ticket),
    "sync": lambda whole, ticket: SyncScreen(whole.services),
    "dash": lambda whole, ticket: DashboardScreen(whole.services),
    "diag": lambda whole, ticket: DiagnosticsScreen(whole.services, ticket, "local"),
    "write": lambda whole, ticket: WriteScreen(whole.services, ticket, "reply"),
    "new": lambda whole, ticket: NewTicketScreen(whole.services),
    "since": lambda whole, ticket: SinceScreen(whole.services),
    "bulk": lambda whole, ticket: BulkScreen(whole.services, Order("reply", (Reply(LONG),)), [ticket]),
    "kb": lambda whole, ticket: KnowledgeScreen(whole.services, ticket, "tills"),
    "article": lambda whole, ticket: ArticleScreen(whole.services, Known("isp", "ISP", LONG, LONG), ticket),
    "files": lambda whole, ticket: AttachmentsScreen(whole.services, ticket),
    "log": lambda whole, ticket: LogScreen(whole.home / "log" / "deskui.log"),
    "summary": lambda whole, ticket: SummaryScreen("ack", []),
    "dialog": lambda whole, ticket: ChooseScreen("Which?", [("a", "one"), ("b", "two")]),
}
TYPING = ("write", "new", "bulk")  # letters are text there
READY: dict[type, Callable[[Any], Any]] = {  # when a screen has read what it shows
    DashboardScreen: lambda screen: screen.numbers.current is not None,
    DiagnosticsScreen: lambda screen: screen.findings,
    KnowledgeScreen: lambda screen: screen.found,
    BulkScreen: lambda screen: screen.preview,
}
UPWARDS = ("list.up", "list.half_up", "list.page_up", "list.top")
# what is on the screen already
THERE = {("queue", "app.queue"), ("sync", "app.sync"), ("dash", "app.dashboard"), ("since", "app.since")}


def offered(name: str) -> list[tuple[actions.Action, str]]:
    """What the screen offers, key by key."""
    scopes = next(found for found in actions.SCREENS if name in found)
    table = keymap.by_key(scopes)
    if name in TYPING:
        return [(action, key) for key, action in table.items() if action.scope == name or key == "f1"]
    return [(action, key) for key, action in table.items()]


@pytest.fixture
def desk(whole: WholeDesk) -> tuple[WholeDesk, str]:
    """A conflict, a change that waits, two articles, and a ticket whose story does not fit on the screen."""
    tickets = [whole.make(f"Tills offline in store {number}") for number in range(3)]
    whole.clash(tickets[0], Assign("anna"), Assign("kim"))
    whole.do(tickets[1], Assign("kim"))
    whole.do(tickets[2], Note(LONG))
    (whole.home / "kb").mkdir()
    for name in ("isp", "lte"):
        (whole.home / "kb" / f"{name}.md").write_text(f"# Tills without {name}\n\n{LONG}\n")
    whole.services = replace(whole.services, since=Since(whole.services.desk, "anna", whole.home))
    return whole, tickets[2]


GROUND = 2  # screens under the one that is looked at: the default one and an empty one
PART = 12  # so many keys are one test


def parts() -> list[Any]:
    """Each screen's keys, a few at a time, so that several workers share a screen that offers many."""
    every = [(name, offered(name)) for name in SCREENS]
    return [
        pytest.param(name, table[first : first + PART], id=f"{name}-{first // PART + 1}")
        for name, table in every
        for first in range(0, len(table), PART)
    ]


@pytest.mark.parametrize(("name", "keys"), parts())
async def test_every_key_does_something_or_says_why_not(
    desk: tuple[WholeDesk, str], name: str, keys: Any, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One console for all of them; each key finds a new screen, and nothing that the last one opened."""
    whole, ticket = desk
    monkeypatch.setattr(editor, "edit", lambda *_: SimpleNamespace(text=None, said="the editor was here"))
    app, mute = app_with(whole.services, Screen(), themes), []
    heard = overheard(app)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: len(app.screen_stack) == GROUND)
        for action, key in keys:
            if (name, action.id) not in THERE:
                if not await seen(pilot, SCREENS[name](whole, ticket), action, key, heard):
                    mute.append(f"{key}: {action.id}")
                await cleared(pilot)
    assert mute == []


def overheard(app: Any) -> list[str]:
    """The names of what the app was asked to do or say, as it is asked."""
    heard: list[str] = []
    for method in ("say", "notify", "copy_to_clipboard", "action_suspend_process", "exit", "forget_screen"):
        kept = getattr(app, method) if method in ("say", "notify", "forget_screen") else None
        setattr(app, method, listening(heard, method, kept))
    return heard


async def cleared(pilot: Any) -> None:
    """The console as before: no screen of the last key, no work of it that goes on."""
    while len(pilot.app.screen_stack) > GROUND:
        await pilot.app.pop_screen()
    pilot.app.workers.cancel_all()
    pilot.app.clear_notifications()


async def seen(pilot: Any, screen: Any, action: actions.Action, key: str, heard: list[str]) -> bool:
    """Whether something could be seen after the key."""
    app = pilot.app
    app.push_screen(screen)
    await until(pilot, lambda: app.screen is screen)
    await pilot.pause(0.05)
    await prepared(pilot, screen, action)
    heard.clear()
    before = state(app)
    await pilot.press(*key.split(" "))
    if action.scope == "list" and fits(screen):
        return True
    for _ in range(400):
        if heard or state(app) != before:
            return True
        await pilot.pause(0.02)
    return False


def listening(heard: list[str], name: str, kept: Any) -> Any:
    def called(*given: Any, **options: Any) -> Any:
        heard.append(name)
        return kept(*given, **options) if kept else None

    return called


async def prepared(pilot: Any, screen: Any, action: actions.Action) -> None:
    """Brings the screen to where the action has something to do."""
    if (ready := READY.get(type(screen))) and action.id != "diag.cancel":
        await until(pilot, lambda: ready(screen))
    if action.id == "bulk.page_up":
        await pilot.press("pagedown")
    if action.id == "queue.clear_filter":
        await pilot.press("slash", *"store", "enter")
    if action.id.startswith("queue.view_"):  # the last view is there again: begin in another one
        await pilot.press("2" if action.id == "queue.view_1" else "1")
    if action.id == "dash.previous":
        await pilot.press("tab")
    if action.scope == "list":
        up = action.id in UPWARDS
        await pilot.press(*(["G"] if up else ["g", "g"]))
        for found in screen.query(TicketList):
            await until(pilot, lambda found=found: found.cursor == (len(found.ids) - 1 if up else 0))
    await pilot.pause(0.05)


def state(app: Any) -> Any:
    """All that can be seen or felt: the screens, their words, the focus and the cursors."""
    places = [widget.scroll_offset for widget in app.screen.query("*")]
    marked = [widget.highlighted for widget in app.screen.query(OptionList)]
    rows = [(widget.cursor, len(widget.ids)) for widget in app.screen.query(TicketList)]
    run = [getattr(app.screen, name, None) for name in ("running", "result")]
    number = app.screen.numbers.at if isinstance(app.screen, DashboardScreen) else None
    return list(app.screen_stack), shown(app), app.focused, places, marked, rows, run, number


def fits(screen: Any) -> bool:
    """Whether all of it is on the screen, so that there is nowhere to move."""
    if not screen.is_mounted:
        return False
    view = screen.focused
    return view is not None and not view.max_scroll_y and not isinstance(view, TicketList)


# --- the two other ways


@pytest.mark.parametrize("scopes", actions.SCREENS, ids=lambda scopes: scopes[0])
async def test_every_action_can_be_typed_and_found(scopes: tuple[str, ...]) -> None:
    for action in keymap.in_scopes(scopes):
        assert action in keymap.search(action.word, scopes), action.id
        assert action in keymap.search(action.id, scopes), action.id
        for typed in (action.id, action.word):
            ran: list[actions.Action] = []
            await command(scopes, ran)._action(*typed.split(" "))
            assert [each.word for each in ran] == [action.word], typed
            assert typed == action.word or ran == [action], typed


def command(scopes: tuple[str, ...], ran: list[actions.Action]) -> Any:
    """The command line over a screen that only notes what it is asked to do."""

    async def run(action: actions.Action, *_: str) -> None:
        ran.append(action)

    found: Any = CommandScreen(SimpleNamespace(SCOPES=scopes, run=run))
    found.dismiss = lambda _: None
    return found
