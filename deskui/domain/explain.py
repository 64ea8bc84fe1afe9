"""Why a clock stands where it stands: its time cut into spans, each with what it counted and by which rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from deskui.domain import when
from deskui.domain.clockwork import Replay, Stretch, Track
from deskui.domain.contract import Contract
from deskui.domain.counting import Exclusion, Interval, count, intervals, moment, moments
from deskui.domain.event import Event

RULES = (
    "working_time", "hold", "resolved", "exclusion", "earlier_count", "no_target", "nothing_to_answer", "stopped",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) in epoch seconds and the working seconds counted in it; `rule` is one of RULES.

    The last span of a clock that has stopped is empty and says what stopped it.
    """

    start: int
    end: int
    counted_s: int
    why: str
    rule: str


class _Mark(NamedTuple):
    """From `at` on the clock was in the mode `rule`."""

    at: int
    rule: str
    detail: str
    begin: int | None
    event: Event | None


def explain(
    contract: Contract, started: int, priority: int, events: Iterable[Event], now: int,
    exclusions: Sequence[Exclusion] = (), *, ahead: bool = False,
) -> dict[str, list[Span]]:  # fmt: skip
    """By clock, its spans up to `now`, knowing only the events until then; they add up to the clock's elapsed.

    `ahead`: knowing all events, for those who have them from a system whose clock is ahead of `now`.
    """
    replay = Replay(contract, started, priority, intervals(exclusions))
    marks = {name: [_mark(replay, track, started, None)] for name, track in replay.tracks.items()}
    for at, event in moments(contract.policy, started, events):
        if at > now and not ahead:
            break
        replay.step(at, event)
        for name, track in replay.tracks.items():
            mark, last = _mark(replay, track, at, event), marks[name][-1]
            if mark[1:4] != last[1:4]:
                marks[name].append(mark)
    return {
        name: _spans(replay, track, marks[name], max(now, started), exclusions)
        for name, track in replay.tracks.items()
        if replay.seconds(track) is not None
    }


def _mark(replay: Replay, track: Track, at: int, event: Event | None) -> _Mark:
    rule, detail = _mode(replay, track)
    return _Mark(at, rule, detail, track.begin, event)


def _mode(replay: Replay, track: Track) -> tuple[str, str]:
    if track.state == "stopped":
        if track is not replay.update or replay.suspended:
            return "stopped", ""
        return "nothing_to_answer", "nothing to answer"
    if track.state == "paused":
        if replay.held:
            return "hold", f"on hold: {', '.join(reason or 'no reason given' for reason in replay.holds)}"
        return "resolved", "resolved: free until it is reopened"
    if track.target is None:
        return "no_target", f"P{track.priority} has no target for it"
    return "working_time", f"counts in {track.target.calendar} as P{track.priority}"


def _spans(
    replay: Replay, track: Track, marks: list[_Mark], now: int, exclusions: Sequence[Exclusion]
) -> list[Span]:  # fmt: skip
    counted = [*track.spans]
    if track.since is not None:
        counted.append((track.since, now, track.calendar, 0))
    out: list[Span] = []
    for number, mark in enumerate(marks):
        end = marks[number + 1].at if number + 1 < len(marks) else now
        if mark.rule == "stopped":
            gap = number + 1 < len(marks)
            why = "resolved: free until it is reopened" if gap else "stopped"
            out.append(Span(mark.at, end if gap else mark.at, 0, why + _because(replay, mark), _stop_rule(gap)))
        elif mark.rule not in ("working_time", "no_target"):
            out.append(Span(mark.at, end, 0, mark.detail + _because(replay, mark), mark.rule))
        else:
            out += _working(replay, track, mark, end, counted, exclusions)
    return [span for span in out if span.end > span.start or span.rule == "stopped"]


def _stop_rule(gap: bool) -> str:
    return "resolved" if gap else "stopped"


def _working(
    replay: Replay, track: Track, mark: _Mark, end: int, counted: Sequence[Stretch], exclusions: Sequence[Exclusion]
) -> list[Span]:  # fmt: skip
    """A stretch that counted, cut at the exclusions in it."""
    detail, rule = mark.detail, mark.rule
    if track.begin is not None and end <= track.begin:
        detail, rule = f"{detail}; that count is over", "earlier_count"
    elif replay.policy.priority_change == "retroactive" and track.target:
        rule, detail = "working_time", f"counts in {track.calendar_name} as P{track.priority}"
    out, at = [], mark.at
    for start, after in (*_inside(replay.excluded, mark.at, end), (end, end)):
        total = sum(count(cal, max(at, a), min(start, b), ()) for a, b, cal, _ in counted)
        out.append(Span(at, start, total, detail + _because(replay, mark), rule))
        if after > start:
            reasons = [why or "agreed" for a, b, why in exclusions if a < after and b > start]
            out.append(Span(start, after, 0, f"excluded: {', '.join(reasons)}", "exclusion"))
        at = after
    return out


def _inside(excluded: Iterable[Interval], start: int, end: int) -> list[Interval]:
    return [(max(a, start), min(b, end)) for a, b in excluded if a < end and b > start]


def _because(replay: Replay, mark: _Mark) -> str:
    """The event that brought it, with the upstream's stamp if the time it was made at is what counts."""
    event = mark.event
    if event is None:
        return ""
    author = f" by {event.author}" if event.author else ""
    text = f", since {event.type}{author}"
    if moment(replay.policy, event) != event.at:
        text += f" (made offline; upstream since {when.iso(event.at)})"
    return text
