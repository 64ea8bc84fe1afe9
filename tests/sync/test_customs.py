"""What a desk makes of what others did: an acknowledgement, a resume; nothing unless it was turned on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.domain.change import Create, Hold
from deskui.domain.event import Event
from deskui.store import outbox, tickets
from deskui.store.store import Store
from deskui.sync.customs import OFF, Customs, opened
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, World
from tests.make import NOW, Clock, make_store

ON = Customs(acknowledge_on_open=True, resume_on_customer_reply=True, me="anna")


class Stubborn(World):
    """A system in which an answer moves nothing, as Request Tracker is shipped."""

    def reply_as_customer(self, remote_id: str, text: str, who: str = "", *, at: int | None = None) -> Event:
        with self.turn():
            said = (("customer_reply", {}, text),)
            row = self._commit(self.ticket(remote_id), said, "carl@kunde.example", "customer", self.clock())
            return row.events[0]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    world = Stubborn(clock=clock)
    world.make(Create("Printer on fire", "it burns", requestor="carl@kunde.example", priority=3))
    return world


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with make_store(tmp_path, clock=clock, prefixes={"mem": "M-"}) as opened_store:
        yield opened_store


def engine(store: Store, world: World, clock: Clock, customs: Customs, *, sends: bool = True) -> Engine:
    return Engine(store, Adapter("mem", Options(user="anna"), world=world), clock, sends=sends, customs=customs)


def types(store: Store) -> list[str]:
    uid = store.read(lambda db: tickets.uid_by_remote(db, "mem", "1")) or ""
    return [event.type for event in store.read(lambda db: tickets.events(db, uid))]


def queued(store: Store) -> list[str]:
    return [entry.change.verb for entry in store.read(lambda db: outbox.entries(db))]


@pytest.mark.parametrize(
    ("type_", "side", "data", "counts"),
    [
        ("field", "staff", {"field": "state", "from": "new", "to": "in_progress"}, True),
        ("field", "system", {"field": "state", "from": "new", "to": "in_progress"}, False),
        ("field", "customer", {"field": "state", "from": "new", "to": "in_progress"}, False),
        ("field", "staff", {"field": "state", "from": "pending", "to": "in_progress"}, False),
        ("field", "staff", {"field": "subject", "from": "new", "to": "newer"}, False),
        ("assign", "staff", {"from": "", "to": "kim"}, False),
    ],
)
def test_what_counts_as_opened(type_: str, side: str, data: dict[str, str], counts: bool) -> None:
    event = Event("7", NOW, type_, "kim", side, data=data)
    found = opened([event])
    assert found[0] is event
    assert [(each.key, each.type, each.author, each.at) for each in found[1:]] == (
        [("7/99", "acknowledge", "kim", NOW)] if counts else []
    )


@pytest.mark.parametrize(("customs", "there"), [(OFF, False), (ON, True)])
def test_a_move_made_elsewhere_is_an_acknowledgement_only_if_the_desk_says_so(
    store: Store, world: World, clock: Clock, customs: Customs, there: bool
) -> None:
    clock.now += 60
    world.move_as("kim", "1", "state", "in_progress")
    for _ in range(2):  # and only once
        engine(store, world, clock, customs).run()
        engine(store, world, clock, customs).run(full=True)
    assert types(store).count("acknowledge") == int(there)


def waiting(store: Store, world: World, clock: Clock, customs: Customs, *, sends: bool = True) -> None:
    """The ticket waits for the customer, and the desk knows it; then the customer answers."""
    world.change_as("kim", "1", Hold("customer"))
    engine(store, world, clock, customs, sends=sends).run()
    clock.now += 600
    world.reply_as_customer("1", "here it is")
    engine(store, world, clock, customs, sends=sends).run()


@pytest.mark.parametrize(("customs", "sends", "verbs"), [(OFF, True, []), (ON, True, ["resume"]), (ON, False, [])])
def test_an_answer_queues_the_resume_only_if_the_desk_says_so(
    store: Store, world: World, clock: Clock, customs: Customs, sends: bool, verbs: list[str]
) -> None:
    waiting(store, world, clock, customs, sends=sends)
    assert queued(store) == verbs
    assert world.ticket("1").state == ("in_progress" if verbs else "pending")  # the same run has sent it
    clock.now += 60
    engine(store, world, clock, customs, sends=sends).run()
    engine(store, world, clock, customs, sends=sends).run(full=True)
    assert queued(store) == verbs


def test_what_a_first_pull_brings_is_history(store: Store, world: World, clock: Clock) -> None:
    world.change_as("kim", "1", Hold("customer"))
    clock.now += 600
    world.reply_as_customer("1", "here it is")
    engine(store, world, clock, ON).run()
    assert queued(store) == []
    assert world.ticket("1").state == "pending"


def test_an_answer_before_the_hold_resumes_nothing(store: Store, world: World, clock: Clock) -> None:
    engine(store, world, clock, ON).run()
    clock.now += 60
    world.reply_as_customer("1", "one more thing")
    clock.now += 60
    world.change_as("kim", "1", Hold("third_party"))
    engine(store, world, clock, ON).run()
    assert queued(store) == []
