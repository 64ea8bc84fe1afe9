"""The commands around the desk: config errors, init, doctor, sync, ci, diag, sla eval, desk-gen, backup, streams."""

import io
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskui import secrets
from deskui.cli import first
from deskui.domain.change import Create
from deskui.upstream import memory
from deskui.upstream._world import World
from deskui.upstream.base import Unreachable
from tests.cli.conftest import Cli

SECRET = "hunter2-canary"
CASES = Path(__file__).resolve().parent.parent / "domain" / "sla_cases.json"


# -- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [["list"], ["sync", "--once"], ["do", "M-1", "ack"], ["ci", "list"]], ids=" ".join)
def test_an_unknown_key_is_exit_2_with_file_key_and_line(cli: Cli, home: Path, argv: list[str]):
    config = home / "config.toml"
    config.write_text(config.read_text().replace('user = "anna"', 'usr = "anna"'))
    said = cli(*argv, "--json")
    assert (said.code, said.error) == (2, "config")
    assert f"{config}, line 6: upstream.mem.usr: unknown key" in said.json["error"]["message"]


def test_a_contract_with_a_mistake_is_exit_2(cli: Cli, home: Path):
    (home / "contracts").mkdir()
    (home / "contracts" / "n.toml").write_text('customer = "Nordkauf"\nsurprise = 1\n')
    said = cli("list", "--json")
    assert (said.code, said.error) == (2, "config")
    assert "n.toml" in said.json["error"]["message"]


def test_an_adapter_that_does_not_exist(cli: Cli, home: Path):
    config = home / "config.toml"
    config.write_text(config.read_text().replace('kind = "memory"', 'kind = "jira"'))
    for argv in (["list"], ["sync", "--once"], ["do", "M-1", "ack"]):
        said = cli(*argv, "--json")
        assert (said.code, said.error) == (2, "config")
        assert "jira" in said.json["error"]["message"]


def test_a_shared_login_asks_who_works_here(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch):
    config = home / "config.toml"
    config.write_text(config.read_text() + "service_account = true\n")
    assert cli("list", "--json").error == "config"
    assert cli("list", "--as", "kim").code == 0
    monkeypatch.setenv("DESKUI_USER", "kim")
    assert cli("list").code == 0


def test_a_store_of_a_newer_deskui_is_refused(cli: Cli, home: Path):
    cli("list")
    with sqlite3.connect(home / "desk.db") as db:
        db.execute("PRAGMA user_version=999")
    db.close()
    said = cli("list", "--json")
    assert (said.code, said.error) == (1, "store")
    assert "newer" in said.json["error"]["message"]


def test_without_a_configuration_list_is_empty_and_sync_says_what_to_do(cli: Cli, tmp_path: Path):
    empty = str(tmp_path / "empty")
    assert cli("--home", empty, "list", "--json", here=False).json == {"total": 0, "tickets": []}
    said = cli("--home", empty, "sync", "--once", "--json", here=False)
    assert (said.code, said.error) == (2, "config")
    assert "deskui init" in said.json["error"]["hint"]


def test_the_home_by_variable_and_platform(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    cli("list", here=False)
    assert (tmp_path / "xdg" / "deskui" / "desk.db").exists()
    monkeypatch.setenv("DESKUI_HOME", str(tmp_path / "named"))
    cli("list", here=False)
    assert (tmp_path / "named" / "desk.db").exists()


def test_everything_in_the_home_is_private(cli: Cli, tmp_path: Path):
    code = "import sys; from deskui.__main__ import main; sys.argv[1:] = ['list']; main()"
    place = tmp_path / "private"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "DESKUI_HOME": str(place)}, check=True)
    found = [place, *place.rglob("*")]
    assert len(found) > 2
    assert not [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]


# -- init ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> dict[str, Unreachable | None]:
    """What the next login answers: None, or the error."""
    answer: dict[str, Unreachable | None] = {"error": None}
    real = memory.Adapter.login

    def fake(self: memory.Adapter) -> object:
        if answer["error"]:
            raise answer["error"]
        return real(self)

    monkeypatch.setattr(memory.Adapter, "login", fake)
    monkeypatch.setattr(secrets, "ALLOWED", ())
    return answer


@pytest.fixture
def fresh(tmp_path: Path, cli: Cli):
    """`deskui init` in a home that does not exist yet."""
    place = tmp_path / "fresh"

    def init(*argv: str):
        usual = ["--upstream", "m", "--kind", "memory", "--url", "memory:", "--user", "anna", "--json"]
        return cli("--home", str(place), "init", *usual, *argv, here=False)

    init.config = place / "config.toml"
    return init


