"""Every place that shows a clock says the same of it at every instant: what the engine says."""

import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskui.domain import contractfile
from deskui.domain.contract import Rules
from deskui.domain.event import Event
from deskui.domain.view import USUAL, Session
from deskui.domain.when import parse
from deskui.services.desk import Desk
from deskui.services.firstview import FirstView
from deskui.store import firstpage, tickets
from deskui.store.store import Store
from deskui.ui import countdown, firstframe
from deskui.ui.hours import Asleep
from tests.make import Clock, exclude, make_event, make_store, make_ticket, pull
from tests.make import queue as do
from tests.services import surfaces
from tests.services.surfaces import Surfaces, Truth
from tests.store.test_invariants import any_change, any_fact

DAY, HOUR = 86_400, 3600
DAYS = ("mon", "tue", "wed", "thu", "fri")
BASE: dict[str, Any] = {
    "name": "default",
    "zone": "Europe/Berlin",
    "calendars": {
        "office": {"weekly": {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in DAYS}},
        "night": {"weekly": {day: [["22:00", "06:00"]] for day in (*DAYS, "sat", "sun")}},
    },
    "targets": {
        "P1": {"response": "15m", "resolution": "4h"},
        "P2": {"response": {"within": "3h", "calendar": "office"}, "resolution": "8h"},
        "P3": {"calendar": "office", "response": "8h", "resolution": "16h"},
        "P4": {"calendar": "night", "response": "1h", "resolution": {"within": "8h", "calendar": "office"}},
    },
}
POLICIES: list[dict[str, Any]] = [
    {}, {"offline_events": "made"}, {"response_pauses_on_hold": True, "pausing_reasons": ["customer"]},
    {"priority_change": "retroactive"}, {"priority_change": "from_change", "judge_stopped_by": "current_priority"},
]  # fmt: skip
# Each on a working day at noon: in winter, before the weekends on which the clocks change, and on a Friday.
STARTS = ("2026-11-24T11:00:00Z", "2026-10-23T10:00:00Z", "2026-03-27T11:00:00Z", "2026-11-20T11:00:00Z")
SAID = ("Open", "/ open tickets", USUAL)
ALL = {"running", "late", "paused", "off", "none", "?", "still in time", "agreed"}


def rules(policy: dict[str, Any]) -> Rules:
    """Nordkauf's hours have changed lately: by which a ticket counts depends on when it began."""
    updates = {f"P{n}": {"update": "2h"} for n in range(1, 5)}
    default = contractfile.parse({"policy": policy, "targets": updates}, "test", BASE)
    early = {"office": {"weekly": {day: [["07:00", "15:00"]] for day in DAYS}}}
    old = contractfile.parse({"policy": policy, "customer": "Nordkauf", "effective": "2026-01-01"}, "test", BASE)
    new = contractfile.parse(
        {"policy": policy, "customer": "Nordkauf", "effective": "2026-11-23", "calendars": early}, "test", BASE
    )
    return Rules({"Nordkauf": new}, default, lambda: "1", {"Nordkauf": (old, new)})


