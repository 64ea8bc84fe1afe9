"""What the suite is made of: the other people of a system, and small readers of what an adapter says."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any, Protocol

import pytest

from deskui.domain.change import Change
from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Page, Receipt, Upstream

uids = count(1)
Sent = tuple[str, str, bytes]  # name, type, content
MARK = "deskui test: "  # begins the subject of every ticket that the suite makes
BYTES = bytes(range(256)) * 20


class World(Protocol):
    """The other people: `staff` is a colleague, `customer` somebody's address; `make` is a customer's new ticket."""

    @property
    def staff(self) -> str: ...  # user name of a colleague, who does what has no other actor here
    @property
    def assignee(self) -> str: ...  # user name of somebody (a colleague, say) to whom a ticket can be given

    customer: str  # address of a customer
    ci: str  # the name of a configuration item
    held: str  # the reason of a hold that was made there, without deskui
    resumes_on_reply: bool  # a customer's reply takes a ticket out of pending
    reopens_on_reply: bool  # any reply to a resolved ticket reopens it
    made: list[str]  # the tickets that the suite made by itself
    deletes: bool  # `feed` tells of deleted tickets
    merges: bool  # tickets can be merged

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4) -> str: ...
    def reply_as_customer(self, remote_id: str, text: str) -> None: ...
    def send_files(self, remote_id: str, text: str, *files: Sent) -> None: ...  # a customer's reply with them
    def reply(self, remote_id: str, text: str) -> None: ...
    def note(self, remote_id: str, text: str) -> None: ...
    def change(self, remote_id: str, field: str, value: Any) -> None: ...  # owner, state, priority or subject
    def delete(self, remote_id: str) -> None: ...
    def merge(self, remote_id: str, into: str) -> None: ...
    def now(self) -> int: ...  # the system's clock


def ours(subject: str) -> str:
    """The subject of a ticket that everybody can see to be the suite's."""
    return MARK + subject


def holds_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The reasons still running: what the store derives and hands to `push` in the ticket."""
    holds: list[str] = []
    for event in events:
        reason = event.data.get("reason")
        if event.type == "hold":
            holds = [*(held for held in holds if held != reason), str(reason)]
        elif event.type == "resume":
            holds = [held for held in holds if reason and held != reason]
        elif event.type in ("resolve", "close", "cancel"):
            holds = []
    return tuple(holds)


def entry_of(change: Change, author: str, made_at: int) -> Entry:
    """A row of the outbox."""
    number = next(uids)
    return Entry(f"uid-{number}", "ticket", number, change, author, made_at)


def events_of(pages: Iterable[Page], remote_id: str) -> list[Event]:
    """The events of one ticket in `pages`, as they come."""
    return [event for page in pages for owner, event in page.events if owner == remote_id]


def kinds(events: Iterable[Event]) -> list[str]:
    """The types, for comparing."""
    return [event.type for event in events]


def last(events: Iterable[Event], kind: str) -> Event:
    """The newest event of that type."""
    found = [event for event in events if event.type == kind]
    assert found, f"no {kind} in {kinds(events)}"
    return found[-1]


class Suite:
    """What every part of the contract uses: `push` and `whole`, and who we are."""

    @pytest.fixture
    def me(self, adapter: Upstream) -> str:
        return adapter.login().user

    def push(
        self, adapter: Upstream, remote_id: str, change: Change, *, seen: str | None = None, made_at: int | None = None
    ) -> Receipt:
        """Pushes `change` as the engine would, from a fresh reading (or as of `seen`)."""
        reading = adapter.read(remote_id, "")
        ticket = replace(reading.ticket, id=remote_id, holds=holds_of(reading.events))
        assert change.refused(ticket) is None or seen is not None
        last_key = reading.events[-1].key
        at = reading.events[-1].at if made_at is None else made_at
        author = adapter.login().user
        return adapter.push(entry_of(change, author, at), ticket, last_key if seen is None else seen)

    def whole(self, adapter: Upstream, remote_id: str) -> tuple[Ticket, list[Event]]:
        """The ticket and all its events as `read` has them."""
        reading = adapter.read(remote_id, "")
        return reading.ticket, list(reading.events)
