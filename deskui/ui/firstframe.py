"""The first frame: the page of the queue that the console begins with, before anything else is loaded, as plain ANSI.

The console takes the screen over as it is (`take`); whatever ends before that leaves it to the shell (`leave`).
"""

import os
import signal
import termios
import time

from deskui.text import width
from deskui.ui import rows, status
from deskui.ui.countdown import LEVELS
from deskui.ui.looks import PLAIN, Looks

TYPE_CHECKING = False  # `typing` costs more than all of this; checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType
    from typing import Any

    Part = tuple[str, str]  # a text, and what it looks like: a name of LOOKS
    Asked = Callable[[str], str | None]

INPUT, OUTPUT = 0, 2  # where Textual reads keys and draws
ALTERNATE = "\x1b[?1049h"
LOOKS = (
    "header", "query", "titles", "row", "cursor", "blank", "status", "error", "warning", "footer",
    *(f"{level}{chosen}" for level in LEVELS for chosen in ("", "+")),
)  # fmt: skip
AROUND = 9  # lines that are no rows: header, query, titles, four of the preview, status, footer
LEAST = (80, 22)
_GAP = 4  # so many blanks are dearer to write than to erase
_BEGIN = f"{ALTERNATE}\x1b[?25l\x1b[?7l\x1b[H"
_END = "\x1b[m\x1b[?7h\x1b[?1049l\x1b[?25h"
_SILENT = ("", "dumb", "unknown")
_KIND = ("TERM", "TERM_PROGRAM", "LC_TERMINAL", "COLORTERM", "COLORFGBG", "TEXTUAL_COLOR_SYSTEM")
_ENDS = (signal.SIGHUP, signal.SIGTERM)


class Frame:
    """What stands on the terminal: its size, its lines as texts with SGR parameters, and the terminal's own modes."""

    def __init__(self, size: tuple[int, int], lines: "list[list[Part]]", modes: "list[Any]") -> None:
        self.size, self.lines, self.modes = size, lines, modes
        self.taken = self.lost = False  # lost: nobody knows what is there


_shown: list[Frame] = []  # at most one


def wanted(environ: "Mapping[str, str]") -> tuple[int, int]:
    """The size of a terminal on which a frame may be shown; (0, 0): none, the console begins without."""
    if environ.get("DESKUI_FIRST_FRAME") == "0" or environ.get("TERM", "") in _SILENT:
        return 0, 0
    try:
        if not (os.isatty(1) and os.isatty(OUTPUT)) or os.tcgetpgrp(INPUT) != os.getpgrp():
            return 0, 0
        columns, lines = os.get_terminal_size(OUTPUT)
    except OSError:
        return 0, 0
    return (columns, lines) if columns >= LEAST[0] and lines >= LEAST[1] else (0, 0)


def terminal(asked: "Asked") -> str:
    """What decides which colours a terminal is drawn with: kind, place, and what the environment says."""
    client = (asked("SSH_CONNECTION") or "").partition(" ")[0]
    there = [name for name in ("NO_COLOR", "TMUX", "STY") if asked(name) is not None]
    return "|".join([*(asked(name) or "" for name in _KIND), client, *there])


def erases(asked: "Asked") -> bool:
    """Whether the terminal erases with the colour of the ground: GNU screen and very old ones do not."""
    if asked("TMUX"):
        return True
    term = asked("TERM") or ""
    return not asked("STY") and not term.startswith(("screen", "vt", "ansi", "dumb", "cygwin"))


# --- what stands on it


class Local:
    """A time of day in the desk's zone."""

    def __init__(self, at: int) -> None:
        self._time = time.gmtime(at)
        self.hour, self.minute = self._time.tm_hour, self._time.tm_min

    def __format__(self, form: str) -> str:
        return time.strftime(form, self._time)


def closed(hours: "Mapping[tuple[str, str], str]", row: "tuple[Any, ...]", now: int) -> bool:
    """Whether the service of a running clock is closed: `hours` by customer ("": all others) and calendar."""
    if row[rows.MODE] != "run":
        return False
    customer = row[rows.CUSTOMER] or ""
    said = hours.get((customer if (customer, "") in hours else "", row[rows.CALENDAR]), "")
    if said == "?":
        raise LookupError("which of the contract's versions counts")
    if not said:
        return False
    # 1, when it was looked at, each opening and closing since, until when
    first, *changes = map(int, said.split())
    if not changes[0] <= now < changes[-1]:
        raise LookupError("nobody has looked that far")
    passed = sum(1 for change in changes[1:-1] if change <= now)
    return (first + passed) % 2 == 0


def drawn(page: "Any", now: int, columns: int, lines: int) -> "list[list[Part]]":
    """The lines of the screen, as the live queue draws them at first."""
    view = page.view

    def here(at: int) -> Local:
        """LookupError: nobody has looked that far."""
        found = [int(offset) for offset, start, end in view["zone"] if int(start) <= at < int(end)]
        return Local(at + found[0])

    def laid(look: str, parts: "list[Part]", right: str = "") -> "list[Part]":
        return [(text, own or look) for text, own in status.laid(parts, right, columns)]

    label, asked, *chosen = page.said
    begin, _, end = view["night"][0][0].partition(" ")
    night = (int(begin), int(end)) if begin else None
    remarks = [*status.waiting(page.sync, here), *status.small(columns, lines)]
    widest = min(rows.WIDEST_ID, max((len(row[rows.ID]) for row in page.near()), default=0))
    layout = rows.layout(columns, widest, tuple(chosen))
    shown = list(_rows(page, now, layout, lines - AROUND))
    return [
        laid(
            "header",
            [(status.header(f"{label} {page.total}", here(now), night), "")],
            status.sync_age(page.sync, now, here),
        ),
        laid("query", [(asked, "")], status.place(page.cursor, page.total, 0, page.order)),
        laid("titles", [(rows.titles(layout), "")]),
        *shown,
        *[[(" " * columns, "row")]] * (lines - AROUND - len(shown)),
        *[[(" " * columns, "blank")]] * 4,
        laid("status", status.joined(remarks)),
        laid("footer", [(status.fit(view["hints"][0], columns), "")]),
    ]


