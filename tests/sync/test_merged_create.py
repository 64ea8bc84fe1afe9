"""A new ticket whose answer was lost, and which others made part of another one before anybody here knew of it."""

from deskui.domain.change import Create, Note
from deskui.store import outbox, tickets
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, Faults, World
from tests.make import Clock, make_store, queue, write


def test_it_is_the_survivor_and_nothing_of_it_is_written_there(tmp_path):
    clock, faults = Clock(), Faults()
    world = World(clock=clock)
    survivor = world.make(Create("the first", requestor="carl@kunde.example", received=clock.now - 9000))
    adapter = Adapter("mem", Options(user="anna"), world=world, faults=faults)
    with make_store(tmp_path, clock, prefixes={"mem": "M-"}) as store:
        engine = Engine(store, adapter, clock)
        engine.run()
        uid = write(store, lambda tx: tickets.new(tx, "mem"))
        made = queue(store, uid, Create("phoned", "text", received=clock.now - 600, token="abc"))
        note = queue(store, uid, Note("and this"))
        faults.drop_next_response = True
        assert engine.run().offline
        [mine] = [one for one in world.live.tickets if one != survivor]
        world.merge(mine, survivor, "kim")
        clock.now += 60
        before = world.last
        assert engine.run().error is None
        entries = {entry.uid: entry for entry in store.read(lambda db: outbox.entries(db))}
        assert (entries[made.uid].state, entries[made.uid].event_keys) == ("sent", ())
        assert entries[note.uid].state == "sent"
        told = [event for row in world.rows if row.n > before for event in row.events]
        assert [(event.type, event.text) for event in told] == [("internal_note", "and this")]
        found = store.read(lambda db: tickets.uid_by_remote(db, "mem", survivor))
        assert store.read(lambda db: tickets.uid_of(db, "M-~1")) == found
        assert len(world.live.tickets) == 2
