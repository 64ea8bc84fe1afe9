"""Text templates: TOML files whose text is filled with what is known of one ticket, in a sandbox.

A file says `title`, `for` (note, reply, resolve, cancel, reopen), `text`, and may say `key`, which picks it.  One in
the user's own folder replaces a shipped one of the same name.
"""

import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.draft import KINDS
from deskui.services import tomlfiles

if TYPE_CHECKING:
    import jinja2
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment
else:  # only who looks for a template needs it
    jinja2 = lazy.Module("jinja2")
    nodes = lazy.Module("jinja2.nodes")

KEYS = ("title", "key", "for", "text")
LIMIT = 20_000  # characters that a template may make
TICKET = (
    "id", "subject", "priority", "state", "kind", "customer", "owner", "queue", "category", "impact", "urgency", "cis",
    "requestors", "cc", "created", "minutes",
)  # fmt: skip
NAMES = ("ticket", "me", "now", "zone", "response_due", "resolution_due")


class TemplateError(ValueError):
    """A template cannot be used; the message names the file, the line and the key."""


@dataclass(frozen=True, slots=True)
class Template:
    """One file; `line` is where its text begins in it."""

    name: str
    title: str
    key: str
    kinds: tuple[str, ...]
    text: str
    where: str
    line: int


@dataclass(frozen=True, slots=True)
class Found:
    """Those that can be used, and of each of the others what is wrong with it."""

    templates: tuple[Template, ...]
    wrong: tuple[str, ...]


class Templates:
    """What is in `templates` of each folder (the shipped data first, then the home), read anew each time."""

    def __init__(self, *folders: Path) -> None:
        self._folders = tuple(folder / "templates" for folder in folders)

    def all(self) -> Found:
        """Every template, by name."""
        return Found(*tomlfiles.every(self._folders, load, TemplateError))

    def of(self, kind: str) -> Found:
        """Those for one kind of text, and all that are wrong: whoever misses one should see why."""
        found = self.all()
        return Found(tuple(each for each in found.templates if kind in each.kinds), found.wrong)


def load(path: Path) -> Template:
    """One file, its text checked as well.  TemplateError."""
    return parse(tomlfiles.text(path, TemplateError), path)


def parse(source: str, path: Path) -> Template:
    """A template from the text of its file.  TemplateError."""
    data = tomlfiles.data(source, path, _problems, TemplateError)
    begin = tomlfiles.begin(source, "text")
    made = Template(path.stem, data["title"], data.get("key", ""), tuple(data["for"]), data["text"], str(path), begin)
    _check(made)
    return made


def _problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with the keys, as (key, problem)."""
    yield from tomlfiles.named(data, KEYS)
    yield from tomlfiles.words(data, "title")
    yield from tomlfiles.words(data, "text")
    kinds = data.get("for")
    if not isinstance(kinds, list) or not kinds or not set(map(str, kinds)) <= set(KINDS):
        yield "for", f"must be a list of: {', '.join(KINDS)}" if "for" in data else "is missing"


# --- the text


def _environment() -> "ImmutableSandboxedEnvironment":
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


def _refused(template: Template, line: int, problem: str) -> TemplateError:
    return TemplateError(f"{template.where}, line {template.line + max(line, 1) - 1}: text: {problem}")


def _check(template: Template) -> None:
    """Refuse a text that cannot be filled: what is wrong is to be seen when it is written, not at two in the night."""
    try:
        tree = _environment().parse(template.text)
    except jinja2.TemplateSyntaxError as error:
        raise _refused(template, error.lineno, error.message or "cannot be read") from None
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in (*NAMES, *own, "loop", "range"):
            raise _refused(template, node.lineno, f"{node.name} is not known; there are: {', '.join(NAMES)}")
    for field in tree.find_all(nodes.Getattr):
        asked = field.node
        if isinstance(asked, nodes.Name) and asked.name == "ticket" and field.attr not in TICKET:
            raise _refused(
                template, field.lineno, f"ticket.{field.attr} is not known; there are: {', '.join(TICKET)}"
            )  # fmt: skip


def checked(template: Template) -> Template:
    """The same, once its text has been seen to be fit.  TemplateError."""
    _check(template)
    return template


def render(template: Template, facts: Mapping[str, Any]) -> str:
    """Its text with `facts` (by NAMES).  TemplateError."""
    faults = (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)
    try:
        made = _environment().from_string(template.text).render(facts)
    except faults as error:
        raise _refused(template, _where(error), str(error) or type(error).__name__) from None
    if len(made) > LIMIT:
        raise _refused(template, 1, f"makes more than {LIMIT} characters")
    return made.strip("\n")


def _where(error: BaseException) -> int:
    """The line of the text at which it failed."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == "<template>"), 1)


def inert(value: Any) -> Any:
    """A value of a ticket as it may go into a mail: no control byte; None is nothing."""
    if isinstance(value, str):
        return "".join(char if char.isprintable() else " " for char in value)
    if isinstance(value, Iterable):
        return [inert(each) for each in value]
    return "" if value is None else value
