"""The clocks of a plain history, counted in one go: what `clockwork` says, at a fraction of its cost.

Very many tickets are counted anew when the rules change, and nearly all have such a history: answered, held, resolved,
raised, under rules of the usual kind.  A test holds it against `clockwork`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deskui.domain.calendar import Calendar
from deskui.domain.contract import Contract, Target
from deskui.domain.sla import Run

Data = Mapping[str, Any]
Fact = tuple[int, str, Data]  # when, of what type, its data


class _Count:
    """One clock: `spans` are (from, seconds counted, calendar), `since` is None while it stands."""

    __slots__ = ("calendar", "since", "spans", "stopped_at", "target")

    def __init__(self, started: int, target: Target, calendar: Calendar) -> None:
        self.spans: list[tuple[int, int, Calendar]] = []
        self.since: int | None = started
        self.stopped_at: int | None = None
        self.target, self.calendar = target, calendar

    def halt(self, at: int) -> None:
        since = self.since
        if since is not None:
            if at > since:
                self.spans.append((since, self.calendar.between(since, at), self.calendar))
            self.since = None

    def stop(self, at: int) -> None:
        if self.stopped_at is None:
            self.halt(at)
            self.stopped_at = at

    def price(self, at: int, target: Target, calendar: Calendar) -> None:
        """Count from `at` on by another target."""
        if self.stopped_at is None:
            on = self.since is not None
            self.halt(at)
            self.target, self.calendar = target, calendar
            if on:
                self.since = at

    def run(self, started: int) -> Run:
        target, spans, since, stopped_at = self.target, self.spans, self.since, self.stopped_at
        seconds = left = target.seconds
        due = started if left <= 0 else None
        for start, counted, calendar in spans:
            if counted >= left > 0:
                due = calendar.add(start, left)
            left -= counted
        onward = since if stopped_at is None else stopped_at
        if left > 0 and onward is not None:
            due = self.calendar.add(onward, left)
        state = "stopped" if stopped_at is not None else "paused" if since is None else "run"
        return Run(state, seconds, target.calendar, seconds - left, since, due, stopped_at)


class _Plain:
    """The two clocks of a ticket; KeyError: a priority that the contract has no plan for."""

    __slots__ = ("calendars", "holds", "policy", "priority", "resolution", "response")

    def __init__(self, contract: Contract, started: int, priority: int) -> None:
        self.policy, self.calendars, self.priority = contract.policy, contract.calendars, priority
        self.holds: set[str | None] = set()
        first, last = self._plan(priority)
        self.response, self.resolution = _Count(started, *first), _Count(started, *last)

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
        if clock.stopped_at is not None:
            return
        if self.holds and (reasons is None or not reasons.isdisjoint(self.holds)):
            clock.halt(at)
        elif clock.since is None:
            clock.since = at

    def resolve(self, at: int, data: Data) -> None:
        if self.resolution.stopped_at is None:
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
            if self.resolution.stopped_at is None:  # while it is resolved nothing is
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


def runs(contract: Contract, started: int, priority: int, facts: Iterable[Fact]) -> dict[str, Run] | None:
    """As `sla.run` without exclusions, for facts in the order of their times; None: not plain, ask that."""
    if not contract.policy.plain:
        return None
    try:
        ticket, before = _Plain(contract, started, priority), -1
        for at, kind, data in facts:
            if at <= before or kind == "reopen":  # which of two at once comes first is decided elsewhere
                return None
            before, step = at, _STEPS.get(kind)
            if step is not None:
                step(ticket, at if at > started else started, data)
    except KeyError:
        return None
    return {"response": ticket.response.run(started), "resolution": ticket.resolution.run(started)}
