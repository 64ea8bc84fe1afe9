"""Dark or light: what the terminal answers, remembers and is asked; and no key that was typed meanwhile is lost."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deskui.ui import ground
from deskui.ui.terminal import DeskDriver, Grounded, Keyboard

LIGHT, DARK = "\x1b]11;rgb:fbfb/fbfb/f8f8\x1b\\", "\x1b]11;rgb:1414/1717/1a1a\x07"
XTERM = {"TERM": "xterm-256color"}


# what is said


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("rgb:ffff/ffff/ffff", "light"),
        ("rgb:0000/0000/0000", "dark"),
        ("rgb:1414/1717/1a1a", "dark"),
        ("rgb:fb/fb/f8", "light"),
        ("rgb:f/f/f", "light"),
        ("rgba:ffff/ffff/ffff/0000", "light"),
        ("rgb:0000/2b2b/3636", "dark"),  # solarized
        ("rgb:fdfd/f6f6/e3e3", "light"),
        ("rgb:7f7f/7f7f/7f7f", "light"),  # black is read better on it than white
        ("rgb:6060/6060/6060", "dark"),
        ("?", None),
        ("rgb:gg/00/00", None),
        ("#ffffff", None),
    ],
)
def test_a_colour_is_dark_or_light(colour: str, expected: str | None) -> None:
    assert ground.tone(colour) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", [], "")),
        ("jk", ("jk", [], "")),
        (LIGHT, ("", ["light"], "")),
        (f"j{DARK}k{LIGHT}\x1b[A", ("jk\x1b[A", ["dark", "light"], "")),
        ("j\x1b]11;rgb:fb", ("j", [], "\x1b]11;rgb:fb")),
        ("j\x1b]11;rgb:fbfb/fbfb/f8f8\x1b", ("j", [], "\x1b]11;rgb:fbfb/fbfb/f8f8\x1b")),
        ("j\x1b]", ("j", [], "\x1b]")),
        ("j\x1b", ("j\x1b", [], "")),  # Esc is a key
        ("\x1b]52;c;eA==\x07", ("\x1b]52;c;eA==\x07", [], "")),
        ("\x1b]11;nonsense\x07x", ("x", [], "")),
    ],
)
def test_answers_are_told_from_keys(text: str, expected: Any) -> None:
    assert ground.sift(text) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("15;0", "dark"),
        ("0;15", "light"),
        ("0;7", "light"),
        ("0;default;15", "light"),
        ("15;default", None),
        ("", None),
    ],
)
def test_colorfgbg(said: str, expected: str | None) -> None:
    assert ground.by_environment({"COLORFGBG": said} if said else {}) == expected


# the keyboard


def typed(*chunks: str) -> list[Any]:
    """What comes of input in these pieces: keys, and what the terminal said."""
    keyboard = Keyboard()
    events = [event for chunk in chunks for event in (*keyboard.feed(chunk), *keyboard.tick())]
    return [event.now if isinstance(event, Grounded) else getattr(event, "key", event) for event in events]


WHOLE = f"j{LIGHT}k"
ESC_AT = WHOLE.index("\x1b") + 1


@pytest.mark.parametrize("at", [at for at in range(1, len(WHOLE)) if at != ESC_AT])
def test_a_late_answer_in_pieces_types_nothing(at: int) -> None:
    assert sorted(typed(WHOLE[:at], WHOLE[at:])) == ["j", "k", "light"]


def test_keys_come_in_their_order() -> None:
    assert [key for key in typed(f"a{DARK}b\x1b[A", f"c{LIGHT}", "\x1b\r") if key not in ("dark", "light")] == [
        "a", "b", "up", "c", "escape", "enter",
    ]  # fmt: skip


def test_what_only_looks_like_the_beginning_of_an_answer_is_typed_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("deskui.ui.terminal.time", SimpleNamespace(monotonic=lambda: clock[0]))
    keyboard = Keyboard()
    assert [*keyboard.feed("\x1b]1"), *keyboard.tick()] == []
    clock[0] += 0.2
    assert [getattr(event, "key", "") for event in keyboard.tick()] == ["escape", "right_square_bracket", "1"]


def test_an_answer_that_is_never_finished_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("deskui.ui.terminal.time", SimpleNamespace(monotonic=lambda: clock[0]))
    keyboard = Keyboard()
    assert [*keyboard.feed("\x1b]11;rgb:14"), *keyboard.tick()] == []
    clock[0] += 1.0
    assert list(keyboard.tick()) == []
    clock[0] += 2.0
    assert [*keyboard.tick(), *keyboard.tick()] == []
    assert [event.key for event in keyboard.feed("j")] == ["j"]  # type: ignore[attr-defined]


def test_what_was_read_before_comes_first_and_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after the first 0.1 s without a key, when the driver's thread would look at its parser."""
    from textual.drivers import linux_driver

    taken: list[Any] = []

    def thread() -> None:  # as the driver has it: a parser of its own making, and what the terminal sends
        taken.extend(linux_driver.XTermParser(False).feed("fb/fbfb/f8f8\x07c"))  # type: ignore[attr-defined]

    driver: Any = DeskDriver.__new__(DeskDriver)
    driver._debug, driver._ahead = False, "ab\x1b]11;rgb:fb"
    driver.process_message, driver.run_input_thread = taken.append, thread
    monkeypatch.setattr(linux_driver, "XTermParser", None)
    driver._run_input_thread()
    assert [getattr(event, "key", getattr(event, "now", "")) for event in taken] == ["a", "b", "light", "c"]


