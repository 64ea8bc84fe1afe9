"""A contract's rules, and why a stretch of a clock counted or not, in sentences without code words.  Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from deskui.domain.calendar import Calendar
from deskui.domain.contract import DEFAULT, Contract
from deskui.domain.explain import Span

EVENTS = {
    "created": "the ticket was made", "acknowledge": "the acknowledgement", "public_reply": "the public reply",
    "customer_reply": "the customer's message", "hold": "the hold", "resume": "work was resumed",
    "resolve": "it was resolved", "reopen": "it was reopened", "close": "it was closed", "cancel": "it was cancelled",
    "priority": "the change of priority",
}  # fmt: skip
_STOPS = {"acknowledge": "an acknowledgement", "public_reply": "a public reply"}
_PRIORITY = {
    "segmented": "after a change of priority each span counts under the calendar then in force",
    "retroactive": "after a change of priority everything is counted again, as if it had been so from the start",
    "from_change": "after a change of priority the clocks begin anew",
}
_UPDATE = {
    "next_reply": "the update clock runs from the customer's oldest unanswered message",
    "between_updates": "the update clock runs from our last public reply",
}
_COUNTS = re.compile(r"counts in (.+) as (P\d)(; that count is over)?", re.DOTALL)
_MOST = 60  # days of a span that are searched for holidays


def policy(contract: Contract) -> tuple[str, ...]:
    """The rules by which its clocks count, a sentence each."""
    rules = contract.policy
    ends = " or ".join(words for name, words in _STOPS.items() if name in rules.response_event)
    reasons = rules.pausing_reasons
    holds = "every hold" if reasons is None else ", ".join(map(plain, sorted(reasons))) or "no hold"
    also = "a hold pauses it too" if rules.response_pauses_on_hold else "no hold pauses it"
    judged = "it had then" if rules.judge_stopped_by == "priority_at_stop" else "the ticket has now"
    when = "when they were made" if rules.offline_events == "made" else "when the ticket system had them"
    return (
        f"the response clock ends with {ends}; {also}",
        *(("resolving without a reply counts as the response",) if rules.resolve_counts_as_response else ()),
        f"the fix clock pauses on: {holds}",
        _PRIORITY[rules.priority_change],
        f"a clock that has stopped is judged by the priority {judged}",
        f"things done offline count from {when}",
        *((_UPDATE[rules.update_mode],) if "update" in rules.clocks else ()),
    )


def plain(word: str) -> str:
    """`planned_maintenance` as people write it."""
    return word.replace("_", " ")


def hours(name: str) -> str:
    """A calendar as people call it."""
    return "round the clock" if name == DEFAULT else f"in {name} hours"


def sentence(span: Span, contract: Contract) -> str:
    """Why it counted, or why not."""
    why, _, since = span.why.partition(", since ")
    counts = _COUNTS.fullmatch(why)
    said = _counted(span, contract, *counts.groups()) if counts else _plainly(span.rule, why)
    return said + (f"; since {_event(since)}" if since else "")


def _plainly(rule: str, why: str) -> str:
    if rule == "hold":
        return f"waiting for {plain(why.partition(': ')[2])}"
    if rule == "exclusion":
        return f"agreed not to count: {plain(why.partition(': ')[2])}"
    return plain(why)


def _event(since: str) -> str:
    """`hold by kim (made offline; …)` with the event in words."""
    kind, gap, rest = since.partition(" ")
    return EVENTS.get(kind, plain(kind)) + gap + rest


def _counted(span: Span, contract: Contract, name: str, priority: str, over: str | None) -> str:
    said = f"{priority}, {hours(name)}"
    if over:
        return f"{said}: does not count any more, the clock began anew later"
    calendar = contract.calendars.get(name)
    outside = span.end - span.start - span.counted_s
    if calendar is None or outside <= 0:
        return said
    days = [f"{day.day} {day:%b}" for day in holidays(calendar, span.start, span.end)]
    free = f", holiday: {', '.join(days)}" if days else ""
    return f"{said}; {_size(outside)} of it outside them{free}"


def _size(seconds: int) -> str:
    return f"{seconds // 3600}h{seconds % 3600 // 60:02d}" if seconds >= 3600 else f"{max(1, seconds // 60)} min"


def holidays(calendar: Calendar, start: int, end: int) -> Iterable[date]:
    """The calendar's holidays among the local dates of [start, end), the first _MOST days of it."""
    day = datetime.fromtimestamp(start, calendar.zone).date()
    last = datetime.fromtimestamp(max(start, end - 1), calendar.zone).date()
    for _ in range(_MOST):
        if day > last:
            return
        if day.toordinal() in calendar.fixed or (day.month, day.day) in calendar.yearly:
            yield day
        day += timedelta(days=1)
