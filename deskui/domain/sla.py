"""The clocks of a ticket: a pure function of contract, events and now (SLA.md is the law; integers only inside)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from deskui.domain.calendar import Calendar
from deskui.domain.clockwork import Replay, SlaError, Track
from deskui.domain.contract import ENGINE, Contract
from deskui.domain.counting import NEVER, Exclusion, Interval, count, intervals, late_at, moments
from deskui.domain.event import Event
from deskui.lazy import dataclass

__all__ = ["ENGINE", "NEVER", "Clock", "Columns", "Exclusion", "Run", "SlaError", "columns", "run", "thresholds"]


@dataclass(frozen=True)
class Clock:
    """A clock read at one instant; lengths in working seconds, instants in epoch seconds.

    `remaining` goes negative, `breached` means elapsed > target; `state` is running, off_hours, paused or stopped;
    `agreed`: it is paused by time agreed not to count, and by no hold.
    """

    state: str
    target: int
    elapsed: int
    remaining: int
    due: int | None
    breached: bool
    stopped_at: int | None
    agreed: bool = False


class Run(NamedTuple):
    """A clock after its last event: enough to read it at any later instant without the events.

    `elapsed` was counted until `since`; from there a running clock counts in `calendar`, less the exclusions, of which
    `lefts` says how much of the target is left while each lasts.
    """

    state: str  # run paused stopped
    target: int
    calendar: str
    elapsed: int
    since: int | None
    due: int | None
    stopped_at: int | None
    excluded: tuple[Interval, ...] = ()
    lefts: tuple[int, ...] = ()
    late_at: int | None = None  # the first second past the target, where that is not the one after `due`; NEVER: none

    def at(self, now: int, contract: Contract) -> Clock:
        """The clock at `now`, which is not before the last event."""
        if self.since is None:
            return self._clock("paused" if self.state == "paused" else "stopped", self.elapsed)
        calendar = contract.calendars[self.calendar]
        elapsed = self.elapsed + count(calendar, self.since, now, self.excluded)
        return self._clock(_state(calendar, now, self.excluded), elapsed)

    def _clock(self, state: str, elapsed: int) -> Clock:
        left, agreed = self.target - elapsed, state == "paused" and self.since is not None
        return Clock(state, self.target, elapsed, left, self.due, left < 0, self.stopped_at, agreed)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; what is empty is left out."""
        out: dict[str, Any] = {
            "state": self.state, "target": self.target, "calendar": self.calendar, "elapsed": self.elapsed,
        }  # fmt: skip
        for name in ("since", "due", "stopped_at", "late_at"):
            if (value := getattr(self, name)) is not None:
                out[name] = value
        if self.excluded:
            out |= {"excluded": self.excluded, "lefts": self.lefts}
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Run":
        """The inverse of `to_json`."""
        get = data.get
        excluded = tuple((int(start), int(end)) for start, end in get("excluded", ()))
        return cls(
            data["state"], data["target"], data["calendar"], data["elapsed"], get("since"), get("due"),
            get("stopped_at"), excluded, tuple(get("lefts", ())), get("late_at"),
        )  # fmt: skip


class Columns(NamedTuple):
    """What the store keeps for the queue.

    Order by `mode` (run, paused, none), then `due`: a paused clock has a due only if it had been reached before.
    `response_due` and `resolution_due` are None once their clock has stopped; `frozen` is a paused one's remaining.
    A clock in mode run is past its target from `late_at` on (None: from the second after `due`), and stands in time
    agreed not to count: `standing` is `[[from,to,what is left meanwhile],...]`.
    """

    clock: str  # response, resolution or ""
    due: int | None
    frozen: int | None
    mode: str
    response_due: int | None
    resolution_due: int | None
    calendar: str
    breached_paused: bool
    late_at: int | None = None
    standing: str | None = None


def run(
    contract: Contract, started: int, priority: int, events: Iterable[Event], exclusions: Sequence[Exclusion] = ()
) -> dict[str, Run]:
    """Every clock that has a target, after the last of `events`; SlaError: a priority that has no plan.

    Events are sorted by the time that counts; one before `started` counts from there.
    """
    replay = replayed(contract, started, priority, events, exclusions)
    return {name: _run(replay, track) for name, track in replay.tracks.items() if replay.seconds(track) is not None}


