"""A command's output between two random marks, so that nothing a start file prints is taken for it; and its cap."""

import secrets
import shlex
from collections import deque
from collections.abc import Sequence

from deskui.diagnostics.base import CAP, OnLine

NOISE = 4096  # bytes kept of what came before the first mark

# One line without backslashes or exclamation marks, so that csh and fish hand it on as it is.  The mark is put together
# by the shell, so that a command which lists processes does not print it.  Standard input is ours: when it ends (we
# cancelled, or we died) the first watcher ends the whole process group; the second does so when the time is up, for a
# connection that broke without telling.
_SCRIPT = (
    "m={first}; exec 3<&0 </dev/null; LC_ALL=C; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL PATH; "
    "echo ${{m}}{second}:begin; echo ${{m}}{second}:begin >&2; "
    "{{ trap '' TERM HUP; read x <&3; kill -TERM 0; sleep 1; kill -KILL 0; }} >/dev/null 2>&1 & w=$!; "
    "{{ trap 'kill -KILL $!; exit' USR1; trap '' TERM HUP; sleep {seconds} & wait $!; "
    "kill -TERM 0; sleep 1; kill -KILL 0; }} >/dev/null 2>&1 3<&- & t=$!; "
    "{command} 3<&-; r=$?; "
    "echo; echo ${{m}}{second}:end $r; echo >&2; echo ${{m}}{second}:end $r >&2; "
    "exec >/dev/null 2>&1; kill -USR1 $t; kill -KILL $w"
)


def script(argv: Sequence[str], seconds: float) -> tuple[str, str]:
    """(mark, POSIX sh script) that runs `argv` in its frame and ends itself after `seconds` and a little."""
    first, second = secrets.token_hex(12), secrets.token_hex(4)
    text = _SCRIPT.format(first=first, second=second, seconds=int(seconds) + 5, command=shlex.join(argv))
    return first + second, text


class Ring:
    """The newest bytes of both streams, CAP together; when full, the longer stream loses its oldest."""

    def __init__(self, cap: int = CAP) -> None:
        self._cap, self._chunks = cap, (deque[bytes](), deque[bytes]())
        self._sizes = [0, 0]
        self.truncated = False

    def add(self, stream: int, data: bytes) -> None:
        """Keep `data` of stream 0 (output) or 1 (errors)."""
        self._chunks[stream].append(data)
        self._sizes[stream] += len(data)
        while sum(self._sizes) > self._cap:
            self._drop(0 if self._sizes[0] >= self._sizes[1] else 1)

    def _drop(self, stream: int) -> None:
        self.truncated = True
        surplus = sum(self._sizes) - self._cap
        oldest = self._chunks[stream].popleft()
        self._sizes[stream] -= min(surplus, len(oldest))
        if len(oldest) > surplus:
            self._chunks[stream].appendleft(oldest[surplus:])

    def text(self, stream: int) -> str:
        """What is left of a stream; bytes that are no UTF-8 become U+FFFD."""
        return b"".join(self._chunks[stream]).decode("utf-8", "replace")


class Frame:
    """Takes one stream in pieces and keeps what stands between the marks."""

    def __init__(self, mark: str, ring: Ring, stream: int) -> None:
        self._begin, self._end = f"{mark}:begin\n".encode(), f"{mark}:end ".encode()
        self._ring, self._stream = ring, stream
        self._pending = b""
        self.noise = b""
        self.state = "before"  # before, inside, done
        self.code: int | None = None

    def feed(self, data: bytes) -> bytes:
        """What of the command's own output can now be told for sure."""
        self._pending += data
        if self.state == "before":
            self._find_begin()
        return self._take() if self.state == "inside" else b""

    def _find_begin(self) -> None:
        before, mark, after = self._pending.partition(self._begin)
        if mark:
            self.state, self._pending = "inside", after
        else:  # keep a possible half of the mark
            self._pending = before[-len(self._begin) :]
            before = before[: -len(self._begin)]
        self.noise = (self.noise + before)[:NOISE]

    @property
    def line_ended(self) -> bool:
        """Whether the byte held back is a newline, so that the line before it is whole."""
        return self.state == "inside" and self._pending.startswith(b"\n")

    def _take(self) -> bytes:
        body, mark, tail = self._pending.partition(self._end)
        if not mark:
            keep = self._maybe(body)
            body, self._pending = body[: len(body) - keep], body[len(body) - keep :]
        else:
            code, newline, _ = tail.partition(b"\n")
            if not newline:
                return b""
            self.state, self._pending = "done", b""
            self.code = int(code) if code.isdigit() else None
            body = body.removesuffix(b"\n")  # the echo before the mark
        if body:
            self._ring.add(self._stream, body)
        return body

    def _maybe(self, body: bytes) -> int:
        """How many bytes at the end may be the newline and the mark's beginning."""
        needle = b"\n" + self._end
        for length in range(min(len(needle), len(body)), 0, -1):
            if body.endswith(needle[:length]):
                return length
        return 0

    def flush(self) -> bytes:
        """The rest, when no more will come."""
        rest, self._pending = self._pending, b""
        if self.state == "before":
            self.noise = (self.noise + rest)[:NOISE]
            return b""
        if self.state == "inside" and rest:
            self._ring.add(self._stream, rest)
        return rest if self.state == "inside" else b""


class Lines:
    """Hands out whole lines of one stream as they come, until `budget` bytes were handed out."""

    def __init__(self, on_line: OnLine, budget: int = CAP) -> None:
        self._on_line, self._budget = on_line, budget
        self._rest, self._swallow = b"", False

    def feed(self, data: bytes, ended: bool) -> None:
        """Take `data`; `ended`: the newline behind it is known to come."""
        if self._budget <= 0:
            return
        if self._swallow and data:
            data, self._swallow = data.removeprefix(b"\n"), False
        *lines, self._rest = (self._rest + data).split(b"\n")
        if ended and self._rest:
            lines.append(self._rest)
            self._rest, self._swallow = b"", True
        for line in lines:
            self._hand_out(line)

    def _hand_out(self, line: bytes) -> None:
        if self._budget <= 0:
            return
        self._budget -= len(line) + 1
        self._on_line(line.decode("utf-8", "replace"))
        if self._budget <= 0:
            self._on_line("[more came; it is not shown while it runs, and the newest 2 MB are kept]")

    def close(self) -> None:
        """Hand out a last line that has no newline."""
        if self._rest:
            self._hand_out(self._rest)
            self._rest = b""
