"""The machine behind the clocks: it takes a ticket's events one by one and keeps what each clock has counted."""

from collections.abc import Callable, Mapping

from deskui.domain.calendar import Calendar
from deskui.domain.contract import Contract, Target
from deskui.domain.counting import Interval, add, count
from deskui.domain.event import Event

Stretch = tuple[int, int, Calendar | None, int]  # from, to, calendar, working seconds counted


class SlaError(ValueError):
    """The clocks of a ticket cannot be computed; says why."""


class Track:
    """One clock while it is replayed: what it counted (`spans`), since when it counts now, or when it stopped."""

    __slots__ = ("begin", "calendar", "name", "pauses", "priority", "since", "spans", "state", "stopped_at", "target")

    def __init__(self, name: str, pauses: bool) -> None:
        self.name, self.pauses = name, pauses
        self.state = "stopped"
        self.begin: int | None = None  # of the interval; None: it never ran
        self.since: int | None = None
        self.stopped_at: int | None = None
        self.spans: list[Stretch] = []
        self.priority = 0
        self.target: Target | None = None
        self.calendar: Calendar | None = None

    def ended(self, at: int) -> "Track":
        """A copy of it as it was when its interval ended, at the latest `at`."""
        copy = Track(self.name, self.pauses)
        for slot in self.__slots__:
            setattr(copy, slot, getattr(self, slot))
        copy.state, copy.since, copy.stopped_at = "stopped", None, at if self.stopped_at is None else self.stopped_at
        return copy

    @property
    def calendar_name(self) -> str:
        """The name of the calendar it counts in."""
        return self.target.calendar if self.target else ""


