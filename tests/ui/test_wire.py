"""The console's thin output in a real pty: how many bytes a key costs, and that nothing makes its screen go wrong."""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.ui.emulator import Terminal, differences
from tests.ui.terminal_walk import DOWN, ENTER, ESC, PATIENCE_S, PGDN, UP, Walk, walk
from tests.ui.test_screens import STEPS, leave
from tests.ui.test_terminal import READY, console

RESTLESS = """
from deskui.ui.screens import queue
queue.SETTLE_S = 999.0  # the preview waits for a cursor that rests
"""
SLOWLY = """
from deskui.ui import dispatch
dispatch.WHICH_S = 1.5
"""
LATE = """
import time
begun = time.monotonic()
services.clock = lambda: stub.NOW + int(time.monotonic() - begun)
services.desk.all = {pk: stub.row(pk, due=stub.NOW - 70 * pk) for pk in range(1, 41)}
"""
SIGNALLED = """
import asyncio, signal
def on_ready(self):
    def signalled():
        ACTION
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, signalled)
DeskApp.on_ready = on_ready
"""
JUNK = "\x1b[31;7m\x1b[H" + "wall: going down at noon 測試\r\n" * 30
REGION = "\x1b[2;20r"
PLAIN = {"DESKUI_OUTPUT": "plain"}


def copy(screen: Walk) -> Terminal:
    """What the terminal shows now, to compare with."""
    found = Terminal(screen.screen.columns, screen.screen.lines)
    for y in range(found.lines):
        for x in range(found.columns):
            found.buffer[y][x] = screen.screen.buffer[y][x]
    return found


@contextmanager
def rested(hook: str = "", **options: Any) -> Iterator[Walk]:
    """The console once nothing moves any more."""
    with console(hook, **options) as screen:
        screen.wait(READY)
        screen.wait("^--RT-")  # the preview
        screen.settle(0.5)
        yield screen


def same(screen: Walk, before: Terminal, seconds: float = PATIENCE_S) -> None:
    """Waits until it shows what was there before."""
    end = time.monotonic() + seconds
    while (found := differences(screen.screen, before)) and time.monotonic() < end:
        screen.read(0.1)
    assert not found, screen.text


def alike(thin: Walk, plain: Walk, seconds: float = PATIENCE_S) -> list[str]:
    """What still differs when both have come to rest."""
    end = time.monotonic() + seconds
    while True:
        while (thin.read(0.1) or plain.read(0.1)) and time.monotonic() < end:
            pass
        found = differences(thin.screen, plain.screen)
        if time.monotonic() > end or not (found or thin.read(0.1) or plain.read(0.1)):
            return found


# --- what it costs


def cost(screen: Walk, key: str, times: int) -> float:
    """Bytes a press, the median."""
    seen = []
    for _ in range(times):
        before = len(screen.output)
        screen.press(key)
        screen.until(lambda before=before: len(screen.output) > before)
        screen.settle(0.1)
        seen.append(len(screen.output) - before)
    return statistics.median(seen)


def test_what_a_key_costs() -> None:
    with rested(RESTLESS) as screen:
        assert 150 < cost(screen, DOWN, 9) <= 270
        screen.press(DOWN * 6)
        screen.settle(0.3)
        assert 150 < cost(screen, DOWN, 9) <= 300
        screen.press("gg")
        screen.settle(0.3)
        assert 500 < cost(screen, PGDN, 1) <= 2500


def test_a_chord_paints_nothing_for_who_knows_it() -> None:
    with rested(RESTLESS + SLOWLY) as screen:
        screen.press(DOWN)
        screen.wait("2/40")
        screen.settle(0.3)
        before = len(screen.output)
        screen.press("y")
        assert not screen.read(0.25)  # the popup comes later
        screen.wait("i    Copy the ticket's id")
        assert 100 < len(screen.output) - before <= 600
        before = len(screen.output)
        screen.press("i")
        screen.wait("sent to terminal")
        assert "Copy the ticket's id" not in screen.text
        screen.settle(0.3)
        screen.press("gg")
        screen.wait("1/40")
        screen.settle(0.6)
        costs = []
        for key in (UP, "gg"):
            cost(screen, DOWN, 1)
            costs.append(cost(screen, key, 1))
        assert costs[0] == costs[1] > 150


def test_what_twenty_countdowns_cost() -> None:
    with rested(LATE, size=(80, 29)) as screen:
        assert len(re.findall(r"^!! -\d\d:\d\d", screen.text, re.M)) >= 20
        before, began = len(screen.output), time.monotonic()
        while (spent := time.monotonic() - began) < 4:
            screen.read(0.2)
        assert 60 < (len(screen.output) - before) / spent <= 220


# --- the same as Textual shows


@pytest.mark.parametrize(
    ("size", "env"), [((80, 24), {}), ((160, 45), {"COLORTERM": "truecolor"}), ((80, 24), {"NO_COLOR": "1"})],
    ids=["256 colours", "true colours", "none"],
)  # fmt: skip
def test_every_screen_is_as_textual_paints_it(size: tuple[int, int], env: dict[str, str]) -> None:
    wrong = {}
    with frozen(size, env) as thin, frozen(size, env | PLAIN) as plain:
        for name, (steps, back) in STEPS.items():
            for screen in (thin, plain):
                for step in steps:
                    step(screen)
            wrong[name] = alike(thin, plain)
            for screen in (thin, plain) if back else ():
                leave(screen, back)
    assert len(thin.output) < len(plain.output) / 2
    assert not any(wrong.values()), wrong


