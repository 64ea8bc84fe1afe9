"""What the small ticket system's transactions are, what they add up to, and how a file keeps them."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from deskui.domain.attachment import File
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket, from_json, to_json


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction: the ticket after it and the facts it made; `into`: merged there, `gone`: deleted."""

    n: int
    ticket: Ticket
    events: tuple[Event, ...] = ()
    gone: bool = False
    into: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict)  # of the files at its events, by their ids


@dataclass(slots=True)
class State:
    """What the rows add up to."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    into: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take one more row in."""
        remote_id = row.ticket.remote_id
        self.tickets[remote_id] = row.ticket
        self.events.setdefault(remote_id, []).extend(row.events)
        if row.gone:
            self.gone.add(remote_id)
        if row.into:
            self.into[remote_id] = row.into

    def alive(self, remote_id: str) -> bool:
        """Whether there is such a ticket, neither deleted nor merged."""
        return remote_id in self.tickets and remote_id not in self.gone and remote_id not in self.into


def fold(rows: Sequence[Row]) -> State:
    """The state after `rows`."""
    state = State()
    for row in rows:
        state.add(row)
    return state


def append(fd: int, offset: int, rows: Sequence[Row]) -> int:
    """Write them behind `offset`, over a line that a kill cut; where the file ends now."""
    data = b"".join(json.dumps(_plain(row), ensure_ascii=True).encode() + b"\n" for row in rows)
    os.ftruncate(fd, offset)
    os.pwrite(fd, data, offset)
    return offset + len(data)


def _plain(row: Row) -> dict[str, Any]:
    events = [{**asdict(replace(event, data={})), "data": dict(event.data)} for event in row.events]
    plain = {"n": row.n, "ticket": to_json(row.ticket), "events": events, "gone": row.gone, "into": row.into}
    contents = {name: b64encode(data).decode() for name, data in row.contents.items()}
    return {**plain, "contents": contents} if contents else plain


def parse(line: bytes) -> Row:
    """A line of the file."""
    data = json.loads(line)
    events = tuple(
        Event(**{**event, "files": tuple(File(**file) for file in event.get("files", ()))}) for event in data["events"]
    )
    contents = {name: b64decode(content) for name, content in data.get("contents", {}).items()}
    return Row(data["n"], from_json(data["ticket"]), events, data["gone"], data["into"], contents)
