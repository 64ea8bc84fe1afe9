"""Secrets on the command line: put away, tried, changed; and none of them anywhere where it has no business."""

import io
import json
import logging
import os
import stat
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from deskui import adapters, log
from deskui import secrets as module
from deskui.cli import asking
from deskui.upstream.base import Unreachable
from tests.cli.conftest import Cli
from tests.test_secrets import Ring

OLD, NEW = "old secret/1", 'hunter2-canary "ü/+'
CONFIG = """\
[upstream.rt]
url = "http://127.0.0.1:9"
user = "anna"
[secrets]
keyrings = ["tests.test_secrets.Ring"]
"""


@pytest.fixture(autouse=True)
def _ring(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "config.toml").write_text(CONFIG)
    monkeypatch.setattr(module, "ALLOWED", ())
    monkeypatch.setattr(Ring, "kept", {})
    monkeypatch.setattr(log, "_hidden", set())
    monkeypatch.delenv("DESKUI_SECRET_RT", raising=False)


@pytest.fixture
def _as_started() -> Iterator[None]:
    """With the umask that `deskui` gives itself."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What stands on standard input."""
    return lambda said: monkeypatch.setattr("sys.stdin", io.StringIO(said))


def let_in(monkeypatch: pytest.MonkeyPatch, trouble: Unreachable | None = None) -> list[str | None]:
    """The upstream lets everybody in, or says `trouble`; which secrets were tried."""
    tried: list[str | None] = []

    def login(_home: Path, _settings: Any, _name: str, secret: str | None = None) -> None:
        tried.append(secret)
        if trouble:
            raise trouble

    monkeypatch.setattr(adapters, "login", login)
    return tried


def test_one_is_put_away_and_its_place_is_said(cli: Cli, typed: Any) -> None:
    said = cli("secret", "--json")
    assert (said.code, said.json) == (1, {"secrets": [{"secret": "rt", "place": None}]})
    typed(f"{NEW}\nnot this\n")
    said = cli("secret", "set", "rt", "--json")
    assert said.json == {"secret": "rt", "state": "kept", "place": "tests.test_secrets.Ring"}
    assert Ring.kept == {("deskui", "rt"): NEW}
    said = cli("secret", "--json")
    assert (said.code, said.json["secrets"][0]["place"]) == (0, "tests.test_secrets.Ring")
    typed("key of a host\n")
    assert cli("secret", "set", "ci_sw1").code == 0
    assert Ring.kept["deskui", "ci_sw1"] == "key of a host"


def test_a_new_one_is_tried_before_it_replaces_the_old_one(cli: Cli, typed: Any, monkeypatch: Any) -> None:
    Ring.kept["deskui", "rt"] = OLD
    tried = let_in(monkeypatch)
    typed(NEW)
    assert cli("secret", "rotate", "rt", "--json").json["state"] == "rotated"
    assert (tried, Ring.kept) == ([NEW], {("deskui", "rt"): NEW})


@pytest.mark.parametrize("kind", ["auth", "unreachable", "tls"])
def test_a_new_one_that_is_not_let_in_replaces_nothing(cli: Cli, typed: Any, monkeypatch: Any, kind: str) -> None:
    Ring.kept["deskui", "rt"] = OLD
    let_in(monkeypatch, Unreachable("no", kind))
    typed(NEW)
    said = cli("secret", "rotate", "rt", "--json")
    assert (said.code, said.error, Ring.kept) == (3, kind, {("deskui", "rt"): OLD})


def test_the_one_in_use_is_tried(cli: Cli, monkeypatch: Any) -> None:
    assert cli("secret", "test", "rt", "--json").error == "config"  # there is none
    Ring.kept["deskui", "rt"] = OLD
    assert cli("secret", "test", "rt", "--json").error == "unreachable"
    let_in(monkeypatch)
    assert cli("secret", "test", "rt", "--json").json["state"] == "ok"


