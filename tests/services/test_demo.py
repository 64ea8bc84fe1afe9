"""The demo desk: its past, its script, the colleague who is faster, and the directory that grows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui import config
from deskui.domain.change import Acknowledge, Assign, Change, Hold, Note, Resolve
from deskui.domain.fields import SetCi, SetImpact, SetPriority
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.services import contracts, demodesk
from deskui.services.customers import Customers
from deskui.services.demo import Demo, clash, seconds, start
from deskui.store import conflicts, outbox, tickets
from deskui.store.store import Store
from deskui.sync.engine import Engine
from deskui.upstream.base import Unreachable
from deskui.upstream.memory import World

DATA = Path(__file__).parents[2] / "data"
FOLDER = DATA / "demo"
START = start(FOLDER)


class Clock:
    """The demo's time, moved by the tests."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at


class Night:
    """A prepared demo and its clock."""

    def __init__(self, home: Path) -> None:
        self.clock = Clock()
        self.demo = Demo(home, FOLDER, self.clock).prepare()
        self.world: World = self.demo.world

    def at(self, time: str) -> None:
        """Let the night go on until `m:ss` after the start."""
        self.clock.at = START + seconds(time)
        self.demo.step(seconds(time))

    def ticket(self, subject: str) -> Ticket:
        return self.world.ticket(self.demo._find(subject))


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    one = Night(tmp_path)
    yield one
    one.demo.close()


def test_whoever_asks_is_on_file_with_a_number_and_one_is_a_vip(night: Night) -> None:
    customers = Customers(night.demo.home / "customers", lambda name: "")
    assert customers.all().wrong == ()
    for name, customer in night.demo.desk.customers.items():
        found = customers.get(name)
        assert found is not None
        for key in customer["people"]:
            contact = found.contact(night.demo.desk.address(name, key))
            assert contact is not None
            assert contact.phone
    assert [each.name for each in customers.all().customers[1].contacts if each.vip] == ["Henriette Kranz"]
    sites = {asset.site for asset in night.demo.assets()}
    assert all(any(site.name in sites for site in each.sites) for each in customers.all().customers)


def test_the_past_is_one_night_of_sixty_open_and_three_hundred_finished_tickets(night: Night) -> None:
    known = night.world.live.tickets
    open_ = [ticket for ticket in known.values() if ticket.is_open]
    assert (len(open_), len(known) - len(open_)) == (60, 300)
    assert all(event.at <= START for events in night.world.live.events.values() for event in events)
    assert {ticket.customer for ticket in open_} == {"Nordkauf", "Kranz AG", "Krantz AG", "Stadtwerke Elm"}
    assert night.ticket("Tills offline in 14 stores").remote_id == "4711"
    assert {ticket.hold_reason for ticket in open_} >= {"customer", "vendor", "parts", "change_window"}
    assert any("\x1b]0;" in ticket.subject for ticket in open_)
    assert any("[@click=app.quit]" in ticket.subject for ticket in open_)
    assert any("vip" in ticket.tags for ticket in open_)
    assert sum("WLAN" in ticket.subject and ticket.cis == ("store-112-ap2",) for ticket in open_) == 2


def test_the_same_night_each_time(night: Night, tmp_path: Path) -> None:
    again = World(lambda: START, "", night.demo.desk.first_number)
    demodesk.fill(again, FOLDER, night.demo.desk)
    assert again.rows == night.world.rows


def test_every_ticket_names_a_known_item_and_customer(night: Night) -> None:
    names = {asset.name for asset in night.demo.assets()}
    assert len(names) == 12
    assert {name for ticket in night.world.live.tickets.values() for name in ticket.cis} <= names
    rules = contracts.load(DATA / "sla" / "default.toml", night.demo.contracts, "Europe/Berlin")
    assert set(rules.contracts) == set(night.demo.desk.customers)
    assert len({contract.policy.targets[3]["resolution"] for contract in rules.contracts.values()}) == 4


def test_the_config_that_it_writes_is_one(night: Night) -> None:
    settings = config.load(night.demo.home / "config.toml")
    assert settings.upstream["desk"].prefix == "D-"
    assert settings.upstream["desk"].url == f"memory:{night.demo.home / 'upstream.jsonl'}"


def test_somebody_else_may_sit_at_the_desk(tmp_path: Path) -> None:
    demo = Demo(tmp_path, FOLDER, lambda: START, 'ann "o" neill').prepare()
    demo.close()
    assert config.load(tmp_path / "config.toml").me["name"] == demo.upstream.login().user == 'ann "o" neill'
    owners = {ticket.owner for ticket in demo.world.live.tickets.values()}
    assert 'ann "o" neill' in owners
    assert "me" not in owners


