"""The clocks of a ticket: a pure function of contract, events and now (SLA.md is the law; integers only inside)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from deskui.domain.calendar import Calendar
from deskui.domain.clockwork import Replay, SlaError, Track
from deskui.domain.contract import ENGINE, Contract
from deskui.domain.counting import Exclusion, Interval, count, intervals, moments
from deskui.domain.event import Event

__all__ = ["ENGINE", "Clock", "Columns", "Exclusion", "Run", "SlaError", "columns", "run", "thresholds"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock read at one instant; lengths in working seconds, instants in epoch seconds.

    `remaining` goes negative, `breached` means elapsed > target; `state` is running, off_hours, paused or stopped.
    """

    state: str
    target: int
    elapsed: int
    remaining: int
    due: int | None
    breached: bool
    stopped_at: int | None


class Run(NamedTuple):
    """A clock after its last event: enough to read it at any later instant without the events.

    `elapsed` was counted until `since`; from there a running clock counts in `calendar`, less the exclusions.
    """

    state: str  # run paused stopped
    target: int
    calendar: str
    elapsed: int
    since: int | None
    due: int | None
    stopped_at: int | None
    excluded: tuple[Interval, ...] = ()

    def at(self, now: int, contract: Contract) -> Clock:
        """The clock at `now`, which is not before the last event."""
        if self.since is None:
            return self._clock("paused" if self.state == "paused" else "stopped", self.elapsed)
        calendar = contract.calendars[self.calendar]
        elapsed = self.elapsed + count(calendar, self.since, now, self.excluded)
        return self._clock(_state(calendar, now, self.excluded), elapsed)

    def _clock(self, state: str, elapsed: int) -> Clock:
        left = self.target - elapsed
        return Clock(state, self.target, elapsed, left, self.due, left < 0, self.stopped_at)

    def to_json(self) -> dict[str, Any]:
        """As JSON values; what is empty is left out."""
        out: dict[str, Any] = {
            "state": self.state, "target": self.target, "calendar": self.calendar, "elapsed": self.elapsed,
        }  # fmt: skip
        for name in ("since", "due", "stopped_at"):
            if (value := getattr(self, name)) is not None:
                out[name] = value
        if self.excluded:
            out["excluded"] = self.excluded
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Run":
        """The inverse of `to_json`."""
        get = data.get
        excluded = tuple((int(start), int(end)) for start, end in get("excluded", ()))
        return cls(
            data["state"], data["target"], data["calendar"], data["elapsed"], get("since"), get("due"),
            get("stopped_at"), excluded,
        )  # fmt: skip


class Columns(NamedTuple):
    """What the store keeps for the queue.

    Order by `mode` (run, paused, none), then `due`: a paused clock has a due only if it had been reached before.
    `response_due` and `resolution_due` are None once their clock has stopped; `frozen` is a paused one's remaining.
    """

    clock: str  # response, resolution or ""
    due: int | None
    frozen: int | None
    mode: str
    response_due: int | None
    resolution_due: int | None
    calendar: str
    breached_paused: bool


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
    running: tuple[int, str, str] | None = None
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
            running = due, name, each.calendar
    response, resolution = dues.get("response"), dues.get("resolution")
    if running:
        return Columns(running[1], running[0], None, "run", response, resolution, running[2], False)
    if not paused:
        return Columns("", None, None, "none", response, resolution, "", False)
    left, name, each = paused
    return Columns(name, each.due, left, "paused", response, resolution, each.calendar, left < 0)


def _run(replay: Replay, track: Track) -> Run:
    seconds = replay.seconds(track)
    assert seconds is not None
    due, elapsed = replay.due(track, seconds), sum(span[3] for span in track.spans)
    since = track.since if track.state == "run" else None
    excluded = replay.excluded
    if excluded:
        excluded = tuple(each for each in excluded if since is not None and each[1] > since)
    return Run(track.state, seconds, track.calendar_name, elapsed, since, due, track.stopped_at, excluded)


def _state(calendar: Calendar, now: int, excluded: Iterable[Interval]) -> str:
    if excluded and any(start <= now < end for start, end in excluded):
        return "paused"
    return "running" if calendar.is_open(now) else "off_hours"
