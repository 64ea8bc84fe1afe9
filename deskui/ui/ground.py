"""Whether the terminal is dark or light: it is asked while the console is being loaded, and nobody waits for it long.

Nothing that is typed meanwhile is lost: what was read and is no answer goes to the console's keyboard.
"""

import os
import re
import select
import signal
import termios
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

QUERY = "\x1b]11;?\x07"
PATIENCE_S = 0.1  # from the question on, where no earlier answer is known
INPUT, OUTPUT = 0, 2  # where Textual reads keys and draws
KEPT = 32  # terminals whose answers are remembered
_SILENT = ("", "dumb", "unknown", "linux")  # kinds of terminals that are not asked
_KIND = ("TERM", "TERM_PROGRAM", "LC_TERMINAL", "COLORTERM", "COLORFGBG")
_ANSWER = re.compile(r"\x1b\]11;([^\x07\x1b]{1,64})(?:\x07|\x1b\\)")
_BEGUN = re.compile(r"\x1b\](?:1(?:1(?:;[^\x07\x1b]{0,64}\x1b?)?)?)?\Z")
_COLOUR = re.compile(r"rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})(?:/[0-9a-f]{1,4})?", re.IGNORECASE)
_ENDS = (signal.SIGHUP, signal.SIGTERM)
_LOCAL = termios.ECHO | termios.ICANON | termios.IEXTEN
_ENTER = termios.ICRNL | termios.INLCR | termios.IGNCR
_LIGHT_FROM = 0.18  # relative luminance: as far from black as from white


class Ground:
    """`now` is `dark` or `light`; this one is as somebody said."""

    def __init__(self, now: str = "dark") -> None:
        self.now = now

    def told(self, now: str) -> None:
        """The terminal says so."""
        self.now = now

    def question(self) -> str:
        """What makes the terminal say it; "" where it is not asked."""
        return ""

    def hand_over(self) -> str:
        """The terminal is the console's from now on; what was typed and already read."""
        return ""


class Terminal(Ground):
    """The one that we run on; `memory` is the file with what terminals like this one answered last."""

    def __init__(self, environ: Mapping[str, str], memory: Path) -> None:
        self._silent = environ.get("TERM", "") in _SILENT or not (os.isatty(INPUT) and os.isatty(OUTPUT))
        self._memory, self._key = memory, _key(environ)
        self._known = _remembered(memory).get(self._key)
        super().__init__(self._known or by_environment(environ) or "dark")
        self._asked: float | None = None
        self._modes: list[Any] | None = None  # the terminal's own, to be restored
        self._typed = ""  # as Latin-1: bytes

    def question(self) -> str:
        return "" if self._silent else QUERY

    def ask(self) -> None:
        """From now on keys wait in the terminal's queue, neither shown nor kept back until Enter."""
        if self._silent:
            return
        with suppress(OSError, termios.error):  # there is no terminal any more; the console will notice
            self._take()
            os.write(OUTPUT, QUERY.encode())
            self._asked = time.monotonic()

    def _take(self) -> None:
        modes = termios.tcgetattr(INPUT)
        if modes[3] & (termios.ECHO | termios.ICANON):  # else somebody has it already
            self._modes = modes
            for number in _ENDS:
                if signal.getsignal(number) == signal.SIG_DFL:
                    signal.signal(number, self._ended)
            termios.tcsetattr(INPUT, termios.TCSANOW, [modes[0] & ~_ENTER, *modes[1:3], modes[3] & ~_LOCAL, *modes[4:]])

    def settle(self) -> None:
        """Takes the answer if it has come; waits for it only where there is no earlier one."""
        if self._asked is None:
            return
        until = self._asked if self._known else self._asked + PATIENCE_S
        with suppress(OSError):
            while select.select([INPUT], [], [], max(0.0, until - time.monotonic()))[0]:
                data = os.read(INPUT, 4096)
                keys, answers, begun = sift(self._typed + data.decode("latin-1"))
                self._typed = keys + begun
                if answers:
                    self.told(answers[-1])
                if answers or not data:
                    return
        self.told(self.now)  # one that says nothing is waited for once, not at each start

    def told(self, now: str) -> None:
        super().told(now)
        if now != self._known:
            self._known = now
            _remember(self._memory, self._key, now)

    def hand_over(self) -> str:
        modes, self._modes = self._modes, None
        if modes is not None:
            with suppress(termios.error):
                termios.tcsetattr(INPUT, termios.TCSANOW, modes)
            for number in _ENDS:
                if signal.getsignal(number) == self._ended:
                    signal.signal(number, signal.SIG_DFL)
        typed, self._typed = self._typed, ""
        return typed.encode("latin-1").decode("utf-8", "replace")

    def _ended(self, number: int, _frame: FrameType | None) -> None:
        """A signal that ends us while the console is being loaded leaves the terminal as it was."""
        self.hand_over()
        os.kill(os.getpid(), number)


def sift(text: str) -> tuple[str, list[str], str]:
    """The text without answers, what the answers say, and the end of the text that may be the beginning of one."""
    answers = [tone(found[1]) for found in _ANSWER.finditer(text)]
    keys = _ANSWER.sub("", text)
    begun = _BEGUN.search(keys)
    at = begun.start() if begun else len(keys)
    return keys[:at], [answer for answer in answers if answer], keys[at:]


def tone(colour: str) -> str | None:
    """`dark` or `light` of `rgb:14/17/1a` (one to four digits each); None: not a colour."""
    found = _COLOUR.fullmatch(colour)
    if found is None:
        return None
    from deskui.ui.contrast import luminance

    parts = [round(int(part, 16) / (16 ** len(part) - 1) * 255) for part in found.groups()]
    return "light" if luminance("#{:02x}{:02x}{:02x}".format(*parts)) >= _LIGHT_FROM else "dark"


def by_environment(environ: Mapping[str, str]) -> str | None:
    """What COLORFGBG says (`15;0`, `0;default;15`); None: nothing."""
    last = environ.get("COLORFGBG", "").rpartition(";")[2]
    return ("light" if int(last) in (7, 15) else "dark") if last.isdecimal() else None


def _key(environ: Mapping[str, str]) -> str:
    """Terminals of the same kind, from the same place, inside tmux or not, are taken for the same."""
    client = environ.get("SSH_CONNECTION", "").partition(" ")[0]
    said = ascii([*(environ.get(name) for name in _KIND), client, "TMUX" in environ])
    return f"{zlib.crc32(said.encode()):08x}"


def _remembered(memory: Path) -> dict[str, str]:
    """Key and tone of each terminal, the latest last."""
    try:
        lines = memory.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    found = (line.split() for line in lines)
    return {words[0]: words[1] for words in found if len(words) == 2 and words[1] in ("dark", "light")}


def _remember(memory: Path, key: str, now: str) -> None:
    found = _remembered(memory)
    found.pop(key, None)
    lines = [f"{each} {tone}\n" for each, tone in [*found.items(), (key, now)][-KEPT:]]
    part = memory.with_name(f"{memory.name}.part")
    with suppress(OSError):  # it is asked again at the next start
        part.write_text("".join(lines), "utf-8")
        part.replace(memory)
