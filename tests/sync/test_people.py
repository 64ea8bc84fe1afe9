"""What people do while, before and after something is sent: taken back, settled twice, merged away, never made."""

import pytest

from deskui.domain.change import Assign, Create, Hold, Note, Resolve, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetUrgency
from deskui.services.desk import Desk
from deskui.services.settling import Unsettled
from deskui.services.syncing import Syncing
from deskui.store import outbox, tickets
from deskui.store.lock import SyncLock
from deskui.sync import pushing
from deskui.upstream.base import Rejected
from tests.make import make_rules
from tests.sync import test_engine as engine
from tests.sync.test_engine import texts

console, open_console, time, world = engine.console, engine.open_console, engine.time, engine.world


@pytest.fixture
def syncing(console, tmp_path):
    return Syncing(console.store, {"mem": console.engine}, SyncLock(tmp_path / "a"), console.time, {"mem": 60})


@pytest.fixture
def desk(console):
    return Desk(console.store, make_rules(), lambda upstream: "anna", default_upstream="mem")


def test_what_is_taken_back_just_before_it_leaves_does_not_leave(console, world, desk, monkeypatch):
    entry, look = console.do("1", Note("too early")), pushing._look

    def looked(*asked):
        found = look(*asked)
        desk.drop(entry.uid).result()
        return found

    monkeypatch.setattr(pushing, "_look", looked)
    console.sync()
    assert (console.states(), texts(world, "1")) == (["dropped"], [])


def test_a_ticket_that_may_not_be_read_stops_nobody_else(console, world):
    console.do("1", Note("for nobody"))
    console.do("2", Note("for two"))
    uid, read = console.uid("1"), console.adapter.read
    console.store.write(lambda tx: tx.db.execute("UPDATE ticket SET history = 0 WHERE uid = ?", (uid,))).result()

    def refused(remote, seen):
        if remote == "1":
            raise Rejected("no permission to view it")
        return read(remote, seen)

    console.adapter.read, console.adapter.history = refused, lambda ids: iter(())
    result = console.sync()
    assert (console.states(), result.rejected, texts(world, "2")) == (["rejected", "sent"], 1, ["for two"])


def test_a_ticket_that_is_not_ours_to_see_any_more_leaves_the_queue_at_the_second_look(console):
    console.faults.hidden = lambda remote: remote == "2"
    assert console.sync(full=True).error is None
    uid = console.uid("2")
    assert not console.store.read(lambda db: tickets.gone(db, uid))
    assert console.sync().error is None
    assert console.store.read(lambda db: tickets.gone(db, uid))
    assert not console.store.read(lambda db: tickets.gone(db, console.uid("3")))


def test_a_change_on_a_ticket_that_was_never_made_stops_nobody_else(console, world, desk):
    console.faults.reject_next = "no such queue"
    _name, create = desk.new(Create("Phoned in", "door stuck")).result()
    console.sync()
    console.store.write(lambda tx: outbox.add(tx, create.ticket, Note("behind it"), author="anna")).result()
    console.do("1", Note("elsewhere"))
    console.sync()
    assert (console.states(), texts(world, "1")) == (["rejected", "rejected", "sent"], ["elsewhere"])


def test_the_holds_that_run_are_known_where_one_of_them_ends(console, world):
    console.do("1", Hold("vendor"), Hold("parts"))
    console.sync()
    pushed, push = [], console.adapter.push
    console.adapter.push = lambda entry, ticket, seen: (pushed.append(ticket.holds), push(entry, ticket, seen))[1]
    console.do("1", Resume("vendor"))
    world.note_as("kim", "1", "the parts are late")  # news, on which what waits is replayed
    console.sync()
    assert (console.states()[-1], pushed) == ("sent", [("vendor", "parts")])
    assert (console.shown("1").state, console.shown("1").holds) == ("pending", ("parts",))


def clash(console, world, mine=None, theirs=None):
    console.do("1", mine or Assign("anna"))
    world.change_as("kim", "1", theirs or Assign("kim"))
    console.sync()
    return console.conflicts()[-1]


def test_a_conflict_is_settled_once(console, world, syncing):
    conflict = clash(console, world)
    syncing.settle(conflict.uid, "mine").result()
    for _ in range(2):
        for how in ("mine", "theirs", "value"):
            with pytest.raises(Unsettled):
                syncing.settle(conflict.uid, how, "joe").result()
        console.sync()
    assert (console.states(), world.ticket("1").owner) == (["sent"], "anna")


