"""When which ticket is to be looked at: a few bytes for each, since there may be a hundred thousand of them."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable


class Agenda:
    """Tickets go by their numbers; those that wait for a look are taken from the end."""

    def __init__(self) -> None:
        self._waiting = array("q")
        self._keys = array("q")  # sorted, those that are to be looked at later
        self._times = array("q")  # when, in epoch seconds

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def begin(self, keys: "array[int]") -> None:
        """These wait, the most urgent first, and what was planned before is forgotten."""
        self._waiting, self._keys, self._times = keys[::-1], array("q"), array("q")

    def add(self, keys: Iterable[int]) -> None:
        """These are looked at next."""
        self._waiting.extend(dict.fromkeys(keys))

    def wake(self, now: int) -> None:
        """Those whose time has come wait now."""
        due = [index for index, at in enumerate(self._times) if at <= now]
        self.add(self._keys[index] for index in due)
        for index in reversed(due):
            del self._keys[index], self._times[index]

    def take(self, most: int) -> list[int]:
        """The next ones, which wait no longer."""
        cut = max(0, len(self._waiting) - most)
        found = list(reversed(self._waiting[cut:]))
        del self._waiting[cut:]
        return found

    def plan(self, key: int, at: int | None) -> None:
        """Look at it then (None: not again), whatever was planned for it."""
        index = bisect_left(self._keys, key)
        known = index < len(self._keys) and self._keys[index] == key
        if known and at is None:
            del self._keys[index], self._times[index]
        elif known and at is not None:
            self._times[index] = at
        elif at is not None:
            self._keys.insert(index, key)
            self._times.insert(index, at)
