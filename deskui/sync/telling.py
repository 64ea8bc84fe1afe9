"""An upstream without a history: what became of a ticket is told by comparing it with what the desk knew of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from deskui.domain.attachment import File
from deskui.domain.event import Event, field_of, fields_of
from deskui.domain.merge import FIELDS
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Login, Page, Reading, Receipt, Upstream

MARK = "~"  # begins the keys of what nobody but us tells
_FLAGS = ("recipients", "tags", "links", "merges", "attachments", "edits", "notes", "work_time", "prefix")
_OVER = {"resolved": "resolve", "closed": "close", "cancelled": "cancel"}
Move = tuple[str, dict[str, Any]]


def told(before: Ticket | None, after: Ticket, said: Iterable[Event] = ()) -> tuple[Event, ...]:
    """The moves that made `after` of `before` (None: it is seen for the first time), without those `said` already."""
    known = before or replace(after, state="new", owner=None)
    there = fields_of(said)
    names = [name for name in FIELDS if name not in there and getattr(known, name) != getattr(after, name)]
    return tuple(event for name in names for event in _events(after, name, getattr(known, name)))


def _events(after: Ticket, name: str, old: Any) -> list[Event]:
    """A field's move; its key is that of no other move, be it in the same second."""
    new = getattr(after, name)
    key = f"{MARK}{after.remote_id}.{after.updated}.{name}.{crc32(repr((old, new)).encode()):x}"
    return [Event(f"{key}.{kind}", after.updated, kind, data=data) for kind, data in _moves(name, old, new)]


def _moves(name: str, old: Any, new: Any) -> list[Move]:
    if name == "state":
        return _states(old, new)
    change = {"from": old, "to": new}
    if name in ("owner", "priority"):
        return [("assign" if name == "owner" else "priority", change)]
    plain = {side: list(value) if isinstance(value, tuple) else value for side, value in change.items()}
    return [("field", {"field": name, **plain})]


def _states(old: str, new: str) -> list[Move]:
    reopened: list[Move] = [("reopen", {})] if old in _OVER and new not in _OVER else []
    if new == "pending":
        return [*reopened, ("hold", {"reason": "unspecified"})]
    if new in _OVER:
        resolved: list[Move] = [("resolve", {})] if new == "closed" and old not in _OVER else []
        return [*resolved, (_OVER[new], {})]
    if reopened or old == "pending":
        return reopened or [("resume", {})]
    return [("field", {"field": "state", "from": old, "to": new})]


class Telling(Upstream):
    """`upstream` with the moves that it does not tell; `known` gives the desk's base of a remote id."""

    def __init__(self, upstream: Upstream, known: Callable[[str], Ticket | None]) -> None:
        self.name, self._upstream, self._known = upstream.name, upstream, known
        for flag in _FLAGS:
            setattr(self, flag, getattr(upstream, flag))

    def login(self) -> Login:
        return self._upstream.login()

    def head(self) -> str:
        return self._upstream.head()

    def open_tickets(self, after: str) -> Iterator[Page]:
        return self._pages(self._upstream.open_tickets(after))

    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        return self._pages(self._upstream.history(remote_ids), whole=True)

    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        return self._pages(self._upstream.bodies(remote_ids), whole=True)

    def finished(self, since: int, before: str) -> Iterator[Page]:
        return self._pages(self._upstream.finished(since, before))

    def feed(self, cursor: str) -> Iterator[Page]:
        return self._pages(self._upstream.feed(cursor))

    def survey(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        return self._upstream.survey(remote_ids)

    def read(self, remote_id: str, seen: str) -> Reading:
        reading = self._upstream.read(remote_id, seen)
        return replace(reading, events=(*reading.events, *self._told(reading.ticket, reading.events, whole=not seen)))

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        receipt = self._upstream.push(entry, ticket, seen)
        news = self._told(receipt.ticket, receipt.events)
        if not receipt.written:
            return replace(receipt, events=(*receipt.events, *news))
        ours = [
            replace(event, author=entry.author) if field_of(event) == entry.change.field else event for event in news
        ]
        own = (event.key for event in ours if field_of(event) == entry.change.field)
        return replace(receipt, events=(*receipt.events, *ours), own=(*receipt.own, *own))

    def created(self, token: str) -> tuple[str, ...] | None:
        return self._upstream.created(token)

    def content(self, file: File) -> bytes:
        return self._upstream.content(file)

    def order(self, key: str) -> tuple[int, ...]:
        """The upstream knows nothing of our keys: they are never the newest."""
        return () if key.startswith(MARK) else self._upstream.order(key)

    def close(self) -> None:
        self._upstream.close()

    def _pages(self, pages: Iterable[Page], *, whole: bool = False) -> Iterator[Page]:
        for page in pages:
            said: dict[str, list[Event]] = {}
            for remote_id, event in page.events:
                said.setdefault(remote_id, []).append(event)
            news = tuple(
                (ticket.remote_id, event) for ticket in page.tickets
                for event in self._told(ticket, said.get(ticket.remote_id, ()), whole=whole)
            )  # fmt: skip
            yield replace(page, events=(*page.events, *news)) if news else page

    def _told(self, ticket: Ticket, said: Iterable[Event], *, whole: bool = False) -> tuple[Event, ...]:
        """`whole`: the past is in `said` too, which tells nothing of what moved since."""
        before = self._known(ticket.remote_id)
        new = [event for event in said if not (whole and before) or event.at > before.updated]
        return told(before, ticket, new)
