"""One run against a real small upstream with faults, on a real store: nothing lost, nothing twice."""

import random
from dataclasses import dataclass, replace

import pytest

from deskui.domain.change import Acknowledge, Assign, Create, Hold, Note, Reply, Resolve, Resume
from deskui.domain.fields import SetImpact, SetPriority, SetSubject
from deskui.store import conflicts, health, outbox, syncstate, tickets
from deskui.store.driver import StoreError
from deskui.sync.engine import Engine
from deskui.upstream.base import Options, Receipt
from deskui.upstream.memory import Adapter, Faults, World
from tests.make import make_store

START = 1_790_000_000


@dataclass
class Time:
    now: int = START

    def __call__(self) -> int:
        return self.now


class Console:
    """A store, an adapter and an engine: what one technician's machine has."""

    def __init__(self, path, world, time, user="anna"):
        self.time, self.user = time, user
        self.store = make_store(path, clock=time, prefixes={"mem": "M-"})
        self.faults = Faults()
        self.adapter = Adapter("mem", Options(user=user), world=world, faults=self.faults)
        self.engine = Engine(self.store, self.adapter, time)

    def sync(self, **how):
        self.time.now += 1
        return self.engine.run(**how)

    def uid(self, remote):
        return self.store.read(lambda db: tickets.uid_by_remote(db, "mem", remote))

    def do(self, remote, *changes):
        uid = self.uid(remote)
        for change in changes:

            def work(tx, change=change):
                entry = outbox.add(tx, uid, change, author=self.user)
                tickets.rebuild(tx, [uid])
                return entry

            entry = self.store.write(work).result()
        return entry

    def shown(self, remote):
        return self.store.read(lambda db: tickets.shown(db, self.uid(remote)))

    def events(self, remote):
        return self.store.read(lambda db: tickets.events(db, self.uid(remote)))

    def states(self):
        return [entry.state for entry in self.store.read(lambda db: outbox.entries(db))]

    def conflicts(self):
        return self.store.read(conflicts.open_)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def world(time):
    world = World(clock=time)
    for n in range(1, 6):
        world.make(Create(f"Printer {n} on fire", f"it burns {n}", requestor="carl@kunde.example", priority=3))
        time.now += 60
    return world


@pytest.fixture
def open_console(tmp_path, world, time):
    consoles = []

    def make(name="a", user="anna"):
        console = Console(tmp_path / name, world, time, user)
        consoles.append(console)
        return console

    yield make
    for console in consoles:
        console.store.close()


@pytest.fixture
def console(open_console):
    console = open_console()
    result = console.sync()
    assert (result.pulled, result.error) == (5, None)
    return console


def texts(world, remote, kind="internal_note"):
    return [event.text for event in world.live.events[remote] if event.type == kind]


def test_the_first_pull_brings_tickets_facts_and_bodies(console):
    assert console.shown("3").subject == "Printer 3 on fire"
    assert [(e.type, e.text) for e in console.events("3")] == [("created", "it burns 3")]
    assert console.store.read(lambda db: tickets.history(db, console.uid("3"))) == "full"


@pytest.mark.parametrize("pages", range(5))
def test_a_first_pull_cut_anywhere_goes_on_where_it_was(open_console, pages):
    console = open_console()
    console.adapter.page_size = 2
    console.faults.pages_left = pages
    assert console.sync().offline
    console.faults.pages_left = None
    console.sync()
    assert [len(console.events(str(n))) for n in range(1, 6)] == [1] * 5


def test_pages_delivered_twice_change_nothing(console, world):
    console.faults.repeat_pages = True
    world.note_as("kim", "1", "looked at it")
    console.sync()
    assert [e.type for e in console.events("1")] == ["created", "internal_note"]


