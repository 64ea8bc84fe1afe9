"""A feed's cursor by numbers that grow, and the numbers passed over that may yet be committed, late.  Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

OVERLAP_S = 900  # so long, by the system's clock, a number that was passed over is looked for again
MOST = 100  # gaps of one query; the oldest are taken together
_TEXT = re.compile(r"(\d+)(?:@(\d+))?((?: \d+-\d+@\d+)*)")


class Gap(NamedTuple):
    """Numbers from `first` to `last` that were not there at `at` (epoch seconds)."""

    first: int
    last: int
    at: int


class Cursor(NamedTuple):
    """`last` is the newest number seen, of something made at `at` (epoch seconds; 0: not known)."""

    last: int = 0
    at: int = 0
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Of what `__str__` made, or a number alone.  ValueError."""
        found = _TEXT.fullmatch(text or "0")
        if found is None:
            raise ValueError(f"{text!r} is no place in a feed")
        gaps = (re.split("[-@]", part) for part in found[3].split())
        return cls(int(found[1]), int(found[2] or 0), tuple(Gap(*map(int, gap)) for gap in gaps))

    def __str__(self) -> str:
        known = f"{self.last}@{self.at}" if self.at else str(self.last)
        return " ".join((known, *(f"{gap.first}-{gap.last}@{gap.at}" for gap in self.gaps)))

    def wants(self, number: int) -> bool:
        """Whether that is news: behind the last one, or in a gap."""
        return number > self.last or any(gap.first <= number <= gap.last for gap in self.gaps)

    def seen(self, numbers: Sequence[int], at: int, now: int) -> "Cursor":
        """The cursor behind these `numbers`, the newest of them made `at`, when the system's clock says `now`."""
        gaps, last = list(self.gaps), self.last
        for number in sorted(numbers):
            if number > last:
                if last and number > last + 1:
                    gaps.append(Gap(last + 1, number - 1, now))
                last = number
            else:
                gaps = [part for gap in gaps for part in _without(gap, number)]
        return Cursor(last, at if last > self.last else self.at, _few(gaps)).rid(now)

    def rid(self, now: int) -> "Cursor":
        """Without the gaps that are too old to be filled."""
        return self._replace(gaps=tuple(gap for gap in self.gaps if abs(now - gap.at) <= OVERLAP_S))


def _without(gap: Gap, number: int) -> list[Gap]:
    if not gap.first <= number <= gap.last:
        return [gap]
    parts = (Gap(gap.first, number - 1, gap.at), Gap(number + 1, gap.last, gap.at))
    return [part for part in parts if part.first <= part.last]


def _few(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """No more than can be asked for at once."""
    spare = len(gaps) - MOST
    if spare <= 0:
        return tuple(gaps)
    old = gaps[: spare + 1]
    return (Gap(old[0].first, old[-1].last, max(gap.at for gap in old)), *gaps[spare + 1 :])
