"""A theme's file: read for the console, or looked through for `deskui theme check`."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from deskui.tomllines import line_of
from deskui.ui.palette import COLOURS, DEFAULT, SIXTEEN, Problem

SWITCHES = ("dark", "ansi")
KEYS = ("name", *SWITCHES, *COLOURS)


class ThemeError(ValueError):
    """A theme cannot be used; names file, line and key, and `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Fault(NamedTuple):
    """A problem, and the line of its file that has it (None: the file as a whole)."""

    line: int | None
    problem: Problem


def read(path: Path) -> Mapping[str, Any]:
    """The theme in the file, if it is one; how well it can be read is for `faults` to say.  ThemeError."""
    table, found = _looked(path)
    if found:
        line, (key, message, remedy) = found[0]
        where = f"{path}, line {line}" if line else str(path)
        raise ThemeError(": ".join(filter(None, (where, key, message))), remedy)
    return table


def faults(path: Path) -> list[Fault]:
    """All that is wrong with the file: its form, and where that is right, its looks."""
    from deskui.ui.legible import problems  # the console does not wait for it

    table, found = _looked(path)
    return found or _lined(path.read_text("utf-8"), problems(table))


def kind(table: Mapping[str, Any]) -> str:
    """`rgb`, `ansi` (the terminal's own sixteen colours) or `none`."""
    if not table.get("ansi"):
        return "rgb"
    return "none" if {table[name] for name in COLOURS} == {DEFAULT} else "ansi"


def ground(table: Mapping[str, Any]) -> str:
    """What it is made for: `dark`, `light`, or `any`."""
    return "any" if kind(table) == "none" else "dark" if table.get("dark", True) else "light"


def _looked(path: Path) -> tuple[Mapping[str, Any], list[Fault]]:
    """The table in the file, and what makes it no theme."""
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        return {}, [Fault(None, Problem("", f"cannot be read: {error.strerror}", "Check its path, owner and mode."))]
    except ValueError as error:
        return {}, [Fault(None, Problem("", f"this is not TOML: {error}", f"Edit {path}."))]
    return table, _lined(text, list(_malformed(table, path.stem)))


def _malformed(table: Mapping[str, Any], name: str) -> Iterator[Problem]:
    for key in KEYS:
        if key not in table and key not in SWITCHES:
            yield Problem(key, "is missing", f'Add {key} = "…".')
    for key, value in table.items():
        if key not in KEYS:
            yield Problem(key, "is no key of a theme", f"Take it out. Keys are {', '.join(KEYS)}.")
        elif key in SWITCHES and not isinstance(value, bool):
            yield Problem(key, "must be true or false", f"Write {key} = true, or {key} = false.")
        elif key == "name" and value != name:
            yield Problem(key, f"is {value!r}, but the file {name}.toml", f'Write name = "{name}", or rename the file.')
        elif key in COLOURS and not _is_colour(value, ansi=table.get("ansi") is True):
            yield Problem(key, f"{value!r} is no colour of this theme", _FORM[table.get("ansi") is True])


_FORM = {
    False: 'Write it as "#rrggbb"; names are for a theme with ansi = true.',
    True: f"Write one of {DEFAULT}, {', '.join(SIXTEEN)}.",
}


def _is_colour(said: object, *, ansi: bool) -> bool:
    if not isinstance(said, str):
        return False
    if ansi:
        return said in (DEFAULT, *SIXTEEN)
    return len(said) == 7 and said[0] == "#" and set(said[1:]) <= set("0123456789abcdefABCDEF")


def _lined(text: str, found: list[Problem]) -> list[Fault]:
    return [Fault(line_of(text, (problem.key,)), problem) for problem in found]