class Scene:
    """A desk of tickets with all kinds of pasts, made by a seed."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.dice = store, random.Random(seed)
        self.start = parse(STARTS[seed % len(STARTS)])
        self.desk = Desk(store, store.rules, lambda upstream: "anna", default_upstream="rt")
        self.edges: set[int] = set()
        store.clock.now = self.start
        self.uids = [self.any(number) for number in range(1, 12)]
        used = self.make(20, 3, 5 * HOUR)
        self.uids += [used, self.make(21, 1, 60, "none"), self.make(22, 2, 60), self.make(23, 2, 60)]
        self.agree(self.uids[-2], 600, HOUR)
        self.told(self.uids[-1], make_event("resolve", self.start), "full")
        run = surfaces.counted(self.desk, used).runs["response"]
        assert run.due is not None
        assert run.late_at is not None
        self.always = {run.due + 1, run.late_at - 1, run.late_at, self.start + 600, self.start + HOUR + 600}

    def make(self, number: int, priority: int, ago: int, history: str = "full", **values: Any) -> str:
        """A ticket that begins so many seconds before the start; a P3 of five hours ago is used up at 18:00."""
        made = self.start - ago
        ticket = make_ticket(number, created=made, updated=made, priority=priority, **{"customer": None, **values})
        return pull(self.store, ticket, [make_event(at=made, priority=priority)], history)

    def agree(self, uid: str, begin: int, length: int) -> None:
        """Time that is not counted, from so long after the start on."""
        exclude(self.store, uid, self.start + begin, self.start + begin + length)
        self.edges |= {self.start + begin, self.start + begin + length}

    def any(self, number: int) -> str:
        """A ticket, often begun outside its hours or so that a target ends with them, and what happened to it."""
        dice = self.dice
        ago = dice.choice([0, 900, HOUR, 3 * HOUR, 8 * HOUR, DAY, 3 * DAY]) + dice.choice(
            [0, 0, 0, dice.randrange(9000)]
        )
        history = dice.choices(["full", "none"], [9, 1])[0]
        uid = self.make(
            number, dice.randint(1, 4), ago, history, customer=dice.choice(["Nordkauf", "Kranz", None]),
            received=dice.choice([None, None, self.start - ago - 1800]),
        )  # fmt: skip
        for _ in range(dice.choice([0, 0, 1, 2, 4])):
            self.happen(uid, self.start - ago, history)
        for _ in range(dice.choice([0, 0, 1, 2])):
            self.agree(
                uid, dice.choice([-2 * DAY, -HOUR, 0, 600, 5 * HOUR, DAY]), dice.choice([60, HOUR, 7 * HOUR, DAY])
            )
        return uid

    def happen(self, uid: str, made: int, history: str) -> None:
        """Something upstream, here and now, or here and long ago."""
        dice = self.dice
        shown = self.desk.ticket(uid)
        assert shown is not None
        if dice.random() < 0.3:
            change = any_change(dice)
            if not change.refused(shown):
                do(self.store, uid, change)
            return
        fact = any_fact(dice, made + dice.randrange(max(1, self.start - made)))
        if dice.random() < 0.4:
            fact = replace(fact, made_at=fact.at - dice.randrange(9000))
        self.told(uid, fact, history)

    def told(self, uid: str, fact: Event, history: str) -> None:
        """The upstream has it."""
        states = {"hold": "pending", "resolve": "resolved"}
        base = self.store.read(lambda db: tickets.base(db, uid))
        assert base is not None
        pull(self.store, replace(base, state=states.get(fact.type, "in_progress"), updated=fact.at), [fact], history)

    def instants(self) -> list[int]:
        """Times at which something may change, the seconds around them, and some at random; none before the start."""
        for uid in self.uids:
            for run in surfaces.counted(self.desk, uid).runs.values():
                self.edges |= {at for at in (run.due, run.late_at) if at is not None}
        hours = {self.start // DAY * DAY + hour * HOUR for hour in range(5, 80)}
        near = {at + more for at in self.edges | hours for more in (-900, -1, 0, 1)}
        near |= {self.start + self.dice.randrange(2 * DAY) for _ in range(60)}
        found = [at for at in near if self.start <= at <= self.start + 4 * DAY]
        return sorted(self.always.union(self.dice.sample(found, 50)))


@pytest.mark.parametrize("seed", range(20))
def test_every_surface_agrees(tmp_path: Path, seed: int) -> None:
    with make_store(tmp_path, Clock(), rules(POLICIES[seed % len(POLICIES)])) as store:
        agrees(store, seed)


def agrees(store: Store, seed: int) -> None:
    """At many instants, on a desk made by `seed`."""
    scene = Scene(store, seed)
    desk, seen = scene.desk, set[str]()
    rows = {row[1]: row for row in desk.rows(desk.ids_now("state:all"))}  # as a screen keeps them: read once
    asleep = Asleep(desk.asleep, lambda: store.clock())
    home = store.path.parent
    (home / "config.toml").touch()
    left = FirstView(desk, str(home), ()).leave(store.clock(), Session(), (SAID, SAID), "", (), ("terminal",))
    assert left is not None
    left.result(10)
    counted = [surfaces.counted(desk, uid) for uid in scene.uids]  # nothing happens from here on: only time passes
    for now in scene.instants():
        store.clock.now = now
        truths = [each.at(now) for each in counted]
        shown = Surfaces(desk, now)
        for each in truths:
            of_one(each, rows[each.uid], shown, asleep)
            seen |= {each.state, "agreed" if each.agreed else "", "still in time" if each.used else ""}
        of_all(truths, shown)
        of_the_first_frame(desk, home, asleep, now)
    assert seen >= ALL  # else it shows nothing


def of_the_first_frame(desk: Desk, home: Path, asleep: Asleep, now: int) -> None:
    """Whole and cut off after any row it has the rows of the queue in their order, with their hours, or none at all."""
    live = desk.rows(desk.ids_now(""))
    for lines in (len(live), 2, 5):
        page = firstpage.read(str(home), now, lines, least=1)
        assert page is not None
        assert (page.total, page.rows) == (len(live), live[:lines])
    hours = {(customer, calendar): said for customer, calendar, said in page.view["hours"]}
    for row in live:
        with suppress(LookupError):  # it is not sure: no frame
            assert firstframe.closed(hours, row, now) == asleep(row)
            continue
        assert row[9] == "Nordkauf"  # whose hours have changed


def of_one(each: Truth, row: tuple[Any, ...], shown: Surfaces, asleep: Asleep) -> None:
    """A ticket in the queue, in `list`, `show` and `explain`, in its own head and its NEXT line."""
    said, listed = surfaces.told(each), shown.listed[row[2]]
    state, cells = surfaces.of_the_queue(row, asleep, shown.now)
    assert state == each.state, said
    assert surfaces.of_the_list(listed) == each.state, said
    assert (listed["clock"] or "", surfaces.due_of(listed)) == (each.name, each.due), said
    if each.clock is not None:
        assert cells.split()[-1].lstrip("-") == _left(each), said
        assert listed["remaining_s"] == each.clock.remaining, said
        assert listed["due_in_s"] == (None if each.due is None else each.due - shown.now), said
    show, told = shown.ticket(row[2])
    assert show == (each.clocks and {name: replace(clock, agreed=False) for name, clock in each.clocks.items()}), said
    assert told == (show or {}), said
    for name, clock in (each.clocks or {}).items():
        assert surfaces.of_the_head(clock, shown.now) == surfaces.said(clock), said
        left = surfaces.next_left(each.clocks or {}, shown.desk.ticket(each.uid), shown.now, name)
        assert left is None or (left < 0) is (clock.breached and (clock.due or 0) < shown.now), said


def _left(each: Truth) -> str:
    """What the queue's cells say after their glyph: working time while it stands, wall time to its due otherwise."""
    clock = each.clock
    assert clock is not None
    if each.state == "paused":
        return countdown.span(abs(clock.remaining))
    assert clock.due is not None
    if each.state != "late":
        return countdown.span(max(0, clock.due - each.now))
    over = each.now - clock.due
    return f"{over // 60:02d}:{over % 60:02d}" if over < HOUR else countdown.long_span(over)


