"""What deserves attention, and how loudly it is told: a table from what happened to the rungs of a ladder.  Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from deskui.lazy import dataclass

STATUS, TITLE, BELL, NOTIFY, COMMAND, BANNER = "status", "title", "bell", "notify", "command", "banner"
LOUD = frozenset((BELL, NOTIFY, COMMAND))
SOON_S = 600  # below ten minutes left the bell rings at night too
FRESH_S = 900  # what happened earlier is history: nobody is called for it
_SHORT = {"response": "R", "resolution": "F", "update": "U"}


@dataclass(frozen=True)
class Alert:
    """Something that happened at `at`; texts are raw: whoever shows them makes them inert.

    `key` is the same on every console; `what` is threshold, breach, p1, follow, conflict, rejected, offline or online;
    `whose`: the only one whom it concerns, "": everybody;
    `silent`: a change that waits here is about to stop the clock, or the ticket is finished.  Times in epoch seconds.
    """

    key: str
    what: str
    at: int
    ticket: str = ""
    subject: str = ""
    customer: str = ""
    priority: int = 9
    clock: str = ""
    share: int = 0
    due: int | None = None
    text: str = ""
    silent: bool = False
    whose: str = ""

    def left(self, now: int) -> int | None:
        """Seconds to the target, negative past it; None: no clock is meant."""
        return None if self.due is None else self.due - now


class Rule(NamedTuple):
    """From this share (of thresholds) and up to this priority number, these rungs."""

    what: str
    share: int
    priority: int
    rungs: frozenset[str]


_SHOWN, _CALLED = frozenset((STATUS, TITLE)), frozenset((STATUS, TITLE, BELL, NOTIFY))
RULES = (
    Rule("p1", 0, 9, _CALLED | {COMMAND, BANNER}),
    Rule("breach", 0, 9, _CALLED | {COMMAND, BANNER}),
    Rule("threshold", 90, 2, _CALLED | {COMMAND}),
    Rule("threshold", 90, 9, _CALLED),
    Rule("threshold", 75, 1, _CALLED),
    Rule("threshold", 75, 9, _SHOWN),
    Rule("threshold", 0, 9, frozenset((STATUS,))),
    Rule("follow", 0, 9, frozenset((STATUS, NOTIFY))),
    Rule("conflict", 0, 9, frozenset((STATUS, NOTIFY))),
    Rule("rejected", 0, 9, frozenset((STATUS, NOTIFY))),
    Rule("offline", 0, 9, frozenset((STATUS, NOTIFY))),
    Rule("online", 0, 9, frozenset((STATUS,))),
)
"""The first that fits decides."""


def rungs(alert: Alert, now: int, *, night: bool = False, muted: bool = False) -> frozenset[str]:
    """How it is told at `now`.

    Silent: not at all.  Muted: nothing calls, and only a P1 stays in title and banner.  At night the bell is for a P1
    and for what has less than ten minutes left.
    """
    if alert.silent:
        return frozenset()
    fits = (rule.rungs for rule in RULES if rule.what == alert.what and _fits(rule, alert))
    found = next(fits, frozenset[str]())
    if muted:
        found -= LOUD if alert.priority == 1 else LOUD | {TITLE, BANNER}
    left = alert.left(now)
    if night and alert.priority != 1 and (left is None or left >= SOON_S):
        found -= {BELL}
    return found


def _fits(rule: Rule, alert: Alert) -> bool:
    return alert.share >= rule.share and alert.priority <= rule.priority


def urgency(alert: Alert) -> tuple[int, int, int]:
    """Sorts the most urgent first: a P1 before all, then what is due first."""
    return (alert.priority != 1, alert.due if alert.due is not None else alert.at, alert.priority)


def highest(alerts: Iterable[Alert]) -> list[Alert]:
    """Of each clock only the highest share, in the order in which they came; all others as they are."""
    found: dict[tuple[str, ...], Alert] = {}
    for each in alerts:
        name = (each.ticket, each.clock) if each.clock else (each.key,)
        if name not in found or each.share >= found[name].share:
            found[name] = each
    return list(found.values())


def worst(alerts: Iterable[Alert]) -> Alert | None:
    """The most urgent of them."""
    return min(alerts, key=urgency, default=None)


def left_words(alert: Alert, now: int) -> str:
    """`07:41`, `22m`, `-04:12`, `-3h05`; "" without a clock."""
    left = alert.left(now)
    if left is None:
        return ""
    sign, spent = ("-", -left) if left < 0 else ("", left)
    if spent < 600 or (left < 0 and spent < 3600):
        return f"{sign}{spent // 60:02d}:{spent % 60:02d}"
    return f"{sign}{spent // 60}m" if spent < 3600 else f"{sign}{spent // 3600}h{spent % 3600 // 60:02d}"


def title(alert: Alert, now: int) -> str:
    """`!07:41 RT-4702`, `!P1 RT-4711`."""
    return f"!{left_words(alert, now) or f'P{alert.priority}'} {alert.ticket}"


def happened(alert: Alert) -> str:
    """What happened, in words that stay true: `90 % of F used`, `R missed`, `new P1`."""
    short = _SHORT.get(alert.clock, "U")
    return {
        "threshold": f"{alert.share} % of {short} used", "breach": f"{short} missed", "p1": "new P1",
        "follow": f"follow-up: {alert.text}",
        "conflict": f"conflict: {alert.text}", "rejected": f"rejected: {alert.text}",
        "offline": f"OFFLINE {alert.text}", "online": f"{alert.text} is back",
    }[alert.what]  # fmt: skip


def sentence(alert: Alert) -> str:
    """One line: `P1 RT-4711 Nordkauf: R missed: Tills offline`; raw text."""
    if not alert.ticket:
        return happened(alert)
    urgent = f"P{alert.priority} " if alert.priority < 9 else ""
    customer = f" {alert.customer}" if alert.customer else ""
    return f"{urgent}{alert.ticket}{customer}: {happened(alert)}: {alert.subject}"