# the terminal


class Line:
    """A pseudo terminal that is the process's own, as far as `ground` knows; `far` is the terminal's end."""

    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        self.before = termios.tcgetattr(self.near)

    def says(self, text: str) -> None:
        os.write(self.far, text.encode())

    def came(self) -> bytes:
        """What has come out to the terminal."""
        seen = b""
        while select.select([self.far], [], [], 0.02)[0]:
            seen += os.read(self.far, 4096)
        return seen

    @property
    def asked(self) -> bool:
        """Whether the question has come out, and nothing after it."""
        return self.came().endswith(ground.QUERY.encode())

    @property
    def modes(self) -> Any:
        return termios.tcgetattr(self.near)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    found = Line()
    monkeypatch.setattr(ground, "INPUT", found.near)
    monkeypatch.setattr(ground, "OUTPUT", found.near)
    yield found
    os.close(found.far)
    os.close(found.near)


def terminal(tmp_path: Path, environ: Mapping[str, str] = XTERM) -> ground.Terminal:
    return ground.Terminal(environ, tmp_path / "terminals")


def test_the_answer_is_taken_and_every_key_is_handed_over(line: Line, tmp_path: Path) -> None:
    found = terminal(tmp_path)
    line.says("a")
    found.ask()
    assert line.asked
    line.says(f"jé{LIGHT}\rk")
    found.settle()
    line.says("later")
    assert found.now == "light"
    assert found.hand_over() == "ajé\rk"
    assert line.modes == line.before
    assert found.hand_over() == ""


def test_a_key_between_two_pieces_of_nothing(line: Line, tmp_path: Path) -> None:
    found = terminal(tmp_path)
    found.ask()
    line.says("x\x1b]11;rgb:fbfb")
    found.settle()
    assert (found.now, found.hand_over()) == ("dark", "x\x1b]11;rgb:fbfb")  # the keyboard gets the rest


def test_nothing_is_shown_while_the_terminal_is_asked(line: Line, tmp_path: Path) -> None:
    found = terminal(tmp_path)
    found.ask()
    assert line.asked
    line.says(f"jj\r{LIGHT}")
    found.settle()
    assert line.came() == b""
    found.hand_over()


def test_without_an_answer_it_is_waited_for_a_moment_once(line: Line, tmp_path: Path) -> None:
    def took(found: ground.Terminal) -> float:
        found.ask()
        began = time.monotonic()
        found.settle()
        found.hand_over()
        return time.monotonic() - began

    first = terminal(tmp_path)
    assert 0.05 < took(first) < 0.5
    assert first.now == "dark"
    silent = terminal(tmp_path)
    assert (took(silent) < 0.05, silent.now) == (True, "dark")
    silent.told("light")  # it was slow
    again = terminal(tmp_path)
    assert again.now == "light"
    assert took(again) < 0.05


def test_the_time_that_loading_took_counts(line: Line, tmp_path: Path) -> None:
    found = terminal(tmp_path)
    found.ask()
    time.sleep(ground.PATIENCE_S)
    began = time.monotonic()
    found.settle()
    assert time.monotonic() - began < 0.05
    found.hand_over()


