"""Desk lines: facts that a system has no field for, as the first lines of a private note (DESIGN: mapping).

`deskui: FACT [VALUE] by WHO at ISO`, one a line.  A hold may say `hold REASON until ISO`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deskui.domain import when
from deskui.domain.event import Event
from deskui.domain.sets import moved

FACTS = frozenset((
    "received", "acknowledged", "hold", "resume", "resolved", "reopened", "closed", "priority", "impact", "urgency",
    "kind", "category", "customer", "ci", "token", "duplicate", "requestor", "tag",
))  # fmt: skip
PREFIX = "deskui: "
_LINE = re.compile(r"deskui: ([a-z]+)(?: (.*))? by (.+) at (\S+)")
_SIGNATURE = re.compile(r"\n-- (\S[^\n]*)\s*\Z")
_FIELDS = {"impact": "impact", "urgency": "urgency", "kind": "kind", "category": "category", "customer": "customer",
           "ci": "cis"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: who says it, and when it was so (epoch seconds)."""

    fact: str
    value: str
    who: str
    at: int

    def __str__(self) -> str:
        value = f" {_flat(self.value)}" if self.value else ""
        return f"{PREFIX}{self.fact}{value} by {_flat(self.who)} at {when.iso(self.at)}"


def note(lines: Iterable[Line], text: str = "") -> str:
    """A private note with `lines` first; a text that looks like one itself is kept apart by an empty line."""
    head = "\n".join(map(str, lines))
    body = f"\n{text}" if text.startswith(PREFIX) and not head else text
    return "\n\n".join(part for part in (head, body) if part)


def split(text: str) -> tuple[tuple[Line, ...], str]:
    """The desk lines at the head of a note, and what follows them; a line that is not well formed ends the head."""
    rest = text.replace("\r\n", "\n").split("\n")
    lines: list[Line] = []
    while rest and (line := parse(rest[0])):
        lines.append(line)
        rest.pop(0)
    return tuple(lines), "\n".join(rest).strip("\n") if lines else text


def parse(text: str) -> Line | None:
    """One line, or None if it is none."""
    match = _LINE.fullmatch(text.strip()) if text.startswith(PREFIX) else None
    if match is None or match[1] not in FACTS:
        return None
    try:
        return Line(match[1], match[2] or "", match[3], when.parse(match[4]))
    except ValueError:
        return None


def hold(reason: str, until: int | None) -> str:
    """The value of a hold line."""
    return reason if until is None else f"{reason} until {when.iso(until)}"


def event(line: Line, key: str, at: int, current: object = None) -> Event | None:
    """The fact as an event stamped `at`; None for those that only say something about the ticket or another event.

    A console's time is believed, but never later than the system's own stamp (SLA: which time counts).
    """
    made = min(line.at, at)
    if line.fact in _FIELDS:
        field = _FIELDS[line.fact]
        to: object = [line.value] if field == "cis" else line.value
        return Event(key, at, "field", line.who, made_at=made, data={"field": field, "from": current, "to": to})
    if line.fact == "tag":
        named = line.value[:1] in ("+", "-") and len(line.value) > 1
        return Event(key, at, "field", line.who, made_at=made, data=moved("tags", line.value)) if named else None
    if line.fact == "hold":
        return Event(key, at, "hold", line.who, made_at=made, data=_hold_data(line.value))
    simple = {"acknowledged": "acknowledge", "closed": "close", "resume": "resume"}.get(line.fact)
    if simple is None:
        return None
    data = {"reason": line.value} if line.fact == "resume" and line.value else {}
    return Event(key, at, simple, line.who, made_at=made, data=data)


def _hold_data(value: str) -> dict[str, object]:
    reason, _, until = value.partition(" until ")
    try:
        return {"reason": reason or "unspecified", **({"until": when.parse(until)} if until else {})}
    except ValueError:
        return {"reason": reason or "unspecified"}


def sign(text: str, who: str) -> str:
    """A message of a service account, with the person at its end."""
    return f"{text}\n\n-- {_flat(who)}" if text else f"-- {_flat(who)}"


def signed(text: str) -> tuple[str, str | None]:
    """The message without its `-- NAME`, and the name; None: it has none."""
    match = _SIGNATURE.search("\n" + text)
    return (("\n" + text)[: match.start()].strip("\n"), match[1].strip()) if match else (text, None)


def _flat(text: str) -> str:
    return " ".join(text.split())