def test_what_the_environment_gives_is_changed_there(cli: Cli, typed: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("DESKUI_SECRET_RT", OLD)
    for word in ("set", "rotate"):
        typed(NEW)
        said = cli("secret", word, "rt", "--json")
        assert (said.error, "DESKUI_SECRET_RT" in said.out) == ("config", True)
    assert (Ring.kept, cli("secret", "--json").json["secrets"][0]["place"]) == ({}, "DESKUI_SECRET_RT")


@pytest.mark.parametrize(
    ("argv", "given", "error"),
    [
        (["set", "jira"], NEW, "usage"),
        (["set", "rt"], "", "usage"),
        (["test", "jira"], "", "usage"),
        (["set", "rt", "--read-only"], NEW, "refused"),
        (["rotate", "rt", "--read-only"], NEW, "refused"),
        (["set"], NEW, "usage"),
    ],
)
def test_what_is_refused(cli: Cli, typed: Any, argv: list[str], given: str, error: str) -> None:
    typed(given)
    assert cli("secret", *argv, "--json").error == error
    assert Ring.kept == {}


def test_a_keyring_that_keeps_nothing_is_noticed(cli: Cli, typed: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Ring, "set_password", lambda *_: None)
    typed(NEW)
    assert "did not keep it" in cli("secret", "set", "rt", "--json").out


def forms() -> list[bytes]:
    """The canary as it is, and as it travels."""
    basic = b64encode(f"anna:{NEW}".encode()).decode()
    return [said.encode() for said in ("hunter2-canary", basic, b64encode(NEW.encode()).decode(), quote(NEW, safe=""))]


@pytest.mark.usefixtures("_as_started")
def test_no_secret_is_left_anywhere(cli: Cli, home: Path, typed: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    typed(NEW)
    said = [cli("secret", "set", "rt"), cli("secret", "test", "rt", "--json"), cli("sync", "--once", "--json")]
    handler = log.start(home)
    try:
        raise ValueError(f"{NEW} / {quote(NEW, safe='')} / {json.dumps({'pass': NEW})}")
    except ValueError:
        logging.getLogger("httpx").exception("Authorization: Basic %s", b64encode(f"anna:{NEW}".encode()).decode())
    log.stop(handler)
    said.append(cli("doctor", "--bundle", str(tmp_path / "bundle.zip"), "--json"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"desk.db", "deskui.log"} <= {path.name for path in written}
    for canary in forms():
        assert not [path for path in written if canary in path.read_bytes()]
        assert not [one for one in said if canary.decode() in one.out + one.err]
    assert "[secret]" in (home / "log" / "deskui.log").read_text()
    made = [path for path in home.rglob("*") if path.name != "config.toml"]  # the test's own
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {0o700}


@pytest.fixture
def terminal(monkeypatch: Any) -> list[str]:
    """No keyring, somebody at a terminal who types OLD; what they were asked."""
    asked: list[str] = []
    monkeypatch.setattr(Ring, "viable", False)
    monkeypatch.setattr(module, "_ask", None)
    monkeypatch.setattr(module, "_typed", {})
    monkeypatch.setattr(asking, "somebody", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt, _stream: (asked.append(prompt), OLD)[1])
    return asked


def test_at_a_terminal_a_missing_one_is_asked_for_and_kept_nowhere(cli: Cli, home: Path, terminal: list[str]) -> None:
    assert cli("sync", "--once").code == 3  # nobody listens there
    assert terminal == ["Password or token for rt (kept in memory for this run): "]
    assert not [path for path in home.rglob("*") if path.is_file() and OLD.encode() in path.read_bytes()]


@pytest.mark.parametrize("argv", [("sync", "--once", "--json"), ("doctor",)])
def test_a_script_and_a_report_are_told_and_not_asked(cli: Cli, terminal: list[str], argv: tuple[str, ...]) -> None:
    said = cli(*argv)
    assert "DESKUI_SECRET_RT" in said.out + said.err
    assert (terminal, said.code) == ([], 3 if argv[0] == "sync" else said.code)


def test_the_password_for_a_proxy_is_a_secret_of_its_own(cli: Cli, home: Path, typed: Any, monkeypatch: Any) -> None:
    config = CONFIG.replace('user = "anna"', 'user = "anna"\nproxy = "http://127.0.0.1:9"\nproxy_user = "gate"')
    (home / "config.toml").write_text(config)
    monkeypatch.setenv("DESKUI_SECRET_RT", OLD)
    assert {each["secret"]: each["place"] for each in cli("secret", "--json").json["secrets"]}["proxy_rt"] is None
    missing = cli("sync", "--once")
    assert missing.code == 3
    assert "DESKUI_SECRET_PROXY_RT" in missing.out + missing.err
    typed(NEW)
    assert cli("secret", "set", "proxy_rt", "--json").json["state"] == "kept"
    asked = adapters.adapter(home, adapters.config.load(home / "config.toml"), "rt", OLD)
    assert asked._options.proxy_login == ("gate", NEW)  # type: ignore[attr-defined]
    assert NEW not in repr(asked._options)  # type: ignore[attr-defined]
    asked.close()
    handler = log.start(home)
    logging.getLogger("httpx").error("Proxy-Authorization: Basic %s", b64encode(f"gate:{NEW}".encode()).decode())
    log.stop(handler)
    assert "Basic [secret]" in (home / "log" / "deskui.log").read_text()
    cli("sync", "--once")
    cli("doctor", "--bundle", str(home / "bundle.zip"))
    assert not [path for path in home.rglob("*") if path.is_file() and b"hunter2-canary" in path.read_bytes()]
