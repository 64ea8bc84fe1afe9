"""Files that are really damaged: noticed, set aside as they are, and what was written here is in the new store."""

import hashlib
import os
import random
import signal
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from deskui.domain.attachment import File
from deskui.domain.change import Create, Hold, Note, Reply
from deskui.domain.draft import Draft
from deskui.store import drafts, health, journal, outbox, outfiles, presence, quarantine, tickets
from deskui.store.driver import StoreError
from deskui.store.salvage import LOOSE, Salvaged, salvage
from deskui.store.store import Store
from tests.make import NOW, Clock, make_event, make_rules, make_store, make_ticket, pull, queue, write
from tests.store.test_store import child, integrity

PAGE = 4096
WORDS = "what was typed in the basement "


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store in which somebody has written: of everything that nobody else has, some."""
    with make_store(tmp_path) as store:
        for n in range(60):
            events = [make_event(), make_event("customer_reply", NOW - 60, text=f"{n} the answer is long " * 60)]
            pull(store, make_ticket(n), events)
        uids = [store.read(lambda db, n=n: tickets.uid_of(db, f"RT-{n}")) for n in range(12)]
        for n, uid in enumerate(uids):
            queue(store, uid, Note(f"{WORDS}{n} " * 40))
        queue(store, uids[0], Hold("parts"))
        sent = queue(store, uids[1], Note("sent long ago"))
        write(store, lambda tx: outbox.mark(tx, sent.uid, "sent", event_keys=["x"]))
        file: File = write(store, lambda tx: outfiles.add(tx, "log.txt", "text/plain", b"0123456789" * 900))
        queue(store, uids[2], Reply("see the file", files=(file,)))
        for n, uid in enumerate(uids):
            draft = Draft(f"draft-{n}", uid, "note", "anna", f"half a sentence {n} " * 30)
            write(store, lambda tx, d=draft: drafts.keep(tx, d))
        for n in range(40):
            write(store, lambda tx, n=n: journal.append(tx, "fact", f"ci:{n}", {"n": n, "x": "y" * 200}, author="anna"))
        made = write(store, lambda tx: tickets.new(tx, "rt"))
        queue(store, made, Create("made here", token="t-1"))
        for n in range(60, 120):
            pull(store, make_ticket(n), [make_event(), make_event("customer_reply", NOW - 60, text=f"{n} later " * 80)])
    return tmp_path / "desk.db"


def root(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0])


def put(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def saved(path: Path, **values: object) -> Salvaged:
    return salvage(path, make_rules(), NOW, {"rt": "RT-"}, **values)  # type: ignore[arg-type]


def ours(path: Path) -> dict[str, int]:
    """What is there of what nobody else has."""
    with closing(sqlite3.connect(path)) as db:
        tables = ("outbox", "draft", "journal", "outfile", "ticket", "event")
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


WHOLE = {"outbox": 16, "draft": 12, "outfile": 1}


def check(path: Path, **least: int) -> Store:
    """Salvage, and look at what came of it: at least so many rows of each; nothing can go out twice."""
    before = hashlib.sha256(path.read_bytes()).digest()
    done = saved(path)
    assert hashlib.sha256(done.aside.read_bytes()).digest() == before, "the damaged file was altered"
    assert stat.S_IMODE(done.report.stat().st_mode) == 0o600
    assert integrity(path) == "ok"
    found = ours(path)
    for name, count in least.items():
        assert found[name] >= count, (name, found)
        if name in done.saved:
            assert done.saved[name] >= count
    assert quarantine.noted(path) == ""
    assert {each.name for each in path.parent.iterdir() if "part" in each.name} == set()
    store = make_store(path.parent)
    states = [entry.state for entry in store.read(outbox.entries)]
    assert not {"queued", "sending"} & set(states), "what may have been sent would be sent again unasked"
    return store


# Noticed


def test_flipped_bytes_in_a_table_are_found_and_keep_everybody_out(path: Path) -> None:
    put(path, (root(path, "event") - 1) * PAGE, os.urandom(64))
    assert health.whole(path)
    with pytest.raises(quarantine.Damaged, match="damaged") as caught:
        make_store(path.parent)
    assert "deskui store salvage" in caught.value.hint
    assert "deskui restore" in caught.value.hint


def test_a_store_that_is_whole_is_said_to_be(path: Path) -> None:
    assert health.whole(path) == ""
    assert not quarantine.mark(path).exists()


@pytest.mark.parametrize("at", [0, 16, 18, 40, 56])
def test_a_damaged_header_is_noticed_at_the_start(path: Path, at: int) -> None:
    put(path, at, b"\xff" * 8)
    said = health.whole(path)
    if said:
        with pytest.raises(quarantine.Damaged):
            make_store(path.parent)
    else:  # numbers that SQLite does not need
        make_store(path.parent).close()


def test_a_damaged_version_in_the_header_is_not_taken_for_a_newer_deskui(path: Path) -> None:
    put(path, 60, b"\x05\xff\xff\x05")
    with pytest.raises(quarantine.Damaged, match="header"):
        make_store(path.parent)


def test_a_read_that_meets_damage_is_remembered(path: Path) -> None:
    with make_store(path.parent) as store:
        put(path, (root(path, "draft") - 1) * PAGE, bytes(PAGE))
        with pytest.raises(StoreError, match="damaged"):
            store.read(lambda db: db.execute("SELECT * FROM draft").fetchall())
    assert quarantine.noted(path)


@pytest.mark.parametrize("sql", ["SELECT json_extract('{', '$.a')", "SELECT * FROM search WHERE search MATCH '\"'"])
def test_what_is_only_a_wrong_text_is_no_damage(path: Path, sql: str) -> None:
    with make_store(path.parent) as store, pytest.raises(StoreError):
        store.read(lambda db: db.execute(sql).fetchall())
    assert quarantine.noted(path) == ""


def test_a_command_does_not_look_again_within_a_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    whole = health.whole
    monkeypatch.setattr(health, "whole", lambda path, begun: (looks.append(path), whole(path, begun))[1])
    clock = Clock()
    for passed in (0, 3600, 23 * 3600, 2 * 3600):
        clock.now += passed
        with make_store(path.parent, clock) as store:
            store.soundness.require()
    assert len(looks) == 2  # the first time, and a day later
    with make_store(path.parent, clock) as store:
        assert store.soundness.begin().result(10) == ""  # the console always does
    assert len(looks) == 3


# Salvaged


@pytest.mark.parametrize("at", [0, 16, 18, 20, 28, 44, 56, 96])
def test_of_a_damaged_header_everything_is_saved(path: Path, at: int) -> None:
    put(path, at, b"\xa5" * 4)
    quarantine.note(path, "test")
    with check(path, **WHOLE, journal=40, ticket=121, event=240) as store:
        assert store.read(lambda db: tickets.shown(db, "x")) is None
        uid = store.read(lambda db: tickets.uid_of(db, "RT-0"))
        shown = store.read(lambda db: tickets.shown(db, uid))
        assert shown is not None
        assert shown.state == "pending"  # what waits is on top


def test_without_its_first_page_everything_is_saved(path: Path) -> None:
    put(path, 0, bytes(PAGE))
    assert health.whole(path)
    check(path, **WHOLE, journal=40, ticket=121, event=240).close()


@pytest.mark.parametrize("index", ["outbox_state", "ticket_queue", "event_key", "sqlite_autoindex_draft_1"])
def test_of_damaged_indexes_everything_is_saved(path: Path, index: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (index,)).fetchone():
            index = "sqlite_autoindex_event_1"
    put(path, (root(path, index) - 1) * PAGE, os.urandom(512))
    assert health.whole(path)
    check(path, **WHOLE, journal=40, ticket=121, event=240).close()


@pytest.mark.parametrize("table", ["ticket", "event", "body", "journal", "outbox", "draft"])
def test_of_a_table_whose_root_is_gone_the_leaves_are_saved(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        inner = db.execute("SELECT count(*) FROM outbox").fetchone()[0] == 16
    assert inner
    at = (root(path, table) - 1) * PAGE
    kind = path.read_bytes()[at]
    put(path, at, bytes(PAGE))
    assert health.whole(path)
    least = dict(WHOLE)
    if kind == 13:  # the root was the only page
        least.pop(table, None)
    with check(path, **least) as store:
        loose = [entry for entry in store.read(outbox.entries) if entry.error == LOOSE]
        assert all(entry.state == "rejected" for entry in loose)
        assert bool(loose) == (table == "outbox" and kind == 5)


def test_of_a_store_cut_short_the_rest_is_saved(path: Path) -> None:
    size = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        file.truncate((size - size // 8) * PAGE)
    assert health.whole(path)
    check(path, **WHOLE, journal=40, ticket=61).close()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_bytes_are_flipped_a_whole_store_comes_of_it(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    size = path.stat().st_size
    for _ in range(chance.choice((1, 5, 40))):
        put(path, chance.randrange(size), bytes([chance.randrange(256)] * chance.choice((1, 16, 300))))
    quarantine.note(path, "test")
    check(path).close()


def test_a_zeroed_log_is_noticed_and_what_its_pages_hold_is_saved(tmp_path: Path) -> None:
    make_store(tmp_path).close()
    done = child(
        """
        import os, signal
        from deskui.domain.change import Note
        store = make_store(Path(sys.argv[1]))
        uid = pull(store, make_ticket(17), [make_event()])
        for n in range(5):
            queue(store, uid, Note(f"in the log {n}"))
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        str(tmp_path),
    )
    done.communicate(timeout=60)
    assert done.returncode == -signal.SIGKILL
    path, log = tmp_path / "desk.db", tmp_path / "desk.db-wal"
    put(log, 0, bytes(32))
    with pytest.raises(quarantine.Damaged, match="zeros"):
        make_store(tmp_path)
    done_ = saved(path)
    assert Path(f"{done_.aside}-wal").exists()
    with make_store(tmp_path) as store:
        texts = {getattr(entry.change, "text", "") for entry in store.read(outbox.entries)}
    assert texts == {f"in the log {n}" for n in range(5)}


