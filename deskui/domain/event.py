"""What happened to a ticket, as facts that are never edited; and the one signal that goes up to the screens."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from deskui.lazy import dataclass

if TYPE_CHECKING:
    from deskui.domain.attachment import File

TYPES = (
    "created", "public_reply", "internal_note", "auto_reply", "customer_reply", "acknowledge", "assign", "hold",
    "resume", "resolve", "reopen", "close", "cancel", "priority", "field", "time", "link",
)  # fmt: skip
MESSAGES = frozenset(("public_reply", "internal_note", "auto_reply", "customer_reply"))
SETS = ("tags", "cc")  # fields of which an event moves one word
STATE_MOVES = frozenset(("hold", "resume", "resolve", "reopen", "close", "cancel"))

_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Event:
    """One fact.

    `at` is the upstream's stamp, `made_at` the console's corrected time if it was made at a console, both epoch
    seconds; `key` is unique per upstream and grows in the upstream's own order where it has one.

    `data` by type: created {priority, state}; priority {from, to}; assign {from, to}; hold {reason, until?};
    resume {reason?} (none: all); field {field, from, to}; messages and time {minutes?};
    of one of SETS: the word `to` was put in (`from` is None), or `from` taken out;
    link {kind, to, off?} (to: a remote id; off: it was taken away).
    A `field` event with field "state" is a move among open states that is no hold or resume (new -> in_progress).
    """

    key: str
    at: int
    type: str
    author: str = ""
    side: str = "staff"
    made_at: int | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    text: str | None = None  # None: a message whose body has not been pulled
    pending: bool = False  # made here, not yet upstream
    files: "tuple[File, ...]" = ()  # at a message whose body has been pulled

    @property
    def automatic(self) -> bool:
        """Whether no person did it: the upstream moved something by its own rules."""
        return self.side == "system"


def field_of(event: Event) -> str | None:
    """The ticket field that the event moved; None for messages, time and the like, which never conflict."""
    if event.type in STATE_MOVES:
        return "state"
    if event.type == "assign":
        return "owner"
    if event.type == "priority":
        return "priority"
    return event.data.get("field") if event.type == "field" else None


def fields_of(events: Iterable[Event]) -> frozenset[str]:
    """The ticket fields that these events moved."""
    return frozenset(name for name in map(field_of, events) if name)


@dataclass(frozen=True)
class StoreChanged:
    """The store committed something: `tickets` (uids) changed; `other` names what else did (outbox, sync, journal)."""

    tickets: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
