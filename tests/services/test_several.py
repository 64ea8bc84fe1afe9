"""Several upstreams in one desk: prefix, cursor, schedule, health and secret each its own; none waits for another."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deskui import wiring
from deskui.domain.change import Assign, Create
from deskui.services.syncing import Syncing
from deskui.store import syncstate
from deskui.store.lock import SyncLock
from deskui.store.store import Store
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, World
from tests.make import NOW, Clock, make_store, queue

WAIT_S = 20.0  # only a failure waits so long


class Two:
    """Two systems with a ticket each, and the desk that syncs both."""

    def __init__(self, home: Path, store: Store) -> None:
        self.store, self.clock = store, Clock()
        self.upstreams = {
            name: Adapter(name, Options(user="anna"), world=World(lambda: NOW)) for name in ("slow", "ok")
        }
        for name, upstream in self.upstreams.items():
            upstream.world.make(Create(f"of {name}", requestor="erika@nordkauf.example"))
        engines = {name: Engine(store, upstream, self.clock) for name, upstream in self.upstreams.items()}
        self.syncing = Syncing(store, engines, SyncLock(home), self.clock, {"slow": 60, "ok": 60})


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with make_store(tmp_path, prefixes={"slow": "S-", "ok": "OK-"}) as store:
        yield Two(tmp_path, store)


def hang(upstream: Adapter, until: threading.Event) -> threading.Event:
    """The upstream does not answer until the event; what is given is set when it was asked."""
    asked = threading.Event()

    def before(_method: str) -> None:
        asked.set()
        assert until.wait(WAIT_S)

    upstream.faults.before = before
    return asked


def test_a_scheduled_run_does_not_wait_for_an_upstream_that_hangs(two: Two) -> None:
    release = threading.Event()
    asked = hang(two.upstreams["slow"], release)
    hanging = threading.Thread(target=partial(two.syncing.scheduled, "slow"))
    hanging.start()
    assert asked.wait(WAIT_S)
    done = threading.Thread(target=partial(two.syncing.scheduled, "ok"), daemon=True)
    done.start()
    done.join(WAIT_S)
    status = {each.name: each for each in two.syncing.status().upstreams}
    release.set()
    hanging.join()
    assert (status["slow"].running, status["slow"].last_ok) == (True, None)
    assert (status["ok"].running, status["ok"].last_ok) == (False, NOW)


def test_what_is_sent_to_one_does_not_wait_for_the_other(two: Two) -> None:
    two.syncing.run_once()
    uid = two.store.read(lambda db: db.execute("SELECT uid FROM ticket WHERE upstream = 'ok'").fetchone())[0]
    queue(two.store, uid, Assign("anna"))
    release = threading.Event()
    asked = hang(two.upstreams["slow"], release)
    two.syncing.sync_now()
    hanging = threading.Thread(target=partial(two.syncing.scheduled, "slow"))
    hanging.start()
    assert asked.wait(WAIT_S)
    sent: list[int] = []
    sending = threading.Thread(target=lambda: sent.append(two.syncing.send(uid, "ok").pushed), daemon=True)
    sending.start()
    sending.join(WAIT_S)
    release.set()
    hanging.join()
    assert sent == [1]


def test_one_run_of_all_runs_them_beside_each_other(two: Two) -> None:
    over = threading.Event()
    hang(two.upstreams["slow"], over)  # goes on only when the other one has ended
    tell = two.syncing.store.subscribe(
        lambda _changed: over.set() if two.store.read(lambda db: syncstate.get(db, "ok")).last_ok else None
    )
    results = two.syncing.run_once()
    tell()
    assert {name: (run.pulled, run.error) for name, run in results.items()} == {"slow": (1, None), "ok": (1, None)}


def test_an_interrupt_does_not_wait_for_the_slowest(tmp_path: Path) -> None:
    """^C in `deskui sync --once`, while one system takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        (tmp_path / "config.toml").write_text(
            f'[upstream.rt]\nurl = "{url}"\nuser = "anna"\n[upstream.mem]\nkind = "memory"\nurl = "memory:"\n'
        )
        argv = [sys.executable, "-m", "deskui", "--home", str(tmp_path), "sync", "--once"]
        run = subprocess.Popen(argv, env={**os.environ, "DESKUI_SECRET_RT": "x"}, stderr=subprocess.DEVNULL)
        deaf.settimeout(WAIT_S)
        line, _ = deaf.accept()
        run.send_signal(signal.SIGINT)
        assert run.wait(WAIT_S / 2) == 130
        line.close()


def test_one_that_is_away_is_away_alone_and_each_has_its_own_cursor_and_prefix(two: Two) -> None:
    two.upstreams["slow"].faults.offline = True
    results = two.syncing.run_once()
    assert {name: run.offline for name, run in results.items()} == {"slow": True, "ok": False}
    status = {each.name: each for each in two.syncing.status().upstreams}
    assert (status["slow"].offline_since, status["slow"].error) == (NOW, "no route to the ticket system")
    assert (status["ok"].offline_since, status["ok"].error) == (None, "")
    two.upstreams["slow"].faults.offline = False
    two.upstreams["ok"].world.make(Create("one more", requestor="erika@nordkauf.example"))
    two.syncing.run_once()
    states = two.store.read(syncstate.all_)
    assert {state.upstream: state.cursor.partition("@")[0] for state in states} == {"slow": "1", "ok": "2"}
    ids = {row[0] for row in two.store.read(lambda db: db.execute("SELECT id FROM ticket").fetchall())}
    assert ids == {"S-1", "OK-1", "OK-2"}


def test_each_upstream_has_its_own_lock_and_the_desks_goes_beside_none(tmp_path: Path) -> None:
    whole = SyncLock(tmp_path)
    one, again, other = whole.of("rt"), SyncLock(tmp_path).of("rt"), SyncLock(tmp_path).of("red/mine")
    assert one.acquire()
    assert not again.acquire()
    assert other.acquire()
    assert not whole.acquire()
    one.release()
    other.release()
    assert whole.acquire()
    assert not again.acquire()


CONFIG = """\
[upstream.north]
kind = "memory"
url = "memory:"
user = "anna"
prefix = "N-"
every_s = 30
[upstream.south]
kind = "memory"
url = "memory:"
user = "anna.s"
"""


def test_the_schedule_and_the_secret_of_each_are_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    with wiring.desk(tmp_path) as desk:
        assert desk.services.syncing.every_s == {"north": 30, "south": 60}
        assert desk.store.prefixes == {"north": "N-", "south": "SOUTH-"}
        assert [engine.upstream.login().user for engine in desk.services.syncing.engines.values()] == ["anna", "anna.s"]
    monkeypatch.setenv("DESKUI_SECRET_NORTH", "one")
    monkeypatch.setenv("DESKUI_SECRET_SOUTH", "two")
    secrets = wiring.adapters.secrets(desk.settings)
    assert (secrets.get("north"), secrets.get("south")) == ("one", "two")
