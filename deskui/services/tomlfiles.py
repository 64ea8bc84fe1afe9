"""Folders of small TOML files, a thing each: how they are found, read, and refused by file, line and key.

One in the user's own folder replaces a shipped one of the same name.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

LIMIT = 64_000  # bytes
T = TypeVar("T")
Refusal = type[ValueError]
Problems = Iterable[tuple[str, str]]  # a key, and what is wrong with it


def every(
    folders: Sequence[Path], load: Callable[[Path], T], refusal: Refusal
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """What `load` makes of the files, by name, and of each that it refuses what is wrong with it."""
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    good, wrong = [], []
    for _, path in sorted(files.items()):
        try:
            good.append(load(path))
        except refusal as error:
            wrong.append(str(error))
    return tuple(good), tuple(wrong)


def text(path: Path, refusal: Refusal) -> str:
    """What is in the file."""
    try:
        if path.stat().st_size > LIMIT:
            raise refusal(f"{path}: larger than {LIMIT} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(f"{path}: cannot be read: {error}") from None


def data(
    source: str, path: Path, problems: Callable[[Mapping[str, Any]], Problems], refusal: Refusal
) -> dict[str, Any]:
    """What the text of a file says, once nothing is wrong with it."""
    try:
        said = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise refusal(f"{path}: this is not TOML: {error}") from None
    for key, problem in problems(said):
        raise refusal(f"{path}, line {line(source, key)}: {key}: {problem}")
    return said


def unknown(said: Mapping[str, Any], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the names of the keys."""
    for name in said:
        if name not in known:
            yield name, f"unknown key; allowed here: {', '.join(known)}"


def named(said: Mapping[str, Any], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the names of the keys, and with `key`, which picks the thing in a list."""
    yield from unknown(said, known)
    key = said.get("key", "a")
    if not isinstance(key, str) or len(key) != 1 or not key.isascii() or not key.isalnum():
        yield "key", "must be one letter or digit"


def words(said: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a key that must be a text."""
    if not isinstance(said.get(key), str) or not said[key].strip():
        yield key, "must be a text" if key in said else "is missing"


def line(source: str, key: str) -> int:
    """The line that sets `key`; `contact[2].mail` is the one under the second `[[contact]]`."""
    from deskui.tomllines import line_among, line_of  # only a mistake needs it

    table, listed, rest = key.partition("[")
    if listed:
        number, _, name = rest.partition("].")
        return line_among(source, table, int(number), name) or line_of(source, (table,)) or 1
    return line_of(source, (key,)) or 1


def begin(source: str, key: str) -> int:
    """The line on which the first line of the text of `key` stands."""
    at = line(source, key)
    return at + source.splitlines()[at - 1].rstrip().endswith(('"""', "'''"))
