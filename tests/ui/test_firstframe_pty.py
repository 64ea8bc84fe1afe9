"""The first frame in a real pty: the console takes it over, no key is lost, and the terminal is restored however."""

import os
import re
import signal
import sqlite3
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.wiring import now
from tests.ui.home import Home, copy_home, make_home
from tests.ui.terminal_walk import Walk, walk

FRAME = "SUBJECT"
HELD = """
import sys, time
import deskui.__main__ as entry
import deskui.cli.main
from deskui.cli import console, output
def run(context):
    HOOK
console.run = run
sys.argv = ["deskui"]
entry.main()
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = make_home(tmp_path_factory.mktemp("opened"))
    with walk(env=found.env) as screen:
        screen.wait("Next:")
        left(found.path)
    return found


@pytest.fixture
def home(opened: Home, tmp_path: Path) -> Home:
    """A desk on which a console was open once, on a terminal like the next one."""
    return copy_home(opened, tmp_path)


def left(path: Path, terminal: str = "") -> None:
    """Waits until the console has left what the next one on that terminal needs."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with sqlite3.connect(path / "desk.db") as db:
            sql = "SELECT 1 FROM meta WHERE key = 'lastview' AND instr(value, ?)"
            if db.execute(sql, (terminal or "looks",)).fetchone():
                return
        time.sleep(0.1)
    raise AssertionError("nothing was left")


@contextmanager
def held(home: Home, hook: str = "time.sleep(60)", wait: str = FRAME, **env: str) -> Iterator[Walk]:
    """A console whose loading lasts until `hook` is done; its first frame stands on the screen."""
    code = HELD.replace("HOOK", hook)
    with walk("-c", code, deskui=False, env={**home.env, **env}) as screen:
        if wait:
            screen.wait(wait)
        yield screen


def restored(screen: Walk) -> None:
    """The terminal is as it was, on its normal screen."""
    assert termios.tcgetattr(screen.fd) == screen.before
    ends = screen.output[screen.output.rindex(b"\x1b[?1049l") :]
    assert b"\x1b[?25h" in ends
    assert b"\x1b[?7h" in screen.output


def test_the_console_takes_it_over_and_writes_only_what_has_changed(home: Home) -> None:
    with walk(env=home.env) as screen:
        screen.wait(FRAME)
        screen.settle(0.01, 0.02)
        assert "Tills offline" in screen.text
        assert screen.output.startswith(b"\x1b[?1049h")
        screen.wait("Next:")
        assert screen.output.count(b"\x1b[?1049h") == 1
        assert screen.output.count(b"CUSTOMER") == 1  # the heading is not written again
        assert b"\x1b[2J" not in screen.output
        screen.signal(signal.SIGTERM)
        assert screen.code(5) == 143
        restored(screen)


VIEWS = """
["Late"]
query = "is:late"
sort = "subject-"
columns = ["st", "customer", "upd"]
"""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = make_home(tmp_path_factory.mktemp("closed"))
    (found.path / "views.toml").write_text(VIEWS)
    for number in range(1, 7):
        create = Create(
            f"Printer {number}", "it is so", customer="Nordkauf", requestor="lea@nordkauf.example", priority=1
        )
        found.world.make(create, at=now() - 3 * 86_400)
    found.run("sync", "--once")
    with walk(env=found.env) as screen:
        screen.wait("Next:")
        screen.press("5jj")
        screen.wait(PLACE)
        screen.press("qy")
        assert screen.code(20) == 0
    return found


@pytest.fixture
def late(closed: Home, tmp_path: Path) -> Home:
    """A desk whose console was left in the view of late tickets, by subject, on the third row."""
    return copy_home(closed, tmp_path)


PLACE = "^/is:late .*sort:subject- 3/6$"


def of_late(lines: list[str]) -> None:
    assert lines[0].startswith("deskui 5:Late 6 ")
    assert lines[1].startswith("/is:late ")
    assert "OWN" not in lines[2]
    assert [line[16:].split("Printer ")[1][0] for line in lines[3:9]] == list("654321")
    assert not lines[9]


