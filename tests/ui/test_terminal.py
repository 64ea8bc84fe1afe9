"""The console in a real pty: it leaves the terminal as it found it, and no stranger's text commands it."""

import base64
import os
import re
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from deskui.ui import terminal
from tests.ui.terminal_walk import Walk, walk

PROGRAM = """
import sys, types
from tests.ui import stub
from deskui.cli.main import let_go
from deskui.ui import panels
from deskui.ui.app import DeskApp
panels.beside_list = lambda services: []
services = stub.services()
HOOK
app = DeskApp(services, themes=stub.themes(), plain=PLAIN)
app.run(mouse=False)
let_go(sys.stdout)
let_go(sys.stderr)
sys.exit(app.return_code)
"""


@contextmanager
def console(hook: str = "", plain: bool = False, size: tuple[int, int] = (80, 24), **env: str) -> Iterator[Walk]:
    """The console on a desk of values, once it shows its queue (a `hook` may prevent that)."""
    code = PROGRAM.replace("HOOK", hook).replace("PLAIN", str(plain))
    with walk("-W", "ignore", "-c", code, size=size, env=env, deskui=False) as found:
        if not hook:
            found.wait(READY)
        yield found


READY = "2 changes waiting"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_a_sane_terminal(number: signal.Signals) -> None:
    with console() as screen:
        assert termios.tcgetattr(screen.fd) != screen.before
        screen.signal(number)
        assert screen.code() == 128 + number
        assert termios.tcgetattr(screen.fd) == screen.before
        left = screen.output[screen.output.rindex(b"\x1b[?1049l") :]
        assert b"\x1b[?25h" in left  # the cursor is back


def test_a_closed_line_ends_it() -> None:
    with console() as screen:
        screen.hang_up()
        assert screen.code() in (129, -signal.SIGHUP)


def test_control_c_and_control_q_end_nothing() -> None:
    with console() as screen:
        screen.press("\x03\x11\x13")
        screen.settle(0.3)
        screen.signal(signal.SIGTERM)
        assert screen.code() == 143


def test_suspend_gives_the_shell_its_terminal_and_resume_paints_anew() -> None:
    with console() as screen:
        screen.press("\x1a")
        screen.until(lambda: os.waitpid(screen.pid, os.WNOHANG | os.WUNTRACED) != (0, 0))
        assert termios.tcgetattr(screen.fd) == screen.before
        screen.settle()
        screen.screen.reset()
        screen.signal(signal.SIGCONT)
        screen.wait(READY)
        screen.wait("TICKET")  # the heading, which no tick repaints; a part of the screen may come before it
        screen.signal(signal.SIGTERM)
        assert screen.code() == 143


OURS = re.compile(rb"\x1b\[[0-9;?<>=$]*[A-Za-z]|\x1b\[\?\d+\$p|\x1b\]22;\w+\x07|\x1b\]2;deskui[^\x1b\x07]*\x07")
HOSTILE = (
    "services.desk.all = {1: stub.row(1, subject='\\x1b]0;OWNED\\x07\\x9b31m[@click=app.quit]x[/]\\u202e', "
    "id='RT-\\x1b[9m', customer='[/]\\x1b[5m\\ud800', owner='\\x1bc')}"
)


@pytest.mark.parametrize(("env", "asked"), [({}, True), ({"TEXTUAL_DISABLE_KITTY_KEY": "1"}, False)])
def test_kittys_keys_are_asked_for_unless_they_are_off(env: dict[str, str], asked: bool) -> None:
    with console(**env) as screen:
        assert (re.search(rb"\x1b\[>\d+u", screen.output) is not None) == asked


def test_a_hostile_ticket_commands_nothing() -> None:
    with console(f"\n{HOSTILE}\n") as screen:
        screen.wait(READY)
        screen.press("jyi?")
        screen.settle(0.4)
        screen.signal(signal.SIGTERM)
        screen.code()
    assert b"OWNED" in screen.output  # as text
    rest = OURS.sub(b"", screen.output)
    rest = re.sub(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07", b"", rest)
    assert b"\x1b" not in rest
    assert b"\x9b31m" not in rest.replace("\u202e".encode(), b"")
    assert b"\x1b[5m" not in screen.output
    assert b"\x1b[9m" not in screen.output
    assert b"\x1bc" not in screen.output


def test_a_crash_shows_no_local_variable_no_secret_and_no_control_byte() -> None:
    hook = (
        "def tick(self, now):\n    secret = 'hunter' + '2' * 5\n"
        "    raise RuntimeError('bad \\x1b[5m thing ' + 'can' + 'ary-in-use')\n"
        "from deskui import log\nlog.redact('can' + 'ary-in-use')\n"
        "from deskui.ui.screens.queue import QueueScreen\nQueueScreen.tick = tick"
    )
    with console(hook) as screen:
        assert screen.code() == 1
    shown = screen.output[screen.output.rindex(b"\x1b[?1049l") :]
    assert b"RuntimeError" in shown
    assert b"hunter22222" not in shown
    assert b"canary-in-use" not in shown
    assert b"[secret]" in shown
    assert b"\x1b[5m" not in shown


@pytest.mark.parametrize("how", ["plain", "NO_COLOR"])
def test_without_colour_only_the_terminals_own_colours_are_used(how: str) -> None:
    with console(plain=how == "plain", **({"NO_COLOR": "1"} if how == "NO_COLOR" else {})) as screen:
        screen.signal(signal.SIGTERM)
        screen.code()
    codes = {code for found in re.findall(rb"\x1b\[([0-9;]*)m", screen.output) for code in found.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"7", b"22", b"27", b"39", b"49"}
    assert b"7" in codes  # cursor and late rows are still told apart


def test_the_net_keeps_the_width() -> None:
    style = Style()
    segments = [Segment("a\x1b[31mb", style), Segment("ok", style), Segment("\x9b\ud800\u202e", style)]
    shown = terminal.Inert().apply(segments, Color.parse("black"))
    assert [segment.text for segment in shown[:2]] == ["a[31mb", "ok"]
    assert shown[2].text.isascii()
    assert sum(segment.cell_length for segment in shown) == sum(segment.cell_length for segment in segments)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1bq", ["escape", "q"]),
        ("\x1b:note", ["escape", "colon", "n", "o", "t", "e"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1b\x1b:", ["escape", "escape", "colon"]),
        ("\x1b[A", ["up"]),
        ("\x1bOQ", ["f2"]),
        ("\x1bb", ["ctrl+left"]),  # a word back, as terminals of macOS send it
    ],
)
def test_escape_and_the_next_key_in_one_packet_are_two_keys(typed: str, keys: list[str]) -> None:
    assert [getattr(event, "key", event) for event in terminal.Keyboard().feed(typed)] == keys


def test_clipboard_is_wrapped_for_tmux_and_screen() -> None:
    plain = "\x1b]52;c;" + base64.b64encode(b"RT-1").decode() + "\x07"
    assert terminal.wrapped(plain, {}.get) == plain
    assert terminal.wrapped(plain, {"TMUX": "x"}.get) == f"\x1bPtmux;\x1b{plain}\x1b\\"
    assert terminal.wrapped(plain, {"TERM": "screen-256color"}.get) == f"\x1bP{plain}\x1b\\"
    assert terminal.clipboard("x" * 100_000) is None


def test_a_title_is_inert() -> None:
    assert terminal.title("!07:41 RT-1\x07\x1b]52;c;x\x07") == "\x1b]2;!07:41 RT-1^G^[]52;c;x^G\x07"
