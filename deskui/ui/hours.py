"""Whether a row's service is closed now, asked once a minute for each customer and calendar."""

from collections.abc import Callable
from typing import Any

from deskui.ui import rows

KEPT = 500


class Asleep:
    """`ask(customer, calendar, now, due)` knows; `now` is the clock."""

    def __init__(self, ask: Callable[[str | None, str, int, int | None], bool], now: Callable[[], int]) -> None:
        self._ask, self._now = ask, now
        self._known: dict[tuple[Any, ...], bool] = {}

    def __call__(self, row: tuple[Any, ...]) -> bool:
        """Only a running clock can be outside its hours."""
        if row[rows.MODE] != "run":
            return False
        now = self._now()
        past = row[rows.DUE] if row[rows.DUE] is not None and row[rows.DUE] < now else None
        key = (row[rows.CUSTOMER], row[rows.CALENDAR], now // 60, past)
        if key not in self._known:
            if len(self._known) > KEPT:
                self._known.clear()
            self._known[key] = self._ask(row[rows.CUSTOMER], row[rows.CALENDAR], now, past)
        return self._known[key]
