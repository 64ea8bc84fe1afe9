"""An encrypted desk as it is typed: made, used, taken back; what is said where the key or the library is missing."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskui import log
from deskui import secrets as module
from deskui.store import cipher, driver
from deskui.store.lock import SyncLock
from deskui.wiring import keys
from tests.cli.conftest import Cli
from tests.test_secrets import Ring

OTHER = "c0de" * 16
WORD = "Turbinengehäuse"
PLACE = "tests.test_secrets.Ring"


@pytest.fixture(autouse=True)
def _ring(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[None]:
    config = home / "config.toml"
    config.write_text(f'{config.read_text()}\n[secrets]\nkeyrings = ["{PLACE}"]\n')
    monkeypatch.setattr(module, "ALLOWED", ())
    monkeypatch.setattr(Ring, "kept", {})
    monkeypatch.setattr(log, "_hidden", set())
    monkeypatch.delenv("DESKUI_SECRET_STORE_KEY", raising=False)
    asked = driver._asked[:]
    yield
    driver._asked[:] = asked


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What stands on standard input."""
    return lambda said: monkeypatch.setattr("sys.stdin", io.StringIO(said))


@pytest.fixture
def name(cli: Cli) -> str:
    """A ticket on an encrypted desk, with a note that waits."""
    made = str(cli("new", "--subject", WORD, "--send", "--json").json["ticket"])
    assert cli("do", made, "note", "-m", WORD).code == 0
    assert cli("store", "encrypt").code == 0
    return made


def key() -> str:
    return str(Ring.kept["deskui", keys.NAME])


def config(home: Path, said: str) -> None:
    path = home / "config.toml"
    path.write_text(path.read_text() + said)


def words_in(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]


def test_a_key_is_made_and_nothing_plain_is_left(cli: Cli, home: Path) -> None:
    cli("new", "--subject", WORD)
    assert "desk.db" in words_in(home)
    said = cli("store", "encrypt", "--json")
    assert said.code == 0
    assert said.json == {
        "store": str(home / "desk.db"), "encrypted": True, "changed": True, "key": PLACE, "backups": [], "plain": [],
    }  # fmt: skip
    assert cipher.is_key(key())
    assert driver.encrypted(home / "desk.db")
    assert words_in(home) == []
    assert cli("store", "encrypt", "--json").json["changed"] is False


def test_every_command_works_as_before(cli: Cli, home: Path, name: str, tmp_path: Path) -> None:
    assert cli("sync", "--once", "--json").json["upstreams"]["mem"]["pushed"] == 1
    assert cli("list", "--json").json["tickets"]
    assert cli("list", WORD, "--json").json["total"] == 1
    assert [event["text"] for event in cli("show", name, "--json").json["events"]].count(WORD) == 1
    assert cli("sla", "explain", name).code == 0
    assert cli("outbox").code == 0
    assert cli("conflicts").code == 0
    assert WORD in cli("export").out.encode().decode("unicode_escape")
    assert cli("store", "check").code == 0
    assert cli("store", "compact").code == 0
    found = {check["name"]: check for check in cli("doctor", "--json").json["checks"]}
    assert found["store"]["status"] == "ok"
    assert found["store"]["detail"].endswith("intact, encrypted")
    assert cli("doctor", "--bundle", str(tmp_path / "b.zip")).code == 0
    assert cli("backup", str(tmp_path / "copy.db")).code == 0
    assert not (tmp_path / "copy.db").read_bytes().startswith(driver.PLAIN)
    assert cli("restore", str(tmp_path / "copy.db")).code == 0
    assert driver.encrypted(home / "desk.db")
    assert words_in(home) == []


def test_a_damaged_one_is_salvaged(cli: Cli, home: Path, name: str) -> None:
    with (home / "desk.db").open("r+b") as file:
        file.seek(4096 * 20)
        file.write(bytes(4096))
    assert cli("store", "check").code == 1
    assert cli("list", "--json").error == "store"
    assert cli("store", "salvage").code == 0
    assert [change["ticket"] for change in cli("outbox", "--json").json["changes"]] == [name]
    assert driver.encrypted(home / "desk.db")
    assert words_in(home) == []


