"""Macros: TOML files that name a sequence of changes and the reply that goes with them.

A file says `title` and `steps`, and may say `key`, which picks it, and `reply`, the text that the step `reply` sends,
as in templates.  A step is written as after `deskui do ID`.  One in the user's own folder replaces a shipped one of the
same name.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskui.domain import verbs
from deskui.domain.bulk import ME, Order
from deskui.domain.change import Change, Reply
from deskui.services import templates, tomlfiles
from deskui.services.templates import Template, TemplateError

KEYS = ("title", "key", "steps", "reply")
STEPS = 10


class MacroError(ValueError):
    """A macro cannot be used; the message names the file, the line and the key."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One file; `steps` as they are written there."""

    name: str
    title: str
    key: str
    steps: tuple[str, ...]
    reply: str
    where: str

    def order(self, now: int, zone: str) -> Order:
        """What it does, at `now` (epoch seconds; times in its steps are to come)."""
        return Order(self.title, tuple(_step(step, self.reply, now, zone) for step in self.steps))


@dataclass(frozen=True, slots=True)
class Found:
    """Those that can be used, and of each of the others what is wrong with it."""

    macros: tuple[Macro, ...]
    wrong: tuple[str, ...]


class Macros:
    """What is in `macros` of each folder (the shipped data first, then the home), read anew each time."""

    def __init__(self, *folders: Path) -> None:
        self._folders = tuple(folder / "macros" for folder in folders)

    def all(self) -> Found:
        """Every macro, by name."""
        return Found(*tomlfiles.every(self._folders, load, MacroError))

    def get(self, name: str) -> Macro:
        """The one of that name.  MacroError."""
        found = self.all()
        for macro in found.macros:
            if macro.name == name:
                return macro
        for wrong in found.wrong:
            if f"/{name}.toml" in wrong:
                raise MacroError(wrong)
        names = ", ".join(macro.name for macro in found.macros) or "none"
        raise MacroError(f"there is no macro {name!r}; there are: {names}")


def load(path: Path) -> Macro:
    """One file, its steps and its text checked as well.  MacroError."""
    return parse(tomlfiles.text(path, MacroError), path)


def parse(source: str, path: Path) -> Macro:
    """A macro from the text of its file.  MacroError."""
    data = tomlfiles.data(source, path, _problems, MacroError)
    reply = data.get("reply", "")
    if reply:
        _checked(source, path, reply)
    return Macro(path.stem, data["title"], data.get("key", ""), tuple(data["steps"]), reply.strip("\n"), str(path))


def _checked(source: str, path: Path, reply: str) -> None:
    begin = tomlfiles.begin(source, "reply")
    try:
        templates.checked(Template(path.stem, "", "", (), reply, str(path), begin))
    except TemplateError as wrong:
        raise MacroError(str(wrong).replace(": text: ", ": reply: ", 1)) from None


def _problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the keys, as (key, problem)."""
    yield from tomlfiles.named(data, KEYS)
    yield from tomlfiles.words(data, "title")
    if not isinstance(data.get("reply", ""), str):
        yield "reply", "must be a text"
    yield from _wrong_steps(data)


def _wrong_steps(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the steps."""
    steps = data.get("steps")
    if not isinstance(steps, list) or not steps or not all(isinstance(step, str) for step in steps):
        yield "steps", "must be a list of texts, each as after `deskui do ID`" if "steps" in data else "is missing"
        return
    if len(steps) > STEPS:
        yield "steps", f"more than {STEPS}"
    for step in steps:
        try:
            change = _step(step, str(data.get("reply", "")), 0, "UTC")
            if step != "reply":  # whose text has lines of its own to name
                templates.checked(Template("", "", "", (), getattr(change, "text", ""), "its text", 1))
        except ValueError as wrong:
            yield "steps", f"{step!r}: {wrong}"
    if "reply" in data and steps.count("reply") != 1:
        yield "steps", "the step 'reply', which sends the text, must be among them once"


def _step(step: str, reply: str, now: int, zone: str) -> Change:
    """One step as a change.  ValueError."""
    words = shlex.split(step)
    if not words:
        raise ValueError("an empty step")
    if words == ["reply"]:
        if not reply.strip():
            raise ValueError("there is no text `reply` that it could send")
        return Reply(reply.strip("\n"))
    if words[0] in ("reply", "create"):
        raise ValueError("a reply is written as the text `reply`, its step is just 'reply'")
    return verbs.parse(words[0], words[1:], now, zone, ME)
