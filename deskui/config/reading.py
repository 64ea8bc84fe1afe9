"""Reads `config.toml`: anything in it that is not known or does not fit is an error with file, key and line."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskui.config.settings import Alerts, Desk, History, Secrets, Settings, Ssh, Store, Ui, Upstream


class ConfigError(ValueError):
    """The configuration cannot be used; the message says where and why, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


_FACTS = (
    "client_token", "received_at", "hold_reason", "acknowledged_at", "impact", "urgency", "kind", "category",
    "customer", "ci", "tags", "requestor",
)  # fmt: skip
_KINDS = ("incident", "service_request", "change", "problem")
_STATES = ("new", "in_progress", "pending", "resolved", "closed", "cancelled")
_REASONS = ("customer", "vendor", "change_window", "parts", "other", "unspecified")
_PRIORITIES = ("P1", "P2", "P3", "P4")
_WORDS = {
    "auth": ("password", "token"),
    "keys": ("deskui", "vim"),
    "notify": ("auto", "osc9", "osc777", "off"),
}
_LEAST = {"undo_seconds": 0, "every_s": 1, "days": 1, "mute_minutes": 1}


class _Reader:
    """One file being read: finds the line of a key and words the errors."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where

    def error(self, path: tuple[str, ...], problem: str, hint: str = "") -> ConfigError:
        from deskui.tomllines import line_of  # only a mistake needs it

        line = line_of(self.text, path) or 1
        key = ".".join(path)
        return ConfigError(f"{self.where}, line {line}: {key}: {problem}", hint or f"Edit line {line} of {self.where}.")

    def table(self, value: object, path: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(path, "must be a table")
        return value

    def known(self, value: Mapping[str, Any], allowed: tuple[str, ...], path: tuple[str, ...]) -> None:
        for key in value:
            if key not in allowed:
                raise self.error((*path, key), f"unknown key; allowed here: {', '.join(allowed)}")

    def words(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        """A table of strings."""
        table = self.table(value, path)
        for key, word in table.items():
            if not isinstance(word, str):
                raise self.error((*path, key), "must be a string")
        return MappingProxyType(dict(table))

    def section(self, cls: Any, value: object, path: tuple[str, ...]) -> Any:
        """A section from a table of plain values."""
        table = self.table(value, path)
        self.known(table, cls._fields, path)
        return cls(**{key: self.plain(cls, key, item, (*path, key)) for key, item in table.items()})

    def plain(self, cls: Any, key: str, value: object, path: tuple[str, ...]) -> Any:
        if key in _MAPPINGS:
            return _MAPPINGS[key](self, value, path)
        if key in ("keyrings", "command"):
            return self.names(value, path)
        kind = cls.__annotations__[key]
        if type(value) is not kind:
            names = {int: "a whole number", bool: "true or false", str: "a string"}
            raise self.error(path, f"must be {names[kind]}")
        self.allowed(key, value, path)
        return value

    def allowed(self, key: str, value: Any, path: tuple[str, ...]) -> None:
        if key in _WORDS and value not in _WORDS[key]:
            raise self.error(path, f"{value!r} is not one of: {', '.join(_WORDS[key])}")
        if key in _LEAST and value < _LEAST[key]:
            raise self.error(path, f"must be at least {_LEAST[key]}")
        if key == "zone" and not is_zone(value):
            raise self.error(path, f"{value!r} is no IANA time zone", 'Write it as in "Europe/Berlin".')
        if key == "night" and value and hours(value) is None:
            raise self.error(path, f"{value!r} are no hours", 'Write them as in "22:00-06:00", or "" for none.')
        if key == "url" and not _is_url(value):
            raise self.error(path, f"{value!r} is no web address", "Write it as https://rt.example.org")

    def facts(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        table = self.words(value, path)
        self.known(table, _FACTS, path)
        carried: dict[str, str] = {}
        for fact, name in table.items():
            if name.casefold() in carried:
                said = f"the field {name!r} carries {carried[name.casefold()]} already"
                raise self.error((*path, fact), said, "Give each fact a field of its own, or leave one out.")
            carried[name.casefold()] = fact
        return table

    def states(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        table = self.once(value, path)
        for name, meaning in table.items():
            state, _, reason = meaning.partition(" ")
            if state not in _STATES or (reason and (state != "pending" or reason not in _REASONS)):
                hint = f'One of: {", ".join(_STATES)}; or "pending" with one of: {", ".join(_REASONS)}.'
                raise self.error((*path, name), f"{meaning!r} is no state of the desk", hint)
        return table

    def priorities(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        table = self.once(value, path)
        for name, meaning in table.items():
            if meaning not in _PRIORITIES:
                hint = f"One of: {', '.join(_PRIORITIES)}."
                raise self.error((*path, name), f"{meaning!r} is no priority of the desk", hint)
        return table

    def once(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        """A table of strings whose keys differ in more than capitals."""
        table, seen = self.words(value, path), dict[str, str]()
        for name in table:
            if name.casefold() in seen:
                said = f"it is {seen[name.casefold()]!r} above: the system knows no capitals"
                raise self.error((*path, name), said, "Leave one of the two out.")
            seen[name.casefold()] = name
        return table

    def queues(self, value: object, path: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
        queues = {}
        for name, item in self.table(value, path).items():
            queues[name] = self.words(item, (*path, name))
            self.known(queues[name], ("kind", "customer"), (*path, name))
            if queues[name].get("kind", _KINDS[0]) not in _KINDS:
                raise self.error((*path, name, "kind"), f"must be one of: {', '.join(_KINDS)}")
        return MappingProxyType(queues)

    def keys(self, value: object) -> Mapping[str, tuple[str, ...]]:
        """The lines of `[keys]`; what the ids and keys in them mean is judged by who knows the actions."""
        found = {}
        for name, item in self.table(value, ("keys",)).items():
            if isinstance(item, dict):
                inner = next(iter(item), "")
                hint = f'Write it with quotes: "{name}.{inner}" = ["x"].'
                raise self.error(("keys", name, inner), "an action's id has a dot in it", hint)
            found[name] = self.names(item, ("keys", name))
        return MappingProxyType(found)

    def names(self, value: object, path: tuple[str, ...]) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(path, "must be a list of strings")
        return tuple(value)


_MAPPINGS = {
    "fields": _Reader.facts, "queues": _Reader.queues, "states": _Reader.states, "priorities": _Reader.priorities,
}  # fmt: skip


def parse(text: str, where: str) -> Settings:
    """The settings in `text`; ConfigError names `where`, the key and its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: this is not TOML: {error}", f"Edit {where}.") from None
    read = _Reader(text, where)
    read.known(data, Settings._fields, ())
    upstreams = {
        name: read.section(Upstream, item, ("upstream", name))
        for name, item in read.table(data.get("upstream", {}), ("upstream",)).items()
    }
    me = read.words(data.get("me", {}), ("me",))
    read.known(me, ("name", *upstreams), ("me",))
    simple = {
        "desk": Desk,
        "history": History,
        "secrets": Secrets,
        "ssh": Ssh,
        "ui": Ui,
        "alerts": Alerts,
        "store": Store,
    }
    settings = Settings(
        me=me,
        upstream=MappingProxyType(upstreams),
        customer=read.words(data.get("customer", {}), ("customer",)),
        keys=read.keys(data.get("keys", {})),
        **{name: read.section(cls, data[name], (name,)) for name, cls in simple.items() if name in data},
    )
    _together(settings, read)
    return settings


