"""Runs one framed command to its end, its deadline or its cancellation, over SSH or on this machine."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from threading import Event
from typing import Protocol

from deskui.diagnostics import frame
from deskui.diagnostics.base import OnLine, Output, Problem, Shell, ShellError

TICK = 0.05  # seconds between two looks at the deadline and at `cancel`
GRACE = 0.3  # seconds for the end of a finished command's other stream


class Process(Protocol):
    """A running frame script: two streams out, and standard input that ends it."""

    def read(self, wait: float) -> list[tuple[int, bytes]]:
        """What came within `wait` seconds, as (stream, bytes); b"" is a stream's end."""

    def end(self) -> None:
        """Close its standard input (which ends what it runs) and let go of it, without waiting."""


def drive(process: Process, mark: str, seconds: float, cancel: Event, on_line: OnLine | None) -> Output:
    """Drain both streams of `process` until its frames are closed, at most `seconds`; then let go of it."""
    return _Drive(process, mark, on_line).to_end(seconds, cancel)


class _Drive:
    def __init__(self, process: Process, mark: str, on_line: OnLine | None) -> None:
        self._process, self._ring = process, frame.Ring()
        self._frames = [frame.Frame(mark, self._ring, stream) for stream in (0, 1)]
        self._lines = [frame.Lines(on_line or (lambda _line: None)) for _ in (0, 1)]
        self._open = {0, 1}
        self._started = time.monotonic()
        self._begun = 0.0

    def to_end(self, seconds: float, cancel: Event) -> Output:
        stop = self._started + seconds
        try:
            end = self._loop(stop, cancel)
        finally:
            self._process.end()
        return self._output(end)

    def _loop(self, stop: float, cancel: Event) -> str:
        while True:
            for stream, data in self._process.read(max(0.0, min(TICK, stop - time.monotonic()))):
                self._take(stream, data)
            if self._frames[0].state == "done":
                if self._frames[1].state == "done" or 1 not in self._open:
                    return "done"
                stop = min(stop, time.monotonic() + GRACE)
            if not self._open:
                return "lost"
            if cancel.is_set():
                return "cancelled"
            if time.monotonic() >= stop:
                return "done" if self._frames[0].state == "done" else "deadline"

    def _take(self, stream: int, data: bytes) -> None:
        if not data:
            self._open.discard(stream)
            return
        taken, told = self._frames[stream], self._frames[stream].feed(data)
        if not self._begun and taken.state != "before":
            self._begun = time.monotonic()
        self._lines[stream].feed(told, taken.line_ended)

    def _output(self, end: str) -> Output:
        for taken, lines in zip(self._frames, self._lines, strict=True):
            lines.feed(taken.flush(), False)
            lines.close()
        now = time.monotonic()
        start = (self._begun or now) - self._started
        noise = b"".join(taken.noise for taken in self._frames).decode("utf-8", "replace")
        return Output(
            self._ring.text(0), self._ring.text(1), self._frames[0].code if end == "done" else None,
            now - self._started - start, self._ring.truncated, end, start, noise,
        )  # fmt: skip


def environment() -> dict[str, str]:
    """Ours for a child, without the desk's secrets: what it runs has no business with them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DESKUI_SECRET")}


class _Local:
    def __init__(self, script: str) -> None:
        self._popen = subprocess.Popen(
            ["/bin/sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, env=environment(), bufsize=0,
        )  # fmt: skip
        self._selector = selectors.DefaultSelector()
        for stream, pipe in enumerate((self._popen.stdout, self._popen.stderr)):
            if pipe is not None:
                self._selector.register(pipe, selectors.EVENT_READ, stream)

    def read(self, wait: float) -> list[tuple[int, bytes]]:
        if not self._selector.get_map():
            return []
        got = []
        for key, _ in self._selector.select(wait):
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            got.append((int(key.data), data))
        return got

    def end(self) -> None:
        self._selector.close()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                pipe.close()
        try:
            self._popen.wait(0.5)  # a finished frame is gone at once; so is one that heeds its input's end
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()


class LocalShell(Shell):
    """This machine: for work on site, and for the demo."""

    where = "this machine"

    def run(self, argv: Sequence[str], seconds: float, cancel: Event, on_line: OnLine | None = None) -> Output:
        mark, script = frame.script(argv, seconds)
        try:
            process = _Local(script)
        except OSError as error:
            raise ShellError(Problem("unreachable", f"no shell on this machine: {error}")) from error
        return drive(process, mark, seconds, cancel, on_line)

    def close(self) -> None:
        """Nothing is kept open."""
