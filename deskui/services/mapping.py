"""What a mapping does not say of a ticket system's own words, and its lines for `config.toml`.  Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deskui import text, tomllines
from deskui.upstream.base import Options, Word, Words

TABLES = ("states", "priorities", "queues", "fields")
Lines = Mapping[str, Mapping[str, str]]  # per table the key and the value as TOML
GUESS = "# a guess: look at it"


class Unwritable(ValueError):
    """The configuration is written in a way into which nothing can be put; the message says which part."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A word of the system's that the mapping does not know, or one of the mapping's that the system does not."""

    table: str
    name: str
    problem: str


def first(words: Words, options: Options) -> Lines:
    """The lines that say what is not said yet; what the adapter knows for sure need not be."""
    found = {
        "states": {word.name: quoted(word.meaning) for word in _open(words.states, options.states) if word.meaning},
        "priorities": {
            word.name: quoted(word.meaning) for word in _open(words.priorities, options.priorities) if word.meaning
        },
        "queues": {word.name: '{ kind = "incident" }' for word in words.queues if word.name not in options.queues},
        "fields": {fact: quoted(name) for fact, name in _fitting(words, options).items()},
    }
    return {table: lines for table, lines in found.items() if lines}


def unmapped(words: Words, options: Options, queues: Iterable[str] = ()) -> list[Unmapped]:
    """What `first` would have to say, and what is mapped and not there; `queues` are those of tickets in the store."""
    found = [Unmapped("states", word.name, _guessed(word)) for word in _open(words.states, options.states)]
    found += (Unmapped("priorities", word.name, _guessed(word)) for word in _open(words.priorities, options.priorities))
    there = {word.name for word in words.queues}
    for name in sorted(there | set(queues)):
        if name not in options.queues:
            kept = "" if name in there else "; it is on tickets here, and not there any more or not for this account"
            found.append(Unmapped("queues", name, f"its tickets are incidents of no certain customer{kept}"))
    found += (
        Unmapped("queues", name, "mapped, and not there or not for this account")
        for name in options.queues if there and name not in there
    )  # fmt: skip
    found += (Unmapped("fields", name, f"fits {fact}") for fact, name in _fitting(words, options).items())
    fields = {word.name.casefold() for word in words.fields}
    found += (
        Unmapped("fields", name, f"mapped to {fact}, and not there or not for this account")
        for fact, name in options.fields.items() if name.casefold() not in fields
    )  # fmt: skip
    return found


def _open(words: Iterable[Word], said: Mapping[str, str]) -> list[Word]:
    known = {name.casefold() for name in said}
    return [word for word in words if not word.sure and word.name.casefold() not in known]


def _guessed(word: Word) -> str:
    return f"taken for {word.meaning}, which is a guess" if word.meaning else "nothing says what it means"


def _fitting(words: Words, options: Options) -> dict[str, str]:
    """Fields there that would carry a fact of ours that has none yet."""
    used, found = {name.casefold() for name in options.fields.values()}, dict[str, str]()
    for word in words.fields:
        if word.meaning and word.meaning not in options.fields and word.name.casefold() not in used:
            found.setdefault(word.meaning, word.name)
    return found


# -- as TOML


def quoted(value: str) -> str:
    """A TOML string that is inert on a terminal, too."""
    escaped = "".join(_letter(letter) for letter in value)
    return f'"{escaped}"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter == " " or (letter.isprintable() and text.line(letter) == letter):
        return letter
    return f"\\U{ord(letter):08x}"


def key(name: str) -> str:
    """A key, quoted where it must be."""
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else quoted(name)


def toml(upstream: str, lines: Lines) -> str:
    """The tables, as somebody would write them."""
    parts = (f"[{_header(upstream, table)}]\n" + "\n".join(_written(table, lines[table])) for table in lines)
    return "\n".join(f"{part}\n" for part in parts)


def _header(upstream: str, table: str) -> str:
    return f"upstream.{key(upstream)}.{table}"


def _written(table: str, lines: Mapping[str, str]) -> list[str]:
    mark = "" if table == "fields" else f"  {GUESS}"
    return [f"{key(name)} = {value}{mark}" for name, value in lines.items()]


def put(source: str, upstream: str, lines: Lines) -> str:
    """The configuration with the lines in it; not one of its own is touched.  Unwritable."""
    before = tomllib.loads(source)
    for table, new in lines.items():
        source = _put(source, upstream, table, new)
    try:
        after = tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        raise Unwritable(f"[upstream.{upstream}] cannot be added to") from None
    here = after["upstream"][upstream]
    for table, new in lines.items():
        for name in new:
            del here[table][name]
        if not here[table] and table not in before["upstream"][upstream]:
            del here[table]
    if after != before:
        raise Unwritable(f"[upstream.{upstream}] cannot be added to")
    return source


def _put(source: str, upstream: str, table: str, new: Mapping[str, str]) -> str:
    end = "\r\n" if "\r\n" in source else "\n"
    rows = source.splitlines()
    path, whole = ("upstream", upstream, table), ("upstream", upstream)
    sections = list(_sections(rows))
    own = next(((start, stop) for name, start, stop in sections if name == path), None)
    if own is not None:
        at = _behind(rows, *own)
        rows[at:at] = _written(table, new)
        return end.join(rows) + end
    said: Any = tomllib.loads(source)["upstream"][upstream]
    if table in said:
        raise Unwritable(f"{table} of [upstream.{upstream}] has no section [{_header(upstream, table)}] of its own")
    last = max((stop for name, _start, stop in sections if name[:2] == whole), default=len(rows))
    at = _behind(rows, 0, last)
    rows[at:at] = [f"[{_header(upstream, table)}]", *_written(table, new)]
    return end.join(rows) + end


def _sections(rows: list[str]) -> Iterable[tuple[tuple[str, ...], int, int]]:
    """Each `[table]`: its path, its header's row, and the row behind its last one."""
    starts = [n for n, row in enumerate(rows) if row.lstrip().startswith("[") and not row.lstrip().startswith("[[")]
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=False):
        yield tomllines.parts(rows[start].strip().lstrip("[").split("]")[0]), start, stop


def _behind(rows: list[str], start: int, stop: int) -> int:
    """Behind the last row of a section that is neither empty nor a comment before the next one."""
    while stop > start + 1 and (not rows[stop - 1].strip() or rows[stop - 1].lstrip().startswith("#")):
        stop -= 1
    return stop
