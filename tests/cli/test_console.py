"""`deskui` and `deskui demo` in a real terminal: they open, show the queue, and leave when they are told to."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli

PATIENCE_S = 30.0


class Terminal:
    """A child on a pty of its own, 80x24."""

    def __init__(self, master: int, child: "subprocess.Popen[bytes]") -> None:
        self.master, self.child, self.seen = master, child, b""

    def until(self, wanted: str) -> None:
        """Read until it was written."""
        ends = time.monotonic() + PATIENCE_S
        while wanted.encode() not in self.seen:
            left = ends - time.monotonic()
            assert left > 0, f"no {wanted!r} in {self.seen[-2000:]!r}"
            self.read(left)

    def read(self, seconds: float) -> None:
        ready, _, _ = select.select([self.master], [], [], seconds)
        try:
            self.seen += os.read(self.master, 65536) if ready else b""
        except OSError:  # the child has gone
            raise AssertionError(f"it ended: {self.seen[-2000:]!r}") from None

    def end(self, seconds: float) -> int:
        """Its exit code; its last words are read so that it is not held up."""
        ends = time.monotonic() + seconds
        while self.child.poll() is None and time.monotonic() < ends:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.master, 65536)
                except OSError:
                    break
        return self.child.wait(max(0.1, ends - time.monotonic()))


@contextmanager
def terminal(*argv: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color"}
    child = subprocess.Popen(
        [sys.executable, "-m", "deskui", *argv],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, child)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        os.close(master)


def test_the_console_shows_the_queue(home: Path, world: World, cli: Cli):
    world.make(Create("Tills offline", "all down", priority=1))
    cli("sync", "--once")
    with terminal("--home", str(home)) as screen:
        screen.until("Tills offline")
        screen.child.send_signal(signal.SIGTERM)
        screen.end(5)
    assert "Tills offline" in cli("list").out


def test_a_first_sync_comes_by_itself(home: Path, world: World):
    world.make(Create("Not yet pulled", "x", priority=1))
    with terminal("--home", str(home)) as screen:
        screen.until("Not yet pulled")
        screen.child.send_signal(signal.SIGTERM)
        screen.end(5)


def test_the_demo_reaches_the_queue_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with terminal("demo") as screen:
        screen.until("Tills offline")
        assert list(tmp_path.glob("deskui-demo-*"))
        screen.child.send_signal(signal.SIGTERM)
        screen.end(8)
    assert not list(tmp_path.glob("deskui-demo-*"))


def test_without_a_desk_the_console_says_what_to_do(tmp_path: Path):
    with terminal("--home", str(tmp_path / "none")) as screen:
        screen.until("deskui init")
        assert screen.end(5) == 2
