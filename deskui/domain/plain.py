"""The clocks of a plain history, counted in one go: what `clockwork` says, at a fraction of its cost.

Very many tickets are counted anew when the rules change, and nearly all have such a history: answered, held, resolved,
raised, under rules of the usual kind.  What a history does to the clocks depends on what happened, not on when, and the
same things happen again and again: so the course of the clocks is worked out once, by numbered moments, and counted for
each ticket by the times of its own.  A test holds it against `clockwork`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from deskui.domain.calendar import Calendar
from deskui.domain.contract import Contract, Target
from deskui.domain.counting import NEVER, late_at
from deskui.domain.sla import Run

Data = Mapping[str, Any]
Fact = tuple[str, Data]  # of what type, its data


class Course(NamedTuple):
    """What happens to one clock, by moments: 0 is the start, n the n-th fact.

    `spans` are (from, to, calendar) in which it counted; `since` is None while it stands.
    """

    spans: tuple[tuple[int, int, Calendar], ...]
    state: str
    target: int
    name: str  # of the calendar
    calendar: Calendar
    since: int | None
    stopped: int | None

    def run(self, moments: Sequence[int]) -> Run:
        """The clock after the last of the moments, which are epoch seconds."""
        spans, state, target, name, calendar, since, stopped = self
        left, due = target, moments[0] if target <= 0 else None
        for start, end, working in spans:
            begun = moments[start]
            counted = working.between(begun, moments[end])
            if counted >= left > 0:
                due = working.add(begun, left)
            left -= counted
        if stopped is not None:
            end = moments[stopped]
            due = calendar.add(end, left) if left > 0 else due
            return _run((state, target, name, target - left, None, due, end, (), (), None))
        if since is None:
            late = NEVER if due is not None and left >= 0 else None
            return _run((state, target, name, target - left, None, due, None, (), (), late))
        begun = moments[since]
        due, late = calendar.add(begun, left) if left > 0 else due, None
        if due is not None and left >= 0 and not (left and calendar.is_open(due)):
            late = late_at(calendar, begun, left, due)
        return _run((state, target, name, target - left, begun, due, None, (), (), late))


_run: Callable[[tuple[Any, ...]], Run] = partial(tuple.__new__, Run)  # as Run(...), in a third of the time
Courses = tuple[Course, Course]  # of response and resolution


class _Clock:
    """A clock whose course is worked out."""

    __slots__ = ("calendar", "since", "spans", "stopped", "target")

    def __init__(self, target: Target, calendar: Calendar) -> None:
        self.spans: list[tuple[int, int, Calendar]] = []
        self.since: int | None = 0
        self.stopped: int | None = None
        self.target, self.calendar = target, calendar

    def halt(self, at: int) -> None:
        if self.since is not None:
            self.spans.append((self.since, at, self.calendar))
            self.since = None

    def stop(self, at: int) -> None:
        if self.stopped is None:
            self.halt(at)
            self.stopped = at

    def price(self, at: int, target: Target, calendar: Calendar) -> None:
        """Count from `at` on by another target."""
        if self.stopped is None:
            on = self.since is not None
            self.halt(at)
            self.target, self.calendar = target, calendar
            if on:
                self.since = at

    def course(self) -> Course:
        state = "stopped" if self.stopped is not None else "paused" if self.since is None else "run"
        name = self.target.calendar
        return Course(tuple(self.spans), state, self.target.seconds, name, self.calendar, self.since, self.stopped)


class _Plain:
    """The two clocks of a ticket; KeyError: a priority that the contract has no plan for."""

    __slots__ = ("calendars", "holds", "policy", "priority", "resolution", "response")

    def __init__(self, contract: Contract, priority: int) -> None:
        self.policy, self.calendars, self.priority = contract.policy, contract.calendars, priority
        self.holds: set[str | None] = set()
        first, last = self._plan(priority)
        self.response, self.resolution = _Clock(*first), _Clock(*last)

    def _plan(self, priority: int) -> tuple[tuple[Target, Calendar], tuple[Target, Calendar]]:
        plan = self.policy.targets[priority]
        first, last = plan["response"], plan["resolution"]
        return (first, self.calendars[first.calendar]), (last, self.calendars[last.calendar])

    def reply(self, at: int, data: Data) -> None:
        if "public_reply" in self.policy.response_event:
            self.response.stop(at)

    def acknowledge(self, at: int, data: Data) -> None:
        if "acknowledge" in self.policy.response_event:
            self.response.stop(at)

    def hold(self, at: int, data: Data) -> None:
        self.holds.add(data.get("reason") or None)
        self._pause(at)

    def resume(self, at: int, data: Data) -> None:
        reason = data.get("reason") or None
        if reason is None:
            self.holds.clear()
        else:
            self.holds.discard(reason)
        self._pause(at)

    def _pause(self, at: int) -> None:
        reasons, clock = self.policy.pausing_reasons, self.resolution
        if clock.stopped is not None:
            return
        if self.holds and (reasons is None or not reasons.isdisjoint(self.holds)):
            clock.halt(at)
        elif clock.since is None:
            clock.since = at

    def resolve(self, at: int, data: Data) -> None:
        if self.resolution.stopped is None:
            self.resolution.stop(at)
            if self.policy.resolve_counts_as_response:
                self.response.stop(at)

    def cancel(self, at: int, data: Data) -> None:
        self.resolve(at, data)
        self.response.stop(at)

    def reprice(self, at: int, data: Data) -> None:
        to = data["to"]
        if to != self.priority:
            self.priority, (first, last) = to, self._plan(to)
            if self.resolution.stopped is None:  # while it is resolved nothing is
                self.response.price(at, *first)
                self.resolution.price(at, *last)


_STEPS: Mapping[str, Callable[[_Plain, int, Data], None]] = {
    "public_reply": _Plain.reply,
    "acknowledge": _Plain.acknowledge,
    "hold": _Plain.hold,
    "resume": _Plain.resume,
    "resolve": _Plain.resolve,
    "close": _Plain.resolve,
    "cancel": _Plain.cancel,
    "priority": _Plain.reprice,
}


KINDS = ("created", *_STEPS, "reopen")  # of other types no clock here takes notice
TELLING = ("created", "hold", "resume", "priority")  # of these the data counts


def courses(contract: Contract, priority: int, facts: Iterable[Fact]) -> Courses | None:
    """The courses of a ticket made with `priority`, by its facts of the types KINDS; None: not plain, ask `sla.run`."""
    if not contract.policy.plain:
        return None
    try:
        ticket = _Plain(contract, priority)
        for moment, (kind, data) in enumerate(facts, 1):
            if kind == "reopen":
                return None
            step = _STEPS.get(kind)
            if step is not None:
                step(ticket, moment, data)
    except KeyError:
        return None
    return ticket.response.course(), ticket.resolution.course()


def moments(started: int, times: Iterable[int]) -> list[int] | None:
    """The moments of a course; None: some facts are at once, and which of them comes first is decided elsewhere."""
    found, before = [started], -1
    for at in times:
        if at <= before:
            return None
        before = at
        found.append(at if at > started else started)
    return found