def frozen(size: tuple[int, int], env: dict[str, str]) -> Any:
    """The console on the desk whose clock stands."""
    return walk("-m", "tests.ui.frozen", size=size, env={"TZ": "UTC", **env}, deskui=False)


def test_the_cursor_stands_where_words_go() -> None:
    """An input method shows there what is being typed."""
    places = []
    for env in ({}, PLAIN):
        with rested(**env) as screen:
            screen.press("/vpn")
            screen.until(lambda screen=screen: "vpn" in screen.screen.display[1])
            screen.settle(0.4)
            places.append((screen.screen.cursor.x, screen.screen.cursor.y))
    assert places[0] == places[1] != (0, 0)


# --- whatever happens to the terminal


def test_redraw_repairs_what_others_wrote() -> None:
    with rested() as screen:
        before = copy(screen)
        screen.stream.feed((JUNK + REGION).encode())
        assert differences(screen.screen, before)
        screen.press("\x0c")
        same(screen, before)
        assert screen.screen.margins is None


def test_an_editor_may_have_the_terminal_for_a_while() -> None:
    action = "\n        with self.suspend(): print('an editor' * 99, flush=True)"
    with rested(SIGNALLED.replace("ACTION", action.strip())) as screen:
        before = copy(screen)
        screen.signal(signal.SIGUSR1)
        screen.until(lambda: b"an editor" in screen.output)
        same(screen, before)


def test_a_shell_may_have_the_terminal_for_a_while() -> None:
    with rested() as screen:
        before = copy(screen)
        screen.press("\x1a")
        screen.until(lambda: os.waitpid(screen.pid, os.WNOHANG | os.WUNTRACED) != (0, 0))
        screen.settle()
        screen.stream.feed(JUNK.encode())
        screen.signal(signal.SIGCONT)
        same(screen, before)


@pytest.mark.parametrize("apart", [0.0, 0.003, 0.02])
def test_a_storm_of_sizes_leaves_a_whole_screen(apart: float) -> None:
    with rested() as screen:
        before = copy(screen)
        for size in ((100, 30), (80, 24), (90, 24), (82, 23), (120, 40), (80, 24)):
            screen.resize(*size)
            screen.stream.feed(JUNK.encode())  # terminals lay their lines anew, each in its way
            screen.press(DOWN + UP)
            time.sleep(apart)
        same(screen, before)


def test_frames_that_a_terminal_could_tear_are_bracketed() -> None:
    with rested(RESTLESS) as screen:
        screen.press("\x1b[?2026;2$y")  # it knows synchronized output
        screen.settle(0.3)
        before = len(screen.output)
        screen.press(DOWN)
        screen.wait("2/40")
        screen.settle(0.3)
        assert b"\x1b[?2026" not in screen.output[before:]  # so few bytes come at once
        screen.press("G")
        screen.wait("40/40")
        frames = screen.output[before:].split(b"\x1b[?2026h")[1:]
        assert frames
        assert all(frame.count(b"\x1b[?2026l") == 1 for frame in frames)
        before = copy(screen)
        screen.press(UP + DOWN)
        same(screen, before)


# --- where Textual is not as we know it


BROKEN = {
    "an exception": "frame = thin.Output.frame\ncount = []\ndef fail(*args):\n    count.append(1)\n"
    "    if len(count) > 6: raise KeyError('moved')\n    return frame(*args)\nthin.Output.frame = fail",
    "another kind": "thin.ChopsUpdate = type('Other', (), {})",
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_then_textual_writes_itself(how: str) -> None:
    keys = DOWN * 3 + PGDN + "?"
    with rested(**PLAIN) as screen:
        screen.press(keys)
        screen.wait("Every key|search")
        screen.settle(0.5)
        wanted = copy(screen)
    with rested(f"from deskui.ui import thin\n{BROKEN[how]}\n") as screen:
        screen.stream.feed(JUNK.encode())  # a full repaint comes with it
        screen.press(keys)
        same(screen, wanted)
        assert b"\x1b[0m" in screen.output[-2000:]  # as Textual ends each word


# --- in tmux


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux_it_is_the_same(tmp_path: Path) -> None:
    with tmux(tmp_path / "thin", {}) as thin, tmux(tmp_path / "plain", PLAIN) as plain:
        for keys in (DOWN * 20, PGDN, UP * 9, "G", UP * 20, "?", ESC, f"/vpn{ENTER}", "\\"):
            thin.press(keys)
            plain.press(keys)
            thin.read(0.5)
            plain.read(0.5)
            assert not alike(thin, plain), thin.text


@contextmanager
def tmux(socket: Path, env: dict[str, str]) -> Iterator[Walk]:
    """The frozen desk in a tmux of our own, as that paints it on its terminal."""
    conf = socket.with_suffix(".conf")
    conf.write_text("set -g status off\nset -g escape-time 0\n")
    server = ["tmux", "-S", str(socket), "-f", str(conf)]
    inside = f"{sys.executable} -W ignore -m tests.ui.frozen"
    writes_to_stdin = ["/bin/sh", "-c", 'exec "$@" <>"$(tty)"', "sh"]
    screen = Walk([*writes_to_stdin, *server, "new-session", inside], env={"TZ": "UTC", **env})
    try:
        screen.wait("Next:")
        screen.settle(0.5)
        yield screen
    finally:
        subprocess.run([*server, "kill-server"], check=False, capture_output=True)
        screen.kill()
        screen.hang_up()
