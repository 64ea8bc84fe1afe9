"""The store as an encrypted file: the same store, of which nobody without the key reads a word."""

import json
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskui.domain.change import Create, Note, Reply
from deskui.domain.draft import Draft
from deskui.store import (
    archive,
    backups,
    cipher,
    drafts,
    driver,
    export,
    firstpage,
    health,
    migrate,
    outbox,
    outfiles,
    purge,
    quarantine,
    tickets,
)
from deskui.store.driver import Locked, StoreError
from deskui.store.salvage import Salvaged, salvage
from deskui.store.store import Store
from deskui.store.vacuum import vacuum
from tests import make
from tests.make import KEY, NOW, make_event, make_rules, make_store, make_ticket, pull, queue, write
from tests.store import test_outbox, test_store
from tests.store.test_store import child, integrity

PAGE = 4096
WORD = "Turbinengehäuse"
OTHER = "c0de" * 16

# The store's own tests, once more: what they ask of a store is asked of an encrypted one as well.
AGAIN = {
    test_store: """
        only_we_may_read_it what_others_could_read_is_taken_back pragmas a_newer_store_is_refused_and_left_alone
        a_migration_that_fails_leaves_the_store_as_it_was what_failed_leaves_nothing_and_the_next_one_works
        listeners_hear_of_a_commit_after_it threads_that_ended_leave_no_connection_open
        a_key_goes_before_what_waits_in_the_background steps_that_fail_keep_the_slices_before
        what_another_process_committed_is_noticed closing_finishes_the_keys_and_gives_up_the_rest
        a_full_disk_says_so_and_nothing_is_half_done a_size_limit_says_so_and_nothing_is_lost
        killed_while_writing_it_is_whole four_processes_write_and_none_meets_a_lock
        a_newer_question_cuts_the_older_one_off another_key_waits_its_turn_and_errors_come_out reads_cannot_write
        closing_ends_an_endless_read a_backup_is_whole the_search_follows_a_changed_subject
        the_end_cuts_a_long_statement_off""",
    test_outbox: """what_is_replayed""",
}
for _module, _names in AGAIN.items():
    for _name in _names.split():
        globals()[f"test_{_name}"] = getattr(_module, f"test_{_name}")


@pytest.fixture(autouse=True)
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "SEALED", [True])


@pytest.fixture(autouse=True)
def the_key() -> Iterator[None]:
    """Whatever a test does to it, the next one has it."""
    driver.key_from(lambda: KEY)
    yield
    driver.key_from(lambda: KEY)


def filled(folder: Path) -> Store:
    """An open store in which the word is everywhere: subject, text, note that waits, draft, file, full-text index."""
    opened = make_store(folder)
    for n in range(80):
        events = [make_event(), make_event("customer_reply", NOW - 60, text=f"{n} {WORD} is hot " * 50)]
        uid = pull(opened, make_ticket(n, subject=f"{WORD} {n}"), events)
        queue(opened, uid, Note(f"{WORD} waits {n} " * 20))
    file = write(opened, lambda tx: outfiles.add(tx, f"{WORD}.txt", "text/plain", WORD.encode() * 900))
    queue(opened, uid, Reply("see the file", files=(file,)))
    write(opened, lambda tx: drafts.keep(tx, Draft("d", uid, "note", "anna", f"{WORD} half a sentence")))
    queue(opened, write(opened, lambda tx: tickets.new(tx, "rt")), Create(WORD, token="t-1"))
    return opened


def words_in(folder: Path) -> list[str]:
    """The files that have the word in them, as it is or in a common other form."""
    forms = [WORD.encode(), WORD.encode("utf-16-le"), json.dumps(WORD)[1:-1].encode(), b"turbinen"]
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [name for name, data in found.items() if any(form in data or form in data.lower() for form in forms)]


def rows(path: Path) -> list[str]:
    with closing(driver.connect(path, readonly=True)) as db:
        return [json.dumps(row, sort_keys=True) for row in export.rows(db)]


def put(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def root(path: Path, name: str) -> int:
    with closing(driver.connect(path, readonly=True)) as db:
        return int(db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0])


# Nothing to read


def test_no_file_has_a_word_of_it(tmp_path: Path) -> None:
    with filled(tmp_path) as opened:
        opened.backup(tmp_path / "backup.db")
        opened.read(lambda db: db.execute("SELECT * FROM body ORDER BY text").fetchall())
        assert (tmp_path / "desk.db-wal").stat().st_size > PAGE
        assert words_in(tmp_path) == []
    archive.compact(tmp_path / "desk.db")
    with closing(driver.connect(tmp_path / "desk.db")) as db:
        db.execute("PRAGMA user_version=9")
        db.execute("UPDATE alembic_version SET version_num = '0009'")
        migrate.backup(db, tmp_path / "desk-before-10.db")
        db.execute(f"PRAGMA user_version={migrate.SCHEMA}")
    assert words_in(tmp_path) == []
    assert not [path for path in tmp_path.glob("*.db") if path.read_bytes().startswith(driver.PLAIN)]