def test_the_script_brings_a_p1_and_takes_the_network_away_for_forty_seconds(night: Night) -> None:
    night.at("0:39")
    assert [ticket.priority for ticket in night.world.live.tickets.values() if ticket.created > START] == []
    night.at("0:40")
    (new,) = [ticket for ticket in night.world.live.tickets.values() if ticket.created > START]
    assert (new.priority, new.customer, new.cis) == (1, "Stadtwerke Elm", ("scada-hist",))
    assert night.demo.upstream.login().user == "me"
    night.at("2:00")
    with pytest.raises(Unreachable):
        night.demo.upstream.login()
    night.at("2:39")
    with pytest.raises(Unreachable):
        night.demo.upstream.login()
    night.at("2:40")
    assert night.demo.upstream.login().user == "me"


def test_a_step_happens_once_and_a_late_one_is_caught_up(night: Night) -> None:
    night.at("5:00")
    after = len(night.world.rows)
    night.at("5:00")
    assert len(night.world.rows) == after
    assert not night.demo.faults.offline


def test_afterwards_something_comes_now_and_then_and_never_a_p1(night: Night) -> None:
    night.at("5:59")
    before, known = len(night.world.rows), set(night.world.live.tickets)
    for minute in range(6, 46):
        night.at(f"{minute}:00")
    new = [ticket for one, ticket in night.world.live.tickets.items() if one not in known]
    assert 15 <= len(night.world.rows) - before <= 60
    assert new
    assert all(ticket.priority > 2 for ticket in new)


def test_kim_takes_the_ticket_that_was_changed_last(night: Night) -> None:
    subject = "Drucker \x1b]0;owned\x07\x1b[2J\x1b[31mspinnt\x1b[0m nach Firmware"
    night.at("1:00")
    night.world.note_as("me", night.ticket(subject).remote_id, "on it")
    night.at("1:10")
    assert night.ticket(subject).owner == "kim"


TICKET = Ticket("desk", "1", state="in_progress", priority=2, impact="high")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (Assign("me"), (Assign("kim"),)),
        (Acknowledge(), (Assign("kim"),)),
        (SetPriority(1), (SetPriority(3),)),
        (SetPriority(3), (SetPriority(4),)),
        (SetImpact("low"), (SetImpact("medium"),)),
        (Hold("vendor"), (Resolve("Solved on the phone."),)),
        (Resolve("done"), (Hold("vendor"),)),
        (SetCi("x"), ()),
        (Note("words"), ()),
    ],
)
def test_what_clashes(mine: Change, theirs: tuple[Change, ...]) -> None:
    assert clash("kim", mine, TICKET) == theirs


def test_the_directory_really_grows_to_its_size_and_goes(night: Night) -> None:
    def size() -> int:
        return sum(file.stat().st_size for file in night.demo.spool.iterdir())

    assert size() == 20 << 20
    night.at("0:20")
    assert size() == 25 << 20
    night.at("9:00")
    night.at("10:00")
    assert size() == 48 << 20
    (watched,) = [asset for asset in night.demo.assets() if asset.watch]
    assert (watched.address, watched.watch[0].path) == ("local", str(night.demo.spool))
    assert 20 << 20 < watched.watch[0].limit < 48 << 20
    night.demo.close()
    assert not night.demo.spool.exists()


def test_the_desk_syncs_it_and_the_conflict_appears(night: Night, tmp_path: Path) -> None:
    rules = contracts.load(DATA / "sla" / "default.toml", night.demo.contracts, "Europe/Berlin")
    with Store(tmp_path / "desk.db", rules, night.clock, {"desk": "D-"}).open() as store:
        engine = Engine(store, night.demo.upstream, night.clock)
        assert engine.run().error is None
        counts = store.read(lambda db: db.execute("SELECT count(*), sum(done), min(history) FROM ticket").fetchone())
        assert counts == (360, 300, 2)
        night.at("1:10")
        uid = store.read(lambda db: tickets.uid_of(db, "D-4711"))
        assert uid

        def do(change: Change) -> Entry:
            def work(tx):  # type: ignore[no-untyped-def]
                entry = outbox.add(tx, uid, change, author="me")
                tickets.rebuild(tx, [uid])
                return entry

            return store.write(work).result()

        do(Acknowledge())
        do(Assign("me"))
        night.at("2:00")
        assert engine.run().offline
        night.at("2:40")
        result = engine.run()
        assert (result.error, result.conflicts) == (None, 1)
        (open_,) = store.read(conflicts.open_)
        assert (open_.ticket_id, open_.field, open_.mine, open_.theirs, open_.by) == (
            "D-4711", "owner", "me", "kim", "kim",
        )  # fmt: skip


def test_the_demo_speaks_to_nobody_but_this_machine(night: Night) -> None:
    assert {asset.address for asset in night.demo.assets()} == {"local", "127.0.0.1"}
