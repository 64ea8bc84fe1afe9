"""A migration is killed at every statement: it leaves the old store or the new one, whole, and goes on next time."""

import sqlite3
from contextlib import closing
from pathlib import Path

from deskui.domain.change import Note
from deskui.store import migrate, outbox, tickets
from tests.make import make_event, make_store, make_ticket, pull, queue
from tests.store.test_store import FIRST, as_it_was, child, integrity

# In each fork the store is brought forward on a connection that counts statements and ends the process at one of them.
KILLED = """
    import os, shutil, signal
    from alembic import command, config
    from deskui.store import driver, migrate, tables
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    def die():
        os.kill(os.getpid(), signal.SIGKILL)
    def run(path, at):
        seen = [0]
        def traced(sql):
            if seen[0] == at:
                die()
            seen[0] += 1
        db = driver.connect(path)
        db.set_trace_callback(traced)
        migrate.migrate(db, path)
        die()
    def backup_dies(path, at):
        whole = migrate.backup
        def backup(db, to, only=0):
            whole(db, to, only)
            die()
        migrate.backup = backup
        run(path, at)
    point = 0
    while True:
        path = folder / f"{point}" / "desk.db"
        path.parent.mkdir()
        shutil.copyfile(source, path)
        pid = os.fork()
        if pid == 0:
            backup_dies(path, -1) if point == 0 else run(path, point - 1)
        os.waitpid(pid, 0)
        db = driver.connect(path)
        done = migrate.version(db) == migrate.SCHEMA
        db.close()
        print(path, flush=True)
        if done:
            break
        point += 1
"""


def test_killed_at_any_statement_it_is_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    with make_store(tmp_path) as store:
        uid = pull(store, make_ticket(17), [make_event(text="words")])
        queue(store, uid, Note("mine"))
    path = tmp_path / "desk.db"
    as_it_was(path, FIRST)
    (tmp_path / "killed").mkdir()
    done = child(KILLED, str(path), str(tmp_path / "killed"))
    out, err = done.communicate(timeout=240)
    paths = [Path(line) for line in out.split()]
    assert (err, len(paths) >= 50) == ("", True)
    versions = []
    for each in paths:
        assert integrity(each) == "ok"
        with closing(sqlite3.connect(each)) as db:
            versions.append(db.execute("PRAGMA user_version").fetchone()[0])
            assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{versions[-1]:04}",)]
            names = {name for (name,) in db.execute("SELECT name FROM pragma_table_info('ticket')")}
            assert ("late_at" in names) == (versions[-1] > 1), "half of it is done"
            assert db.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    assert set(versions) == {1, migrate.SCHEMA}
    for each in (paths[0], paths[len(paths) // 2], paths[-2], paths[-1]):
        with make_store(each.parent) as store:
            found = store.read(lambda db: tickets.uid_of(db, "RT-17"))
            assert [event.text for event in store.read(lambda db, uid=str(found): tickets.events(db, uid))] == ["words"]
            assert [entry.state for entry in store.read(outbox.entries)] == ["queued"]
        backup = each.parent / f"desk-before-{migrate.SCHEMA}.db"
        with closing(sqlite3.connect(backup)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (1,)
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_of_the_backups_the_newest_three_stay(tmp_path: Path) -> None:
    import os

    with make_store(tmp_path) as store:
        pull(store, make_ticket(17), [make_event()])
    for number in range(2, 6):
        old = tmp_path / f"desk-before-{number}.db"
        old.write_bytes(b"x")
        os.utime(old, (number, number))
    mine = tmp_path / "desk-mine.db"
    mine.write_bytes(b"kept")
    as_it_was(tmp_path / "desk.db", FIRST)
    make_store(tmp_path).close()
    names = {path.name for path in tmp_path.glob("desk-*.db")}
    assert names == {"desk-before-4.db", "desk-before-5.db", f"desk-before-{migrate.SCHEMA}.db", "desk-mine.db"}


def test_who_comes_second_keeps_the_backup_of_the_old_store(tmp_path: Path) -> None:
    """Two consoles start at once: the slower one must not put the new store where the backup of the old one is."""
    make_store(tmp_path).close()
    path, copy = tmp_path / "desk.db", tmp_path / "copy.db"
    copy.write_bytes(b"the old one")
    with closing(sqlite3.connect(path)) as db:
        migrate.backup(db, copy, only=migrate.SCHEMA - 1)
    assert copy.read_bytes() == b"the old one"
    assert [each.name for each in tmp_path.glob("*.part")] == []