def test_a_new_desk_is_encrypted_if_the_configuration_says_so(cli: Cli, home: Path) -> None:
    (home / "desk.db").unlink()
    config(home, "[store]\nencrypted = true\n")
    assert cli("new", "--subject", WORD).code == 0
    assert driver.encrypted(home / "desk.db")
    assert words_in(home) == []
    assert cli("secret", "--json").json["secrets"] == [{"secret": "store_key", "place": PLACE}]


def test_a_plain_desk_is_refused_until_it_is_encrypted(cli: Cli, home: Path) -> None:
    cli("new", "--subject", WORD)
    config(home, "[store]\nencrypted = true\n")
    said = cli("list", "--json")
    assert (said.code, said.error) == (1, "store")
    assert "deskui store encrypt" in said.json["error"]["hint"]
    (check,) = [check for check in cli("doctor", "--json").json["checks"] if check["name"] == "store"]
    assert check["status"] == "fail"
    assert cli("store", "encrypt").code == 0
    assert cli("list", "--json").json["total"] == 1
    said = cli("store", "decrypt", "--json")
    assert (said.code, said.error) == (2, "config")


def test_it_becomes_plain_again(cli: Cli, home: Path, name: str) -> None:
    assert cli("store", "decrypt", "--json").json == {
        "store": str(home / "desk.db"), "encrypted": False, "changed": True,
    }  # fmt: skip
    assert "desk.db" in words_in(home)
    assert cipher.is_key(key())
    assert cli("list", "--json").json["total"] == 1
    assert cli("store", "decrypt", "--json").json["changed"] is False


@pytest.mark.parametrize(
    "argv", [["list"], ["sync", "--once"], ["store", "check"], ["store", "encrypt"], ["store", "decrypt"], ["export"]]
)
def test_without_the_key_the_remedy_is_named_and_none_is_made(cli: Cli, home: Path, name: str, argv: list[str]) -> None:
    Ring.kept.clear()
    before = (home / "desk.db").read_bytes()
    said = cli(*argv, "--json")
    assert (said.code, said.error) == (1, "store")
    assert "its key is not here" in said.json["error"]["message"]
    for remedy in ("deskui secret set store_key", "DESKUI_SECRET_STORE_KEY", "deskui restore FILE"):
        assert remedy in said.json["error"]["hint"]
    assert Ring.kept == {}
    assert (home / "desk.db").read_bytes() == before
    (check,) = [check for check in cli("doctor", "--json").json["checks"] if check["name"] == "store"]
    assert check["status"] == "fail"