def test_work_done_offline_arrives_once(console, world):
    console.faults.offline = True
    console.do("1", Assign("anna"), Acknowledge(), Note("checked", minutes=5), Hold("vendor"))
    console.do("2", SetPriority(1), SetImpact("high"), Reply("on it"), Resolve("replaced"))
    assert console.sync().offline
    assert (console.shown("1").state, console.shown("1").hold_reason) == ("pending", "vendor")
    console.faults.offline = False
    result = console.sync()
    assert (result.pushed, result.conflicts, set(console.states())) == (8, 0, {"sent"})
    assert [e.type for e in world.live.events["1"]] == [e.type for e in console.events("1")]
    assert texts(world, "1") == ["checked"]
    assert texts(world, "2", "public_reply") == ["on it"]
    assert (world.ticket("1").owner, world.ticket("2").priority) == ("anna", 1)
    assert console.sync().pushed == 0


CHANGES = [
    Assign("anna"),
    Acknowledge(),
    Hold("customer"),
    Note("once"),
    Reply("once"),
    SetPriority(1),
    SetImpact("high"),
    Resolve("once"),
]


@pytest.mark.parametrize("fault", ["drop_next_response", "drop_next_request"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.verb)
def test_a_lost_answer_is_looked_up_never_repeated_blind(console, world, fault, change):
    console.do("1", change)
    setattr(console.faults, fault, True)
    assert console.sync().offline
    assert console.states() == ["unknown"]
    console.sync()
    assert console.states() == ["sent"]
    events = [e for e in world.live.events["1"] if e.author == "anna"]
    assert len([e for e in events if e.type != "field" or e.data["field"] != "state"]) == len(
        [f for f in change.facts(world.ticket("1")) if f[0] != "field" or f[1]["field"] != "state"]
    )


@pytest.mark.parametrize("fault", ["drop_next_response", "drop_next_request"])
def test_a_create_whose_answer_was_lost_is_found_by_its_token(console, world, fault):
    create = Create("Phoned in", "door stuck", priority=2, received=START - 600, token="tok-1")

    def work(tx):
        uid = tickets.new(tx, "mem")
        outbox.add(tx, uid, create, author="anna")
        outbox.add(tx, uid, Note("told them to wait"), author="anna")
        tickets.rebuild(tx, [uid])
        return uid

    uid = console.store.write(work).result()
    assert console.store.read(lambda db: tickets.shown(db, uid)).id == "M-~1"
    setattr(console.faults, fault, True)
    console.sync()
    console.sync()
    assert console.states() == ["sent", "sent"]
    assert [t.subject for t in world.live.tickets.values()].count("Phoned in") == 1
    shown = console.store.read(lambda db: tickets.shown(db, uid))
    assert (shown.id, shown.received) == ("M-6", START - 600)
    assert console.store.read(lambda db: tickets.uid_of(db, "M-~1")) == uid
    assert texts(world, "6") == ["told them to wait"]


def lost_create(console, *behind):
    """A ticket made here whose answer was lost, with what waits behind its create; the entry."""
    create = Create("Phoned in", "door stuck", priority=2, token="tok-1")

    def work(tx):
        uid = tickets.new(tx, "mem")
        entry, *_ = [outbox.add(tx, uid, change, author="anna") for change in (create, *behind)]
        tickets.rebuild(tx, [uid])
        return entry

    entry = console.store.write(work).result()
    console.faults.drop_next_response = True
    console.sync()
    return entry


def test_what_others_did_to_a_new_ticket_before_it_was_known_as_ours_clashes(console, world):
    lost_create(console, Note("told them"), Assign("anna"), SetPriority(1))
    world.change_as("kim", "6", Assign("kim"))
    console.sync()
    [conflict] = console.conflicts()
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("owner", None, "anna", "kim")
    assert (console.states(), world.ticket("6").owner) == (["sent", "sent", "conflict", "sent"], "kim")


def test_a_create_that_is_there_but_could_not_be_completed_is_not_made_again(console, world, monkeypatch):
    entry = lost_create(console)

    def moved(entry, ticket, seen):  # a system that refuses to write to what has moved since it was read
        return Receipt(ticket, (), written=False)

    with monkeypatch.context() as patch:
        patch.setattr(console.adapter, "push", moved)
        console.sync()
    assert console.store.read(lambda db: outbox.get(db, entry.uid)).state == "unknown"
    console.sync()
    assert console.states() == ["sent"]
    assert [t.subject for t in world.live.tickets.values()].count("Phoned in") == 1


def test_a_process_that_died_while_sending_is_cleaned_up_after(console, world):
    entry = console.do("1", Note("was it sent?"))
    console.store.write(lambda tx: outbox.mark(tx, entry.uid, "sending", seen="1")).result()
    world.note_as("anna", "1", "was it sent?")
    console.sync()
    assert (console.states(), texts(world, "1")) == (["sent"], ["was it sent?"])


def test_somebody_elses_move_of_the_same_field_is_a_conflict(console, world):
    console.do("1", Assign("anna"), Note("mine too"))
    world.change_as("kim", "1", Assign("kim"))
    result = console.sync()
    assert (result.conflicts, console.states()) == (1, ["conflict", "sent"])
    [row] = console.conflicts()
    assert (row.field, row.base, row.mine, row.theirs, row.by) == ("owner", None, "anna", "kim", "kim")
    assert console.shown("1").owner == "kim"


def test_a_subject_takes_in_what_somebody_else_made_of_other_words(console, world):
    console.do("1", SetSubject("Printer 1 in the hall on fire"))
    world.change_as("kim", "1", SetSubject("Plotter 1 on fire"))
    console.sync()
    assert (console.states(), world.ticket("1").subject) == (["sent"], "Plotter 1 in the hall on fire")
    console.do("1", SetSubject("Plotter 1 in the cellar on fire"))

    def race(method):
        if method == "push":
            console.faults.before = None
            world.change_as("kim", "1", SetSubject("Plotter 1 in the yard on fire"))

    console.faults.before = race
    console.sync()
    [row] = console.conflicts()
    assert (row.mine, row.theirs) == ("Plotter 1 in the cellar on fire", "Plotter 1 in the yard on fire")


def test_a_ticket_that_others_keep_moving_is_tried_three_times_a_run(console, world):
    console.do("1", SetPriority(1))
    tries = []

    def rival(entry, remote):
        tries.append(entry.uid)
        world.change_as("kim", remote, SetImpact(("high", "low")[len(tries) % 2]))

    console.faults.rival = rival
    console.sync()
    assert (len(tries), console.states(), console.conflicts()) == (3, ["queued"], [])
    console.faults.rival = None
    console.sync()
    assert (console.states(), world.ticket("1").priority) == (["sent"], 1)


def test_a_move_between_pull_and_push_is_noticed(console, world):
    console.do("1", SetPriority(1))

    def race(method):
        if method == "push":
            console.faults.before = None
            world.change_as("kim", "1", SetPriority(2))

    console.faults.before = race
    console.sync()
    assert console.states() == ["conflict"]
    assert world.ticket("1").priority == 2


def test_other_fields_and_automatic_moves_are_no_conflict(console, world):
    console.do("1", Hold("customer"))
    console.sync()
    console.do("1", SetImpact("low"), Resolve("they answered"))
    world.reply_as_customer("1", "works again")  # the upstream resumes it by itself
    world.change_as("kim", "1", SetPriority(1))
    result = console.sync()
    assert (result.conflicts, world.ticket("1").state, world.ticket("1").impact) == (0, "resolved", "low")


def test_a_refused_change_is_settled_and_shown(console):
    console.do("1", SetPriority(1))
    console.faults.reject_next = "Permission Denied"
    result = console.sync()
    [entry] = console.store.read(lambda db: outbox.entries(db))
    assert (result.rejected, entry.state, entry.error) == (1, "rejected", "Permission Denied")
    assert console.shown("1").priority == 3


def test_a_second_console_sees_the_same(console, open_console):
    console.do("1", Acknowledge(), Hold("parts"))
    console.sync()
    other = open_console("b", "kim")
    other.sync()
    assert other.shown("1").holds == ("parts",)
    assert [e.type for e in other.events("1")] == [e.type for e in console.events("1")]
    other.do("1", Resume())
    other.sync()
    console.sync()
    assert console.shown("1").state == "in_progress"


def test_deleted_and_merged_tickets_leave_and_what_waited_is_kept(console, world):
    console.do("1", Note("for the survivor"), SetPriority(1))
    console.do("3", Note("too late"))
    world.merge("1", "2")
    world.delete("3")
    console.sync()
    assert texts(world, "2") == ["for the survivor"]
    assert sorted(console.states()) == ["conflict", "conflict", "sent"]


@pytest.mark.parametrize("seed", range(6))
def test_random_faults_leave_exactly_one_effect_each(console, world, seed, time):
    dice = random.Random(seed)
    for n in range(60):
        remote = str(dice.randint(1, 5))
        console.do(remote, dice.choice([Note(f"note {n}"), Reply(f"note {n}")]))
        fault = dice.choice(["drop_next_response", "drop_next_request", "offline", "repeat_pages", None])
        if fault:
            setattr(console.faults, fault, True)
        console.sync()
        console.faults.offline = console.faults.repeat_pages = False
    for _ in range(10):
        console.faults.drop_next_response = console.faults.drop_next_request = False
        console.sync()
    assert set(console.states()) == {"sent"}, f"seed {seed}"
    found = [e.text for events in world.live.events.values() for e in events if (e.text or "").startswith("note ")]
    assert sorted(found) == sorted(f"note {n}" for n in range(60)), f"seed {seed}"


def test_what_is_done_here_is_told_in_the_upstreams_time(console):
    console.faults.offset_s = 120.4
    console.sync()
    entry = console.do("1", Acknowledge())
    assert entry.made_at == console.time.now - 120


def test_reading_all_anew_takes_nothing_away_and_finds_what_is_gone(console, world, monkeypatch):
    console.do("1", SetImpact("high"), Hold("vendor"))
    console.sync()

    def plainer(after):  # as RT: the quick list knows nothing that stands in notes
        for page in Adapter.open_tickets(console.adapter, after):
            yield replace(page, tickets=tuple(replace(ticket, impact=None) for ticket in page.tickets))

    monkeypatch.setattr(console.adapter, "open_tickets", plainer)
    world.delete("2")
    world.merge("3", "4")
    world.note_as("kim", "5", "missed by the feed")
    last = str(world.last)
    console.store.write(lambda tx: syncstate.put(tx, "mem", cursor=last)).result()
    console.sync(full=True)
    assert (console.shown("1").impact, console.shown("1").holds) == ("high", ("vendor",))
    assert [e.text for e in console.events("5")][-1] == "missed by the feed"
    assert console.store.read(lambda db: tickets.open_remotes(db, "mem")) == ["1", "4", "5"]
    assert console.conflicts() == []


def test_what_is_to_be_sent_waits_for_the_look_at_the_store(tmp_path, world, time, monkeypatch):
    """The pull does not wait; a damaged store sends nothing."""
    me = Console(tmp_path, world, time)
    me.sync()
    me.do("1", Note("mine"))
    world.make(Create("new"), at=time())
    looks = []

    def whole(path, begun=None):
        looks.append(me.shown(str(len(world.live.tickets))).subject)  # the pull is over
        return "a page is wrong"

    monkeypatch.setattr(health, "whole", whole)
    with pytest.raises(StoreError, match=r"damaged \(a page is wrong\)"):
        me.sync()
    with pytest.raises(StoreError, match="damaged"):
        me.sync()
    assert looks == ["new"]
    assert me.states() == ["queued"]
    me.store.close()


def test_reading_all_anew_misses_nothing_of_a_ticket_that_is_finished_here(console, world, monkeypatch):
    world.resolve_as("kim", "1")
    console.sync()
    world.reply_as_customer("1", "still broken")
    with monkeypatch.context() as patch:  # what else would have found it is cut off
        patch.setattr(console.engine, "_sweep", lambda result, full: None)
        console.sync(full=True)
    assert console.shown("1").state == "in_progress"
    assert [e.text for e in console.events("1")][-2] == "still broken"


def test_a_move_whose_page_comes_after_its_ticket_clashes_all_the_same(console, world):
    console.adapter.page_size = 1
    console.do("1", Assign("anna"))
    world.note_as("kim", "1", "first page: the ticket as it is now")
    world.change_as("kim", "1", Assign("kim"))
    console.sync()
    assert ([c.theirs for c in console.conflicts()], world.ticket("1").owner) == (["kim"], "kim")
