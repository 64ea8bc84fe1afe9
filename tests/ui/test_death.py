"""The console dies while somebody writes: kill -9, a closed line, a kill from outside; with $EDITOR open, too."""

import signal
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from tests.ui.home import Home, make_home
from tests.ui.terminal_walk import ENTER, ESC, F2, TAB, Walk, walk

F4 = "\x1bOS"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def console(home: Home, **env: str) -> Any:
    return walk(env={**home.env, **env})


def begin(screen: Walk, key: str = "C") -> None:
    """Write on the first ticket."""
    screen.wait("SUBJECT")
    screen.wait("Next:")
    screen.wait(r"sync \d\d:\d\d")
    screen.press(key)
    screen.wait("PUBLIC REPLY" if key == "C" else "WORK NOTE")


def test_kill_9_loses_at_most_the_last_second_and_the_draft_comes_back_on_its_ticket_alone(home: Home) -> None:
    seen: list[tuple[float, str]] = []
    slow = 0.0
    with console(home) as screen:
        begin(screen)
        for number in range(10, 40):
            began = time.monotonic()
            screen.press(f" w{number}")
            time.sleep(0.1)
            screen.settle(0.01, 0.05)
            found = [word for word in screen.text.split() if word[:1] == "w" and word[1:].isdecimal()]
            seen.append((time.monotonic(), found[-1] if found else ""))
            slow = max(slow, seen[-1][0] - began - 0.15)  # by so much nobody here gets the processor in time
        killed = time.monotonic()
        screen.signal(signal.SIGKILL)
        assert screen.code() == -signal.SIGKILL
    [(ticket, kind, text)] = home.drafts()
    assert (ticket, kind) == ("M-1", "reply")
    surely = [word for at, word in seen if at <= killed - 1.0 - 3 * slow]
    assert surely[-1] in text.split(), f"{text!r} lacks {surely[-1]}, shown a second before"
    typed = " ".join(f"w{number}" for number in range(10, 40))
    assert typed.startswith(text.strip())  # the last word may be half there

    with console(home) as screen:
        screen.wait(r"\[draft\] Tills offline")
        assert screen.text.count("[draft]") == 1
        begin(screen, "c")  # a note of the same ticket: nothing of it
        assert "w10" not in screen.settle(0.4)
        screen.press(ESC)
        screen.wait("SUBJECT")
        screen.press("jC")  # a reply on the other ticket: nothing of it either
        screen.wait("M-2")
        assert "w10" not in screen.settle(0.4)
        screen.press(ESC)
        screen.wait("SUBJECT")
        screen.press("kC")
        screen.wait("A draft of this public reply waits on M-1, (just now|1m old)")
        screen.press("1")
        screen.press(" end" + F2)  # typed ahead: it stands behind the draft, and is sent with it
        screen.wait("Send this PUBLIC REPLY to Nordkauf")
        screen.wait("w10 w11")
        screen.wait(" end ")
        screen.press("y")
        screen.wait("SUBJECT")
        screen.gone(r"\[draft\]")
    assert home.drafts() == []
    [change] = home.run("outbox")["changes"]
    assert (change["ticket"], change["verb"]) == ("M-1", "reply")


@pytest.mark.parametrize("how", ["SIGHUP", "SIGTERM", "closed"])
def test_an_end_from_outside_keeps_what_was_typed_just_now(home: Home, how: str) -> None:
    with console(home) as screen:
        begin(screen, "c")
        screen.press(f"seen it{TAB}7")
        screen.wait("Minutes worked: 7")
        if how == "closed":
            screen.hang_up()
        else:
            screen.signal(getattr(signal, how))
        assert screen.code() is not None
    assert home.drafts() == [("M-1", "note", "seen it")]
    assert home.run("draft", "show", "M-1")["minutes"] == "7"


EDITOR = """
import os, signal, sys, termios, time
path = sys.argv[1]
said = open(path).read()
print("EDITOR HAS THE TERMINAL", repr(said), bool(termios.tcgetattr(0)[3] & termios.ECHO), flush=True)
open(path, "w").write(said + " saved")
print("PLEASE TYPE", flush=True)
line = sys.stdin.readline().strip()
open(path, "w").write(said + " and " + line + "\\n")
sys.exit(1 if line == "fail" else 0)
"""


@pytest.fixture
def editor(tmp_path: Path) -> str:
    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    return f"{sys.executable} {script}"


def test_the_editor_gets_the_whole_terminal_and_deskui_gets_it_back(home: Home, editor: str) -> None:
    with console(home, EDITOR=editor) as screen:
        begin(screen)
        raw = termios.tcgetattr(screen.fd)
        screen.press(f"Dear Lea{F4}")
        screen.wait("EDITOR HAS THE TERMINAL 'Dear Lea' True")
        screen.press("\x03")  # the editor's own key: deskui does not end by it
        screen.wait("PUBLIC REPLY TO Nordkauf")
        screen.wait("ended with")
        assert screen.child.poll() is None
        assert termios.tcgetattr(screen.fd) == raw
        screen.gone("PLEASE TYPE")  # or what is typed next is for nobody
        screen.press(F4)
        screen.wait("PLEASE TYPE")
        screen.press(f"regards{ENTER}")
        screen.wait(r"\| +Dear Lea and regards")
        screen.wait("nothing is sent yet")
        screen.press(F2)
        screen.wait("Send this PUBLIC REPLY")
        screen.press("y")
        screen.wait("SUBJECT")
        screen.signal(signal.SIGTERM)
        assert screen.code() == 128 + signal.SIGTERM
        assert termios.tcgetattr(screen.fd) == screen.before


@pytest.mark.parametrize("how", ["SIGKILL", "SIGHUP", "SIGTERM", "closed"])
def test_it_dies_while_the_editor_is_open_and_what_that_had_saved_is_there(home: Home, editor: str, how: str) -> None:
    with console(home, EDITOR=editor) as screen:
        begin(screen)
        screen.press(f"Dear Lea{F4}")
        screen.wait("PLEASE TYPE")
        screen.until(lambda: home.kept() == ["Dear Lea saved"])
        if how == "closed":
            screen.hang_up()
        else:
            screen.signal(getattr(signal, how))
        assert screen.code() is not None  # though the editor would wait for ever
        if how in ("SIGHUP", "SIGTERM"):
            assert termios.tcgetattr(screen.fd) == screen.before
    [(ticket, kind, text)] = home.drafts()
    assert (ticket, kind) == ("M-1", "reply")
    assert text in (("Dear Lea saved",) if how == "SIGKILL" else ("Dear Lea saved", "Dear Lea"))
