"""An upstream that was restored or swapped: noticed first of all, nothing written to a wrong ticket, until accepted."""

import pytest

from deskui.domain.change import Assign, Create, Note, Reply
from deskui.services.syncing import Syncing
from deskui.store import outbox, syncstate, tickets
from deskui.store.lock import SyncLock
from deskui.ui import status, traffic
from deskui.upstream.memory import World
from tests.sync.test_engine import console, open_console, texts, time, world

__all__ = ["console", "open_console", "time", "world"]


def state(console):
    return console.store.read(lambda db: syncstate.get(db, "mem"))


def accept(console):
    console.store.write(lambda tx: syncstate.put(tx, "mem", accepted=1)).result()
    return console.sync()


def swapped(console, time, names, start=100):
    """The console speaks to another system whose ids run alike."""
    time.now += start
    other = World(clock=time)
    for name in names:
        other.make(Create(name, "of others", requestor="eve@else.example"))
        time.now += 60
    console.adapter.world = other
    return other


def test_a_wrong_tenant_gets_nothing_and_changes_nothing(console, time):
    console.do("1", Note("for printer 1 only"), Assign("anna"))
    mine = console.adapter.world
    other = swapped(console, time, ["Payroll", "Taxes", "Secrets", "More", "Yet more", "Sixth"])
    before = len(other.rows)
    result = console.sync()
    assert (result.kind, result.offline, result.needs_a_person) == ("epoch", False, True)
    assert "another ticket" in result.frozen
    assert "deskui sync --once --accept mem" in result.hint
    assert (len(other.rows), console.shown("1").subject, console.uid("6")) == (before, "Printer 1 on fire", None)
    assert console.states() == ["queued", "queued"]
    assert state(console).frozen_kind == "epoch"
    console.adapter.world = mine  # the url was mended
    result = console.sync()
    assert (result.frozen, result.pushed, state(console).frozen) == ("", 2, "")


def test_sending_one_ticket_alone_looks_first_too(console, time):
    console.do("2", Reply("on it"))
    other = swapped(console, time, ["Payroll", "Taxes"])
    assert console.sync(only=console.uid("2")).kind == "epoch"
    assert texts(other, "2", "public_reply") == []


@pytest.mark.parametrize("shown", [(), ("9",)])
def test_an_empty_list_and_a_refusal_of_everything_take_nothing_away(console, shown):
    console.do("1", Note("kept"))
    console.faults.hidden = lambda remote: remote not in shown
    for _ in range(3):
        result = console.sync()
        assert "none of the tickets" in result.frozen
    assert (console.states(), len(console.store.read(lambda db: tickets.open_remotes(db, "mem")))) == (["queued"], 5)
    console.faults.hidden = None
    assert console.sync().pushed == 1


def test_a_backup_that_lost_only_changes_is_noticed(console, world):
    world.note_as("kim", "1", "lost soon")
    console.sync()
    world.rewind(world.last - 1)
    console.do("1", Note("waits"))
    result = console.sync()
    assert (result.kind, console.states(), texts(world, "1")) == ("epoch", ["queued"], [])


def test_a_ticket_whose_id_is_reused_is_not_written_to(console, world, time):
    last = world.last
    world.make(Create("Door stuck", "it squeaks", requestor="carl@kunde.example"))
    console.sync()
    console.do("6", Note("for the door"))
    world.rewind(last)
    time.now += 300
    assert world.make(Create("Salaries", "secret", requestor="eve@else.example")) == "6"
    result = console.sync()
    assert (result.kind, texts(world, "6"), console.shown("6").subject) == ("epoch", [], "Door stuck")


def test_what_is_accepted_goes_on_and_nothing_typed_is_lost(console, world, time):
    last = world.last
    world.make(Create("Door stuck", "it squeaks", requestor="carl@kunde.example"))
    console.sync()
    door = console.uid("6")
    console.do("6", Note("for the door"))
    console.do("1", Note("sent, then lost"))
    console.sync()
    console.do("6", Note("still waits"))
    console.do("2", Note("goes on"))
    world.rewind(last)
    time.now += 300
    world.make(Create("Salaries", "secret", requestor="eve@else.example"))
    assert console.sync().kind == "epoch"
    result = accept(console)
    assert (result.error, result.frozen, state(console).accepted) == (None, "", 0)
    assert (console.shown("6").subject, [e.type for e in console.events("6")]) == ("Salaries", ["created"])
    assert console.store.read(lambda db: tickets.gone(db, door))
    assert console.store.read(lambda db: tickets.shown(db, door)).subject == "Door stuck"
    clashes = {(clash.ticket_id, clash.mine) for clash in console.conflicts()}
    assert ("M-1", "sent, then lost") in clashes
    assert "still waits" in {mine for _id, mine in clashes}
    assert (texts(world, "2"), texts(world, "6"), texts(world, "1")) == (["goes on"], [], [])
    assert console.sync().frozen == ""
    entry = next(e for e in console.store.read(lambda db: outbox.entries(db)) if e.ticket == console.uid("1"))
    assert entry.state == "conflict"


def test_the_screens_say_that_it_is_frozen_and_what_to_do(console, time, tmp_path):
    swapped(console, time, ["Payroll", "Taxes", "Secrets", "More", "Yet more"])
    console.sync()
    syncing = Syncing(console.store, {"mem": console.engine}, SyncLock(tmp_path), time, {"mem": 60})
    found = syncing.status()
    (upstream,) = found.upstreams
    assert "FROZEN, nothing is sent: ticket 1 is another ticket" in traffic.upstream_line(upstream, "UTC", time.now)
    assert ("FROZEN mem: nothing is sent (gs)", "error") in status.waiting(found, str)
    asked = []
    syncing.soon = lambda name, _in_s: asked.append(name)
    assert syncing.accept("mem").result() is True
    assert syncing.scheduled("mem").frozen == ""
    assert asked[:1] == ["mem"]
    assert syncing.accept("mem").result() is False


def test_notes_on_a_merged_ticket_reach_the_survivor_sooner_or_later(console, world):
    world.merge("1", "2")
    console.sync()
    survivor = console.store.read(lambda db: tickets.uid_of(db, "M-1"))
    assert survivor == console.uid("2")
    console.store.write(lambda tx: outbox.add(tx, survivor, Note("later"), author="anna")).result()
    console.sync()
    assert texts(world, "2") == ["later"]