# Care


def test_nobody_salvages_a_store_that_is_open(path: Path) -> None:
    with make_store(path.parent), pytest.raises(StoreError, match="open in another deskui"):
        saved(path)
    assert path.exists()


def test_cut_off_anywhere_it_is_done_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, 0, bytes(16))
    assert health.whole(path)
    before = path.read_bytes()
    rename: Callable[..., Path] = Path.rename
    for fail in range(1, 3):
        calls: list[int] = []

        def broken(self: Path, to: Path, calls: list[int] = calls, fail: int = fail) -> Path:
            calls.append(1)
            if len(calls) == fail:
                raise KeyboardInterrupt
            return rename(self, to)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", broken)
            with pytest.raises(KeyboardInterrupt):
                saved(path)
        with pytest.raises(StoreError):
            make_store(path.parent) if path.exists() else quarantine.refuse(path)
    done = saved(path)
    assert done.aside.read_bytes() == before
    assert ours(path)["draft"] == 12


def test_a_new_store_gives_no_number_twice(path: Path) -> None:
    put(path, (root(path, "meta") - 1) * PAGE, bytes(PAGE))
    assert health.whole(path)
    with check(path, **WHOLE) as store:
        uid = write(store, lambda tx: tickets.new(tx, "rt"))
        assert store.read(lambda db: tickets.shown(db, uid)).id == "RT-~2"  # type: ignore[union-attr]


def test_the_report_says_exactly_what_was_saved(path: Path) -> None:
    put(path, 0, bytes(16))
    assert health.whole(path)
    done = saved(path)
    said = done.report.read_text()
    assert "     16  changes, 15 of them wait: each is looked for upstream before it is sent" in said
    assert "     12  drafts" in said
    assert "Everything of these could be read." in said
    assert str(done.aside) in said


def test_who_is_alone_keeps_others_out(path: Path) -> None:
    with presence.alone(path.parent), pytest.raises(StoreError, match="being replaced"):
        make_store(path.parent)
    make_store(path.parent).close()
