"""RT's statuses and priorities as ours, and back: as configured, else by their names, else by their lifecycle."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from deskui.upstream import _rt_answers as answers
from deskui.upstream._rt_values import band, integer
from deskui.upstream.base import Options

NAMED = {"new": "new", "open": "in_progress", "stalled": "pending", "resolved": "resolved", "rejected": "cancelled",
          "deleted": "deleted"}  # fmt: skip

WRITTEN = {state: name for name, state in NAMED.items() if state not in ("new", "deleted")}  # what we move tickets to


class Words(ABC):
    """What `Api` says of words; it asks RT only for those that nobody explained."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._states: dict[str, str] = dict(NAMED)
        self._used: dict[tuple[str, str], bool] = {}

    @abstractmethod
    def get(self, path: str, params: Iterable[tuple[str, str]] = ()) -> Any:
        """A GET that has to succeed."""

    def state(self, status: str) -> str:
        """Our state of an RT status: as configured, by name, else by whether its lifecycle calls it active."""
        if said := self._options.state(status):
            return said[0]
        if status not in self._states:
            query = f"Status = {quoted(status)} AND Status = '__Inactive__'"
            got = self.get("/tickets", (("query", query), ("per_page", "1")))
            self._states[status] = "resolved" if answers.items(got) else "in_progress"
        return self._states[status]

    def status(self, now: str, queue: str, state: str, reason: str) -> str:
        """The status that says our state on a ticket of that queue, whose status is `now`; "": there is none.

        A queue's lifecycle is no business of REST2: a ticket with a name of RT's own gets one of these, and of several
        configured names the first that the queue has seen is meant.
        """
        own = WRITTEN.get(state, "")
        names = self._options.state_names(state, reason)
        if own and (not names or (now in NAMED and self._options.state(now) is None)):
            return own
        if len(names) < 2:
            return names[0] if names else ""
        return next((name for name in names if self._seen(queue, name)), names[0])

    def _seen(self, queue: str, status: str) -> bool:
        """Whether a ticket of the queue has that status."""
        if (queue, status) not in self._used:
            query = f"Queue = {quoted(queue)} AND Status = {quoted(status)}"
            got = self.get("/tickets", (("query", query), ("per_page", "1")))
            self._used[queue, status] = bool(answers.items(got))
        return self._used[queue, status]

    def reason(self, status: str) -> str:
        """Why a ticket of that status waits, if the configuration says so of it."""
        said = self._options.state(status)
        return said[1] if said else ""

    def certain(self, status: str) -> bool:
        """Whether its state is more than what its lifecycle lets guess."""
        return status in NAMED or self._options.state(status) is not None

    def band(self, number: str) -> int:
        """RT's priority as 1 (P1) to 4."""
        return band(integer(number), self._options.priorities)


def quoted(word: str) -> str:
    """A word in a query."""
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