def test_with_another_key_too(cli: Cli, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKUI_SECRET_STORE_KEY", OTHER)
    said = cli("list", "--json")
    assert (said.code, said.error) == (1, "store")
    assert "another key" in said.json["error"]["message"]
    assert OTHER not in said.out + said.err
    assert cli("store", "check", "--json").error == "store"


def test_without_the_library_it_is_said_what_to_install(
    cli: Cli, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    cipher.library.cache_clear()
    try:
        for argv in (["list"], ["store", "check"], ["store", "encrypt"], ["store", "decrypt"]):
            said = cli(*argv, "--json")
            assert (said.code, said.error) == (1, "store")
            assert "pip install 'deskui[encrypted]'" in said.json["error"]["hint"]
    finally:
        cipher.library.cache_clear()


def test_the_key_comes_back_and_is_not_written_over(cli: Cli, name: str, typed: Any) -> None:
    mine = key()
    typed(OTHER + "\n")
    assert cli("secret", "set", "store_key", "--json").error == "refused"
    typed("short\n")
    assert cli("secret", "set", "store_key", "--json").error == "refused"
    Ring.kept.clear()
    assert cli("list", "--json").error == "store"
    typed(mine + "\n")
    assert cli("secret", "set", "store_key").code == 0
    assert cli("list", "--json").json["total"] == 1


def test_the_key_is_changed_by_way_of_a_plain_store(cli: Cli, name: str, typed: Any, tmp_path: Path) -> None:
    cli("backup", str(tmp_path / "old.db"))
    cli("store", "decrypt")
    typed(OTHER + "\n")
    assert cli("secret", "set", "store_key").code == 0
    assert cli("store", "encrypt").code == 0
    assert key() == OTHER
    assert cli("list", "--json").json["total"] == 1
    said = cli("restore", str(tmp_path / "old.db"), "--json")
    assert "another key" in said.json["error"]["message"]
    assert cli("list", "--json").json["total"] == 1


def test_doctor_names_a_plain_backup_beside_it(cli: Cli, home: Path, name: str) -> None:
    cli("store", "decrypt")
    cli("backup", str(home / "desk-before-9.db"))
    quick = (home / "desk-before-9.db").read_bytes()
    cli("store", "encrypt")
    (home / "desk-before-9.db").unlink()
    (home / "desk-before-9.db").write_bytes(quick)
    (check,) = [check for check in cli("doctor", "--json").json["checks"] if check["name"] == "store"]
    assert check["status"] == "warn"
    assert "desk-before-9.db beside it is not: run `deskui store encrypt` again" in check["detail"]
    assert cli("store", "encrypt", "--json").json["backups"] == [str(home / "desk-before-9.db")]
    (check,) = [check for check in cli("doctor", "--json").json["checks"] if check["name"] == "store"]
    assert check["status"] == "ok"


def test_a_lost_key_is_replaced_and_a_plain_backup_taken(
    cli: Cli, home: Path, name: str, typed: Any, tmp_path: Path
) -> None:  # fmt: skip
    cli("store", "decrypt")
    cli("backup", str(tmp_path / "plain.db"))
    cli("store", "encrypt")
    Ring.kept.clear()
    typed(OTHER + "\n")
    assert cli("secret", "set", "store_key").code == 0
    assert cli("list", "--json").error == "store"
    assert cli("restore", str(tmp_path / "plain.db")).code == 0
    assert driver.encrypted(home / "desk.db")
    assert cli("list", "--json").json["total"] == 1


def test_the_key_is_nowhere(cli: Cli, home: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    said = [cli(*argv.split()) for argv in ("list", "store check", "doctor --json", "secret --json", "store encrypt")]
    log_file = log.start(home)
    logging.getLogger("deskui.store").error("with %s in it", key())
    log.stop(log_file)
    assert not [each for each in said if key() in each.out + each.err]
    assert not [path for path in home.rglob("*") if path.is_file() and key().encode() in path.read_bytes()]
    assert "[secret]" in (home / "log" / "deskui.log").read_text()


def test_where_no_keyring_is_it_is_said_where_a_key_may_be(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("new", "--subject", WORD)
    monkeypatch.setattr(Ring, "viable", False)
    said = cli("store", "encrypt", "--json")
    assert (said.code, said.error) == (2, "config")
    assert "DESKUI_SECRET_STORE_KEY" in said.json["error"]["hint"]
    assert "openssl rand -hex 32" in said.json["error"]["hint"]
    assert not driver.encrypted(home / "desk.db")


def test_two_who_begin_together_make_one_key(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("new", "--subject", WORD)
    monkeypatch.setattr(keys, "WAIT_S", 0)
    with SyncLock(home) as held:
        assert held
        assert cli("store", "encrypt", "--json").error == "store"
    assert Ring.kept == {}
    assert cli("store", "encrypt").code == 0


def test_read_only_changes_nothing(cli: Cli, name: str) -> None:
    for word in ("encrypt", "decrypt"):
        assert cli("--read-only", "store", word, "--json").error == "refused"


def test_before_there_is_a_store(cli: Cli, home: Path) -> None:
    (home / "desk.db").unlink()
    said = cli("store", "encrypt", "--json")
    assert (said.code, said.error) == (1, "store")
    assert "encrypted = true" in said.json["error"]["hint"]
    assert json.dumps(said.json)
