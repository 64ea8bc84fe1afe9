"""The made-up desk: how many, how late, always the same, and as right as one that was synced."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from deskui import config
from deskui.services import contracts, deskgen
from deskui.services.stock import Stock
from deskui.store import tickets
from deskui.store.store import Store
from tests.make import NOW

DATA = Path(__file__).parents[2] / "data"
FOLDER = DATA / "demo"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    rules = contracts.load(DATA / "sla" / "default.toml")
    with Store(tmp_path / "desk.db", rules, lambda: NOW) as opened:
        opened.open()
        yield opened


def test_it_makes_as_many_as_asked_and_says_how_far_it_is(store: Store) -> None:
    heard: list[int] = []
    deskgen.generate(store, 600, open_percent=20, now=NOW, folder=FOLDER, progress=heard.append)
    assert store.read(lambda db: db.execute("SELECT count(*), sum(done), min(id), max(id) FROM ticket").fetchone()) == (
        600, 480, "T-000001", "T-000600",
    )  # fmt: skip
    events, late = store.read(
        lambda db: db.execute(
            "SELECT (SELECT count(*) FROM event), sum(due < ?) FROM ticket WHERE done = 0", (NOW,)
        ).fetchone()
    )
    assert 4 <= events / 600 <= 8
    assert 5 <= late <= deskgen.HOT
    assert heard == [250, 500, 600]


def test_the_first_screen_ticks(store: Store) -> None:
    """The bench counts the bytes of 20 live countdowns: under ten minutes to go, or late by less than an hour."""
    deskgen.generate(store, 100, open_percent=100, now=NOW, folder=FOLDER)
    dues = store.read(
        lambda db: [row[0] for row in db.execute("SELECT due FROM ticket ORDER BY band, sort_due LIMIT 25")]
    )
    assert all(-3600 < due - NOW < 600 for due in dues)


def test_a_bulk_load_derives_what_a_rebuild_derives(store: Store) -> None:
    deskgen.generate(store, 120, open_percent=60, now=NOW, folder=FOLDER)

    def everything() -> list[tuple[object, ...]]:
        return store.read(lambda db: db.execute("SELECT * FROM ticket ORDER BY pk").fetchall())

    before = everything()
    uids = store.read(lambda db: [row[0] for row in db.execute("SELECT uid FROM ticket")])
    store.write(lambda tx: tickets.rebuild(tx, uids)).result()
    assert everything() == before
    state = {mode for (mode,) in store.read(lambda db: db.execute("SELECT DISTINCT mode FROM ticket").fetchall())}
    assert state == {"run", "paused", "none"}


def test_its_words_are_found(store: Store) -> None:
    deskgen.generate(store, 300, now=NOW, folder=FOLDER)
    found = store.read(
        lambda db: db.execute("SELECT count(*) FROM search WHERE search MATCH 'printer OR drucker'").fetchone()[0]
    )
    whole = store.read(lambda db: db.execute("SELECT count(*) FROM body").fetchone()[0])
    assert 0 < found < whole
    (uid,) = store.read(lambda db: db.execute("SELECT uid FROM ticket WHERE id = 'T-000300'").fetchone())
    history = store.read(lambda db: tickets.events(db, uid))
    assert history[0].type == "created"
    assert history[0].text
    assert [event.at for event in history] == sorted(event.at for event in history)


def test_the_same_seed_makes_the_same_desk() -> None:
    stock = Stock(FOLDER)
    one, again, other = (list(deskgen.lives(50, 40, seed, NOW, stock)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    ids = [ticket.remote_id for ticket, _ in one]
    assert ids == [f"{number:06}" for number in range(1, 51)]
    assert all(event.at <= NOW for _, events in one for event in events)
    keys = [event.key for _, events in one for event in events]
    assert len(set(keys)) == len(keys)


def test_the_home_opens(store: Store) -> None:
    deskgen.generate(store, 1, now=NOW, folder=FOLDER)
    home = store.path.parent
    settings = config.load(home / "config.toml")
    assert settings.upstream["gen"].kind == "memory"
    assert settings.upstream["gen"].prefix == "T-"
    (home / "config.toml").write_text('[desk]\nzone = "Europe/Berlin"\n')
    deskgen.write_config(home)
    assert config.load(home / "config.toml").desk.zone == "Europe/Berlin"


def test_no_slot_stays_empty() -> None:
    stock, random = Stock(FOLDER), Random(3)
    for _ in range(400):
        case = stock.draw(random)
        assert not {"{", "}"} & set(case.subject + case.text + case.fix)
        assert case.customer in stock.customers
        assert 2 <= case.priority <= 4