@pytest.mark.parametrize(("how", "owner"), [("mine", "anna"), ("theirs", None), ("value", "kim")])
def test_what_clashed_with_a_merge_is_settled_on_the_survivor(console, world, syncing, how, owner):
    console.do("1", Assign("anna"))
    world.merge("1", "2")
    console.sync()
    [conflict] = console.conflicts()
    syncing.settle(conflict.uid, how, "kim").result()
    console.sync()
    assert (world.ticket("2").owner, console.conflicts()) == (owner, [])
    assert console.states() == ["dropped" if how == "theirs" else "sent"]


def test_nothing_is_sent_again_to_a_deleted_ticket(console, world, syncing):
    console.do("1", Note("too late"))
    world.delete("1")
    console.sync()
    [conflict] = console.conflicts()
    with pytest.raises(Unsettled, match="deleted"):
        syncing.settle(conflict.uid, "mine").result()
    syncing.settle(conflict.uid, "theirs").result()
    assert console.states() == ["dropped"]


def test_a_clash_on_a_ticket_resolved_meanwhile_says_why_it_cannot_be(console, world, syncing):
    conflict = clash(console, world)
    world.resolve_as("kim", "1", "done")
    console.sync()
    with pytest.raises(Unsettled, match="resolved"):
        syncing.settle(conflict.uid, "mine").result()
    syncing.settle(conflict.uid, "theirs").result()
    assert world.ticket("1").owner == "kim"


VALUES = [
    (SetPriority(1), SetPriority(2), ("P9", "0", "high", ""), "P4", 4),
    (SetImpact("low"), SetImpact("high"), ("huge", ""), "medium", "medium"),
    (SetUrgency("low"), SetUrgency("high"), ("soon", ""), "medium", "medium"),
    (SetCategory("net"), SetCategory("mail"), ("", " "), "print", "print"),
    (SetCi("sw1"), SetCi("sw2"), ("",), "sw3", ("sw3",)),
    (Resolve("done"), Hold("parts"), ("done", "new", ""), "cancelled", "cancelled"),
]


@pytest.mark.parametrize(
    ("mine", "theirs", "wrong", "right", "then"), VALUES, ids=lambda each: getattr(each, "verb", "")
)
def test_another_value_must_be_one(console, world, syncing, mine, theirs, wrong, right, then):
    conflict = clash(console, world, mine, theirs)
    for value in wrong:
        with pytest.raises(Unsettled):
            syncing.settle(conflict.uid, "value", value).result()
    syncing.settle(conflict.uid, "value", right).result()
    console.sync()
    assert (getattr(world.ticket("1"), str(mine.field)), console.states()) == (then, ["sent"])


@pytest.mark.parametrize("text", ["plugged it in", ""])
def test_both_resolving_it_is_no_clash_and_both_are_heard(console, world, text):
    console.do("1", Resolve(text), Note("and cleaned up"))
    world.resolve_as("kim", "1", "rebooted")
    result = console.sync()
    assert (result.conflicts, set(console.states()), world.ticket("1").state) == (0, {"sent"}, "resolved")
    assert texts(world, "1") == ["rebooted", *([text] if text else []), "and cleaned up"]


def test_sending_one_ticket_is_no_sync(console, syncing):
    before = syncing.status().last_ok
    console.time.now += 300
    console.do("1", Note("quick"))
    syncing.send(console.uid("1"), "mem")
    assert (console.states(), syncing.status().last_ok) == (["sent"], before)
    assert syncing.scheduled("mem") is not None  # the next run is not put off by it


@pytest.mark.parametrize("runs", [1, 3])
def test_a_note_that_may_have_landed_before_a_merge_is_not_repeated(console, world, runs):
    console.do("1", Note("once"))
    console.faults.drop_next_response = True
    console.sync()
    world.merge("1", "2")
    for _ in range(runs):
        result = console.sync()
    assert texts(world, "1") + texts(world, "2") == ["once"]
    [entry] = console.store.read(lambda db: outbox.entries(db))
    assert (entry.state, result.error) == ("unknown", None)
    assert "merged into 2" in entry.error
