"""The console on a pseudo terminal: press keys, wait for words on its screen, resize it, kill it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

from tests.ui.emulator import Terminal

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
QUIET_S = 0.15
ENTER, ESC, TAB, F2, DOWN, UP, PGDN = "\r", "\x1b", "\t", "\x1bOQ", "\x1b[B", "\x1b[A", "\x1b[6~"
# A session leader that opens a terminal gets it as its own: signals of resizing and hanging up reach it.
_OWN = ["/bin/sh", "-c", 'tty=$1; shift; exec "$@" <"$tty" >"$tty" 2>&1', "sh"]


class Walk:
    """A child in a session of its own on a terminal of `size` (columns, lines).

    `output` is every byte that it wrote, `text` what its screen shows now.
    """

    def __init__(
        self, argv: Sequence[str], size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        self.fd, slave = pty.openpty()
        self.output = b""
        self.screen = Terminal(*size)
        self.stream = pyte.ByteStream(self.screen)
        self._size(size)
        self.before = termios.tcgetattr(self.fd)
        self.child = subprocess.Popen(
            [*_OWN, os.ttyname(slave), *argv], cwd=ROOT, env=environment(env or {}), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.pid = self.child.pid
        self.slave = slave  # kept open until the child has it too

    def _size(self, size: tuple[int, int]) -> None:
        columns, lines = size
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    # --- what it shows

    @property
    def text(self) -> str:
        """The screen as lines, without the blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float) -> bool:
        """Takes what comes within `seconds`; whether anything came.  False for good once the child has gone."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            new = os.read(self.fd, 65536)
        except OSError:  # the last one has closed it
            return False
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1
        self.output += new
        self.stream.feed(new)
        return True

    def wait(self, pattern: str, seconds: float = PATIENCE_S) -> "re.Match[str]":
        """The match, once the screen has it; fails with the screen."""
        until = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text, re.MULTILINE)):
            assert time.monotonic() < until, f"{pattern!r} never came:\n{self.text}"
            self.read(0.1)
        return found

    def gone(self, pattern: str, seconds: float = PATIENCE_S) -> None:
        """Waits until the screen does not have it any more."""
        until = time.monotonic() + seconds
        while re.search(pattern, self.text, re.MULTILINE):
            assert time.monotonic() < until, f"{pattern!r} stayed:\n{self.text}"
            self.read(0.1)

    def until(self, done: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        """Reads until it is so; fails with the screen."""
        until = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < until, f"it never was so:\n{self.text}"
            self.read(0.05)

    def settle(self, quiet_s: float = QUIET_S, seconds: float = 3.0) -> str:
        """The screen once nothing has been written for a moment."""
        until = time.monotonic() + seconds
        while self.read(quiet_s) and time.monotonic() < until:
            pass
        return self.text

    # --- what is done to it

    def press(self, keys: str) -> None:
        """Types, as raw as a terminal sends it."""
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Another size, as when a window is dragged."""
        self._size((columns, lines))
        self.screen.resize(lines, columns)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The line is closed."""
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def code(self, seconds: float = PATIENCE_S) -> int | None:
        """Its exit code; None: it still ran and was killed."""
        until = time.monotonic() + seconds
        while self.child.poll() is None and time.monotonic() < until:
            if self.fd < 0 or not self.read(0.05):
                time.sleep(0.02)
        if self.child.poll() is None:
            self.kill()
            return None
        while self.fd >= 0 and self.read(0):
            pass
        return self.child.returncode

    def kill(self) -> None:
        """As by kill -9."""
        if self.child.poll() is None:
            self.signal(signal.SIGKILL)
            self.child.wait()


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours, with a plain terminal in a plain place: no colour settings and no multiplexer of whoever runs the tests."""
    drop = ("NO_COLOR", "COLORFGBG", "TMUX", "COLORTERM", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **extra}


@contextmanager
def walk(
    *argv: str, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None, deskui: bool = True
) -> Iterator[Walk]:
    """`python -m deskui ARGV` (without `deskui`: `python ARGV`) on a terminal; killed at the end if it still runs."""
    found = Walk([sys.executable, *(("-m", "deskui") if deskui else ()), *argv], size, env)
    try:
        yield found
    finally:
        found.kill()
        found.hang_up()
