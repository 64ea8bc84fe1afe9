"""The store as a whole: who goes first, what survives, what is refused."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from deskui.domain.event import StoreChanged
from deskui.domain.when import parse
from deskui.store import driver, migrate, syncstate, tickets
from deskui.store.driver import StoreError
from deskui.store.recount import Recount
from deskui.store.store import Store
from tests.make import NOW, exclude, make_event, make_rules, make_store, make_ticket, pull, write

ROOT = Path(__file__).parents[2]
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def child(code: str, *args: str) -> subprocess.Popen[str]:
    head = (
        "import sys\nfrom pathlib import Path\nfrom tests.make import *\nfrom deskui.store import syncstate, tickets\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(code), *args], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def integrity(path: Path) -> str:
    db = driver.connect(path)
    try:
        db.execute("INSERT INTO search(search) VALUES ('integrity-check')")  # raises if the index is out of step
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        db.close()


# Files


def test_only_we_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with make_store(tmp_path / "home") as store:
            write(store, lambda tx: tx.note("x"))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_what_others_could_read_is_taken_back(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    (tmp_path / "desk.db").chmod(0o644)
    tmp_path.chmod(0o755)
    make_store(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "desk.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "file_system", lambda folder: "nfs4")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\)") as caught:
        make_store(tmp_path)
    assert "--home" in caught.value.hint
    assert not (tmp_path / "desk.db").exists()


def test_the_innermost_mount_says_the_file_system() -> None:
    mounts = [
        "27 1 254:0 / / rw - ext4 /dev/vda rw",
        "28 27 0:1 / /home rw shared:1 - nfs4 server:/home rw",
        "29 28 0:2 / /home/a\\040b rw - tmpfs tmpfs rw",
    ]
    assert driver.kind_of("/home/anna/desk", mounts) == "nfs4"
    assert driver.kind_of("/home/a b/desk", mounts) == "tmpfs"
    assert driver.kind_of("/homes/x", mounts) == "ext4"


def test_pragmas(store: Store) -> None:
    def of(db: sqlite3.Connection, *names: str) -> list[object]:
        return [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "temp_store", "busy_timeout")
    assert write(store, lambda tx: of(tx.db, *names)) == ["wal", 2, 1, 0, 2, 5000]
    assert store.read(lambda db: of(db, "query_only")) == [1]


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"damaged \(file is not a database\)"):
        make_store(tmp_path)
    assert (tmp_path / "desk.db").read_bytes().startswith(b"no database")


# Migrations


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from deskui.store import tables

    db = driver.connect(store.path)
    engine = create_engine("sqlite://", creator=lambda: db, poolclass=StaticPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: "search" not in str(name)}
        )
        assert compare_metadata(context, tables.METADATA) == []
    db.close()


def test_a_newer_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    db = driver.connect(tmp_path / "desk.db")
    db.execute(f"PRAGMA user_version={migrate.SCHEMA + 1}")
    db.execute("UPDATE alembic_version SET version_num = ?", (f"{migrate.SCHEMA + 1:04}",))
    db.close()
    before = (tmp_path / "desk.db").read_bytes()
    with pytest.raises(StoreError, match="newer deskui") as caught:
        make_store(tmp_path)
    assert f"schema {migrate.SCHEMA + 1}, this one knows {migrate.SCHEMA}" in str(caught.value)
    assert "deskui restore FILE" in caught.value.hint
    assert (tmp_path / "desk.db").read_bytes() == before


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    db = driver.connect(tmp_path / "desk.db")
    db.execute("CREATE TABLE journal(x)")  # in the way of the first migration, which makes other tables before
    with pytest.raises(StoreError, match="already exists"):
        migrate.migrate(db, tmp_path / "desk.db")
    assert migrate.version(db) == 0
    assert db.execute("SELECT group_concat(name) FROM sqlite_master").fetchone()[0] == "journal"
    db.close()


def test_an_older_store_is_backed_up_before_it_is_brought_forward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_store(tmp_path) as store:
        pull(store, make_ticket(17), [make_event()])
    known, newer = migrate.SCHEMA, migrate.SCHEMA + 1
    monkeypatch.setattr(migrate, "SCHEMA", newer)
    monkeypatch.setattr(migrate, "upgrade", lambda db, path: db.execute(f"PRAGMA user_version={newer}"))
    make_store(tmp_path).close()
    copy = tmp_path / f"desk-before-{newer}.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    db = sqlite3.connect(copy)
    assert db.execute("SELECT (SELECT count(*) FROM ticket), (SELECT 1 FROM pragma_user_version)").fetchone() == (1, 1)
    assert db.execute("PRAGMA user_version").fetchone() == (known,)
    db.close()


TENTH = "".join(f"ALTER TABLE sync DROP COLUMN {name};" for name in ("failures", "retry_at"))
NINTH = f"{TENTH} DROP TABLE missing;" + "".join(
    f"ALTER TABLE sync DROP COLUMN {name};"
    for name in ("frozen", "frozen_kind", "accepted", "sweep_cursor", "swept_at", "back_cursor", "back_to")
)
OLDER = f"""{NINTH} DROP INDEX ticket_update; DROP INDEX event_author; DROP INDEX event_note; DROP INDEX ticket_queue;
    DROP INDEX ticket_tags; ALTER TABLE ticket DROP COLUMN tag_text;
    DROP INDEX ticket_cis; ALTER TABLE ticket DROP COLUMN ci_text;"""
SEVENTH = f"""{OLDER} CREATE INDEX ticket_queue ON ticket(
        gone, done, band, sort_due, priority, pk, late_at, standing, state, owner, customer, nofirst, find);
    UPDATE alembic_version SET version_num = '0007'; PRAGMA user_version=7;"""
THIRD = f"""{OLDER} DROP TABLE outfile; DROP TABLE view;
    ALTER TABLE ticket DROP COLUMN late_at; ALTER TABLE ticket DROP COLUMN standing;
    CREATE INDEX ticket_queue
        ON ticket(gone, done, band, sort_due, priority, pk, state, owner, customer, nofirst, find);
    UPDATE ticket SET runs = json_remove(runs, '$.response.late_at', '$.resolution.late_at', '$.response.lefts',
        '$.resolution.lefts');
    UPDATE alembic_version SET version_num = '0003'; PRAGMA user_version=3;"""
FIRST = f"""{THIRD} DROP TABLE draft; DROP INDEX ticket_history;
    CREATE INDEX ticket_history ON ticket(upstream, history, gone, done, sort_due);
    UPDATE alembic_version SET version_num = '0001'; PRAGMA user_version=1;"""


def as_it_was(path: Path, version: str) -> None:
    db = driver.connect(path)
    db.executescript(version)
    db.close()


def index(store: Store, name: str) -> list[str]:
    return [column for _, _, column in store.read(lambda db: db.execute(f"PRAGMA index_info({name})").fetchall())]


def test_a_store_of_the_first_version_is_brought_forward(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        uid = pull(store, make_ticket(17), [make_event()])
    as_it_was(tmp_path / "desk.db", FIRST)
    with make_store(tmp_path) as store:
        assert index(store, "ticket_history") == ["upstream", "history", "gone", "done"]
        assert store.read(lambda db: tickets.shown(db, uid)) is not None
        assert store.read(migrate.version) == migrate.SCHEMA
    assert (tmp_path / f"desk-before-{migrate.SCHEMA}.db").exists()


def test_a_store_of_the_seventh_version_knows_the_tags_that_its_tickets_have(tmp_path: Path) -> None:
    texts = "SELECT id, tag_text, ci_text FROM ticket ORDER BY id"
    with make_store(tmp_path) as store:
        for n, tags in enumerate(((), ("VPN", "a,b"), ("Ärger", "x\x1fy")), 1):
            pull(store, make_ticket(n, tags=tags, cis=tags[1:]))
        expected = store.read(lambda db: db.execute(texts).fetchall())
        assert expected == [
            ("RT-1", None, None), ("RT-2", "\x1fvpn\x1fa,b\x1f", "\x1fa,b\x1f"),
            ("RT-3", "\x1fÄrger\x1fx y\x1f", "\x1fx y\x1f"),
        ]  # fmt: skip
    as_it_was(tmp_path / "desk.db", SEVENTH)
    with make_store(tmp_path) as store:
        assert store.read(lambda db: db.execute(texts).fetchall()) == expected
        assert index(store, "ticket_queue")[-5:] == ["created", "updated", "answered", "pending", "find"]
        assert index(store, "event_author") == ["author", "ticket", "at"]
        assert index(store, "event_note") == ["ticket", "type"]


def test_a_store_of_the_third_version_learns_what_is_in_time_and_what_stands(tmp_path: Path) -> None:
    """The engine's number is part of the rules' version: after an upgrade all clocks are counted anew."""
    monday, columns = parse("2026-11-23T10:00:00Z"), "SELECT id, late_at, standing FROM ticket ORDER BY id"
    with make_store(tmp_path) as store:
        pull(store, make_ticket(1, priority=4, created=monday), [make_event(at=monday, priority=4)])
        uids = [pull(store, make_ticket(number), [make_event(priority=2)]) for number in (2, 3)]
        exclude(store, uids[0], NOW, NOW + 3600)
        expected = store.read(lambda db: db.execute(columns).fetchall())
        assert expected == [
            ("RT-1", parse("2026-11-24T09:00:01Z"), None), ("RT-2", NOW + 3601, f"[[{NOW},{NOW + 3600},0]]"),
            ("RT-3", None, None),
        ]  # fmt: skip
    as_it_was(tmp_path / "desk.db", THIRD)
    with make_store(tmp_path, rules=make_rules("the next engine")) as store:
        assert index(store, "ticket_queue")[5:8] == ["pk", "late_at", "standing"]
        store.write_each(Recount().steps()).result(30)
        assert store.read(lambda db: db.execute(columns).fetchall()) == expected


def test_opening_reading_and_writing_import_neither_sqlmodel_nor_alembic(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        pull(store, make_ticket(17), [make_event()])
    done = child(
        """
        import deskui.services.desk as desk
        with make_store(Path(sys.argv[1])) as store:
            found = desk.Desk(store, store.rules, lambda u: "anna", "UTC", "rt")
            assert found.rows(found.ids_now("owner:none ticket")), "nothing read"
            assert found.ticket("RT-17") and found.timeline("RT-17") and found.clocks("RT-17", NOW)
            assert found.counts(NOW).open == 1
            pull(store, make_ticket(18), [make_event()])
        print([name for name in ("sqlalchemy", "sqlmodel", "alembic") if name in sys.modules])
        """,
        str(tmp_path),
    )
    out, err = done.communicate(timeout=60)
    assert (out.strip(), err) == ("[]", "")


# Writing


@pytest.mark.parametrize("kind", [KeyError, SystemExit])
def test_what_failed_leaves_nothing_and_the_next_one_works(store: Store, kind: type[BaseException]) -> None:
    heard: list[StoreChanged] = []
    store.subscribe(heard.append)

    def half(tx):
        syncstate.put(tx, "rt", cursor="7")
        raise kind("boom")

    with pytest.raises(kind):
        write(store, half)
    assert heard == []
    assert store.read(lambda db: syncstate.get(db, "rt")).cursor == ""
    write(store, lambda tx: syncstate.put(tx, "rt", cursor="8"))
    assert store.read(lambda db: syncstate.get(db, "rt")).cursor == "8"


def test_listeners_hear_of_a_commit_after_it(store: Store) -> None:
    heard: list[tuple[StoreChanged, int]] = []
    look = lambda: driver.connect(store.path).execute("SELECT count(*) FROM ticket").fetchone()[0]  # noqa: E731
    leave = store.subscribe(lambda changed: heard.append((changed, look())))
    uid = pull(store, make_ticket(17), [make_event()])
    write(store, lambda tx: None)
    leave()
    write(store, lambda tx: tx.note("sync"))
    assert heard == [(StoreChanged(frozenset({uid})), 1)]


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
def test_a_listener_that_fails_does_not_make_a_write_look_failed(
    store: Store, caplog: pytest.LogCaptureFixture, kind: type[BaseException]
) -> None:
    heard: list[StoreChanged] = []

    def deaf(changed: StoreChanged) -> None:
        raise kind("the loop is closed")

    store.subscribe(deaf)
    store.subscribe(heard.append)
    uid = pull(store, make_ticket(17), [make_event()])
    assert heard == [StoreChanged(frozenset({uid}))]
    assert "the loop is closed" in caplog.text


def test_threads_that_ended_leave_no_connection_open(store: Store) -> None:
    for _ in range(5):
        thread = threading.Thread(target=lambda: store.read(lambda db: db.execute("SELECT 1").fetchone()))
        thread.start()
        thread.join()
    store.read(lambda db: None)
    assert list(store._owned._all) == [threading.main_thread()]


def test_a_key_goes_before_what_waits_in_the_background(store: Store) -> None:
    order: list[str] = []
    gate, running = threading.Event(), threading.Event()

    def first(tx):
        running.set()
        gate.wait(10)
        order.append("running")

    futures = [store.write(first, background=True)]
    running.wait(10)
    futures += [store.write(lambda tx, n=n: order.append(f"background {n}"), background=True) for n in (1, 2)]
    futures.append(store.write(lambda tx: order.append("key")))
    gate.set()
    for future in futures:
        future.result(10)
    assert order == ["running", "key", "background 1", "background 2"]


def test_a_row_of_steps_gives_way_to_a_key_and_each_slice_is_short(store: Store) -> None:
    write(store, lambda tx: None)
    order: list[str] = []
    lengths: list[float] = []
    started = threading.Event()

    def step(tx, n):
        started.set()
        if not lengths or tx not in seen:
            seen[tx] = time.monotonic()
        time.sleep(0.002)
        lengths.append(time.monotonic() - seen[tx])
        order.append(f"step {n}")

    seen: dict[object, float] = {}
    future = store.write_each([lambda tx, n=n: step(tx, n) for n in range(50)])
    started.wait(10)
    store.write(lambda tx: order.append("key")).result(10)
    future.result(10)
    assert order.index("key") < 10
    assert [each for each in order if each != "key"] == [f"step {n}" for n in range(50)]
    assert len(seen) > 5


def test_steps_that_fail_keep_the_slices_before(store: Store) -> None:
    def steps():
        for n in range(1000):
            yield lambda tx, n=n: fail(tx, n)

    def fail(tx, n):
        if n == 40:
            raise ValueError("40")
        syncstate.put(tx, "rt", cursor=str(n))
        time.sleep(0.001)

    with pytest.raises(ValueError, match="40"):
        store.write_each(steps()).result(30)
    assert 10 < int(store.read(lambda db: syncstate.get(db, "rt")).cursor) < 40


def test_what_another_process_committed_is_noticed(store: Store) -> None:
    heard: list[StoreChanged] = []
    write(store, lambda tx: tx.db.execute("INSERT INTO meta VALUES ('a', 'b')"))
    store.subscribe(heard.append)
    assert store.poll().result(10) is False
    db = driver.connect(store.path)
    db.execute("INSERT INTO meta VALUES ('x', 'y')")
    db.close()
    assert store.poll().result(10) is True
    assert store.poll().result(10) is False
    assert heard == [StoreChanged(other=frozenset({"elsewhere"}))]


def test_closing_finishes_the_keys_and_gives_up_the_rest(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    gate = threading.Event()
    store.write(lambda tx: gate.wait(10))
    key = store.write(lambda tx: syncstate.put(tx, "rt", cursor="1"))
    rest = store.write(lambda tx: syncstate.put(tx, "rt", cursor="2"), background=True)
    closing = threading.Thread(target=store.close)
    closing.start()
    gate.set()
    closing.join(10)
    assert key.result(0).cursor == "1"
    with pytest.raises(CancelledError):
        rest.result(0)
    with pytest.raises(RuntimeError, match="closed"):
        store.write(lambda tx: None)


def test_a_write_that_nobody_waits_for_any_more_is_done_all_the_same(store: Store) -> None:
    gate = threading.Event()
    store.write(lambda tx: gate.wait(10))
    future = store.write(lambda tx: syncstate.put(tx, "rt", cursor="1"))
    future.cancel()
    gate.set()
    write(store, lambda tx: None)
    assert store.read(lambda db: syncstate.get(db, "rt")).cursor == "1"


def test_a_full_disk_says_so_and_nothing_is_half_done(store: Store) -> None:
    uid = pull(store, make_ticket(17), [make_event()])
    pages = write(store, lambda tx: tx.db.execute("PRAGMA page_count").fetchone()[0])
    store._db.execute(f"PRAGMA max_page_count={pages + 1}")
    events = [make_event("internal_note", text=f"{n} " * 3000) for n in range(20)]
    with pytest.raises(StoreError, match=r"not saved: the disk that holds .* is full"):
        write(store, lambda tx: tickets.add_events(tx, uid, events))
    assert len(store.read(lambda db: tickets.events(db, uid))) == 1
    store._db.execute("PRAGMA max_page_count=1000000")
    assert len(write(store, lambda tx: tickets.add_events(tx, uid, events))) == 20


def test_a_size_limit_says_so_and_nothing_is_lost(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    done = child(
        """
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = make_store(Path(sys.argv[1]))
        uid = pull(store, make_ticket(17), [make_event()])
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        kept = 0
        for n in range(200):
            try:
                write(store, lambda tx: tickets.add_events(tx, uid, [make_event("internal_note", text=f"{n} " * 9000)]))
            except Exception as error:
                print(type(error).__name__, error)
                break
            kept += 1
        print(kept)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        write(store, lambda tx: tickets.add_events(tx, uid, [make_event("internal_note", text="after")]))
        store.close()
        """,
        str(tmp_path),
    )
    out, err = done.communicate(timeout=60)
    said, kept = out.splitlines()
    assert (said[:24], err) == ("StoreError not saved: th", "")
    with make_store(tmp_path) as store:
        uid = store.read(lambda db: tickets.uid_of(db, "RT-17"))
        events = store.read(lambda db: tickets.events(db, uid))
    assert len(events) == int(kept) + 2
    assert events[-1].text == "after"
    assert integrity(tmp_path / "desk.db") == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_store_of_somebody_else_is_not_written(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(0o755)
    (tmp_path / "desk.db").chmod(0o644)
    done = child(
        """
        import os
        import deskui.store.statements  # what a first write imports may be where only we can read
        os.setresuid(65534, 65534, 65534)
        try:
            store = make_store(Path(sys.argv[1]))
            write(store, lambda tx: tickets.new(tx, "rt"))
        except Exception as error:
            print(type(error).__name__, error)
        """,
        str(tmp_path),
    )
    out, err = done.communicate(timeout=60)
    assert out.startswith("StoreError"), err
    assert "read-only" in out or "may not be opened" in out or "cannot be opened" in out


# Death and company


@pytest.mark.parametrize("after", [0.02, 0.1, 0.3])
def test_killed_while_writing_it_is_whole(tmp_path: Path, after: float) -> None:
    make_store(tmp_path).close()
    done = child(
        """
        store = make_store(Path(sys.argv[1]))
        uid = pull(store, make_ticket(17), [make_event()])
        print("ready", flush=True)
        for n in range(100000):
            write(store, lambda tx: (tickets.add_events(tx, uid, [make_event("internal_note", text=f"n{n} " * 500)]),
                                     syncstate.put(tx, "rt", cursor=str(n))))
            print(n, flush=True)
        """,
        str(tmp_path),
    )
    assert done.stdout is not None
    assert done.stdout.readline() == "ready\n"
    time.sleep(after)
    done.send_signal(signal.SIGKILL)
    told = [int(line) for line in done.stdout]  # not by communicate: of what readline read ahead it knows nothing
    done.communicate(timeout=30)
    assert integrity(tmp_path / "desk.db") == "ok"
    with make_store(tmp_path) as store:
        uid = store.read(lambda db: tickets.uid_of(db, "RT-17"))
        notes = len(store.read(lambda db: tickets.events(db, uid))) - 1
        cursor = store.read(lambda db: syncstate.get(db, "rt")).cursor
    assert notes in (len(told), len(told) + 1)  # what was told is there, and nothing is torn
    assert cursor == ("" if not notes else str(notes - 1))


def test_four_processes_write_and_none_meets_a_lock(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        write(store, lambda tx: tx.db.execute("INSERT INTO meta VALUES ('n', '0')"))
    code = """
        store = make_store(Path(sys.argv[1]))
        def add(tx):
            n = int(tx.db.execute("SELECT value FROM meta WHERE key = 'n'").fetchone()[0])
            tx.db.execute("UPDATE meta SET value = ? WHERE key = 'n'", (str(n + 1),))
            tickets.new(tx, "rt")
        import time
        write(store, lambda tx: None)  # imports what a first write imports
        worst = 0.0
        for _ in range(200):
            begin = time.monotonic()
            write(store, add)
            worst = max(worst, time.monotonic() - begin)
        store.close()
        print(worst)
    """
    children = [child(code, str(tmp_path)) for _ in range(4)]
    for out, err in [each.communicate(timeout=120) for each in children]:
        assert err == ""
        assert float(out) < 2.0, "a console waited longer than anybody should"
    with make_store(tmp_path) as store:
        assert store.read(lambda db: db.execute("SELECT value FROM meta WHERE key = 'n'").fetchone()) == ("800",)
        assert store.read(lambda db: db.execute("SELECT count(DISTINCT id) FROM ticket").fetchone()) == (800,)


def test_two_processes_make_a_new_store_together(tmp_path: Path) -> None:
    code = """
        with Store(Path(sys.argv[1], "desk.db"), make_rules(), Clock(), {"rt": "RT-"}).open() as store:
            write(store, lambda tx: tickets.new(tx, "rt"))
        """
    for out, err in [each.communicate(timeout=60) for each in [child(code, str(tmp_path)) for _ in range(4)]]:
        assert (out, err) == ("", "")
    with make_store(tmp_path) as store:
        assert store.read(lambda db: db.execute("SELECT count(*) FROM ticket").fetchone()) == (4,)


# Reading


def test_a_newer_question_cuts_the_older_one_off(store: Store) -> None:
    started = threading.Event()

    def slow(db):
        started.set()
        return db.execute(ENDLESS).fetchone()

    older = store.ask("filter", slow)
    started.wait(10)
    waiting = store.ask("filter", slow)
    begin = time.monotonic()
    newest = store.ask("filter", lambda db: 42)
    assert newest.result(10) == 42
    assert time.monotonic() - begin < 0.5
    for future in (older, waiting):
        with pytest.raises(CancelledError):
            future.result(10)


def test_another_key_waits_its_turn_and_errors_come_out(store: Store) -> None:
    one = store.ask("a", lambda db: db.execute("SELECT 1").fetchone()[0])
    two = store.ask("b", lambda db: db.execute("SELECT nowhere"))
    three = store.ask("c", lambda db: sys.exit("enough"))
    four = store.ask("d", lambda db: db.execute("SELECT 4").fetchone()[0])
    assert one.result(10) == 1
    with pytest.raises(StoreError, match="no such column"):
        two.result(10)
    with pytest.raises(SystemExit, match="enough"):
        three.result(10)
    assert four.result(10) == 4


def test_reads_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="read-only"):
        store.read(lambda db: db.execute("INSERT INTO meta VALUES ('a', 'b')"))


def test_closing_ends_an_endless_read(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    future = store.ask("x", lambda db: db.execute(ENDLESS).fetchone())
    store.close()
    with pytest.raises(CancelledError):
        future.result(10)


def test_a_backup_is_whole(store: Store, tmp_path: Path) -> None:
    pull(store, make_ticket(17), [make_event(text="words")])
    store.backup(tmp_path / "copy.db")
    assert integrity(tmp_path / "copy.db") == "ok"
    with pytest.raises(StoreError):
        store.backup(tmp_path / "nowhere" / "copy.db")


def test_the_search_follows_a_changed_subject(store: Store) -> None:
    pull(store, make_ticket(17, subject="Printer jam"), [make_event()])
    pull(store, make_ticket(17, subject="Scanner jam"))
    found = lambda word: store.read(  # noqa: E731
        lambda db: db.execute("SELECT count(*) FROM search WHERE search MATCH ?", (word,)).fetchone()[0]
    )
    assert (found("printer"), found("scanner")) == (0, 1)
    assert integrity(store.path) == "ok"


def test_the_end_waits_for_a_thread_that_reads(store: Store) -> None:
    begun, found = threading.Event(), []

    def slowly(db: sqlite3.Connection) -> None:
        begun.set()
        time.sleep(0.3)
        found.append(db.execute("SELECT 1").fetchone())

    reading = threading.Thread(target=store.read, args=(slowly,))
    reading.start()
    begun.wait(10)
    store.close()
    reading.join(10)
    assert found == [(1,)]


def test_the_end_cuts_a_long_statement_off(store: Store) -> None:
    begun, said = threading.Event(), []

    def count(db: sqlite3.Connection) -> None:
        begun.set()
        db.execute(ENDLESS).fetchone()

    def read() -> None:
        try:
            store.read(count)
        except StoreError as error:
            said.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    begun.wait(10)
    time.sleep(0.1)  # into the statement
    store.close()
    reading.join(10)
    assert len(said) == 1
