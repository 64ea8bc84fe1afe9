"""What each place that shows a clock says of it, in the same few words; and what the engine says."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from deskui.domain import forecast, metrics, nextstep, sla
from deskui.domain.clockwork import SlaError
from deskui.domain.contract import Contract
from deskui.domain.counting import NEVER
from deskui.domain.sla import Clock, Run
from deskui.domain.when import iso, parse
from deskui.services import present
from deskui.services.desk import Desk
from deskui.store import figures, slafacts, tickets
from deskui.store.driver import Connection
from deskui.ui import clocks, rows
from deskui.ui.hours import Asleep

SHOWN = {"soon": "running", "near": "running", "far": "running", "asleep": "off", "doubt": "?"}
CLOCKS = ("response", "resolution")


@dataclass(frozen=True)
class Truth:
    """A ticket by the engine alone: its facts, counted anew up to now; `clocks` None: they are missing.

    `is_open` as it is shown; `owed`: the upstream's word on it, which is what the customer was promised.
    """

    uid: str
    is_open: bool
    owed: bool
    cancelled: bool
    clocks: dict[str, Clock] | None
    runs: dict[str, Run]
    now: int

    @cached_property
    def name(self) -> str:
        """The list's clock: of response and resolution the running one with the earlier due, else a paused one."""
        live = {name: run for name, run in self.runs.items() if name in CLOCKS and run.state != "stopped"}
        running = {name: run.due for name, run in live.items() if run.state == "run" and run.due is not None}
        held = {name: run.target - run.elapsed for name, run in live.items() if run.state == "paused"}
        return min(running or held, key=lambda name: (running or held)[name], default="")

    @cached_property
    def clock(self) -> Clock | None:
        """The list's one."""
        return None if self.clocks is None else self.clocks.get(self.name)

    @cached_property
    def state(self) -> str:
        """`?`, none, paused, late, off or running: what comes first (SLA.md: What the screen counts)."""
        if self.clocks is None:
            return "?" if self.owed else "none"
        return said(self.clock) if self.clock else "none"

    @cached_property
    def due(self) -> int | None:
        """When the list's clock is due, if it runs or had been reached."""
        return self.clock.due if self.clock else None

    @cached_property
    def update_due(self) -> int:
        """When the next word to the customer is due; NEVER: none is owed now."""
        run = self.runs.get("update")
        return run.due if run is not None and run.state == "run" and run.due is not None else NEVER

    @cached_property
    def counts(self) -> bool:
        """Whether its clock is one that runs, though it may stand by agreement: it has its place by its due."""
        return bool(self.name) and self.runs[self.name].state == "run"

    @cached_property
    def agreed(self) -> bool:
        """Whether it stands in time agreed not to count."""
        return self.clock is not None and self.clock.agreed

    @cached_property
    def used(self) -> bool:
        """Whether its due is past and it is in time all the same."""
        return self.counts and self.due is not None and self.due < self.now and not self._over(self.name)

    def within(self, seconds: int) -> bool:
        """Whether response or resolution falls due in that time, or is used up and may still be missed."""
        return self.counts and any(
            run.state == "run" and run.due is not None and run.due <= self.now + seconds and not self._over(name)
            for name, run in self.runs.items()
            if name in CLOCKS and run.late_at != NEVER
        )

    def _over(self, name: str) -> bool:
        return self.clocks is not None and self.clocks[name].breached

    def missed(self, clock: str) -> bool:
        """Whether that clock is past its target, stopped or not."""
        return not self.cancelled and clock in self.runs and self._over(clock)


def said(clock: Clock) -> str:
    """A clock's state in one word."""
    if clock.state in ("paused", "stopped"):
        return clock.state
    return "late" if clock.breached else {"off_hours": "off"}.get(clock.state, clock.state)


class Counted(NamedTuple):
    """A ticket's clocks by its facts, for any later instant: `contract` None, they are missing."""

    uid: str
    is_open: bool
    owed: bool
    cancelled: bool
    contract: Contract | None
    runs: dict[str, Run]

    def at(self, now: int) -> Truth:
        """What is true then."""
        contract = self.contract
        clocks = None if contract is None else {name: run.at(now, contract) for name, run in self.runs.items()}
        return Truth(self.uid, self.is_open, self.owed, self.cancelled, clocks, self.runs, now)