def test_of_a_plain_one_all_of_them_have(tmp_path: Path) -> None:
    make.SEALED.clear()
    with filled(tmp_path) as opened:
        opened.backup(tmp_path / "backup.db")
        assert set(words_in(tmp_path)) >= {"desk.db-wal", "backup.db"}


def test_there_is_no_first_frame_and_nothing_is_disturbed(tmp_path: Path) -> None:
    with filled(tmp_path) as opened:
        assert opened.put_aside(firstpage.KEY, "anything").result() is None
        before = (tmp_path / "desk.db-wal").read_bytes()
        code = "from deskui.store import firstpage\nprint(firstpage.read(sys.argv[1], 0, 24))"
        done = child(code, str(tmp_path))
        assert done.communicate() == ("None\n", "")
        assert (tmp_path / "desk.db-wal").read_bytes() == before
        write(opened, lambda tx: tickets.new(tx, "rt"))
    assert integrity(tmp_path / "desk.db") == "ok"


# Without the key


def test_another_key_is_said_to_be_one_and_the_store_not_to_be_damaged(tmp_path: Path) -> None:
    filled(tmp_path).close()
    driver.key_from(lambda: OTHER)
    for tried in (lambda: make_store(tmp_path), lambda: health.whole(tmp_path / "desk.db")):
        with pytest.raises(Locked, match="another key") as caught:
            tried()
        assert "deskui secret set store_key" in caught.value.hint
        assert "deskui restore" in caught.value.hint
        assert OTHER not in f"{caught.value}{caught.value.hint}"
    assert quarantine.noted(tmp_path / "desk.db") == ""
    driver.key_from(lambda: KEY)
    assert health.whole(tmp_path / "desk.db") == ""


@pytest.mark.parametrize("key", ["", "secret", KEY[:-1], f"{KEY}00", KEY.replace("5", "'")])
def test_what_is_no_key_is_refused_before_it_reaches_sql(tmp_path: Path, key: str) -> None:
    filled(tmp_path).close()
    driver.key_from(lambda: key)
    with pytest.raises(Locked, match="64 hexadecimal digits"):
        make_store(tmp_path)


def test_without_the_library_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path).close()
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    cipher.library.cache_clear()
    try:
        with pytest.raises(Locked) as caught:
            make_store(tmp_path)
    finally:
        cipher.library.cache_clear()
    assert "pip install 'deskui[encrypted]'" in caught.value.hint
    assert quarantine.noted(tmp_path / "desk.db") == ""


def test_a_plain_store_never_asks_for_the_key_and_loads_nothing(tmp_path: Path) -> None:
    make.SEALED.clear()
    filled(tmp_path).close()
    code = """
        from deskui.store import driver
        driver.key_from(lambda: 1 / 0)
        make_store(Path(sys.argv[1])).close()
        print([name for name in ("sqlcipher3", "deskui.store.cipher", "hmac") if name in sys.modules])"""
    assert child(code, str(tmp_path)).communicate()[0] == "[]\n"


def test_a_plain_store_is_refused_where_it_should_be_encrypted(tmp_path: Path) -> None:
    make.SEALED.clear()
    make_store(tmp_path).close()
    with pytest.raises(StoreError, match="not encrypted") as caught:
        Store(tmp_path / "desk.db", make_rules(), lambda: NOW, sealed=True).open()
    assert "deskui store encrypt" in caught.value.hint


def test_a_new_one_is_encrypted_from_its_first_byte(tmp_path: Path) -> None:
    with Store(tmp_path / "desk.db", make_rules(), lambda: NOW, sealed=True).open() as opened:
        pull(opened, make_ticket(1, subject=WORD))
        assert words_in(tmp_path) == []
    assert driver.encrypted(tmp_path / "desk.db")
    assert stat.S_IMODE((tmp_path / "desk.db").stat().st_mode) == 0o600


LOCKED = """
import fcntl
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)  # where SQLite has its shared ones
    except OSError:
        print("locked")"""


def test_while_it_is_open_nothing_that_is_asked_about_the_file_drops_its_lock(tmp_path: Path) -> None:
    def locked() -> bool:
        return child(LOCKED, str(tmp_path / "desk.db")).communicate()[0] == "locked\n"

    with filled(tmp_path) as opened:
        assert driver.encrypted(tmp_path / "desk.db")
        opened.read(lambda db: db.execute("SELECT 1").fetchone())
        driver.connect(tmp_path / "desk.db", readonly=True).close()
        assert health.whole(tmp_path / "desk.db") == ""
        assert locked()
    assert not locked()


# Damaged


def test_which_files_are_encrypted_is_seen_also_when_they_are_damaged(tmp_path: Path) -> None:
    for kind in (True, False):
        make.SEALED[:] = [True] if kind else []
        home = tmp_path / str(kind)
        filled(home).close()
        whole = (home / "desk.db").read_bytes()
        for number, (at, noise) in enumerate(((0, b"\xff" * 16), (0, bytes(PAGE)), (PAGE * 9, os.urandom(PAGE * 3)))):
            damaged = home / f"{number}.db"
            damaged.write_bytes(whole)
            put(damaged, at, noise)
            assert driver.encrypted(damaged) is kind, number


