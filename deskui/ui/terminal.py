"""All that touches the terminal itself: title, clipboard, signals, a lost line, and the net under untrusted text."""

import asyncio
import base64
import os
import select
import signal
import termios
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, wait
from functools import lru_cache
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual._xterm_parser import XTermParser
from textual.color import Color
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.message import Message

from deskui.ui import firstframe, ground
from deskui.ui.calling import title as title  # what is written here is made there
from deskui.ui.calling import wrapped as wrapped

GRACE_S = 1.5  # after a signal: how long the orderly way out may take
WORDS_S = 3.0  # and then, with the terminal restored, how long the disk for what was being written
CLIPBOARD_BYTES = 74_000  # what terminals take in one OSC 52
BEGUN_S, LOST_S = 0.1, 2.0  # so long an answer may be cut short: one that may be keys, one that cannot
_ESC_BRACKET_11 = "\x1b]11"
_INTRODUCERS = "[O]P_^"  # what follows ESC at the beginning of a key's or an answer's sequence
_LEAVE = "\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"


@lru_cache(1024)
def _harmless(text: str) -> str:
    return "".join(char if char.isprintable() else "?" * cell_len(char) for char in text)


class Inert(LineFilter):
    """The last net: no control byte in a text leaves for the terminal, whatever widget let it through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, each of the same width, with every unprintable character replaced or dropped."""
        if all(control is not None or text.isprintable() for text, _, control in segments):
            return segments
        return [
            segment if segment.control is not None else Segment(_harmless(segment.text), segment.style)
            for segment in segments
        ]


class Grounded(Message):
    """The terminal says that it is `dark` or `light`."""

    def __init__(self, now: str) -> None:
        super().__init__()
        self.now = now


class Keyboard(XTermParser):
    """Esc and the key after it are two keys, though a slow line brings both in one packet: deskui has no Alt keys.

    An answer about the terminal's ground is no keys, though it comes late or in pieces.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._begun, self._since = "", 0.0  # what may be the beginning of an answer, and when it came

    def feed(self, data: str) -> Iterable[Message]:
        if not data:  # the end
            yield from super().feed(data)
            return
        keys, answers, self._begun = ground.sift(self._begun + data)
        self._since = time.monotonic()
        yield from map(Grounded, answers)
        if keys:
            yield from super().feed(keys)

    def tick(self) -> Iterable[Message]:
        certain = len(self._begun) > len(_ESC_BRACKET_11)
        if self._begun and time.monotonic() - self._since > (LOST_S if certain else BEGUN_S):
            begun, self._begun = self._begun, ""
            if not certain:  # somebody typed Esc and the rest
                yield events.Key("escape", begun[0])
                yield from super().feed(begun[1:])
        yield from super().tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        keys = list(super()._sequence_to_key_events(sequence, alt))
        if not keys and len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] not in _INTRODUCERS:
            return [events.Key("escape", "\x1b"), *super()._sequence_to_key_events(sequence[1])]
        return keys


class DeskDriver(LinuxDriver):
    """Textual's driver, which also notices that the terminal has gone away."""

    _there = False  # whether the first frame stands on the terminal
    _ahead = ""  # typed before the console had the terminal

    def start_application_mode(self) -> None:
        """Takes the terminal, and what was typed so far."""
        app: Any = self._app
        frame = firstframe.take()
        self._ahead = app.ground.hand_over()
        self._there = frame is not None
        if frame is None:
            app.forget_screen()  # back from the shell: until all is drawn again no update builds on what was there
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if frame is not None:
            self.attrs_before = frame.modes
            app.begin_with(frame)

    def write(self, data: str) -> None:
        """The screen that the first frame stands on is not begun anew, which would clear it."""
        if self._there and data == firstframe.ALTERNATE:
            self._there = False
        else:
            super().write(data)

    def _run_input_thread(self) -> None:
        keyboard, typed, self._ahead = Keyboard(self._debug), self._ahead, ""
        vars(linux_driver)["XTermParser"] = lambda _debug: keyboard  # the thread has no other way in
        try:
            if typed:  # at once: the thread looks at its parser only when a key comes, or after 0.1 s
                for message in keyboard.feed(typed):
                    self.process_message(message)
            self.run_input_thread()
        except OSError:  # the other side of the line is closed
            self._app.call_later(lambda: leave(self._app, 128 + signal.SIGHUP))


def hung_up(driver: Driver | None) -> bool:
    """Whether the terminal is gone (a closed line, EOF), which a selector reports as an endless stream of nothing."""
    if not isinstance(driver, LinuxDriver):
        return False
    poll = select.poll()
    poll.register(driver.fileno, select.POLLIN)
    return any(what & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, what in poll.poll(0))


def leave(app: Any, code: int) -> None:
    """Ends the app with `code`; if that takes too long, restores the terminal by hand and goes."""
    driver = app._driver
    attrs = getattr(driver, "attrs_before", None)
    said = [screen.last_words() for screen in app.screen_stack if hasattr(screen, "last_words")]
    words = [each for each in said if each is not None]
    timer = threading.Timer(GRACE_S, _last_resort, (getattr(driver, "fileno", -1), attrs, code, words))
    timer.daemon = True
    timer.start()
    app.exit(return_code=code)


def _last_resort(fileno: int, attrs: Any, code: int, words: list[Future[Any]]) -> None:
    try:
        if attrs is not None:
            termios.tcsetattr(fileno, termios.TCSANOW, attrs)
        os.write(2, _LEAVE.encode())
    except (OSError, termios.error):
        pass  # there is no terminal any more
    wait(words, WORDS_S)
    os._exit(code)


def watch_signals(app: Any) -> None:
    """SIGHUP and SIGTERM end the app in order; only where there is a terminal to restore."""
    if app.is_headless or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, leave, app, 128 + number)


def clipboard(text: str) -> str | None:
    """The sequence that puts `text` into the terminal's clipboard; None: too long for it."""
    data = base64.b64encode(text.encode("utf-8", "replace"))
    return None if len(data) > CLIPBOARD_BYTES else wrapped(f"\x1b]52;c;{data.decode()}\x07")


def write(app: Any, sequence: str) -> None:
    """Writes one of the sequences above; nothing where there is no terminal."""
    if app._driver is not None and not app.is_headless:
        app._driver.write(sequence)


def mouse(app: Any) -> bool:
    """Gives the mouse to the app, or back to the terminal; whether it is the app's now."""
    driver: Any = app._driver
    if driver is None or app.is_headless:
        return False
    if driver._mouse:
        driver._disable_mouse_support()
        driver._mouse = False
    else:
        driver._mouse = True  # first: by it the end takes it back
        driver._enable_mouse_support()
    return bool(driver._mouse)
