"""Reading plain values (of TOML, of JSON) strictly: what is not known or does not fit is refused by file and key."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple


class ContractError(ValueError):
    """A contract that says something it cannot: names the file, the key and what is allowed there."""

    def __init__(self, where: str, key: str, problem: str, allowed: Iterable[str] = ()) -> None:
        self.where, self.key, self.problem, self.allowed = where, key, problem, tuple(allowed)
        hint = f" (allowed: {', '.join(self.allowed)})" if self.allowed else ""
        super().__init__(f"{where}: {key}: {problem}{hint}")


class Shape(NamedTuple):
    """What a key may hold; `allowed` says it in words."""

    fits: Callable[[Any], bool]
    allowed: tuple[str, ...]


def checked(value: Any, fits: bool, where: str, key: str, allowed: Iterable[str]) -> Any:
    """`value`, if it fits; ContractError."""
    if not fits:
        raise ContractError(where, key, f"{value!r} is not possible here", allowed)
    return value


def table(data: Any, shapes: Mapping[str, Shape], where: str, key: str) -> dict[str, Any]:
    """A table with no other keys than those of `shapes`, each of its shape; ContractError."""
    if not isinstance(data, Mapping):
        raise ContractError(where, key, f"{data!r} is no table", shapes)
    for name, value in data.items():
        if name not in shapes:
            raise ContractError(where, f"{key}.{name}", "unknown key", shapes)
        checked(value, shapes[name].fits(value), where, f"{key}.{name}", shapes[name].allowed)
    return dict(data)


def tables(data: Any, shapes: Mapping[str, Shape], where: str, key: str) -> list[dict[str, Any]]:
    """A list of such tables; ContractError."""
    if not isinstance(data, list):
        raise ContractError(where, key, f"{data!r} is no list of tables", shapes)
    return [table(each, shapes, where, key) for each in data]


def needed(data: Mapping[str, Any], names: Iterable[str], where: str, key: str) -> None:
    """Refuse a table in which one of `names` is missing; ContractError."""
    for name in names:
        if name not in data:
            raise ContractError(where, f"{key}.{name}", "is missing")


def seconds(value: Any, where: str, key: str) -> int:
    """`15m`, `4h`, `1h30m`: working time, so there are no days in it.  ContractError."""
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", value) if isinstance(value, str) and value else None
    if match is None:
        raise ContractError(where, key, f"{value!r} is no working time", ("15m", "4h", "1h30m"))
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def day(value: Any, where: str, key: str) -> date:
    """A date of TOML, or one written `2026-01-01`; ContractError."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ContractError(where, key, f"{value!r} is no date", ("2026-01-01",))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def one_of(*words: str) -> Shape:
    """One of these words."""
    return Shape(lambda value: isinstance(value, str) and value in words, words)


ANY = Shape(lambda value: True, ())
TEXT = Shape(lambda value: isinstance(value, str) and bool(value.strip()), ("text",))
TEXTS = Shape(_texts, ("a list of texts",))
AMOUNT = Shape(lambda value: _number(value) and 0 <= value < 10**12, ("a number, 0 or more",))
PERCENT = Shape(lambda value: _number(value) and 0 <= value <= 100, ("a number from 0 to 100",))
