"""What `config.toml` may say, key by key; anything else in it is an error that names the file, the key and the line."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NONE: Mapping[str, Any] = MappingProxyType({})


class ConfigError(ValueError):
    """The configuration cannot be used; the message says where and why, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Desk:
    """`[desk]`: how this desk works."""

    zone: str = "UTC"
    """The IANA time zone of the desk: typed times (`08:30`) and the screen's clock are in it."""

    undo_seconds: int = 10
    """Seconds for which a public reply is held back so that it can be undone; a P1 is never held back."""

    resume_on_customer_reply: bool = False
    """Whether a customer's answer on a pending ticket queues a resume; otherwise it only marks the ticket."""

    acknowledge_on_open: bool = False
    """Whether a status change made elsewhere counts as an acknowledgement."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """`[upstream.NAME]`: one ticket system."""

    kind: str = ""
    """Which adapter speaks to it (`rt`); left out: the section's name."""

    url: str = ""
    """Where it is, `https://…`, without `/REST/2.0`."""

    user: str = ""
    """The login name there."""

    auth: str = "password"
    """`password` or `token`; the secret itself is never in this file (see `deskui init`)."""

    prefix: str = ""
    """What its ticket numbers begin with on screen; left out: the name in capitals and `-`."""

    every_s: int = 60
    """Seconds between two runs of the sync."""

    service_account: bool = False
    """Whether the login is shared: then `[me]` must say who works here and each message is signed."""

    ca_file: str = ""
    """A file with the certificate authority of the server, if the system does not know it."""

    fields: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Our facts and the custom fields that carry them: `hold_reason = "Hold Reason"`."""

    queues: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NONE)
    """Per queue its `kind` and `customer`."""


@dataclass(frozen=True, slots=True)
class History:
    """`[history]`: how far back finished tickets are fetched."""

    days: int = 400
    """Days of finished tickets to keep at hand."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """`[secrets]`: where passwords and tokens may be kept."""

    keyrings: tuple[str, ...] = ()
    """Keyring backends allowed beyond the built-in list, as `module.Class`."""


@dataclass(frozen=True, slots=True)
class Ssh:
    """`[ssh]`: diagnostics over SSH."""

    known_hosts: str = "~/.ssh/known_hosts"
    """The file with the host keys that are trusted."""


@dataclass(frozen=True, slots=True)
class Ui:
    """`[ui]`: the screen."""

    theme: str = "auto"
    """A theme's name, or `auto`: dark or light as the terminal is."""

    keys: str = "deskui"
    """The key preset."""

    icons: str = "ascii"
    """`ascii` or `unicode`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that `config.toml` says, checked."""

    desk: Desk = field(default_factory=Desk)
    """How this desk works."""

    me: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """`[me]`: who works here: `name`, and a name per upstream where it differs."""

    upstream: Mapping[str, Upstream] = field(default_factory=lambda: _NONE)
    """`[upstream.NAME]`: the ticket systems."""

    customer: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """`[customer]`: e-mail domains and the customers they belong to."""

    history: History = field(default_factory=History)
    """How far back finished tickets are fetched."""

    secrets: Secrets = field(default_factory=Secrets)
    """Where passwords and tokens may be kept."""

    ssh: Ssh = field(default_factory=Ssh)
    """Diagnostics over SSH."""

    ui: Ui = field(default_factory=Ui)
    """The screen."""


FACTS = (
    "client_token", "received_at", "hold_reason", "acknowledged_at", "impact", "urgency", "kind", "category",
    "customer", "ci",
)  # fmt: skip
KINDS = ("incident", "service_request", "change", "problem")
_WORDS = {
    "auth": ("password", "token"),
    "icons": ("ascii", "unicode"),
    "keys": ("deskui",),
}
_LEAST = {"undo_seconds": 0, "every_s": 1, "days": 1}