def watched(screen: Walk, pattern: str) -> set[tuple[str, ...]]:
    """Reads until it is there; what the lines of the list have shown, without countdowns and ages."""
    seen, until = set(), time.monotonic() + 30
    while not re.search(pattern, screen.text, re.MULTILINE):
        assert time.monotonic() < until, screen.text
        screen.read(0.05)
        seen.add(tuple(line[9:60].rstrip() for line in screen.text.split("\n")[2:18]))
    return seen


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
def test_the_view_that_was_left_stands_at_once_and_stays(late: Home, size: tuple[int, int]) -> None:
    with walk(env=late.env, size=size) as screen:
        screen.wait(PLACE)
        screen.settle(0.01, 0.02)
        of_late(screen.text.split("\n"))
        assert {screen.screen.buffer[5][x].bg for x in range(20, 60)} != {screen.screen.buffer[6][30].bg}
        assert len({tuple(screen.screen.buffer[y][x].bg for x in range(20, 60)) for y in (3, 4, 6, 7, 8)}) == 1
        before, frame = len(screen.output), screen.text.split("\n")
        assert len(watched(screen, "Next:")) == 1
        of_late(screen.text.split("\n"))
        written = screen.output[before:]
        for said in (b"Printer ", b"CUSTOMER", b"is:late", b"Tills", b"open tickets"):
            assert written.count(said) <= (said == b"Printer ")  # the preview names one
        assert len(written) < 600
        assert frame[2] == screen.text.split("\n")[2]


def test_a_key_typed_into_it_goes_to_the_row_that_was_seen(late: Home) -> None:
    with walk(env=late.env) as screen:
        screen.wait(PLACE)
        screen.press("k\r")
        screen.wait("Printer 5")
        screen.wait("TIMELINE")
        assert "Printer 4" not in screen.text


@pytest.mark.parametrize("options", [["--read-only"], ["--as", "anna"], ["--no-color"], ["--as=anna", "--read-only"]])
def test_options_have_the_same(late: Home, options: list[str]) -> None:
    if "--no-color" in options:  # how it looks is seen once
        with walk(*options, env=late.env) as screen:
            screen.wait("Next:")
            left(late.path, "NO_COLOR")
    with walk(*options, env=late.env) as screen:
        screen.wait(PLACE)
        assert screen.output.startswith(b"\x1b[?1049h")
        screen.settle(0.01, 0.02)
        of_late(screen.text.split("\n"))
        assert len(watched(screen, "Next:")) == 1
        assert screen.output.count(b"\x1b[?1049h") == 1
        assert screen.output.count(b"CUSTOMER") == 1
        if "--no-color" in options:
            assert not re.search(rb"\x1b\[[0-9;]*\b[34]8;", screen.output)


def test_somebody_else_has_a_view_of_their_own(late: Home) -> None:
    with walk("--as", "kim", env=late.env) as screen:
        screen.wait("^/ open tickets")
        screen.wait("Next:")
        assert b"is:late" not in screen.output
    with walk(env=late.env) as screen:
        screen.wait(PLACE)
        screen.wait("Next:")
        assert b"open tickets" not in screen.output


def test_textual_alone_takes_it_over_as_well(home: Home) -> None:
    with walk(env={**home.env, "DESKUI_OUTPUT": "plain"}) as screen:
        screen.wait("Next:")
        assert screen.text.count("Tills offline") == 1
        assert screen.text.count("CUSTOMER") == 1


def test_keys_typed_into_it_reach_the_console_in_their_order(home: Home) -> None:
    with walk(env=home.env) as screen:
        screen.wait(FRAME)
        screen.press("/mail\r")
        screen.wait("^/mail .* 1/1")
        assert "Tills" not in screen.text
        assert "/mail" not in screen.output.decode().partition("\x1b[?1004h")[0]  # no echo


def test_the_terminals_answer_among_the_keys_is_no_key(home: Home) -> None:
    with walk(env=home.env) as screen:
        screen.wait(FRAME)
        screen.press("/ma\x1b]11;rgb:fbfb/fbfb/f8f8\x07il\r")
        screen.wait("^/mail .* 1/1")
        until = time.monotonic() + 10
        while int(screen.screen.buffer[1][70].bg[:2], 16) < 0x80:  # until the light theme is worn
            assert time.monotonic() < until
            screen.read(0.1)


