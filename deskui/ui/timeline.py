"""A ticket's events as lines to read: who said what to whom, told apart by words and glyphs, never by colour alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from deskui import text
from deskui.domain.attachment import size
from deskui.domain.event import SETS, Event
from deskui.lazy import dataclass

if TYPE_CHECKING:
    from deskui.domain.attachment import File

Line = tuple[tuple[str, str], ...]  # (words, style name of ui/widgets/pager.py)

PAGE = 20_000  # characters of one body shown at once: more makes every resize slow
SHORT = 2_000  # of an old body, once the newest ones have used up BUDGET
BUDGET = 200_000
LINES = 40  # of one body until it is opened: a log pasted into a note must not hide what people wrote

_WORDS: Mapping[str, tuple[str, str, str]] = {  # type -> glyphs, word, style
    "customer_reply": (">>", "CUSTOMER", "customer"),
    "public_reply": ("<<", "REPLY (public)", "reply"),
    "internal_note": ("##", "note", "note"),
    "auto_reply": ("..", "auto-reply", "system"),
}


@dataclass(frozen=True)
class Timeline:
    """The lines, and which of them offer the next part of which event's body."""

    lines: tuple[Line, ...]
    more: Mapping[int, str]


def stamp(at: int, zone: str, now: int) -> str:
    """`02:11` today in `zone`, else `24 Nov 02:11`, with the year if it is another."""
    here, today = datetime.fromtimestamp(at, ZoneInfo(zone)), datetime.fromtimestamp(now, ZoneInfo(zone))
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d %b %H:%M" if here.year == today.year else "%d %b %Y %H:%M")


def word(event: Event) -> str:
    """Glyphs and the word for what the event is: `>> CUSTOMER`, `-- assigned to kim`."""
    glyphs, name, _ = _looks(event)
    return f"{glyphs} {name}"


def _looks(event: Event) -> tuple[str, str, str]:
    if event.type == "created":
        return (">>", "CREATED", "customer") if event.side == "customer" else ("--", fact(event), "system")
    return _WORDS.get(event.type) or ("--", fact(event), "system")


def fact(event: Event) -> str:
    """What an event that is no message says, in words."""
    say = _FACTS.get(event.type)
    return say(event.data) if say else text.line(event.type)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return text.line(str(value)) if value not in (None, "") else "none"


def _moved(data: Mapping[str, Any]) -> str:
    old, new = _value(data.get("from")), _value(data.get("to"))
    if data.get("field") not in SETS:
        return f"{old} -> {new}"
    return f"+{new}" if data.get("to") else f"-{old}"


_FACTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "created": lambda data: "created" + (f" P{data['priority']}" if "priority" in data else ""),
    "assign": lambda data: f"assigned to {_value(data.get('to') or 'nobody')}",
    "priority": lambda data: f"priority P{data.get('from', '?')} -> P{data.get('to', '?')}",
    "hold": lambda data: f"HOLD: waiting for {_value(data.get('reason', 'unspecified'))}",
    "resume": lambda data: "resumed" + (f" ({_value(data['reason'])})" if data.get("reason") else ""),
    "field": lambda data: f"{_value(data.get('field'))}: {_moved(data)}",
    "time": lambda data: f"{data['minutes']} minutes worked" if data.get("minutes") else "time that was taken out",
    "link": lambda data: (
        f"{'no longer ' if data.get('off') else ''}linked: {_value(data.get('kind'))} {_value(data.get('to'))}"
    ),
    "acknowledge": lambda _: "acknowledged",
    "resolve": lambda _: "RESOLVED",
    "reopen": lambda _: "REOPENED",
    "close": lambda _: "closed",
    "cancel": lambda _: "CANCELLED",
}


