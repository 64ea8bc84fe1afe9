"""What a hostile tester tried on the spine."""
import json
from dataclasses import replace
import pytest
from deskui.domain import change as C
from deskui.domain.change import *
from deskui.store import conflicts, outbox, tickets
from deskui.services.syncing import Syncing, Unsettled
from deskui.services.desk import Desk, Refused
from deskui.store.lock import SyncLock
from deskui.upstream.base import Rejected, Unreachable
from tests.sync.test_engine import *
from tests.make import make_rules

@pytest.fixture
def syncing(console, tmp_path):
    return Syncing(console.store, {"mem": console.engine}, SyncLock(tmp_path / "a"), console.time, {"mem": 60})

@pytest.fixture
def desk(console):
    return Desk(console.store, make_rules(), lambda up: "anna", default_upstream="mem")

def test_drop_during_push(console, world, desk):
    entry = console.do("1", Note("x"))
    real = console.store.read
    def read(q):
        got = real(q)
        if getattr(got, "uid", "") == entry.uid and got.state == "queued" and not read.done:
            read.done = True
            desk.drop(entry.uid).result()
        return got
    read.done = False
    console.store.read = read
    console.sync()
    assert console.states() == ["dropped"]
    assert texts(world, "1") == []

def test_gone_ticket_without_history(console, world):
    entry = console.do("1", Note("x"))
    console.do("2", Note("y"))
    uid = console.uid("1")
    console.store.write(lambda tx: tx.db.execute("UPDATE ticket SET history=0 WHERE uid=?", (uid,))).result()
    real = console.adapter.read
    def read(remote, seen):
        if remote == "1": raise Rejected("no permission")
        return real(remote, seen)
    console.adapter.read = read
    console.adapter.history = lambda ids: iter(())
    console.sync()
    assert console.states() == ["rejected", "sent"]

def test_push_gets_holds(console, world):
    console.do("1", Hold("vendor"), Hold("parts"))
    console.sync()
    console.do("1", Resume("vendor"))
    seen = []
    console.faults.rival = None
    real = console.adapter.push
    console.adapter.push = lambda e, t, s: (seen.append(t.holds), real(e, t, s))[1]
    console.sync()
    assert seen == [("vendor", "parts")]

def test_resume_reason_no_false_conflict(console, world):
    console.do("1", Hold("vendor"), Hold("parts"))
    console.sync()
    console.do("1", Resume("vendor"))
    world.note_as("kim", "1", "hi")
    console.sync()
    assert set(console.states()) == {"sent"}
    assert console.shown("1").holds == ("parts",)

def test_settle_twice(console, world, syncing):
    console.do("1", Assign("anna"))
    world.change_as("kim", "1", Assign("kim"))
    console.sync()
    [c] = console.conflicts()
    syncing.settle(c.uid, "mine").result()
    with pytest.raises(Unsettled):
        syncing.settle(c.uid, "theirs").result()
    console.sync()
    assert console.states() == ["sent"]
    for how in ("mine", "theirs", "value"):
        with pytest.raises(Unsettled):
            syncing.settle(c.uid, how, "kim").result()

@pytest.mark.parametrize("how", ["mine", "theirs", "value"])
def test_settle_on_merged(console, world, syncing, how):
    console.do("1", Assign("anna"))
    world.merge("1", "2")
    console.sync()
    [c] = console.conflicts()
    syncing.settle(c.uid, how, "kim").result()
    console.sync()
    assert world.ticket("2").owner == {"mine": "anna", "theirs": None, "value": "kim"}[how]

def test_settle_mine_on_deleted(console, world, syncing):
    console.do("1", Note("anna"))
    world.delete("1")
    console.sync()
    [c] = console.conflicts()
    with pytest.raises(Unsettled):
        syncing.settle(c.uid, "mine").result()
    syncing.settle(c.uid, "theirs").result()

@pytest.mark.parametrize("field,value", [("priority", "P9"), ("priority", "0"), ("impact", "huge"), ("urgency", ""), ("category", ""), ("cis", "")])
def test_settle_bad_value(console, world, syncing, field, value):
    mine = {"priority": SetPriority(1), "impact": SetImpact("low"), "urgency": SetUrgency("low"), "category": SetCategory("a"), "cis": SetCi("a")}[field]
    theirs = {"priority": SetPriority(2), "impact": SetImpact("high"), "urgency": SetUrgency("high"), "category": SetCategory("b"), "cis": SetCi("b")}[field]
    console.do("1", mine)
    world.change_as("kim", "1", theirs)
    console.sync()
    [c] = console.conflicts()
    with pytest.raises(Unsettled):
        syncing.settle(c.uid, "value", value).result()

def test_send_is_no_sync(console, world, syncing):
    before = syncing.status().last_ok
    console.time.now += 300
    console.do("1", Note("x"))
    syncing.send(console.uid("1"), "mem")
    assert console.states() == ["sent"]
    assert syncing.status().last_ok == before
    assert syncing._wanted("mem")

def test_note_on_rejected_create(console, world, desk):
    console.faults.reject_next = "no"
    name, e = desk.new(Create("s", "t")).result()
    console.sync()
    try:
        desk.do(name, Note("later")).result()
    except Refused:
        pass
    uid = e.ticket
    console.store.write(lambda tx: outbox.add(tx, uid, Note("z"), author="anna")).result()
    console.do("1", Note("other"))
    console.sync()
    assert texts(world, "1") == ["other"]

@pytest.mark.parametrize("runs", [1, 3])
def test_lost_note_then_merge_is_not_repeated(console, world, runs):
    console.do("1", Note("once"))
    console.faults.drop_next_response = True
    console.sync()
    world.merge("1", "2")
    for _ in range(runs):
        console.sync()
    assert texts(world, "1") + texts(world, "2") == ["once"]

def test_both_resolve(console, world):
    console.do("1", Resolve("mine"))
    world.change_as("kim", "1", Resolve("his"))
    r = console.sync()
    print(console.states(), console.conflicts())