def of_all(truths: list[Truth], shown: Surfaces) -> None:
    """The header, the dashboard, the filters, and the order."""
    live = [each for each in truths if each.is_open]
    counts, board = shown.desk.counts(shown.now), shown.board()
    late, soon, hour = (
        {each.uid for each in live if holds(each)}
        for holds in (lambda t: t.state == "late", lambda t: _soon(t, 900), lambda t: t.within(HOUR))
    )
    assert (counts.late, counts.soon) == (len(late), len(soon))
    assert (board.late, board.risk) == (len(late), len(hour))
    assert shown.found("due:<1h") == hour
    assert shown.found("sla:<30m") == {each.uid for each in live if each.counts and (each.due or 0) < shown.now + 1800}
    updates = {each.uid for each in live if each.update_due < shown.now + 1800}
    assert shown.found("update:<30m") == updates
    for every, words in ((live, ""), (truths, "state:all ")):
        for flag, state in (("late", "late"), ("paused", "paused"), ("doubtful", "?")):
            assert shown.found(f"{words}is:{flag}") == {each.uid for each in every if each.state == state}, flag
        for clock in surfaces.CLOCKS:
            missed = {each.uid for each in every if each.missed(clock)}
            assert shown.found(f"{words}missed:{clock}") == missed, clock
    for clock in surfaces.CLOCKS:
        lately = f"state:all judged:<7d missed:{clock}"
        assert board.now[clock].missed == len(shown.found(lately)), clock
    in_order(live, shown)


def _soon(each: Truth, seconds: int) -> bool:
    """The list's clock is due so soon, and not past its target."""
    return each.counts and (each.due or 0) <= each.now + seconds and each.clock is not None and not each.clock.breached


def in_order(live: list[Truth], shown: Surfaces) -> None:
    """Late ones by their due, then what is due, doubtful, on hold, and the rest."""
    by_uid = {each.uid: each for each in live}
    found = [by_uid[row[1]] for row in shown.desk.rows(shown.desk.ids_now(""))]
    assert len(found) == len(live)
    places = [_place(each, shown.now) for each in found]
    assert places == sorted(places)


def _place(each: Truth, now: int) -> tuple[int, int, int]:
    if each.clocks is None:
        return 1, 0, 0
    if not each.counts or each.due is None:
        return (2, 0, each.clock.remaining) if each.state == "paused" and each.clock else (3, 0, 0)
    return 0, int(each.used) if each.due < now else 2, each.due