class _Reader:
    """One file being read: finds the line of a key and words the errors."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where

    def error(self, path: tuple[str, ...], problem: str, hint: str = "") -> ConfigError:
        line = _line_of(self.text, path)
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

    def section(self, cls: type, value: object, path: tuple[str, ...]) -> Any:
        """A dataclass from a table of plain values."""
        table = self.table(value, path)
        self.known(table, tuple(f.name for f in fields(cls)), path)
        return cls(**{key: self.plain(cls, key, item, (*path, key)) for key, item in table.items()})

    def plain(self, cls: type, key: str, value: object, path: tuple[str, ...]) -> Any:
        if key == "fields":
            return self.facts(value, path)
        if key == "queues":
            return self.queues(value, path)
        if key == "keyrings":
            return self.names(value, path)
        kind = {f.name: f.type for f in fields(cls)}[key]
        if type(value) is not kind:
            names = {int: "a whole number", bool: "true or false", str: "a string"}
            raise self.error(path, f"must be {names[kind]}")  # type: ignore[index]
        self.allowed(key, value, path)
        return value

    def allowed(self, key: str, value: Any, path: tuple[str, ...]) -> None:
        if key in _WORDS and value not in _WORDS[key]:
            raise self.error(path, f"{value!r} is not one of: {', '.join(_WORDS[key])}")
        if key in _LEAST and value < _LEAST[key]:
            raise self.error(path, f"must be at least {_LEAST[key]}")
        if key == "zone" and not is_zone(value):
            raise self.error(path, f"{value!r} is no IANA time zone", 'Write it as in "Europe/Berlin".')
        if key == "url" and not _is_url(value):
            raise self.error(path, f"{value!r} is no web address", "Write it as https://rt.example.org")

    def facts(self, value: object, path: tuple[str, ...]) -> Mapping[str, str]:
        table = self.words(value, path)
        self.known(table, FACTS, path)
        return table

    def queues(self, value: object, path: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
        queues = {}
        for name, item in self.table(value, path).items():
            queues[name] = self.words(item, (*path, name))
            self.known(queues[name], ("kind", "customer"), (*path, name))
            if queues[name].get("kind", KINDS[0]) not in KINDS:
                raise self.error((*path, name, "kind"), f"must be one of: {', '.join(KINDS)}")
        return MappingProxyType(queues)

    def names(self, value: object, path: tuple[str, ...]) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(path, "must be a list of strings")
        return tuple(value)


def parse(text: str, where: str) -> Settings:
    """The settings in `text`; ConfigError names `where`, the key and its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: this is not TOML: {error}", f"Edit {where}.") from None
    read = _Reader(text, where)
    read.known(data, tuple(f.name for f in fields(Settings)), ())
    upstreams = {
        name: read.section(Upstream, item, ("upstream", name))
        for name, item in read.table(data.get("upstream", {}), ("upstream",)).items()
    }
    me = read.words(data.get("me", {}), ("me",))
    read.known(me, ("name", *upstreams), ("me",))
    simple = {"desk": Desk, "history": History, "secrets": Secrets, "ssh": Ssh, "ui": Ui}
    settings = Settings(
        me=me,
        upstream=MappingProxyType(upstreams),
        customer=read.words(data.get("customer", {}), ("customer",)),
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


def _together(settings: Settings, read: _Reader) -> None:
    """The checks that look at more than one key."""
    for name, upstream in settings.upstream.items():
        if not upstream.url:
            raise read.error(("upstream", name), "needs a url", f'Add url = "https://…" under [upstream.{name}].')


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


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The line (from 1) that sets `path`, as well as a reader of lines can tell; the nearest enclosing one else."""
    section: tuple[str, ...] = ()
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            section = _keys(bare.strip("[]").split("]")[0])
            here = section
        elif "=" in bare and not bare.startswith("#"):
            here = section + _keys(bare.split("=", 1)[0])
        else:
            continue
        shared = _shared(here, path)
        if shared == len(path) and len(here) == len(path):
            return number
        if shared == len(here) and shared > depth:
            best, depth = number, shared
    return best


def _keys(dotted: str) -> tuple[str, ...]:
    """`upstream."my rt"` as its parts."""
    parts, quote, word = [], "", ""
    for letter in dotted.strip():
        if quote or letter in "\"'":
            quote, word = ("", word) if letter == quote else (quote or letter, word + letter if quote else word)
        elif letter == ".":
            parts.append(word.strip())
            word = ""
        else:
            word += letter
    return (*parts, word.strip())


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
