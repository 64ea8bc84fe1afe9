"""What is known already: how a ticket ended, an article of one's own, and the part of it that helps at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskui.domain.event import Event

AFTER_S = 300  # a note may be written just after the ticket was resolved
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_HELPS = frozenset(("workaround", "fix", "solution", "resolution"))


@dataclass(frozen=True, slots=True)
class Known:
    """A finding: `name` is a ticket's id or an article's, `text` all of it, `helps` what is pasted.

    `at` is when the ticket was updated last (epoch seconds), 0 of an article, which has no `customer` either.
    """

    name: str
    title: str
    text: str
    helps: str
    customer: str = ""
    at: int = 0

    @property
    def is_article(self) -> bool:
        """Whether it is a file and no ticket."""
        return not self.at


def resolution(events: Sequence[Event]) -> str:
    """How the ticket ended: the text of its last resolve, else the last note of the team until just after it; or ""."""
    ends = [event for event in events if event.type == "resolve"]
    if not ends:
        return ""
    last = ends[-1]
    if last.text and last.text.strip():
        return last.text.strip()
    notes = [
        event.text.strip()
        for event in events
        if event.type == "internal_note" and event.at <= last.at + AFTER_S and event.text and event.text.strip()
    ]
    return notes[-1] if notes else ""


def article(name: str, text: str) -> Known:
    """A Markdown file: its first line that says something is its title."""
    lines = text.replace("\r\n", "\n").split("\n")
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    title = lines[at].strip().lstrip("#").strip() or name
    body = "\n".join(lines[at + 1 :]).strip()
    return Known(name, title, body, workaround(body) or title)


def workaround(body: str) -> str:
    """The part under the first heading `Workaround`, `Fix`, `Solution` or `Resolution`; without one, all of it."""
    lines = body.split("\n")
    heads = [(number, found) for number, line in enumerate(lines) if (found := _HEADING.fullmatch(line.strip()))]
    for place, (number, found) in enumerate(heads):
        if found[2].casefold().rstrip(":") in _HELPS:
            deeper = (end for end, next_ in heads[place + 1 :] if len(next_[1]) <= len(found[1]))
            if part := "\n".join(lines[number + 1 : next(deeper, len(lines))]).strip():
                return part
    return body


def hits(known: Known, words: Iterable[str]) -> dict[str, int]:
    """The words (case folded) that something in it begins with: 2 where one is in the title, else 1."""
    title, body = (set(re.findall(r"\w+", text.casefold())) for text in (f"{known.name} {known.title}", known.text))
    found = {}
    for word in words:
        for weight, where in ((2, title), (1, body)):
            if any(one.startswith(word) for one in where):
                found[word] = weight
                break
    return found