def _rows(page: "Any", now: int, layout: rows.Layout, most: int) -> "Iterator[list[Part]]":
    me = frozenset(page.view["me"][0])
    hours = {(customer, calendar): said for customer, calendar, said in page.view["hours"]}
    top = rows.top(page.cursor, most)
    for number, row in enumerate(page.part(top, most), top):
        cells, level = rows.clock_cells(row, now, closed(hours, row, now))
        chosen = number == page.cursor
        yield [
            (cells, f"{level}{'+' if chosen else ''}"),
            (" " + rows.rest(row, layout, now, me), "cursor" if chosen else "row"),
        ]


def coloured(lines: "list[list[Part]]", view: "Mapping[str, list[list[str]]]", kind: str) -> "list[list[Part]]":
    """The same with SGR parameters in place of names.  LookupError: such a terminal was not seen yet."""
    own = {fields[0]: fields[1:] for fields in view["looks"]}
    looks = dict(zip(LOOKS, own[kind], strict=True))
    return [[(text, looks[name]) for text, name in parts] for parts in lines]


def sequence(lines: "list[list[Part]]", erasing: bool) -> str:
    """What puts the lines on a cleared screen, with the fewest changes of looks."""
    looks, look, out = Looks(), PLAIN, [_BEGIN]
    for y, parts in enumerate(lines):
        if y:
            out.append("\r\n")
        x, last = 0, len(parts) - 1
        for number, (text, ansi) in enumerate(parts):
            wish = looks.char(ansi)
            if not text.strip(" "):
                wish = looks.blank[wish]
            if wish != look:
                out.append(looks.between(look, wish))
                look = wish
            kept = text.rstrip(" ") if number == last and look in looks.bare and (erasing or look == PLAIN) else text
            if len(text) - len(kept) < _GAP:
                kept = text
            out += _placed(kept, x)
            out += ["\x1b[K"] if kept != text else []
            x += width(text)
    return "".join([*out, "\x1b[m"])


def _placed(text: str, x: int) -> "list[str]":
    """After a glyph on whose width terminals may disagree the column is set."""
    if narrow(text):
        return [text]
    out = []
    for char in text:
        cells = width(char)
        x += cells
        out.append(char if cells == 1 and char < "\u0300" else f"{char}\x1b[{x + 1}G")
    return out


def narrow(text: str) -> bool:
    """Whether every terminal shows a cell a character."""
    return text.isascii() or all(char < "\u0300" or char == "…" for char in text)


# --- on the terminal


def show(page: "Any", now: int, size: tuple[int, int], asked: "Asked") -> None:
    """Draws it; the terminal is in cbreak mode from then on.  OSError: not all of it, and the console begins anew."""
    lines = coloured(drawn(page, now, *size), page.view, terminal(asked))
    data = sequence(lines, erases(asked)).encode()
    try:
        modes = termios.tcgetattr(INPUT)
        frame = Frame(size, lines, modes)
        _shown.append(frame)
        for number in _ENDS:
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, _ended)
        signal.signal(signal.SIGWINCH, _resized)
        termios.tcsetattr(INPUT, termios.TCSANOW, _cbreak(modes))
    except termios.error as error:
        _shown.clear()
        raise OSError(*error.args) from error
    try:
        while data:
            data = data[os.write(OUTPUT, data) :]
    except OSError:
        frame.lost = True
        raise


def _cbreak(modes: "list[Any]") -> "list[Any]":
    """Keys wait in the terminal's queue as they are, ^Z and ^\\ among them; ^C still ends what has not begun."""
    inputs, outputs, control, local, *speeds, characters = modes
    inputs &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    local &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    characters = [*characters]
    for key in (termios.VSUSP, termios.VQUIT):
        characters[key] = b"\0"
    characters[termios.VMIN], characters[termios.VTIME] = b"\1", b"\0"
    return [inputs, outputs, control, local, *speeds, characters]


def take() -> Frame | None:
    """The console takes the screen over, and restores it from now on; None: there is no frame on it."""
    if not _shown or _shown[0].taken:
        return None
    _shown[0].taken = True
    return _shown[0]


def leave() -> None:
    """The terminal as it was, if the console has not begun; what was typed ahead was not meant for the shell."""
    if _shown and not _shown[0].taken:
        _restore(_shown.pop())


def _restore(frame: Frame) -> None:
    try:
        termios.tcflush(INPUT, termios.TCIFLUSH)
        termios.tcsetattr(INPUT, termios.TCSANOW, frame.modes)
        os.write(OUTPUT, _END.encode())
    except (OSError, termios.error):
        pass  # there is no terminal any more


def _ended(number: int, _frame: "FrameType | None") -> None:
    """Also while the console takes over; from then on it has a way out of its own."""
    if _shown:
        _restore(_shown.pop())
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _resized(_number: int, _frame: "FrameType | None") -> None:
    for frame in _shown:
        frame.lost = True
