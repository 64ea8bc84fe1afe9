"""What a run has to do, and what a lost answer meant: pure functions, tested as tables."""

import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deskui.domain.change import Change, Fact, Note
from deskui.domain.event import MESSAGES, SETS, Event, field_of
from deskui.domain.links import Link
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket

_TOLD = ("owner", "priority", "impact", "urgency", "category")  # moves that say from what to what
OPEN = ("queued", "sending", "unknown", "conflict")  # the states that decide what may leave


def others(events: Iterable[Event], own: Collection[str]) -> tuple[Event, ...]:
    """What somebody else did: neither our own receipts (`own` keys) nor the upstream's automatic moves."""
    return tuple(event for event in events if not event.automatic and event.key not in own)


def unmoved(base: Ticket, others: Iterable[Event]) -> Ticket:
    """`base` before the first of these moves of each field: a page may bring a ticket ahead of its events."""
    first: dict[str, Any] = {}
    for event in others:
        name = field_of(event)
        if name in _TOLD and "from" in event.data:
            first.setdefault(name, event.data["from"])
    return replace(base, **first)


def moot(change: Change, theirs: Ticket) -> bool:
    """Whether the ticket is already in the final state that the change would move it to."""
    return change.field == "state" and getattr(change, "to", None) == theirs.state


def beyond(change: Change, ticket: Ticket, *, notes: bool, work_time: bool) -> str:
    """What of the change a system has no place for, which must not end up where the customer reads it; "": nothing."""
    if not notes and any(kind == "internal_note" for kind, _data, _text in change.facts(ticket)):
        return "it has no private notes: everybody would read this; nothing was sent"
    minutes: int = getattr(change, "minutes", 0)
    if minutes and not work_time:
        return "it keeps no work time: nothing was sent; send the text without minutes"
    return ""


def sendable(entries: Sequence[Entry], now: int) -> tuple[Entry, ...]:
    """The entries that may leave now: at most one a ticket, first in, first out.

    An `unknown` or `sending` one stops its ticket's queue wherever it stands in it, a held-back reply too; a conflict
    stops only later changes of the same field; without its create, nothing of a ticket goes; a link to a ticket that
    no upstream has yet waits for that one, and nothing waits for it.
    """
    stopped = {entry.ticket for entry in entries if entry.state in ("unknown", "sending")}
    clashing: set[tuple[str, str]] = set()
    ready = []
    for entry in entries:
        if entry.ticket in stopped or _waits(entry.change):
            continue
        if entry.state == "conflict":
            clashing.add((entry.ticket, str(entry.change.field)))
        elif entry.state == "queued" and (entry.ticket, str(entry.change.field)) not in clashing:
            stopped.add(entry.ticket)
            if entry.not_before <= now:
                ready.append(entry)
    return tuple(ready)


def _waits(change: Change) -> bool:
    """Whether the other ticket has to be made first."""
    return isinstance(change, Link) and not change.remote


def next_turn(entries: Sequence[Entry], since: int) -> int | None:
    """When the next run has something to send that the run begun at `since` could not: held back, or made later."""
    heads = sendable(entries, sys.maxsize)
    times = [max(entry.not_before, entry.made_at) for entry in heads]
    return min((time for time in times if time >= since), default=None)


@dataclass(frozen=True, slots=True)
class Landing:
    """What was found of a change whose answer was lost: the keys it became, and what of it is still to be sent."""

    keys: tuple[str, ...]
    rest: Change | None


def landed(
    entry: Entry, ticket: Ticket, events: Iterable[Event], authors: Collection[str], taken: Collection[str]
) -> Landing:
    """Match a lost change with the events since it was sent, one to one, by own author (`authors`) and same content.

    `ticket` is the base it was sent on, `taken` the event keys that other entries already account for.
    """
    files = len(getattr(entry.change, "files", ()))  # their names and sizes may have been changed on the way
    free = [
        event for event in events
        if event.author in authors and event.key not in taken and (not files or len(event.files) == files)
    ]  # fmt: skip
    facts = sorted(entry.change.facts(ticket), key=_aside)
    keys, missing = list[str](), list[Fact]()
    for fact in facts:
        match = next((event for event in free if _same(fact, event)), None)
        if _aside(fact) and not keys:
            break
        if match is not None:
            free.remove(match)
            keys.append(match.key)
        elif not _aside(fact):
            missing.append(fact)
    return Landing(tuple(keys), _rest(entry.change, missing) if keys else entry.change)


def _aside(fact: Fact) -> bool:
    """The side effect of an acknowledgement: its state move is ours if it is there, but anybody may have made it."""
    return fact[0] == "field" and fact[1].get("field") == "state"


def _same(fact: Fact, event: Event) -> bool:
    kind, data, text = fact
    if kind != event.type:
        return False
    if kind in MESSAGES:
        return normal(text) == normal(event.text)
    if kind == "hold":
        return bool(data["reason"] == event.data.get("reason"))
    if kind == "link":
        return all(event.data.get(name) == data.get(name) for name in ("kind", "to", "off"))
    names = ("field", "from", "to") if data.get("field") in SETS else ("field", "to")
    return all(event.data.get(name) == data[name] for name in names if name in data)


def _rest(change: Change, missing: Sequence[Fact]) -> Change | None:
    """The part of a change that did not land: the note of a move, or the move without its note."""
    if not missing:
        return None
    notes = [text or "" for kind, _, text in missing if kind in MESSAGES]
    if len(notes) == len(missing):
        return Note(text=notes[0])
    silent: dict[str, str] = {name: "" for name in ("text", "why") if hasattr(change, name)}
    return replace(change, **silent)


def normal(text: str | None) -> str:
    """A body without what systems change on the way: line ends, runs of blanks, a service account's signature."""
    lines = (text or "").replace("\r", "").rstrip().split("\n")
    if len(lines) > 1 and lines[-1].startswith("-- "):
        lines = lines[:-1]
    return " ".join(" ".join(lines).split())