def load(path: Path) -> Settings:
    """The settings in the file; without one: the defaults."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", "Check the file's owner, mode and encoding.") from None
    return parse(text, str(path))


def wrong(path: Path, key: tuple[str, ...], problem: str, hint: str) -> ConfigError:
    """The error about a key of that file that only others can judge."""
    return _Reader(path.read_text(encoding="utf-8"), str(path)).error(key, problem, hint)


def _together(settings: Settings, read: _Reader) -> None:
    """The checks that look at more than one key."""
    for name, upstream in settings.upstream.items():
        if not upstream.url:
            raise read.error(("upstream", name), "needs a url", f'Add url = "https://…" under [upstream.{name}].')
    names = list(settings.upstream)
    for place, name in enumerate(names):
        for other in names[:place]:
            _apart(settings, read, other, name)


def _apart(settings: Settings, read: _Reader, one: str, other: str) -> None:
    """Two upstreams must not be taken for each other: not by a ticket's id, and not by the variable of a secret."""
    if _variable(one) == _variable(other):
        said = f"its secret would be that of [upstream.{one}]: DESKUI_SECRET_{_variable(one)} is both"
        raise read.error(("upstream", other), said, "Call one of the two something else.")
    short, long = sorted((settings.prefix(one).casefold(), settings.prefix(other).casefold()), key=len)
    rest = long.removeprefix(short)
    if long.startswith(short) and (not rest or rest.strip("~0123456789") == ""):
        said = f"tickets of it could be called as those of [upstream.{one}], whose begin with {settings.prefix(one)!r}"
        hint = f'Give one of the two another prefix, as in prefix = "{other[:1].upper()}X-".'
        raise read.error(("upstream", other, "prefix"), said, hint)


def _variable(name: str) -> str:
    """As in the variable of an upstream's secret."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name.upper())


def hours(text: str) -> tuple[int, int] | None:
    """`22:00-06:00` as two minutes of the day; None: it is not written so, or has no length."""
    times = [part.split(":") for part in text.split("-")]
    if len(times) != 2 or any(len(time) != 2 or not all(len(n) == 2 and n.isdecimal() for n in time) for time in times):
        return None
    begin, end = (int(hour) * 60 + int(minute) for hour, minute in times)
    minutes_fit = all(int(minute) < 60 for _, minute in times)
    return (begin, end) if minutes_fit and begin != end and max(begin, end) < 1440 else None


def is_zone(name: str) -> bool:
    """Whether it names an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        if parts.scheme == "memory":  # the demo and tests
            return True
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
