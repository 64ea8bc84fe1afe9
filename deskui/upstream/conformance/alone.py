"""The other people of a system in which there is only one login: what they would do, done by the adapter itself."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from deskui.domain.change import Assign, Cancel, Change, Create, Hold, Note, Reopen, Reply, Resolve, Resume
from deskui.domain.fields import SetPriority, SetSubject
from deskui.domain.links import Merge
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Rejected, Unreachable, Upstream
from deskui.upstream.conformance.world import MARK, Sent, entry_of, ours

MOVES: dict[str, Callable[[], Change]] = {
    "resolved": lambda: Resolve(), "pending": lambda: Hold("unspecified"), "in_progress": lambda: Resume(),
    "cancelled": lambda: Cancel(),
}  # fmt: skip
SETS: dict[str, Callable[[Any], Change]] = {"owner": Assign, "priority": SetPriority, "subject": SetSubject}


class Alone:
    """A `World` of one: a second console with our own login.  What takes another person is skipped.

    `queue` is where its tickets go ("": where the adapter puts them), `customer` the address that they are from, and
    `colleague` somebody to whom a ticket can be given.
    """

    ci = "deskui-test"
    held = "unspecified"
    resumes_on_reply = reopens_on_reply = deletes = False

    def __init__(self, adapter: Upstream, customer: str, colleague: str = "", queue: str = "") -> None:
        self.adapter, self.customer, self._colleague, self._queue = adapter, customer, colleague, queue
        self._login = adapter.login()
        self.merges = adapter.merges
        self.made: list[str] = []

    @property
    def staff(self) -> str:
        return self._login.user

    @property
    def assignee(self) -> str:
        if not self._colleague:
            pytest.skip("nobody to give a ticket to: name somebody with --colleague")
        return self._colleague

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4) -> str:
        change = Create(
            subject if subject.startswith(MARK) else ours(subject),
            text,
            requestor=self.customer,
            priority=priority,
            queue=self._queue or None,
        )
        ticket = change.apply(Ticket(self.adapter.name, created=self.now()))
        made = self.adapter.push(entry_of(change, self.staff, self.now()), ticket, "").ticket.remote_id
        self.made.append(made)
        return made

    def reply_as_customer(self, remote_id: str, text: str) -> None:
        pytest.skip("there is no customer to answer here")

    def send_files(self, remote_id: str, text: str, *files: Sent) -> None:
        pytest.skip("there is no customer to send files here")

    def reply(self, remote_id: str, text: str) -> None:
        self._do(remote_id, Reply(text))

    def note(self, remote_id: str, text: str) -> None:
        self._do(remote_id, Note(text))

    def change(self, remote_id: str, field: str, value: Any) -> None:
        if field == "state" and value == "in_progress":
            state = self.adapter.read(remote_id, "").ticket.state
            self._do(remote_id, Resume() if state == "pending" else Reopen())
        elif field == "state":
            self._do(remote_id, MOVES[value]())
        else:
            self._do(remote_id, SETS[field](value))

    def delete(self, remote_id: str) -> None:
        pytest.skip("deskui deletes nothing")

    def merge(self, remote_id: str, into: str) -> None:
        self._do(remote_id, Merge("", into))

    def now(self) -> int:
        return int(time.time() - self._login.offset_s)

    def clear(self) -> list[str]:
        """Cancel what was made; the ids of those that would not, and of all behind the first that cannot be reached."""
        left: list[str] = []
        for place, remote_id in enumerate(self.made):
            try:
                if self._stands_open(remote_id):
                    self._do(remote_id, Cancel())
            except Rejected:
                left.append(remote_id)
            except Unreachable:
                return [*left, *self.made[place:]]
        return left

    def _stands_open(self, remote_id: str) -> bool:
        try:
            reading = self.adapter.read(remote_id, "")
        except Rejected:  # somebody else has deleted it
            return False
        return not (reading.into or reading.gone) and reading.ticket.is_open

    def _do(self, remote_id: str, change: Change) -> None:
        reading = self.adapter.read(remote_id, "")
        entry = entry_of(change, self.staff, self.now())
        self.adapter.push(entry, reading.ticket, reading.events[-1].key if reading.events else "")
