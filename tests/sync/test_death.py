"""The process dies between any two steps of a run, before or after the step took effect; the next one finishes."""

import functools
import os

import pytest

from deskui.domain.change import Acknowledge, Assign, Cancel, Close, Create, Hold, Note, Reopen, Reply, Resolve, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetUrgency
from deskui.store import outbox, tickets
from tests.sync import test_engine as engine

time, world = engine.time, engine.world
EVERY = int(os.environ.get("DESKUI_DEATHS", "9"))  # 1: at every step; else at every ninth
LIFE = [
    Acknowledge(), Assign("anna"), Note("looked", minutes=5), Note("looked"), Hold("vendor"), Hold("parts"),
    Resume("vendor"), Resume(), Resolve("replaced"), Reopen("not quite"), Resolve(), Close("agreed"),
]  # fmt: skip
FIELDS = [
    SetPriority(1), SetImpact("high", why="all of them"), SetUrgency("low"), SetCategory("print"), SetCi("sw1"),
    Reply("on it"), Cancel("a double"),
]  # fmt: skip


class Death(BaseException):
    """kill -9, as far as a test can."""


class Doom:
    """Lets so many steps happen; a step is one half of a call: before it, and after it."""

    def __init__(self, left):
        self.left, self.steps = left, 0

    def step(self):
        self.steps += 1
        if self.steps == self.left:
            raise Death

    def around(self, call):
        @functools.wraps(call)
        def called(*args, **more):
            self.step()
            got = call(*args, **more)
            if hasattr(got, "result"):
                got.result()
            self.step()
            return got

        return called

    def over(self, console):
        console.store.write = self.around(console.store.write)
        for name in ("login", "read", "push", "created", "feed"):
            setattr(console.adapter, name, self.around(getattr(console.adapter, name)))


def prepared(path, world, time):
    console = engine.Console(path, world, time)
    console.sync()
    console.do("1", *LIFE)
    console.do("2", *FIELDS)
    create = Create("Phoned in", "door stuck", priority=2, received=engine.START - 600, token="tok-1")

    def work(tx):
        uid = tickets.new(tx, "mem")
        for change in (create, Note("told them to wait"), Assign("anna")):
            outbox.add(tx, uid, change, author="anna")
        tickets.rebuild(tx, [uid])

    console.store.write(work).result()
    return console


def effects(world):
    """Everything anna did, by ticket, without its times."""
    return [
        (remote, event.type, dict(event.data), event.text)
        for remote, events in world.live.events.items() for event in events if event.author == "anna"
    ]  # fmt: skip


def run(tmp_path, world, time, left):
    """A run that dies after `left` steps, and the runs of the next process; how many steps there were, and what is."""
    doom, console = Doom(left), prepared(tmp_path, world, time)
    doom.over(console)
    try:
        console.engine.run()
    except Death:
        pass
    finally:
        console.store.close()
    again = engine.Console(tmp_path, world, time)
    try:
        for _ in range(3):
            again.sync()
        shown = [(remote, again.shown(remote).state, again.shown(remote).holds) for remote in ("1", "2", "6")]
        found = [(entry.state, entry.error) for entry in again.store.read(lambda db: outbox.entries(db))]
        return doom.steps, effects(world), shown, found
    finally:
        again.store.close()


@pytest.mark.parametrize("first", range(1, 4))
def test_each_change_arrives_once_wherever_the_process_dies(tmp_path, time, first):
    def fresh():
        made = engine.World(clock=time)
        for n in range(1, 6):
            made.make(Create(f"Printer {n} on fire", f"it burns {n}", requestor="carl@kunde.example", priority=3))
        return made

    whole, *expected = run(tmp_path / "whole", fresh(), time, 0)
    assert {state for state, _error in expected[-1]} == {"sent"}
    for left in range(first, whole + 1, 3 * EVERY):
        _steps, *got = run(tmp_path / str(left), fresh(), time, left)
        assert got == expected, f"died after step {left} of {whole}"


def test_what_an_acknowledgement_moved_is_ours_when_its_answer_was_lost(tmp_path, world, time):
    console = engine.Console(tmp_path, world, time)
    try:
        console.sync()
        console.do("1", Acknowledge(), Hold("vendor"))
        console.faults.drop_next_response = True
        console.sync()
        console.sync()
        assert (console.states(), console.conflicts()) == (["sent", "sent"], [])
    finally:
        console.store.close()
