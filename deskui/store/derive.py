"""What is derived from a ticket's events: running holds, whether the customer waits for an answer, and the clocks."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from deskui import lazy
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket

if TYPE_CHECKING:
    from deskui.domain import sla
    from deskui.domain.contract import Contract
    from deskui.domain.counting import Exclusion
    from deskui.domain.sla import Run
else:
    sla = lazy.Module("deskui.domain.sla")

MADE = frozenset(("acknowledge", "hold", "resume", "resolve", "reopen", "priority"))  # SLA.md: never a public reply
ENDS = frozenset(("resolve", "close", "cancel"))
UNNAMED = "unspecified"
BANDS = {"run": 0, "doubt": 1, "paused": 2, "none": 3}
NOTHING: Mapping[str, Any] = MappingProxyType({})
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring
BECAUSE_S = 60  # a status move this close before a customer's message was made because of it


def holds(events: Iterable[Event]) -> tuple[str, ...]:
    """The reasons of the holds still running after `events`, newest last (SLA.md: a set by reason)."""
    running: list[str] = []
    for event in events:
        if event.type == "hold":
            reason = event.data.get("reason") or UNNAMED
            running = [other for other in running if other != reason] + [reason]
        elif event.type == "resume" and event.data.get("reason"):
            running = [other for other in running if other != event.data["reason"]]
        elif event.type == "resume" or event.type in ENDS:
            running = []
    return tuple(running)


def answered(events: Sequence[Event]) -> bool:
    """Whether the customer answered a ticket that waited for it, and nobody has replied since (DESIGN: is:answered)."""
    waits, left, flag = False, None, False
    for event in events:
        if event.type == "hold":
            waits = True
        elif event.type == "resume":
            waits, left = False, event.at if event.automatic else None
        elif event.type == "customer_reply":
            flag = flag or waits or (left is not None and event.at - left <= BECAUSE_S)
        elif event.type == "public_reply":
            flag = False
        elif event.type in ENDS:
            waits, left, flag = False, None, False
    return flag


def first_priority(ticket: "Ticket | Promised", events: Sequence[Event]) -> int:
    """The priority it was made with: what its creation says, else what the first move came from, else today's."""
    for event in events:
        if event.type == "created" and event.data.get("priority"):
            return int(event.data["priority"])
    for event in events:
        if event.type == "priority" and event.data.get("from"):
            return int(event.data["from"])
    return ticket.priority


class Placed(Protocol):
    """What of a ticket decides its place in the queue, beside its clocks."""

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something."""

    @property
    def updated(self) -> int:
        """Epoch seconds."""

    @property
    def started(self) -> int:
        """Epoch seconds."""


class Promised(Placed, Protocol):
    """What of a ticket its clocks begin with."""

    @property
    def priority(self) -> int:
        """As it is now."""


class Clocks(NamedTuple):
    """The derived columns of one ticket: from `clock` on as in sla.Columns."""

    runs: str | None = None
    nofirst: bool = False
    clock: str = ""
    due: int | None = None
    frozen: int | None = None
    mode: str = "doubt"
    response_due: int | None = None
    resolution_due: int | None = None
    calendar: str = ""
    late: bool = False
    late_at: int | None = None
    standing: str | None = None

    def sort(self, ticket: "Ticket | Placed") -> tuple[int, int]:
        """Its place in the queue: by due, doubtful ones by age, paused ones by what is left, then the rest."""
        if not ticket.is_open:
            return BANDS["none"], -ticket.updated  # finished ones: newest first
        if self.mode == "run" and self.due is not None:
            return BANDS["run"], self.due
        if self.mode == "paused" and self.frozen is not None:
            return BANDS["paused"], self.frozen
        return BANDS["doubt" if self.mode == "doubt" else "none"], ticket.started


_clocks: Callable[[tuple[Any, ...]], Clocks] = partial(tuple.__new__, Clocks)  # as Clocks(...), in half the time


def clocks(
    contract: "Contract", ticket: "Ticket | Promised", counted: Sequence[Event], known: bool,
    exclusions: "Sequence[Exclusion]" = (), kept: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> Clocks:  # fmt: skip
    """The columns of `ticket` under `contract`; doubtful ones when its history is not `known`.

    `kept` are figures (a Run as JSON) that stand for a clock as long as it stays stopped at the same instant.
    """
    if not known:
        return Clocks() if ticket.is_open else Clocks(mode="none")
    try:
        runs = sla.run(contract, ticket.started, first_priority(ticket, counted), counted, exclusions)
    except sla.SlaError:  # a priority that the contract has no targets for: no clock can be believed
        return Clocks()
    for name, figures in kept.items():
        if name in runs and runs[name].state == "stopped" and runs[name].stopped_at == figures.get("stopped_at"):
            runs[name] = sla.Run.from_json(figures)
    return of_runs(runs)


def of_runs(runs: "Mapping[str, Run]") -> Clocks:
    """The columns that follow from what the clocks are after their last event."""
    response = runs.get("response")
    texts = ",".join([text(head(name, *run[:3]), run) for name, run in runs.items()])
    return told(texts, response is not None and response.state != "stopped", sla.columns(runs))


def told(texts: str, nofirst: bool, shown: tuple[Any, ...]) -> Clocks:
    """The same, of clocks of which the texts, and what sla.Columns says, are known."""
    return _clocks((f"{{{texts}}}", nofirst, *shown))


def head(name: str, state: str, target: int, calendar: str) -> str:
    """How the text of a clock begins."""
    return f'{_quoted(name)}:{{"state":"{state}","target":{target},"calendar":{_quoted(calendar)},"elapsed":'


def text(head: str, run: "Run") -> str:
    """A clock as it stands in the column `runs`: JSON put together by hand, else it would be a fifth of a rebuild."""
    _, _, _, elapsed, since, due, stopped_at, excluded, lefts, late_at = run
    rest = "" if due is None else f',"due":{due}'
    if since is not None:
        rest = f',"since":{since}{rest}'
    if stopped_at is not None:
        rest = f'{rest},"stopped_at":{stopped_at}'
    if late_at is not None:
        rest = f'{rest},"late_at":{late_at}'
    if excluded:
        rest = f'{rest},"excluded":{_dumps(excluded)},"lefts":{_dumps(lefts)}'
    return f"{head}{elapsed}{rest}}}"
