"""Which shares of its targets a ticket has used, since when, and when the next one comes.  Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from deskui.domain import sla
from deskui.domain.clockwork import Replay, Track
from deskui.domain.contract import Contract
from deskui.domain.counting import Exclusion, add
from deskui.domain.event import Event
from deskui.lazy import dataclass

SHARES = (50, 75, 90, 100)


@dataclass(frozen=True)
class Reached:
    """A clock of `target` seconds had used `share` percent at `at`; `interval` tells its runs apart (epoch seconds)."""

    clock: str
    share: int
    interval: int
    at: int
    target: int
    priority: int


@dataclass(frozen=True)
class Breach:
    """A clock past its target: by `overrun` working seconds so far, or at the stop; 0: it was, and is no longer."""

    clock: str
    interval: int
    due: int | None
    overrun: int
    target: int
    priority: int
    stopped_at: int | None


@dataclass(frozen=True)
class State:
    """What of a ticket's clocks is worth a record at one instant; `next` is when to look again (None: no need).

    A clock that begins anew, as `update` does after each answer, is judged for each of its intervals, oldest first.
    `met` are those not past their targets, as a breach without an overrun: one on record is lifted then.
    """

    reached: tuple[Reached, ...]
    breaches: tuple[Breach, ...]
    next: int | None
    met: tuple[Breach, ...] = ()


def state(
    contract: Contract, started: int, priority: int, events: Sequence[Event], now: int,
    exclusions: Sequence[Exclusion] = (), kept: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> State:  # fmt: skip
    """The shares reached and the breaches up to `now`, which is not before the last event.

    A share that would only have been reached after the clock stopped is none.  `kept` are figures (a Run as JSON) that
    stand for a stopped clock in spite of a change of the rules.  SlaError.
    """
    replay = sla.replayed(contract, started, priority, events, exclusions)
    clocks = sla.run(contract, started, priority, events, exclusions)
    reached: list[Reached] = []
    judged = [_ended(replay, track, target) for track in replay.past if (target := replay.seconds(track)) is not None]
    later: list[int] = []
    for name, track in replay.tracks.items():
        seconds, run = replay.seconds(track), clocks.get(name)
        if seconds is None or run is None or track.begin is None:
            continue
        if track.state == "stopped" and (stays := kept.get(name)) and stays.get("stopped_at") == track.stopped_at:
            run = sla.Run.from_json(stays)
        else:
            later += _shares(replay, track, seconds, now, reached)
        judged.append(_judged(replay, track, run.at(now, contract)))
        if track.state == "run" and run.due is not None and not judged[-1].overrun:
            later.append(max(now, run.due if run.late_at is None else run.late_at - 1) + 1)
    breaches, met = (tuple(each for each in judged if (each.overrun > 0) is late) for late in (True, False))
    return State(tuple(reached), breaches, min(later, default=None), met)


def _judged(replay: Replay, track: Track, clock: sla.Clock) -> Breach:
    due, over = _at(replay, track, clock.target), max(0, -clock.remaining)
    return Breach(track.name, track.begin or 0, due, over, clock.target, track.priority, clock.stopped_at)


def _ended(replay: Replay, track: Track, seconds: int) -> Breach:
    """An interval that is over, by the target that was its own."""
    over = max(0, sum(span[3] for span in track.spans) - seconds)
    due = _at(replay, track, seconds) if over else None
    return Breach(track.name, track.begin or 0, due, over, seconds, track.priority, track.stopped_at)


def _shares(replay: Replay, track: Track, seconds: int, now: int, reached: list[Reached]) -> list[int]:
    """Add the shares reached up to `now`; when the next one will be, if it will."""
    for share in SHARES:
        at = _at(replay, track, -(-seconds * share // 100))
        if at is None or (track.stopped_at is not None and at > track.stopped_at):
            return []
        if at > now:
            return [at]
        reached.append(Reached(track.name, share, track.begin or 0, at, seconds, track.priority))
    return []


def _at(replay: Replay, track: Track, seconds: int) -> int | None:
    """When it had counted `seconds`; also of an answered update clock, which is due no longer."""
    if track is not replay.update or track.state != "stopped":
        return replay.due(track, seconds)
    for start, _, calendar, counted in track.spans:
        if counted >= seconds:
            return add(calendar, start, seconds, replay.excluded) if seconds else start
        seconds -= counted
    return None
