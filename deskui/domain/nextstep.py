"""The NEXT line: what to do now with a ticket and why, from one table of rules; the first that holds is shown."""

from collections.abc import Callable, Iterable, Mapping

from deskui.domain.event import Event
from deskui.domain.sla import Clock
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass

SOON = 600  # seconds of wall time to a due time at which everything else waits
NEAR = 3600


@dataclass(frozen=True)
class Facts:
    """All that the rules may look at; `clocks` is None while history is missing, counts are of this ticket."""

    ticket: Ticket
    now: int
    me: str
    clocks: Mapping[str, Clock] | None = None
    answered: bool = False  # the customer answered while it was on hold
    until: int | None = None  # when the hold is to be looked at again
    responding: bool = False  # our acknowledgement or reply waits to be sent
    conflicts: int = 0
    stuck: int = 0  # rejected, or nobody knows whether they arrived
    offline: bool = False
    night: bool = False
    priority: int | None = None  # what impact and urgency propose

    @property
    def mine(self) -> bool:
        """Whether I own it."""
        return self.ticket.owner == self.me

    @property
    def free(self) -> bool:
        """Whether nobody owns it."""
        return self.ticket.owner is None

    def left(self, clock: str) -> int | None:
        """Seconds of wall time to the due time of a clock that has not stopped; None: there is none.

        0 while it is used up and still in time; negative only if it is breached.
        """
        found = (self.clocks or {}).get(clock)
        if found is None or found.state == "stopped" or found.due is None:
            return None
        return found.due - self.now if found.breached else max(0, found.due - self.now)

    def within(self, clock: str, seconds: int) -> bool:
        """Whether the clock is due in less than that (breached counts)."""
        left = self.left(clock)
        return left is not None and left < seconds

    def breached(self, clock: str) -> bool:
        """Whether the clock still counts and is over its target."""
        found = (self.clocks or {}).get(clock)
        return found is not None and found.state != "stopped" and found.breached

    def unanswered(self) -> bool:
        """Whether nobody has responded yet, not even here."""
        found = (self.clocks or {}).get("response")
        return found is not None and found.state != "stopped" and not self.responding

    def asleep(self) -> bool:
        """Whether every clock that is neither stopped nor paused is outside service hours."""
        states = {clock.state for clock in (self.clocks or {}).values()} - {"stopped", "paused"}
        return states == {"off_hours"}


@dataclass(frozen=True)
class Step:
    """What to do, why, and the key that does it ("" for none); `rule` names the line of the table."""

    rule: str
    what: str
    why: str
    key: str


@dataclass(frozen=True)
class Rule:
    """One line of the table; its words may name {state}, {owner}, {reason}, {priority}, {proposed}, {ci}, or a clock.

    A clock's name stands for the wall time to (or since) its due.
    """

    name: str
    holds: Callable[[Facts], bool]
    what: str
    why: str
    key: str


