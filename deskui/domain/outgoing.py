"""A change on its way upstream: its place in the outbox, the events that it will make, and how it is kept."""

from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any

from deskui.domain.attachment import File
from deskui.domain.change import (
    Acknowledge,
    Assign,
    Cancel,
    Change,
    Close,
    Create,
    Hold,
    Note,
    Reopen,
    Reply,
    Resolve,
    Resume,
)
from deskui.domain.event import MESSAGES, Event
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.sets import SetCc, SetTags
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass

VERBS: Mapping[str, type[Change]] = {
    kind.verb: kind
    for kind in (
        Create, Acknowledge, Assign, Hold, Resume, Resolve, Reopen, Close, Cancel, SetPriority, SetImpact, SetUrgency,
        SetCategory, SetCi, SetSubject, Reply, Note, Link, Unlink, Merge, SetTags, SetCc,
    )
}  # fmt: skip
WAITING = frozenset(("queued", "sending", "unknown", "sent"))  # replayed on the base


@dataclass(frozen=True)
class Entry:
    """A change in the outbox; times in epoch seconds.

    `seen` is the newest event key of its ticket when it was sent.
    """

    uid: str
    ticket: str  # uid
    seq: int
    change: Change
    author: str
    made_at: int
    state: str = "queued"  # queued sending unknown sent conflict rejected dropped
    not_before: int = 0
    seen: str = ""
    error: str = ""
    event_keys: tuple[str, ...] = ()  # what it became upstream
    contents: Mapping[str, bytes] = field(default_factory=dict)  # of its files by their ids, only while it is sent

    def events(self, ticket: Ticket) -> tuple[Event, ...]:
        """The events it will make on `ticket`, as pending facts."""
        return tuple(
            Event(
                f"~{self.uid}/{n}",
                self.made_at,
                kind,
                self.author,
                "staff",
                self.made_at,
                data,
                text,
                True,
                getattr(self.change, "files", ()) if kind in MESSAGES else (),
            )
            for n, (kind, data, text) in enumerate(self.change.facts(ticket))
        )


def to_json(change: Change) -> dict[str, Any]:
    """The arguments as JSON values (the verb is kept beside them)."""
    return asdict(change)


def from_json(verb: str, payload: Mapping[str, Any]) -> Change:
    """The inverse of `to_json`."""
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in payload.items()}
    if given.get("files"):
        given["files"] = tuple(File(**file) for file in given["files"])
    return VERBS[verb](**given)