@pytest.mark.parametrize(("table", "size"), [("event", PAGE), ("draft", 64), ("outbox", PAGE), ("ticket", PAGE)])
def test_of_a_damaged_one_what_was_written_here_is_saved(tmp_path: Path, table: str, size: int) -> None:
    filled(tmp_path).close()
    path = tmp_path / "desk.db"
    put(path, (root(path, table) - 1) * PAGE, os.urandom(size))
    assert health.whole(path)
    with pytest.raises(quarantine.Damaged):
        make_store(tmp_path)
    done: Salvaged = salvage(path, make_rules(), NOW, {"rt": "RT-"})
    assert driver.encrypted(path)
    assert driver.encrypted(done.aside)
    assert integrity(path) == "ok"
    assert words_in(tmp_path) == []
    with make_store(tmp_path) as opened:
        notes = [entry for entry in opened.read(outbox.entries) if WORD in str(entry.change)]
    assert len(notes) >= (80 if table != "outbox" else 40)
    assert {each.name for each in tmp_path.iterdir() if "part" in each.name} == set()


@pytest.mark.parametrize("size", [16, 512])
def test_one_whose_beginning_is_gone_is_damaged_not_of_another_key(tmp_path: Path, size: int) -> None:
    filled(tmp_path).close()
    path = tmp_path / "desk.db"
    put(path, 0, os.urandom(size))
    with pytest.raises(quarantine.Damaged):
        make_store(tmp_path)
    driver.key_from(lambda: OTHER)
    with pytest.raises(Locked, match="another key"):
        salvage(path, make_rules(), NOW, {"rt": "RT-"})
    driver.key_from(lambda: KEY)
    salvage(path, make_rules(), NOW, {"rt": "RT-"})
    with make_store(tmp_path) as opened:
        assert len([entry for entry in opened.read(outbox.entries) if WORD in str(entry.change)]) >= 80
    assert words_in(tmp_path) == []


def test_words_whose_ticket_is_lost_are_in_the_journal_not_in_the_report(tmp_path: Path) -> None:
    filled(tmp_path).close()
    path = tmp_path / "desk.db"
    with closing(driver.connect(path)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("DELETE FROM ticket WHERE id = 'RT-7'")
    quarantine.note(path, "by hand")
    done = salvage(path, make_rules(), NOW, {"rt": "RT-"})
    assert len(done.orphans) == 1
    assert words_in(tmp_path) == []
    assert any(f"{WORD} waits 7 " in json.dumps(row, ensure_ascii=False) for row in map(json.loads, rows(path)))


def test_salvage_without_the_right_key_touches_nothing(tmp_path: Path) -> None:
    filled(tmp_path).close()
    quarantine.note(tmp_path / "desk.db", "by hand")
    before = (tmp_path / "desk.db").read_bytes()
    driver.key_from(lambda: OTHER)
    with pytest.raises(Locked, match="another key"):
        salvage(tmp_path / "desk.db", make_rules(), NOW, {"rt": "RT-"})
    assert (tmp_path / "desk.db").read_bytes() == before


# As a whole


@pytest.mark.parametrize("plain", [True, False])
def test_a_backup_comes_back_encrypted_in_an_encrypted_home(tmp_path: Path, plain: bool) -> None:
    make.SEALED[:] = [] if plain else [True]
    with filled(tmp_path / "there") as opened:
        opened.backup(tmp_path / "there" / "backup.db")
    make.SEALED[:] = [True]
    home = tmp_path / "here"
    make_store(home).close()
    backups.restore(home / "desk.db", tmp_path / "there" / "backup.db", make_rules(), NOW, {"rt": "RT-"})
    assert driver.encrypted(home / "desk.db")
    assert words_in(home) == []
    assert integrity(home / "desk.db") == "ok"
    with make_store(home) as again:
        assert len(again.read(outbox.entries)) == 82


def test_an_encrypted_backup_of_another_key_is_refused(tmp_path: Path) -> None:
    with filled(tmp_path) as opened:
        opened.backup(tmp_path / "backup.db")
    driver.key_from(lambda: OTHER)
    with pytest.raises(Locked, match="another key"):
        backups.verify(tmp_path / "backup.db")


def test_it_is_looked_through_and_made_smaller_as_any_other(tmp_path: Path) -> None:
    filled(tmp_path).close()
    path = tmp_path / "desk.db"
    assert len(purge.look(path, lambda ticket: ticket.customer == "Nordkauf")[0]) == 80
    assert archive.compact(path)[1] <= archive.compact(path)[0]
    assert health.whole(path) == ""


def test_writing_it_anew_gives_way_to_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskui.store.vacuum.STEPS", 10)
    filled(tmp_path).close()
    path = tmp_path / "desk.db"
    assert not vacuum(path, lambda: True)
    assert vacuum(path)
    assert health.whole(path) == ""


def test_a_plain_library_reads_nothing(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as db, pytest.raises(sqlite3.DatabaseError):
        db.execute("SELECT * FROM ticket")