class Replay:
    """All clocks of one ticket; `step` takes the next event, in the order of the times that count."""

    def __init__(self, contract: Contract, started: int, priority: int, excluded: tuple[Interval, ...] = ()) -> None:
        policy = contract.policy
        self.contract, self.policy, self.excluded, self.started = contract, policy, excluded, started
        self.priority = priority
        self.plan = self._plan(priority)
        self.holds: dict[str | None, None] = {}  # an ordered set of reasons
        self.resolved = self.responded = self.asked = self.suspended = False
        self.reopens = 0
        pauses = policy.response_pauses_on_hold
        self.tracks = {name: Track(name, pauses or name != "response") for name in policy.clocks}
        self.past: list[Track] = []  # the intervals of clocks that have begun anew since
        self.response = self.tracks.get("response")
        self.resolution = self.tracks.get("resolution")
        self.update = self.tracks.get("update")
        self.between = policy.update_mode == "between_updates"
        for track in (self.response, self.resolution):
            self._start(track, started)
        if self.between and not policy.update_needs_first_response:
            self._start(self.update, started)

    def step(self, at: int, event: Event) -> None:
        """Take `event` at `at`; what is no SLA fact changes nothing."""
        handler = _STEPS.get(event.type)
        if handler is not None:
            handler(self, at, event)

    def seconds(self, track: Track) -> int | None:
        """The target that judges it; None: it has none."""
        current = self.policy.judge_stopped_by == "current_priority" or track.begin is None
        target = track.target
        if track.state == "stopped" and current:
            target = self.plan.get(track.name) or target
        return None if target is None else target.seconds

    def due(self, track: Track, seconds: int) -> int | None:
        """The earliest instant at which the clock has counted `seconds`; None: never, on hold, or nothing to answer."""
        if track.begin is None or (track is self.update and track.state == "stopped"):
            return None
        if seconds <= 0:
            return track.begin
        for start, _, calendar, counted in track.spans:
            if counted >= seconds:
                return add(calendar, start, seconds, self.excluded)
            seconds -= counted
        onward = track.since if track.state == "run" else track.stopped_at
        return None if onward is None else add(track.calendar, onward, seconds, self.excluded)

    @property
    def held(self) -> bool:
        """Whether a hold that pauses is running."""
        if not self.holds:
            return False
        reasons = self.policy.pausing_reasons
        return reasons is None or not reasons.isdisjoint(self.holds)

    # The clocks

    def _plan(self, priority: int) -> Mapping[str, Target]:
        try:
            return self.policy.targets[priority]
        except KeyError:
            raise SlaError(f"priority P{priority} has no plan in {self.contract.name}") from None

    def _price(self, track: Track) -> None:
        """Count from now on by the current priority."""
        track.priority, track.target = self.priority, self.plan.get(track.name)
        track.calendar = self.contract.calendars[track.target.calendar] if track.target else None

    def _start(self, track: Track | None, at: int) -> None:
        """A new interval."""
        if track is None:
            return
        self._halt(track, at)
        self._leave(track, at)
        self._price(track)
        track.begin, track.spans = at, []
        self._go(track, at)

    def _leave(self, track: Track, at: int) -> None:
        """Its interval is over: another one begins.  One without any length was none."""
        ended = track.ended(at)
        if track.begin is not None and track.begin != ended.stopped_at:
            self.past.append(ended)

    def _go(self, track: Track, at: int) -> None:
        """Count on, or stand paused if there is a hold."""
        paused = track.pauses and (self.resolved or self.held)
        track.state, track.since, track.stopped_at = ("paused", None, None) if paused else ("run", at, None)

    def _halt(self, track: Track, at: int) -> None:
        if track.since is not None and at > track.since:
            counted = count(track.calendar, track.since, at, self.excluded)
            track.spans.append((track.since, at, track.calendar, counted))
        track.since = None

    def _stop(self, track: Track | None, at: int) -> None:
        if track is not None and track.state != "stopped":
            self._halt(track, at)
            track.state, track.stopped_at = "stopped", at

    def _refresh(self, at: int) -> None:
        """Pause and resume what the holds, or a resolve, now pause or free."""
        paused = self.resolved or self.held
        for track in self.tracks.values():
            if track.pauses and track.state == ("run" if paused else "paused"):
                self._halt(track, at)
                self._go(track, at)

    def _reprice(self, track: Track, at: int) -> None:
        """The clock's priority changed at `at`."""
        self._halt(track, at)
        if self.policy.priority_change == "from_change":
            self._leave(track, at)
            track.begin, track.spans = at, []
        self._price(track)
        if self.policy.priority_change == "retroactive":
            new = track.calendar
            track.spans = [(a, b, new, count(new, a, b, self.excluded)) for a, b, _, _ in track.spans]
        self._go(track, at)

    def _reprice_all(self, at: int) -> None:
        for track in self.tracks.values():
            if track.state != "stopped" and track.priority != self.priority:
                self._reprice(track, at)

    def _respond(self, at: int) -> None:
        if self.responded:
            return
        self.responded = True
        self._stop(self.response, at)
        if self.between and self.policy.update_needs_first_response and not self.resolved:
            self._start(self.update, at)

    # The events

    def _on_reply(self, at: int, event: Event) -> None:
        if "public_reply" in self.policy.response_event:
            self._respond(at)
        self.asked = self.suspended = False
        if not self.between:
            self._stop(self.update, at)
        elif not self.resolved and (self.responded or not self.policy.update_needs_first_response):
            self._start(self.update, at)

    def _on_acknowledge(self, at: int, event: Event) -> None:
        if "acknowledge" in self.policy.response_event:
            self._respond(at)

    def _on_message(self, at: int, event: Event) -> None:
        if self.between or (self.policy.update_needs_first_response and not self.responded):
            return
        if self.resolved:
            self.asked = True
        elif self.update is not None and self.update.state == "stopped":
            self._start(self.update, at)

    def _on_hold(self, at: int, event: Event) -> None:
        self.holds[event.data.get("reason") or None] = None
        self._refresh(at)

    def _on_resume(self, at: int, event: Event) -> None:
        reason = event.data.get("reason") or None
        if reason is None:
            self.holds.clear()
        else:
            self.holds.pop(reason, None)
        self._refresh(at)

    def _on_resolve(self, at: int, event: Event) -> None:
        if self.resolved:
            return
        self.holds.clear()
        self.resolved = True
        if self.policy.resolve_counts_as_response:
            self._respond(at)
        self._stop(self.resolution, at)
        if self.update is not None and self.update.state != "stopped":
            self.suspended = True
            self._stop(self.update, at)
        self._refresh(at)

    def _on_cancel(self, at: int, event: Event) -> None:
        self._on_resolve(at, event)
        self._stop(self.response, at)

    def _on_reopen(self, at: int, event: Event) -> None:
        if not self.resolved:
            return
        self.resolved = False
        self.reopens += 1
        if self.resolution is not None:
            self._go(self.resolution, at)
        self._reopen_update(at)
        self._reprice_all(at)  # a change while it was resolved applies now
        self._refresh(at)

    def _reopen_update(self, at: int) -> None:
        """What was not answered goes on; what was asked meanwhile counts from here."""
        if self.between:
            if self.responded or not self.policy.update_needs_first_response:
                self._start(self.update, at)
        elif self.suspended and self.update is not None:
            self._go(self.update, at)
        elif self.asked:
            self._start(self.update, at)
        self.asked = self.suspended = False

    def _on_priority(self, at: int, event: Event) -> None:
        to = event.data["to"]
        if to == self.priority:
            return
        self.plan, self.priority = self._plan(to), to
        if not self.resolved:
            self._reprice_all(at)


_STEPS: Mapping[str, Callable[[Replay, int, Event], None]] = {
    "public_reply": Replay._on_reply,
    "acknowledge": Replay._on_acknowledge,
    "customer_reply": Replay._on_message,
    "hold": Replay._on_hold,
    "resume": Replay._on_resume,
    "resolve": Replay._on_resolve,
    "close": Replay._on_resolve,
    "cancel": Replay._on_cancel,
    "reopen": Replay._on_reopen,
    "priority": Replay._on_priority,
}