def replayed(
    contract: Contract, started: int, priority: int, events: Iterable[Event], exclusions: Sequence[Exclusion] = ()
) -> Replay:
    """The machine after all of `events`; for those who ask more than `run` tells."""
    replay = Replay(contract, started, priority, intervals(exclusions))
    for at, event in moments(contract.policy, started, events):
        replay.step(at, event)
    return replay


def thresholds(
    contract: Contract, started: int, priority: int, events: Iterable[Event], percents: Iterable[int],
    exclusions: Sequence[Exclusion] = (),
) -> dict[str, dict[int, int | None]]:  # fmt: skip
    """By clock, when each share of the target is reached: the first whole second, by the rules of due."""
    replay, wanted = replayed(contract, started, priority, events, exclusions), tuple(percents)
    return {
        name: {percent: replay.due(track, -(-seconds * percent // 100)) for percent in wanted}
        for name, track in replay.tracks.items()
        if (seconds := replay.seconds(track)) is not None
    }


def reopened(contract: Contract, started: int, priority: int, events: Iterable[Event]) -> int:
    """How often the ticket came back after it was resolved."""
    return replayed(contract, started, priority, events).reopens


def columns(runs: Mapping[str, Run]) -> Columns:
    """The list's clock: of response and resolution the running one with the earlier due, else a paused one."""
    dues: dict[str, int | None] = {}
    running: tuple[int, str, Run] | None = None
    paused: tuple[int, str, Run] | None = None
    for name in ("response", "resolution"):
        each = runs.get(name)
        if each is None or each.state == "stopped":
            continue
        dues[name] = due = each.due
        if each.state == "paused":
            left = each.target - each.elapsed
            if paused is None or left < paused[0]:
                paused = left, name, each
        elif due is not None and (running is None or due < running[0]):
            running = due, name, each
    response, resolution = dues.get("response"), dues.get("resolution")
    if running:
        due, name, each = running
        standing = _standing(each) if each.excluded else None
        return Columns(name, due, None, "run", response, resolution, each.calendar, False, each.late_at, standing)
    if not paused:
        return Columns("", None, None, "none", response, resolution, "", False)
    left, name, each = paused
    return Columns(name, each.due, left, "paused", response, resolution, each.calendar, left < 0)


def _standing(run: Run) -> str:
    spans = [f"[{start},{end},{left}]" for (start, end), left in zip(run.excluded, run.lefts, strict=False)]
    return f"[{','.join(spans)}]"


def _run(replay: Replay, track: Track) -> Run:
    seconds = replay.seconds(track)
    assert seconds is not None
    due, elapsed = replay.due(track, seconds), sum(span[3] for span in track.spans)
    since = track.since if track.state == "run" else None
    excluded, lefts = _ahead(replay.excluded, track, since, seconds - elapsed)
    late = None if due is None else _late(replay, track, since, seconds - elapsed, due)
    return Run(
        track.state, seconds, track.calendar_name, elapsed, since, due, track.stopped_at, excluded, lefts, late
    )  # fmt: skip


def _late(replay: Replay, track: Track, since: int | None, left: int, due: int) -> int | None:
    """`Run.late_at`; what is used up exactly when a hold begins is in time for as long as it lasts."""
    if left < 0 or track.state == "stopped":
        return None
    return NEVER if since is None else late_at(track.calendar, since, left, due, replay.excluded)


def _ahead(
    excluded: tuple[Interval, ...], track: Track, since: int | None, left: int
) -> tuple[tuple[Interval, ...], tuple[int, ...]]:
    """Of a running clock the exclusions that are not over when it begins to, and what is left of it in each."""
    if not excluded or since is None:
        return (), ()
    found = tuple(each for each in excluded if each[1] > since)
    return found, tuple(left - count(track.calendar, since, start, excluded) for start, _ in found)


def _state(calendar: Calendar, now: int, excluded: Iterable[Interval]) -> str:
    if excluded and any(start <= now < end for start, end in excluded):
        return "paused"
    return "running" if calendar.is_open(now) else "off_hours"