def test_a_known_terminal_that_has_changed_is_believed(line: Line, tmp_path: Path) -> None:
    terminal(tmp_path).told("light")
    found = terminal(tmp_path)
    found.ask()
    line.says(DARK)
    time.sleep(0.05)
    found.settle()
    found.hand_over()
    assert (found.now, terminal(tmp_path).now) == ("dark", "dark")


@pytest.mark.parametrize("kind", ["dumb", "linux", "", "unknown"])
def test_some_are_not_asked(line: Line, tmp_path: Path, kind: str) -> None:
    found = terminal(tmp_path, {"TERM": kind, "COLORFGBG": "0;15"})
    found.ask()
    found.settle()
    assert not line.asked
    assert line.modes == line.before
    assert (found.now, found.question(), found.hand_over()) == ("light", "", "")


def test_without_a_terminal_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(ground, "INPUT", reader)
    monkeypatch.setattr(ground, "OUTPUT", writer)
    found = terminal(tmp_path)
    found.ask()
    found.settle()
    os.close(writer)
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_who_has_the_terminal_already_keeps_it(line: Line, tmp_path: Path) -> None:
    raw = line.modes
    raw[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(line.near, termios.TCSANOW, raw)
    before, handler = line.modes, signal.getsignal(signal.SIGTERM)
    found = terminal(tmp_path)
    found.ask()
    assert line.asked
    assert signal.getsignal(signal.SIGTERM) == handler
    found.hand_over()
    assert line.modes == before


def test_terminals_are_told_apart_and_not_all_are_remembered(tmp_path: Path) -> None:
    for number in range(ground.KEPT + 5):
        terminal(tmp_path, {"TERM": f"t{number}"}).told("light")
    terminal(tmp_path, {"TERM": "t10"}).told("dark")
    assert terminal(tmp_path, {"TERM": "t10"}).now == "dark"
    assert terminal(tmp_path, {"TERM": "t36"}).now == "light"
    assert terminal(tmp_path, {"TERM": "t0"}).now == "dark"  # forgotten
    elsewhere = {"TERM": "t36", "SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22"}
    assert terminal(tmp_path, elsewhere).now == "dark"
    assert terminal(tmp_path, {"TERM": "t36", "TMUX": "/tmp/x,1,0"}).now == "dark"
    lines = (tmp_path / "terminals").read_text().splitlines()
    assert len(lines) == ground.KEPT
    assert "192.0.2.7" not in "".join(lines)


def test_a_memory_that_is_none_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "terminals").write_bytes(b"\xff\xfe nonsense\nzz light\nabc maybe\n")
    assert terminal(tmp_path).now == "dark"
    ground.Terminal(XTERM, tmp_path / "none" / "terminals").told("light")  # cannot be written


LOADING = """
import os, sys, time
from pathlib import Path
from deskui.ui import ground
found = ground.Terminal(os.environ, Path(sys.argv[1]))
found.ask()
os.write(1, b"loading")
time.sleep(30)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_the_console_is_loaded_leaves_a_sane_terminal(tmp_path: Path, number: signal.Signals) -> None:
    here = Line()
    child = subprocess.Popen(
        [sys.executable, "-c", LOADING, str(tmp_path / "terminals")], stdin=here.near, stdout=here.near,
        stderr=here.near, env={**os.environ, **XTERM}, start_new_session=True,
    )  # fmt: skip
    seen = b""
    while b"loading" not in seen:
        seen += os.read(here.far, 4096)
    assert here.modes != here.before
    child.send_signal(number)
    assert child.wait(5) == -number
    assert here.modes == here.before or number == signal.SIGINT  # ^C is an exception: who catches it restores


def test_the_driver_takes_what_was_typed_and_relies_on_nothing_that_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.drivers.linux_driver import LinuxDriver

    started: list[str] = []
    monkeypatch.setattr(LinuxDriver, "start_application_mode", lambda self: started.append(self._ahead))
    asked = SimpleNamespace(hand_over=lambda: "jj")
    driver: Any = DeskDriver.__new__(DeskDriver)
    driver._app = SimpleNamespace(ground=asked, forget_screen=lambda: started.append("forgotten"))
    driver.start_application_mode()
    assert started == ["forgotten", "jj"]
