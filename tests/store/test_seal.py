"""A plain store made an encrypted one and back: everything is in it, and a kill leaves the one or the other."""

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from deskui.store import cipher, driver, health, migrate, quarantine, seal
from deskui.store.driver import Locked, StoreError
from tests.make import KEY, make_store, make_ticket, pull
from tests.store.test_encrypted import OTHER, WORD, filled, rows, the_key, words_in
from tests.store.test_store import child, integrity

__all__ = ["the_key"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A plain store with something of everything in it."""
    filled(tmp_path).close()
    return tmp_path / "desk.db"


def test_everything_is_in_the_encrypted_one_and_nothing_plain_is_left(path: Path) -> None:
    before = rows(path)
    assert len(before) > 200
    assert seal.change(path, sealed=True) == seal.Changed(True)
    assert driver.encrypted(path)
    assert words_in(path.parent) == []
    assert rows(path) == before
    assert integrity(path) == "ok"
    with closing(driver.connect(path)) as db:
        assert migrate.version(db) == migrate.SCHEMA
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert {each.name for each in path.parent.iterdir()} == {"desk.db", "open.lock"}
    with make_store(path.parent) as opened:
        pull(opened, make_ticket(1000, subject=f"{WORD} later"))
        assert words_in(path.parent) == []


def test_and_back(path: Path) -> None:
    before = rows(path)
    seal.change(path, sealed=True)
    assert seal.change(path, sealed=False) == seal.Changed(True)
    assert path.read_bytes().startswith(driver.PLAIN)
    assert rows(path) == before
    assert integrity(path) == "ok"
    assert {each.name for each in path.parent.iterdir()} == {"desk.db", "open.lock"}


def test_its_backups_are_encrypted_as_well_and_what_cannot_be_is_named(path: Path) -> None:
    home = path.parent
    with make_store(home) as opened:
        opened.backup(home / "desk-before-9.db")
        opened.backup(home / "desk-replaced-20261124-020700.db")
    (home / "desk-damaged-20261124-020700.db").write_bytes(WORD.encode() * 2000)
    (home / "desk-damaged-20261124-020700.db.txt").write_text(WORD)
    (home / "attachments" / "RT-1").mkdir(parents=True)
    (home / "desk-restored.part").write_text(WORD)
    os.utime(home / "desk-before-9.db", (1000, 1000))
    done = seal.change(path, sealed=True)
    assert {file.name for file in done.backups} == {"desk-before-9.db", "desk-replaced-20261124-020700.db"}
    plain = ["desk-damaged-20261124-020700.db", "desk-damaged-20261124-020700.db.txt"]
    assert [file.name for file in done.plain] == [*plain, "attachments"]
    assert sorted(words_in(home)) == plain
    assert os.stat(home / "desk-before-9.db").st_mtime == 1000
    assert health.quick_check(home / "desk-before-9.db") == "ok"
    again = seal.change(path, sealed=True)
    assert not again.store
    assert not again.backups


DYING = """
import os
opened = make_store(Path(sys.argv[1]))
pull(opened, make_ticket(1000, subject="the last one"))
os.kill(os.getpid(), 9)"""


@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_only_in_the_log_of_changes_comes_along(path: Path, sealed: bool) -> None:
    if not sealed:
        seal.change(path, sealed=True)
    child(DYING, str(path.parent)).communicate()
    assert path.with_name("desk.db-wal").stat().st_size
    assert seal.change(path, sealed=sealed).store
    assert integrity(path) == "ok"
    assert any("the last one" in row for row in rows(path))


def test_while_somebody_has_it_open_nothing_is_done(path: Path) -> None:
    with make_store(path.parent), pytest.raises(StoreError, match="open in another deskui"):
        seal.change(path, sealed=True)
    assert not driver.encrypted(path)


@pytest.mark.parametrize("key", ["", OTHER])
def test_without_the_right_key_it_stays_as_it_is(path: Path, key: str) -> None:
    seal.change(path, sealed=True)
    before = path.read_bytes()
    driver.key_from(lambda: key)
    for sealed in (True, False):
        with pytest.raises(Locked):
            seal.change(path, sealed=sealed)
    assert path.read_bytes() == before


def test_a_damaged_one_is_left_for_salvage(path: Path) -> None:
    quarantine.note(path, "by hand")
    with pytest.raises(quarantine.Damaged):
        seal.change(path, sealed=True)


def test_a_copy_that_is_not_the_same_is_not_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([{"ticket": 81}, {"ticket": 80}])
    monkeypatch.setattr(seal, "_counts", lambda _: next(counts))
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not the same"):
        seal.change(path, sealed=True)
    assert path.read_bytes() == before


KILLED = """
import os, signal
from deskui.store import cipher, driver, migrate, seal
from deskui.store.driver import encrypted
path, sealed, last = Path(sys.argv[1]), sys.argv[2] == "True", int(sys.argv[3])
left = [last]
def dying(work):
    def step(*args, **values):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return work(*args, **values)
    return step
steps = (os, "open unlink rename replace utime fsync"), (driver, "connect"), (cipher, "connect"), (seal, "_counts")
for module, names in steps:
    for name in names.split():
        setattr(module, name, dying(getattr(module, name)))
seal.change(path, sealed=sealed)
print(last - left[0])
"""


@pytest.mark.parametrize("sealed", [True, False])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_one(path: Path, sealed: bool) -> None:
    before, seen = rows(path), set[bool]()
    if not sealed:
        seal.change(path, sealed=True)
    for step in range(60):
        done = child(KILLED, str(path), str(sealed), str(step))
        said, failed = done.communicate()
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, failed
        driver.forget(path)
        seen.add(driver.encrypted(path))
        assert rows(path) == before, step
        assert integrity(path) == "ok"
        if driver.encrypted(path) is sealed:  # on to the next step, from the beginning
            seal.change(path, sealed=not sealed)
    assert seen == {True, False}
    assert int(said) > 10
    driver.forget(path)
    assert driver.encrypted(path) is sealed
    assert sealed is (words_in(path.parent) == [])


def test_the_key_is_in_no_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor in what SQLite says of the statement that has it."""
    seal.change(path, sealed=True)
    monkeypatch.setattr(cipher, "fits", lambda *_: True)
    with path.open("r+b") as file:
        file.write(bytes(4096 * 3))
    driver.forget(path)
    with pytest.raises(StoreError) as caught:
        make_store(path.parent)
    told = caught.value
    while told is not None:
        assert KEY not in f"{told!r} {told.__dict__}"
        told = told.__cause__ or told.__context__  # type: ignore[assignment]
