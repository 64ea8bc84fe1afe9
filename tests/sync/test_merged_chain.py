"""A ticket that was merged into one which the desk has never seen, because that one was merged at once as well."""

from deskui.domain.change import Create, Note
from deskui.store import conflicts, outbox, tickets
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, World
from tests.make import Clock, make_store, queue


def test_what_waits_follows_to_the_last_survivor(tmp_path):
    clock = Clock()
    world = World(clock=clock)
    made = Create("printer", requestor="carl@kunde.example")
    first, last = world.make(made), world.make(made)
    adapter = Adapter("mem", Options(user="anna"), world=world)
    with make_store(tmp_path, clock, prefixes={"mem": "M-"}) as store:
        engine = Engine(store, adapter, clock)
        engine.run()
        uid = store.read(lambda db: tickets.uid_by_remote(db, "mem", first))
        note = queue(store, uid, Note("typed in the basement"))
        clock.now += 60
        between = world.make(made)
        world.merge(first, between, "kim")
        world.merge(between, last, "kim")
        assert engine.run().error is None
        assert store.read(conflicts.open_) == []
        assert store.read(lambda db: outbox.get(db, note.uid)).state == "sent"
        assert "typed in the basement" in [event.text for event in world.live.events[last]]
        assert store.read(lambda db: tickets.uid_of(db, f"M-{first}")) == store.read(
            lambda db: tickets.uid_by_remote(db, "mem", last)
        )