RULES: tuple[Rule, ...] = (
    Rule("answered", lambda f: f.answered and f.ticket.is_open,
         "read the answer, resume", "the customer has answered and waits for us", "s"),
    Rule("conflict", lambda f: f.conflicts > 0,
         "settle the conflict", "somebody else changed the same field; yours is not upstream", "g s"),
    Rule("stuck", lambda f: f.stuck > 0,
         "look at what was not sent", "the upstream refused a change, or nobody knows whether it arrived", "g o"),
    Rule("over", lambda f: f.ticket.state in ("closed", "cancelled"),
         "nothing", "it is {state}", ""),
    Rule("resolved", lambda f: f.ticket.state == "resolved",
         "close it when the customer agrees", "resolved; an answer reopens it", "s"),
    Rule("ack-not-sent", lambda f: f.offline and f.responding and f.within("response", SOON),
         "phone the customer or the lead", "your response is still here and the response clock runs on", "g o"),
    Rule("phone-lead", lambda f: f.night and f.free and f.ticket.priority == 1,
         "own + acknowledge, call the lead", "a P1 at night without an owner", "a"),
    Rule("respond-late", lambda f: f.unanswered() and f.breached("response"),
         "own + acknowledge now", "the response is late by {response}", "a"),
    Rule("respond-soon", lambda f: f.unanswered() and f.within("response", SOON),
         "own + acknowledge now", "the response is due in {response}", "a"),
    Rule("p1-free", lambda f: f.free and f.ticket.priority == 1,
         "own + acknowledge", "a P1 without an owner", "a"),
    Rule("fix-late", lambda f: f.breached("resolution") and f.ticket.state != "pending",
         "tell the customer and the lead", "the fix is late by {resolution}", "C"),
    Rule("fix-soon", lambda f: f.within("resolution", SOON) and f.ticket.state != "pending",
         "fix or work around it now, else tell the lead", "the fix is due in {resolution}", "e"),
    Rule("update", lambda f: f.within("update", NEAR),
         "reply to the customer", "the customer's next word from us is due in {update}", "C"),
    Rule("doubtful", lambda f: f.clocks is None,
         "sync", "its history is not here yet, so its clocks are not known", "R"),
    Rule("look-again", lambda f: f.ticket.state == "pending" and f.until is not None and f.until <= f.now,
         "ask again, or resume", "the hold ({reason}) was to be looked at by now", "s"),
    Rule("leave", lambda f: f.night and f.asleep() and f.ticket.priority >= 3,
         "leave it for the day", "its service hours are over and its clocks stand", ""),
    Rule("respond", lambda f: f.unanswered() and (f.free or f.mine),
         "own + acknowledge", "nobody has responded yet", "a"),
    Rule("waits", lambda f: f.ticket.state == "pending",
         "nothing until the answer", "on hold: {reason}", "c"),
    Rule("take", lambda f: f.free,
         "take it", "nobody owns it", "a"),
    Rule("theirs", lambda f: not f.mine,
         "leave it to {owner}, or add a note", "{owner} works on it", "c"),
    Rule("reprioritise", lambda f: f.priority is not None and f.priority != f.ticket.priority,
         "set the priority to P{proposed}", "impact and urgency say P{proposed}, the ticket P{priority}", "p"),
    Rule("near", lambda f: f.within("resolution", NEAR),
         "diagnose, then fix or work around it", "the fix is due in {resolution}", "x"),
    Rule("triage", lambda f: f.ticket.impact is None or f.ticket.urgency is None,
         "set impact and urgency", "without them the priority is a guess", "e"),
    Rule("diagnose", lambda f: bool(f.ticket.cis),
         "diagnose {ci}", "it names a CI and is in work", "x"),
    Rule("work", lambda f: True,
         "note what was found, resolve", "it is yours and in work", "c"),
)  # fmt: skip


def next_step(facts: Facts, rules: Iterable[Rule] = RULES) -> Step:
    """The first rule that holds, its words filled in."""
    rule = next(rule for rule in rules if rule.holds(facts))
    words = _words(facts)
    return Step(rule.name, _filled(rule.what, words), _filled(rule.why, words), rule.key)


def look_again(events: Iterable[Event]) -> int | None:
    """When the newest hold still running is to be looked at again; None: no time was given."""
    holds: dict[str, int | None] = {}
    for event in events:
        reason = str(event.data.get("reason") or "")
        if event.type == "hold":
            holds.pop(reason, None)
            holds[reason] = event.data.get("until")
        elif event.type == "resume" and reason:
            holds.pop(reason, None)
        elif event.type in ("resume", "resolve", "close", "cancel"):
            holds.clear()
    return next(reversed(holds.values()), None)


def _words(facts: Facts) -> dict[str, str]:
    ticket = facts.ticket
    words = {
        "state": ticket.state,
        "owner": ticket.owner or "nobody",
        "reason": ticket.hold_reason or "no reason given",
        "priority": str(ticket.priority),
        "proposed": str(facts.priority),
        "ci": ticket.cis[0] if ticket.cis else "",
    }
    for name in ("response", "resolution", "update"):
        words[name] = span(abs(facts.left(name) or 0))
    return words


def _filled(text: str, words: Mapping[str, str]) -> str:
    """One pass, so that braces in a name stay what they are."""
    out = []
    for part in text.split("{"):
        name, closed, rest = part.partition("}")
        out.append(words.get(name, name) + rest if closed else part)
    return "".join(out)


def span(seconds: int) -> str:
    """A length for people: `7m`, `3h05`, `2d04h`."""
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}" if hours < 24 else f"{hours // 24}d{hours % 24:02}h"
