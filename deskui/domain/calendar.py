"""Working time: a calendar compiled to sorted arrays of epoch seconds, so that counting is bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deskui.domain import windows as local
from deskui.domain.windows import DAY, DAYS, Window
from deskui.lazy import dataclass

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = 53, (date(9998, 1, 1).toordinal() - 1) // 7  # the weeks that datetime can safely speak of
_LONG = 41 * 366 * DAY  # weekdays and dates, leap days included, repeat within it: nothing in it means never
_FAR = 400 * 366 * DAY  # nobody is promised more, and a slip of the pen must not build arrays up to the year 9999
_CYCLE = 400 * 365 * DAY + 97 * DAY  # after which weekdays and dates come again: whole weeks
_CHANGING = (date(1800, 1, 1).toordinal(), date(2100, 1, 1).toordinal())  # before and after, a zone's rules stay
_CHUNK = 13  # weeks added at least, each time the arrays grow


class _Table(NamedTuple):
    """The windows of the weeks [first, last): `sums[i]` is the working time before `opens[i]`, `end` that at `hi`."""

    first: int
    last: int
    lo: int
    hi: int
    opens: list[int]
    closes: list[int]
    sums: list[int]
    end: int


_EMPTY = _Table(0, 0, 1, 0, [], [], [], 0)  # covers nothing: `lo` is after `hi`


@dataclass(frozen=True)
class Calendar:
    """Working windows in local time of an IANA zone; all instants are epoch seconds, all lengths seconds.

    `weekly` is Monday first; `fixed` and `yearly` are holidays, `closed` and `extra` windows by date (its ordinal).
    The arrays grow on demand; they are replaced as a whole, so threads may share a calendar.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    fixed: frozenset[int]
    yearly: frozenset[tuple[int, int]]
    closed: Mapping[int, tuple[Window, ...]]
    extra: Mapping[int, tuple[Window, ...]]
    week: tuple[Window, ...]  # the plain week merged, in seconds from Monday 00:00
    plain: bool  # nothing but open: 24x7 without a holiday
    _memo: list[_Table] = field(default_factory=lambda: [_EMPTY], compare=False, repr=False)

    @classmethod
    def compile(
        cls,
        zone: str,
        weekly: Mapping[str, Iterable[Iterable[str]]],
        holidays: Iterable[str] = (),
        closed: Mapping[str, Iterable[Iterable[str]]] | None = None,
        extra: Mapping[str, Iterable[Iterable[str]]] | None = None,
        always: bool = False,
    ) -> "Calendar":
        """From what people write (`09:00`, `mon`, `2026-12-24`, `12-24`); ValueError says what is not so."""
        if unknown := set(weekly) - set(DAYS):
            raise ValueError(f"{sorted(unknown)[0]!r} is no day (allowed: {', '.join(DAYS)})")
        days = tuple(((0, DAY),) if always else local.windows(weekly.get(day, ())) for day in DAYS)
        texts = [str(text) for text in holidays]
        fixed = frozenset(local.ordinal(text) for text in texts if len(text) > 5)
        yearly = frozenset(local.month_day(text) for text in texts if len(text) <= 5)
        out, instead = local.by_date(closed or {}), local.by_date(extra or {})
        week = tuple(local.plain_week(days))
        plain = week == ((0, 7 * DAY),) and not (fixed or yearly or out or instead)
        return cls(local.zone_named(zone), days, fixed, yearly, out, instead, week, plain)

    def between(self, a: int, b: int) -> int:
        """Working seconds in [a, b); 0 if reversed."""
        if b <= a:
            return 0
        if self.plain:
            return b - a
        table = self._memo[0]
        _, _, lo, hi, opens, closes, sums, _ = table
        if a < lo or b > hi:
            if b - a > _FAR:
                return self._between_far(a, b)
            table = self._covering(a, b)
            opens, closes, sums = table.opens, table.closes, table.sums
        i, j = bisect_right(opens, a) - 1, bisect_right(opens, b) - 1
        if i < 0:
            return _worked(table, b) - _worked(table, a)
        used = (a if a < closes[i] else closes[i]) - opens[i]
        return sums[j] - sums[i] + (b if b < closes[j] else closes[j]) - opens[j] - used

    def _between_far(self, a: int, b: int) -> int:
        """Of a span of centuries only what differs is walked: before and after it, one cycle is like another."""
        days = (*_CHANGING, *self.fixed, *self.closed, *self.extra)
        early, late = (min(days) - 9 - _EPOCH) * DAY, (max(days) + 9 - _EPOCH) * DAY
        before, after = max(0, min(b, early) - a) // _CYCLE, max(0, b - max(a, late)) // _CYCLE
        total = before and before * self._walked(early - _CYCLE, early)
        total += after and after * self._walked(late, late + _CYCLE)
        return total + self._walked(a + before * _CYCLE, b - after * _CYCLE)

    def _walked(self, a: int, b: int) -> int:
        table = self._covering(a, b)
        return _worked(table, b) - _worked(table, a)

    def add(self, at: int, seconds: int) -> int | None:
        """The earliest instant by which `seconds` were worked since `at` (0: `at` if open, else the next opening).

        None: not within 400 years.  A closing counts as reached at the closing, not at the next opening.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} s: a length is not negative")
        if self.plain:
            return at + seconds
        if seconds == 0:
            return at if self.is_open(at) else self._opening(at)
        known = self._memo[0]
        table: _Table | None = known if known.lo <= at <= known.hi else self._covering(at, at)
        while table:
            _, _, _, _, opens, closes, sums, end = table
            i = bisect_right(opens, at) - 1  # the sums of a grown table may begin elsewhere
            wanted = seconds + (_worked(table, at) if i < 0 else sums[i] + min(at, closes[i]) - opens[i])
            if wanted <= end:
                i = bisect_left(sums, wanted) - 1
                return opens[i] + wanted - sums[i]
            table = self._later(table, at)
        return None

    def subtract(self, at: int, seconds: int) -> int | None:
        """The latest instant since which `seconds` were worked until `at`; None: not within 400 years.

        0: `at` if it is open or just closing, else the previous closing.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} s: a length is not negative")
        if self.plain:
            return at - seconds
        table: _Table | None = self._covering(at, at)
        while table:
            wanted = _worked(table, at) - seconds
            i = bisect_right(table.sums, wanted) - 1 if seconds else bisect_right(table.opens, at) - 1
            if i >= 0:
                return table.opens[i] + wanted - table.sums[i] if seconds else min(at, table.closes[i])
            table = self._earlier(table, at)
        return None

    def is_open(self, at: int) -> bool:
        """Whether `at` is inside a window."""
        if self.plain:
            return True
        table = self._covering(at, at + 1)
        i = bisect_right(table.opens, at) - 1
        return i >= 0 and at < table.closes[i]

    def next_change(self, at: int) -> int | None:
        """When it next opens or closes after `at`; None: never."""
        if self.plain:
            return None
        if not self.is_open(at):
            return self._opening(at)
        table: _Table | None = self._covering(at, at + 1)
        while table:
            close = table.closes[bisect_right(table.opens, at) - 1]
            if close < table.hi:
                return close
            table = self._later(table, at, stop=True)
        return None

    def _opening(self, at: int) -> int | None:
        table: _Table | None = self._covering(at, at)
        while table:
            i = bisect_right(table.opens, at)
            if i < len(table.opens):
                return table.opens[i]
            table = self._later(table, at)
        return None

    # The arrays

    def _covering(self, a: int, b: int) -> _Table:
        table = self._memo[0]
        if table.lo <= a and b <= table.hi:
            return table
        first, last = _week(a - 2 * DAY), _week(b + 2 * DAY) + 1
        if table is _EMPTY:
            table = self._build(first, last)
        size = max(table.last - table.first, _CHUNK)
        if first < table.first:
            table = _join(self._build(max(min(first, table.first - size), _FIRST), table.first), table)
        if last > table.last:
            table = _join(table, self._build(table.last, min(max(last, table.last + size), _LAST)))
        self._memo[0] = table
        return table

    def _later(self, table: _Table, at: int, stop: bool = False) -> _Table | None:
        """The table grown onwards; None: nothing more comes (`stop`: an open window that goes on is nothing more)."""
        edge = max(at, *((day - _EPOCH) * DAY for day in (*self.extra, *self.fixed)), at)
        if table.closes and not (stop and table.closes[-1] == table.hi):
            edge = max(edge, table.closes[-1])
        if table.last >= _LAST or table.hi > min(edge + _LONG, at + _FAR) or not (self.week or self.extra):
            return None
        return self._covering(table.lo, table.hi + 1)

    def _earlier(self, table: _Table, at: int) -> _Table | None:
        edge = min(at, *((day - _EPOCH) * DAY for day in (*self.extra, *self.fixed)), *table.opens[:1], at)
        if table.first <= _FIRST or table.lo < max(edge - _LONG, at - _FAR) or not (self.week or self.extra):
            return None
        return self._covering(table.lo - 1, table.hi)

    def _build(self, first: int, last: int) -> _Table:
        opens: list[int] = []
        closes: list[int] = []
        for week in range(first, last):
            for start, end in self._of_week(week * 7 + 1):
                if closes and closes[-1] == start:
                    closes[-1] = end
                else:
                    opens.append(start)
                    closes.append(end)
        sums, total = [], 0
        for start, end in zip(opens, closes, strict=True):
            sums.append(total)
            total += end - start
        return _Table(first, last, self._at(first * 7 + 1), self._at(last * 7 + 1), opens, closes, sums, total)

    def _of_week(self, monday: int) -> list[Window]:
        """The windows of one local week as epoch seconds, cut at its two midnights."""
        if self._ordinary(monday):
            base = self._at(monday)
            return [(base + start, base + end) for start, end in self.week]
        near = range(monday - 2, monday + 8)
        opens = [self._span(day, window) for day in near for window in self._windows_on(day)]
        holes = [self._span(day, (0, DAY)) for day in near if self._holiday(day)]
        holes += [self._span(day, window) for day in near for window in self.closed.get(day, ())]
        lo, hi = self._at(monday), self._at(monday + 7)
        outside = [(lo - 9 * DAY, lo), (hi, hi + 9 * DAY)]
        return list(local.without(local.merged(opens), local.merged(holes + outside)))

    def _ordinary(self, monday: int) -> bool:
        """Whether no special date and no change of the UTC offset is near, so that the plain week just moves."""
        offset = self.zone.utcoffset(datetime.fromordinal(monday))
        for day in range(monday - 2, monday + 9):
            if self._special(day) or self.zone.utcoffset(datetime.fromordinal(day)) != offset:
                return False
        return True

    def _special(self, day: int) -> bool:
        return day in self.closed or day in self.extra or self._holiday(day)

    def _holiday(self, day: int) -> bool:
        if day in self.fixed:
            return True
        if not self.yearly:
            return False
        here = date.fromordinal(day)
        return (here.month, here.day) in self.yearly

    def _windows_on(self, day: int) -> tuple[Window, ...]:
        return self.extra[day] if day in self.extra else self.weekly[(day - 1) % 7]

    def _span(self, day: int, window: Window) -> Window:
        return self._at(day, window[0]), self._at(day, window[1])

    def _at(self, day: int, seconds: int = 0) -> int:
        """Epoch seconds of a local time: in the spring gap later by the gap, in the autumn fold the first (fold=0)."""
        days, rest = divmod(seconds, DAY)
        wall = datetime.fromordinal(day + days).replace(hour=rest // 3600, minute=rest % 3600 // 60)
        offset = self.zone.utcoffset(wall)
        assert offset is not None
        return (day - _EPOCH) * DAY + seconds - (offset.days * DAY + offset.seconds)


def _week(at: int) -> int:
    return min(max((at // DAY + _EPOCH - 1) // 7, _FIRST), _LAST - 1)


def _worked(table: _Table, at: int) -> int:
    """The running sum at `at`, which the table covers."""
    i = bisect_right(table.opens, at) - 1
    if i < 0:
        return table.sums[0] if table.sums else table.end
    return table.sums[i] + min(at, table.closes[i]) - table.opens[i]


def _join(left: _Table, right: _Table) -> _Table:
    """Two tables, the one after the other.

    The sums are counted on from the left; only differences of sums ever matter.
    """
    opens, closes, tail = list(left.opens), list(left.closes), 0
    if closes and right.opens and closes[-1] == right.opens[0]:
        closes[-1], tail = right.closes[0], 1
    opens += right.opens[tail:]
    closes += right.closes[tail:]
    sums = left.sums + [left.end + total for total in right.sums[tail:]]
    return _Table(left.first, right.last, left.lo, right.hi, opens, closes, sums, left.end + right.end)
