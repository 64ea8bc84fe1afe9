"""What a command prints: one JSON document, or plain tables of inert text; and its errors with their exit codes."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from deskui import text

EMPTY: Mapping[str, Any] = MappingProxyType({})
DONE, NOT_SO, USAGE, AWAY = 0, 1, 2, 3
_CODES = {
    **dict.fromkeys(("usage", "config", "query"), USAGE),
    **dict.fromkeys(("unreachable", "auth", "tls", "busy", "host_key_changed", "host_key_unknown"), AWAY),
}


class Failure(Exception):
    """A command's error; `kind` decides the exit code, `document` is printed around it with --json."""

    def __init__(
        self, kind: str, message: str, hint: str = "", *, code: int | None = None, document: Mapping[str, Any] = EMPTY
    ) -> None:
        super().__init__(message)
        self.kind, self.hint, self.document = kind, hint, document
        self.code = code_of(kind) if code is None else code


def code_of(kind: str) -> int:
    """The exit code of an error kind."""
    return _CODES.get(kind, NOT_SO)


def document(value: Any) -> None:
    """One JSON document on stdout; pure ASCII, so nothing in it can reach a terminal as a command."""
    json.dump(value, sys.stdout, indent=2 if sys.stdout.isatty() else None)
    sys.stdout.write("\n")


def lines(rows: Iterable[str]) -> None:
    """Lines on stdout."""
    for row in rows:
        sys.stdout.write(row + "\n")


def inert(message: str) -> str:
    """One line for people of which names and texts of others are part."""
    return text.line(message)


def say(message: str) -> None:
    """A message for people, on stderr."""
    sys.stderr.write(text.block(message) + "\n")


def failed(failure: Failure, *, as_json: bool) -> int:
    """Show an error and give its exit code."""
    say(f"deskui: {failure}")
    if failure.hint:
        say(f"        {failure.hint}")
    if as_json:
        error = {"kind": failure.kind, "message": str(failure), "hint": failure.hint}
        document({**failure.document, "error": error})
    return failure.code


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Left-aligned columns under their names; the last one is as wide as it is."""
    cells = [list(head), *([text.line("" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(text.width(row[n]) for row in cells) for n in range(len(head))]
    return ["  ".join(_pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in cells]


def _pad(cell: str, wide: int) -> str:
    return cell + " " * (wide - text.width(cell))


def span(seconds: int | None) -> str:
    """A stretch of time for people: `7m`, `3h05`, `2d04h`, `-12m`."""
    if seconds is None:
        return "-"
    sign, minutes = "-" if seconds < 0 else "", abs(seconds) // 60
    if minutes < 60:
        return f"{sign}{minutes}m"
    if minutes < 24 * 60:
        return f"{sign}{minutes // 60}h{minutes % 60:02}"
    return f"{sign}{minutes // 1440}d{minutes % 1440 // 60:02}h"


def flush() -> None:
    """Let a stream's reader have what was printed."""
    sys.stdout.flush()