def lines(events: Sequence[Event], width: int, zone: str, now: int, pages: Mapping[str, int] | None = None) -> Timeline:
    """All events, oldest first, wrapped to `width` cells; `pages` says how many pages of an event's body are open."""
    out: list[Line] = []
    more: dict[int, str] = {}
    pages = pages or {}
    allowed = _allowed(events, pages)
    count = 0
    for event in events:
        out.append(_head(event, zone, now))
        glyph, _, style = _looks(event)
        gutter = (f"  {glyph[0]} ", style)
        shown, left = _body(event, allowed[event.key], event.key in pages, width)
        out += ((gutter, (row, "pending" if event.pending else style)) for row in shown)
        if event.text is None and event.type in _WORDS:
            out.append((gutter, ("(text not read yet: comes with the next sync)", "dim")))
        for file in event.files:
            count += not event.pending
            out.append((gutter, (_file(file, "" if event.pending else f" {count}", width - 4), "head")))
        if left:
            more[len(out)] = event.key
            out.append(((f"  {glyph[0]} [{left} more: + shows the next part]", "warn"),))
    return Timeline(tuple(out), more)


def _body(event: Event, room: int, opened: bool, width: int) -> tuple[list[str], str]:
    """The rows of its text that are shown, and how much is not, in words."""
    body = event.text or ""
    room = room if opened else min(room, LINES * width * 2)
    rows = body_lines(body[:room].strip("\n"), max(width - 4, 8))
    shown = list(rows if opened else islice(rows, LINES + 1))
    if len(shown) > LINES and not opened:
        shown = shown[:LINES]
        return shown, _size(len(body) - sum(map(len, shown)) - LINES)
    return shown, _size(len(body) - room) if len(body) > room else ""


def _file(file: "File", number: str, cells: int) -> str:
    """A file at a message, with its number in the list that saves them."""
    return text.clip(text.line(f"[file{number}: {file.name or 'no name'}, {size(file.size)}]"), cells)


def _size(left: int) -> str:
    return f"{left // 1000} kB" if left >= 2000 else "a few lines"


def _allowed(events: Sequence[Event], pages: Mapping[str, int]) -> dict[str, int]:
    """Characters shown of each body: the newest ones whole (a page each), older ones short once that is much."""
    left, allowed = BUDGET, {}
    for event in reversed(events):
        opened = pages.get(event.key, 0)
        size = PAGE * opened if opened else PAGE if left > 0 else SHORT
        allowed[event.key] = size
        left -= min(len(event.text or ""), size)
    return allowed


def _head(event: Event, zone: str, now: int) -> Line:
    _, _, style = _looks(event)
    mark = "*" if event.pending else " "
    minutes = event.data.get("minutes") if event.type != "time" else None
    worked = f" ({minutes} min)" if minutes else ""
    pending = ("  * waiting to send", "pending") if event.pending else ("", "")
    author = text.line(event.author) or ("system" if event.automatic else "?")
    at = event.made_at if event.pending and event.made_at is not None else event.at
    return (
        (f"{mark}{stamp(at, zone, now)} ", "dim"),
        (word(event), style if style != "system" else "dim"),
        (f"  {author}{worked}", "dim" if style == "system" else "head"),
        pending,
    )


def body_lines(body: str, width: int) -> Iterator[str]:
    """An untrusted body as inert lines of at most `width` cells; runs of empty lines become one."""
    empty = True  # none at the top either
    for row in text.block(body, limit=len(body)).split("\n"):
        if row.strip() or not empty:
            yield from wrap(row.rstrip(), width)
        empty = not row.strip()


def wrap(row: str, width: int) -> Iterator[str]:
    """One inert line cut at words into lines of at most `width` cells; longer words are cut anywhere."""
    start = 0
    while True:
        end = _fitting(row, start, width)
        if end >= len(row):
            yield row[start:]
            return
        space = row.rfind(" ", start, end + 1)
        if space > start and row[start:space].strip():
            yield row[start:space]
            start = space + 1
        else:
            yield row[start:end]
            start = end


def _fitting(row: str, start: int, width: int) -> int:
    """The end of the longest piece from `start` that fits, at least one character."""
    if row.isascii():
        return min(len(row), start + width)
    used = 0
    for at in range(start, len(row)):
        used += text.width(row[at])
        if used > width:
            return max(at, start + 1)
    return len(row)
