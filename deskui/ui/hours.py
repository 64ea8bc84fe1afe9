"""Whether a row's service is closed now, asked once a minute for each."""

from collections.abc import Callable
from typing import Any

from deskui.ui import rows

KEPT = 500


class Asleep:
    """`ask(row, now)` knows; `now` is the clock."""

    def __init__(self, ask: Callable[[tuple[Any, ...], int], bool], now: Callable[[], int]) -> None:
        self._ask, self._now = ask, now
        self._known: dict[tuple[Any, ...], bool] = {}

    def __call__(self, row: tuple[Any, ...]) -> bool:
        """Only a running clock can be outside its hours; opening and closing come with a minute."""
        if row[rows.MODE] != "run":
            return False
        now = self._now()
        key = (row[rows.PK], row[rows.CALENDAR], now // 60)
        if key not in self._known:
            if len(self._known) > KEPT:
                self._known.clear()
            self._known[key] = self._ask(row, now)
        return self._known[key]