@pytest.mark.parametrize("sizes", [[(100, 30)], [(100, 30), (80, 24)], [(80, 22)]])
def test_a_resize_while_it_stands_is_put_right(home: Home, sizes: list[tuple[int, int]]) -> None:
    with walk(env=home.env) as screen:
        screen.wait(FRAME)
        for size in sizes:
            screen.resize(*size)
            time.sleep(0.02)
        screen.screen.erase_in_display(2)  # what stood there may be anywhere, or gone
        screen.wait("Next:")
        screen.wait("CUSTOMER")
        screen.settle()
        lines = screen.text.split("\n")
        assert len(lines) == sizes[-1][1]
        assert lines[0].startswith("deskui Open 2 ")
        assert len(lines[1]) == sizes[-1][0]
        assert screen.text.count("Tills offline") == 1


def test_suspending_waits_for_the_console(home: Home) -> None:
    with walk(env=home.env) as screen:
        screen.wait(FRAME)
        screen.press("\x1a")
        until, stopped = time.monotonic() + 10, 0
        while not stopped and time.monotonic() < until:
            screen.read(0.05)
            stopped, _ = os.waitpid(screen.pid, os.WNOHANG | os.WUNTRACED)
        assert stopped
        restored(screen)
        screen.screen.reset()
        screen.signal(signal.SIGCONT)
        screen.wait("CUSTOMER")
        screen.wait("Next:")
        lines = screen.settle().split("\n")
        assert lines[0].startswith("deskui Open 2 ")
        assert lines[1].startswith("/ open tickets")
        assert lines[1].endswith(" 1/2")
        assert lines[2].startswith("   SLA ")
        assert screen.text.count("Tills offline") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_it_stands_restores_the_terminal(home: Home, number: signal.Signals) -> None:
    with held(home) as screen:
        assert termios.tcgetattr(screen.fd) != screen.before
        screen.signal(number)
        assert screen.code(5) == -number
        restored(screen)


def test_control_c_while_it_stands_ends_it_without_a_traceback(home: Home) -> None:
    with held(home) as screen:
        screen.press("\x03")
        assert screen.code(5) == 130
        restored(screen)
        assert b"Traceback" not in screen.output


def test_what_is_wrong_is_said_on_the_normal_screen(home: Home) -> None:
    with held(home, "time.sleep(0.5); raise output.Failure('store', 'it broke', 'Mend it.')") as screen:
        assert screen.code(5) == 1
        restored(screen)
        assert b"it broke" in screen.output[screen.output.rindex(b"\x1b[?1049l") :]


def test_a_crash_while_it_stands_is_said_on_the_normal_screen(home: Home) -> None:
    with held(home, "time.sleep(0.5); raise RuntimeError('oh')") as screen:
        assert screen.code(5) == 1
        restored(screen)
        assert b"RuntimeError" in screen.output[screen.output.rindex(b"\x1b[?1049l") :]


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"DESKUI_FIRST_FRAME": "0"}, {"NO_COLOR": "1"}, {"TERM": "vt220"}])
def test_there_is_none_on_a_terminal_that_is_not_known(home: Home, env: dict[str, str]) -> None:
    with held(home, "print('begun', flush=True); time.sleep(60)", wait="begun", **env) as screen:
        assert b"\x1b[?1049h" not in screen.output
        assert termios.tcgetattr(screen.fd) == screen.before


def test_settings_that_were_changed_are_looked_at_first(home: Home) -> None:
    (home.path / "config.toml").write_text("[desk]\nnonsense = 1\n")
    with walk(env=home.env) as screen:
        assert screen.code(10) == 2
        assert b"\x1b[?1049h" not in screen.output
        assert b"nonsense" in screen.output


def test_another_size_of_the_terminal_has_one_too(home: Home) -> None:
    with walk(env=home.env, size=(160, 45)) as screen:
        screen.wait(FRAME)
        assert screen.output.startswith(b"\x1b[?1049h")
        screen.wait("Next:")
        assert screen.output.count(b"\x1b[?1049h") == 1