def test_init_writes_a_configuration_without_the_secret(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    said = fresh()
    assert (said.code, said.json) == (0, {"home": str(fresh.config.parent), "upstream": "m", "login": "ok"})
    assert stat.S_IMODE(fresh.config.stat().st_mode) == 0o600
    assert SECRET not in fresh.config.read_text() + said.out + said.err
    assert fresh().code == 0  # again: the same, nothing lost


def test_init_refused_writes_nothing(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    login["error"] = Unreachable("401 for anna", "auth", "check the password")
    said = fresh()
    assert (said.code, said.error, said.json["login"]) == (2, "auth", "refused")
    assert not fresh.config.exists()


@pytest.mark.parametrize("kind", ["unreachable", "tls"])
def test_init_unreachable_is_written(fresh, login, monkeypatch: pytest.MonkeyPatch, kind: str):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    login["error"] = Unreachable("no answer", kind)
    said = fresh()
    assert (said.code, said.error, said.json["login"]) == (3, kind, "unreachable")
    assert said.json["error"]["hint"]
    assert fresh.config.exists()


def test_init_without_any_place_for_the_secret_is_written_with_a_hint(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(SECRET + "\n"))
    said = fresh("--secret-stdin")
    assert (said.code, said.error, said.json["login"]) == (2, "config", "ok")
    assert "DESKUI_SECRET_M" in said.json["error"]["hint"]
    assert fresh.config.exists()
    assert SECRET not in said.out + said.err


def test_init_without_a_secret_is_written_with_a_hint(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = fresh()
    assert (said.code, said.error) == (2, "config")
    assert fresh.config.exists()


def test_init_puts_the_secret_into_an_allowed_keyring(fresh, login, monkeypatch: pytest.MonkeyPatch):
    class Ring:
        viable = True
        kept: dict = {}  # noqa: RUF012

        def set_password(self, *args: str) -> None:
            self.kept[args[:2]] = args[2]

    monkeypatch.setattr(secrets, "_viable", lambda _name: Ring())
    monkeypatch.setattr(secrets, "ALLOWED", ("x.Ring",))
    monkeypatch.setattr("sys.stdin", io.StringIO(SECRET + "\n"))
    assert fresh("--secret-stdin").code == 0
    assert Ring.kept == {("deskui", "m"): SECRET}


def test_init_never_writes_over_another_configuration(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    fresh.config.parent.mkdir()
    fresh.config.write_text("[desk]\nzone = 'UTC'\n")
    assert (fresh().code, fresh().error) == (2, "config")
    assert fresh.config.read_text() == "[desk]\nzone = 'UTC'\n"


def test_init_again_with_another_address_until_the_desk_was_used(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    login["error"] = Unreachable("no such host")
    assert fresh("--url", "memory:typo").code == 3
    login["error"] = None
    assert fresh("--url", "memory:right").code == 0
    assert "memory:right" in fresh.config.read_text()
    (fresh.config.parent / "desk.db").touch()
    assert fresh("--url", "memory:other").code == 2
    assert "memory:right" in fresh.config.read_text()


@pytest.mark.parametrize("url", ["rt.example", "ftp://rt.example", "https://a:b@rt.example"])
def test_init_with_a_wrong_address(fresh, login, url: str):
    said = fresh("--url", url)
    assert (said.code, said.error) == (2, "config")
    assert not fresh.config.exists()


def test_values_of_init_cannot_break_the_file(fresh, login, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_M", SECRET)
    assert fresh("--user", 'an"na\n[ssh]\x7f').code == 0
    from deskui import config

    assert config.load(fresh.config).upstream["m"].user == 'an"na\n[ssh]\x7f'
    assert first._quoted("ü") == '"ü"'


# -- sync, doctor ----------------------------------------------------------------------------------------------------


def test_an_unreachable_upstream_is_exit_3_and_the_desk_works_on(cli: Cli, login, world: World):
    world.make(Create("x"))
    cli("sync", "--once")
    login["error"] = Unreachable("connection refused", hint="check the network")
    said = cli("sync", "--once", "--json")
    assert (said.code, said.json["upstreams"]["mem"]["offline"]) == (3, True)
    assert said.json["upstreams"]["mem"]["error"] == "connection refused"
    assert cli("list", "--json").json["total"] == 1
    sent = cli("do", "M-1", "ack", "--json", "--send", "1")
    assert (sent.code, sent.json["state"]) == (3, "queued")
    made = cli("new", "--subject", "y", "--json", "--send", "1")
    assert (made.code, made.json["ticket"], made.json["state"]) == (3, "M-~1", "queued")


def test_a_missing_secret_is_said_and_nothing_else_stops(cli: Cli, home: Path, login):
    (home / "config.toml").write_text('[upstream.rt]\nurl = "https://rt.example"\nuser = "anna"\n')
    assert cli("list").code == 0
    said = cli("sync", "--once", "--json")
    assert said.code == 3
    assert "secret" in said.json["upstreams"]["rt"]["error"]
    assert "DESKUI_SECRET_RT" in said.err


def test_doctor(cli: Cli, login, world: World):
    said = cli("doctor", "--json")
    assert said.code == 0
    assert said.json["ok"] is True
    assert {"terminal", "config", "store", "keyring", "upstream mem", "clock mem", "ssh"} <= {
        check["name"] for check in said.json["checks"]
    }
    assert {check["status"] for check in said.json["checks"]} <= {"ok", "warn", "fail"}
    login["error"] = Unreachable("no route", hint="look at the cable")
    away = cli("doctor", "--json")
    assert (away.code, away.json["ok"]) == (3, False)
    login["error"] = None
    assert "upstream mem" in cli("doctor").out


def test_doctor_in_an_empty_and_in_a_broken_home(cli: Cli, home: Path):
    assert "deskui init" in cli("--home", str(home / "empty"), "doctor", here=False).out
    (home / "config.toml").write_text("[dask]\n")
    said = cli("doctor", "--json")
    assert said.code == 1
    assert [check["status"] for check in said.json["checks"] if check["name"] == "config"] == ["fail"]


def test_doctor_sees_a_damaged_store(cli: Cli, home: Path):
    cli("list")
    for path in home.glob("desk.db-*"):
        path.unlink()
    (home / "desk.db").write_bytes(b"not a database at all" * 100)
    said = cli("doctor", "--json")
    assert said.code == 1
    assert [check["status"] for check in said.json["checks"] if check["name"] == "store"] == ["fail"]
    assert cli("list", "--json").error == "store"


def test_sync_without_a_screen_streams_and_stops(home: Path, world: World):
    world.make(Create("x"))
    argv = [sys.executable, "-m", "deskui", "--home", str(home), "sync", "--json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout
        line = json.loads(child.stdout.readline())
        assert (line["upstream"], line["pulled"]) == ("mem", 1)
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert child.wait(5) == 0
        assert time.monotonic() - began < 2


# -- inventory, diagnostics, cases, the rest -------------------------------------------------------------------------


def test_ci_import_and_list(cli: Cli, tmp_path: Path):
    file = tmp_path / "hosts.csv"
    file.write_text("name,kind,address,port,criticality,customer\nsw1,network,127.0.0.1,2201,high,Nordkauf\npc,,,,,\n")
    assert cli("ci", "import", str(file), "--json").code == 0
    found = cli("ci", "list", "--json").json["cis"]
    assert [item["name"] for item in found] == ["pc", "sw1"]
    assert found[1] == {
        "name": "sw1", "kind": "network", "address": "127.0.0.1", "port": 2201, "user": "", "key": "", "jump": "",
        "customer": "Nordkauf", "site": "", "criticality": "high",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "name,colour\nsw1,red\n", "name,port\nsw1,many\n", "name\n-oProxyCommand=x\n"])
def test_a_wrong_inventory_imports_nothing(cli: Cli, tmp_path: Path, text: str):
    (tmp_path / "hosts.csv").write_text(text)
    said = cli("ci", "import", str(tmp_path / "hosts.csv"), "--json")
    assert (said.code, said.error) == (2, "usage")
    assert cli("ci", "list", "--json").json == {"cis": []}


def test_diag(cli: Cli, world: World):
    world.make(Create("slow"))
    cli("sync", "--once")
    (book,) = [book for book in cli("diag", "list", "--json").json["runbooks"] if book["name"] == "linux-health"]
    assert set(book) == {"name", "title", "steps"}
    said = cli("diag", "run", "linux-health", "local", "--ticket", "M-1", "--json")
    assert said.code == (0 if said.json["ok"] else 1)
    assert (said.json["host"], said.json["runbook"]) == ("local", "linux-health")
    assert set(said.json["steps"][0]) == {"id", "status", "value", "unit", "finding", "seconds"}
    assert "linux-health" in cli("show", "M-1", "--json").json["events"][-1]["text"]
    assert "linux-health on local" in cli("diag", "run", "linux-health", "local").out


@pytest.mark.parametrize(
    ("argv", "code", "kind"),
    [
        (["diag", "run", "linux-health", "no-such-host.invalid"], 1, "unknown_host"),
        (["diag", "run", "nothing", "local"], 2, "usage"),
        (["diag", "run", "linux-health", "local", "--ticket", "M-9"], 1, "unknown_ticket"),
        (["--read-only", "diag", "run", "linux-health", "local"], 1, "refused"),
        (["diag"], 2, "usage"),
        (["desk-gen", "10"], 2, "usage"),
        (["console"], 2, "usage"),
        (["sla", "eval", "/no/such/file"], 2, "usage"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_errors(cli: Cli, argv: list[str], code: int, kind: str):
    said = cli(*argv, "--json") if argv[0] != "desk-gen" else cli(*argv, "--json", here=False)
    assert (said.code, said.error) == (code, kind)


def test_sla_eval(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert cli("sla", "eval", str(CASES), "--check").code == 0
    document = json.loads(CASES.read_text())
    case = next(case for case in document["cases"] if case["kind"] == "between")
    document["cases"] = [{**case, "expect": {"seconds": -1}}]
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document))
    assert cli("sla", "eval", str(wrong)).code == 0
    said = cli("sla", "eval", str(wrong), "--check", "--json")
    assert said.code == 1
    assert set(said.json["cases"]) == {case["id"]}
    document["cases"][0]["calendar"] = "nowhere"
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(document)))
    said = cli("sla", "eval", "-", "--json")
    assert said.code == 1
    assert "error" in said.json["cases"][case["id"]]
    (tmp_path / "schema.json").write_text('{"schema": "other"}')
    assert cli("sla", "eval", str(tmp_path / "schema.json")).code == 2


def test_desk_gen_is_seeded_and_never_over_a_desk(cli: Cli, tmp_path: Path):
    place = str(tmp_path / "gen")
    assert cli("--home", place, "desk-gen", "40", "--open", "50", here=False).code == 0
    assert cli("--home", place, "list", "--json", here=False).json["total"] == 20
    assert cli("--home", place, "list", "--json", "--all", "--limit", "1", here=False).json["total"] == 40
    assert cli("--home", place, "desk-gen", "40", "--json", here=False).error == "usage"


def test_backup(cli: Cli, tmp_path: Path):
    cli("new", "--subject", "x")
    file = tmp_path / "copy.db"
    assert cli("backup", str(file)).code == 0
    with sqlite3.connect(file) as db:
        assert db.execute("SELECT count(*) FROM ticket").fetchone() == (1,)
    db.close()


# -- the program -----------------------------------------------------------------------------------------------------


def test_no_secret_in_log_output_or_store(home: Path, login, cli: Cli, monkeypatch: pytest.MonkeyPatch):
    (home / "config.toml").write_text('[upstream.rt]\nurl = "http://127.0.0.1:9"\nuser = "anna"\n')
    monkeypatch.setenv("DESKUI_SECRET_RT", SECRET)
    said = cli("sync", "--once", "--json")
    assert said.code == 3
    everything = (
        said.out + said.err + "".join(path.read_bytes().decode("latin1") for path in home.rglob("*") if path.is_file())
    )
    assert SECRET not in everything


def test_a_closed_pipe_is_no_error(home: Path):
    code = f"{sys.executable} -m deskui --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_version_and_help():
    for option in ("--version", "--help"):
        done = subprocess.run([sys.executable, "-m", "deskui", option], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(("deskui ", "usage: deskui"))


def test_textual_is_prepared_before_it_is_imported():
    from deskui.__main__ import prepare

    local: dict[str, str] = {}
    prepare(local)
    assert (local["TEXTUAL_ANIMATIONS"], local["TEXTUAL_FPS"], local["TEXTUAL_SMOOTH_SCROLL"]) == ("none", "120", "0")
    remote = {"SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22"}
    prepare(remote)
    assert remote["TEXTUAL_FPS"] == "15"


def test_kitty_keys_can_be_left_off():
    from deskui.__main__ import prepare

    for given, said in (({}, None), ({"DESKUI_KITTY_KEYS": "1"}, None), ({"DESKUI_KITTY_KEYS": "0"}, "1")):
        environ = dict(given)
        prepare(environ)
        assert environ.get("TEXTUAL_DISABLE_KITTY_KEY") == said
