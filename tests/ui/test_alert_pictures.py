"""Pictures of the banner and of what happened meanwhile; and in a real terminal the bytes that an alert sends."""

import time
from typing import Any

import pytest

from deskui.domain.change import Assign, Create
from deskui.ui import alerting, leaving
from deskui.ui.app import DeskApp
from tests.ui.desk import WholeDesk, shown, until
from tests.ui.test_alerting import DAY, burn, with_alerts
from tests.ui.test_terminal import console

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=lambda size: f"{size[0]}x{size[1]}")
THEMES = pytest.mark.parametrize("theme", ["dark", "light", "mono"])


@pytest.fixture
def desk(whole: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> WholeDesk:
    """Somebody left at 14:07, and is back an hour later."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(alerting, "FIRST_S", 0.05)
    monkeypatch.setattr(leaving, "FIRST_S", 999.0)
    whole.clock.now += DAY
    known = whole.make("VPN gateway flapping since 01:30", priority=2)
    with_alerts(whole)
    assert whole.services.since is not None
    whole.services.since.keep(whole.clock.now)
    whole.clock.now += 3600
    whole.world.change_as("kim", known.removeprefix("RT-"), Assign("kim"))
    whole.world.make(
        Create("Mail queue growing, 4k deferred 測試", "x", customer="Kranz AG", priority=3), at=whole.clock.now
    )
    whole.sync()
    with_alerts(whole)
    return whole


@SIZES
@THEMES
def test_the_banner(snap_compare: Any, desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int]) -> None:
    app = DeskApp(desk.services, themes=themes, theme=theme, plain=theme == "mono")

    async def fire(pilot: Any) -> None:
        await pilot.pause(0.4)
        burn(desk)
        await until(pilot, lambda: "M:mute" in shown(app))
        await pilot.pause(0.3)
        app.screen._said = ("", 0.0)
        app.screen._show_status()
        await pilot.pause(0.2)

    assert snap_compare(app, run_before=fire, terminal_size=size)


@SIZES
@THEMES
def test_what_happened_meanwhile(
    snap_compare: Any, desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int]
) -> None:
    app = DeskApp(desk.services, themes=themes, theme=theme, plain=theme == "mono")
    assert snap_compare(app, press=["g", "n", "wait:600"], terminal_size=size)


# --- in a real terminal

QUIET = """
from types import SimpleNamespace
from deskui.domain.alert import Alert
from deskui.services.alerts import Call, Manner
found = FOUND
services.alerts = SimpleNamespace(
    mark=lambda: 0, unwatched=lambda: False, manner=Manner(), night=lambda now: False, muted=lambda now: False,
    hook=SimpleNamespace(tell=None, close=lambda wait: None), page=lambda calls: None,
    news=lambda mark: stub.done((1, found)), standing=lambda found: stub.done(frozenset(each.key for each in found)),
    calls=lambda found, now: [Call(each, frozenset(("title", "bell", "notify", "banner"))) for each in found],
    claim=lambda calls, what: stub.done(frozenset(call.alert.key for call in calls)),
)
services.desk.all = {}
"""
BURNS = """[Alert(
    "k", "breach", stub.NOW, "RT-4702", "VPN \\x1b]0;owned\\x07", "Nordkauf", 1, "response", 100, stub.NOW + 461
)]"""
TELL = """
import threading
threading.Timer(3.0, lambda: services.tell(services.StoreChanged(other=frozenset(("alerts",))))).start()
"""


def idle(found: str, seconds: float = 3.0) -> bytes:
    """What comes in three seconds in which nobody does anything, once all is there."""
    with console(QUIET.replace("FOUND", found)) as screen:
        screen.wait("SUBJECT")
        screen.settle(0.5)
        time.sleep(2.0)  # the alerts have begun
        screen.settle(0.5)
        before, end = len(screen.output), time.monotonic() + seconds
        while time.monotonic() < end:
            screen.read(0.2)
        return screen.output[before:]


def test_while_nothing_burns_nothing_is_sent() -> None:
    assert idle("[]") == b""


@pytest.mark.parametrize(
    ("env", "begin", "end"),
    [({}, b"\x1b]9;deskui: ", b"\x07\x07"), ({"TMUX": "x,1,0"}, b"\x1bPtmux;\x1b\x1b]9;deskui: ", b"\x07\x1b\\\x07")],
    ids=["outside", "in tmux"],
)
def test_the_bytes_of_an_alert(env: dict[str, str], begin: bytes, end: bytes) -> None:
    with console(QUIET.replace("FOUND", BURNS) + TELL, **env) as screen:
        screen.wait("a:open  M:mute")
        screen.settle(0.5)
        said = b"P1 RT-4702 Nordkauf: R missed: VPN ^[]0,owned^G"
        assert screen.output.count(begin + said + end) == 1
        assert screen.output.count(b"\x1b]2;!07:41 RT-4702\x07") == 1
        assert b"\x1b]0;" not in screen.output
        before = len(screen.output)
        for _ in range(15):
            screen.read(0.2)
        assert screen.output[before:] == b""  # its clock stands still here
        screen.press("\x04")
    assert b"\x1b[5m" not in screen.output  # nothing blinks