def counted(desk: Desk, uid: str) -> Counted:
    """By the facts as they are in the store, and nothing that was derived from them."""

    def read(db: Connection) -> Counted:
        shown, base, facts = tickets.shown(db, uid), tickets.base(db, uid), tickets.counted(db, uid, desk.rules)
        assert shown is not None
        assert base is not None
        found: dict[str, Run] = {}
        if facts is not None:
            excluded = slafacts.counted(slafacts.exclusions(db, slafacts.subjects_of(db, uid)))
            try:
                found = sla.run(*facts, excluded)
            except SlaError:
                facts = None
        contract = None if facts is None else facts[0]
        return Counted(uid, shown.is_open, base.is_open, shown.state == "cancelled", contract, found)

    return desk.store.read(read)


def of_the_queue(row: tuple[Any, ...], asleep: Asleep, now: int) -> tuple[str, str]:
    """The countdown's state, and its nine cells."""
    cells, level = rows.clock_cells(row, now, asleep(row))
    return SHOWN.get(level, level), cells[:9].strip()


def of_the_list(row: dict[str, Any]) -> str:
    """What `list --json` says of a ticket."""
    if row["doubtful"] or row["clock"] is None:
        return "?" if row["doubtful"] else "none"
    if row["paused"] or row["breached"]:
        return "paused" if row["paused"] else "late"
    return {"off_hours": "off"}.get(row["clock_state"], row["clock_state"])


def of_json(clock: dict[str, Any]) -> Clock:
    """C of SLA.md, read back."""
    at = {name: None if clock[name] is None else parse(clock[name]) for name in ("due", "stopped_at")}
    lengths = (clock["target_s"], clock["elapsed_s"], clock["remaining_s"])
    return Clock(clock["state"], *lengths, at["due"], clock["breached"], at["stopped_at"])


def of_the_head(clock: Clock, now: int) -> str:
    """The line over an open ticket."""
    words = clocks.head("response", clock, now, "UTC")[0]
    marks = {"LATE": "late", "ON HOLD": "paused", "NOT COUNTED": "paused", "closed now": "off", "met": "stopped",
             "MISSED": "stopped", "R -": "stopped"}  # fmt: skip
    return next((state for mark, state in marks.items() if mark in words), "running")


class Surfaces:
    """Everything that one desk shows at one instant."""

    def __init__(self, desk: Desk, now: int) -> None:
        self.desk, self.now = desk, now
        self.listed = {row["id"]: row for row in present.listing(desk, "state:all", now)["tickets"]}

    def found(self, query: str) -> set[str]:
        """The uids of the tickets that a filter finds."""
        return {row[1] for row in self.desk.rows(self.desk.ids_now(query))}

    def board(self) -> metrics.Row:
        """The dashboard's line for all tickets, and what it says falls due within the hour."""
        facts = self.desk.store.read(lambda db: figures.facts(db, self.now, self.now - metrics.DAYS * metrics.DAY))
        whole = metrics.table(facts, self.now).whole
        ahead = forecast.forecast(facts, self.now, forecast.windows(self.now, "UTC"))
        assert whole.risk == ahead[1].tickets
        return whole

    def ticket(self, name: str) -> tuple[dict[str, Clock] | None, dict[str, Clock]]:
        """The clocks of `show --json`, and of `sla explain --json`; the latter's stretches add up."""
        show, told = present.showing(self.desk, name, self.now), present.explaining(self.desk, name, self.now)
        assert {key: show[key] for key in self.listed[name]} == self.listed[name]
        for clock in told["clocks"].values():
            spans = [span for span in clock["spans"] if span["rule"] != "earlier_count"]
            assert sum(span["counted_s"] for span in spans) == clock["elapsed_s"]
        shown = None if show["clocks"] is None else {key: of_json(each) for key, each in show["clocks"].items()}
        return shown, {key: of_json(each) for key, each in told["clocks"].items()}


def next_left(clocks_: dict[str, Clock], ticket: Any, now: int, name: str) -> int | None:
    """Seconds to the due time, as the NEXT line counts them."""
    return nextstep.Facts(ticket, now, "anna", clocks_).left(name)


def due_of(row: dict[str, Any]) -> int | None:
    """The due of `list --json`; `due_in_s` fits it."""
    return None if row["due"] is None else parse(row["due"])


def told(found: Truth) -> str:
    """For a failed test."""
    return f"{found.uid} at {iso(found.now)}: {found.name} {found.state} {found.runs} {found.clocks}"
