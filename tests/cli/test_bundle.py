"""`deskui doctor --bundle`: what is in it, and above all what is not."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from deskui.cli.scrub import LEFT_OUT, Scrub, url
from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli

CONFIG = """
[me]
name = "Zacharias Quint"
[customer]
"kraehenwinkel.example" = "Kraehenwinkel"
[alerts]
command = ["page", "--key", "al3rt-k3y"]
[upstream.rt]
kind = "rt"
url = "https://rt.example.org/rt"
user = "quintz"
[upstream.rt.queues.Vogelsang]
customer = "Vogelsang"
"""
LOG = """\
2026-11-24 02:00:00,000 INFO httpx: HTTP Request: GET https://rt.example.org/REST?query=Subject+LIKE+tills
2026-11-24 02:00:01,000 WARNING deskui.services.syncing: rt: password=hunter22 for quintz at 10.9.8.7 Kraehenwinkel
2026-11-24 02:00:02,000 WARNING deskui.sync.engine: TILLS OFFLINE in Vogelsang, ask bob@kraehenwinkel.example
2026-11-24 02:00:03,000 ERROR deskui.ui.app: the console stopped
Traceback (most recent call last):
  File "/home/quintz/.venv/lib/python3.12/site-packages/deskui/ui/app.py", line 12, in on_mount
    raise ValueError("secret word in the code")
ValueError: the customer's text says swordfish
"""
SEEDED = (
    "zacharias", "kraehenwinkel", "vogelsang", "s3cr3t", "qu3ry", "quintz", "al3rt", "hunter22", "tills", "bob@",
    "swordfish", "10.9.8.7", "secret word", "all down",
)  # fmt: skip


def unpacked(path: Path) -> dict[str, str]:
    """The files in a bundle."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            return {name.removeprefix("deskui/"): packed.read(name).decode() for name in packed.namelist()}
    with tarfile.open(path) as tar:
        found = {}
        for entry in tar:
            file = tar.extractfile(entry)
            assert isinstance(file, io.BufferedReader)
            found[entry.name.removeprefix("deskui/")] = file.read().decode()
        return found


@pytest.fixture
def seeded(home: Path, world: World, cli: Cli) -> Path:
    """A desk with a ticket, a log and a configuration full of what must not leave."""
    world.make(Create("Tills offline", "all down at till 7", customer="Vogelsang"))
    assert cli("sync", "--once").code == 0
    path = home / "config.toml"
    path.write_text(path.read_text() + CONFIG)
    (home / "log").mkdir(exist_ok=True)
    (home / "log" / "deskui.log").write_text(LOG)
    return home


@pytest.mark.parametrize("form", [".tar.gz", ".zip"])
def test_the_bundle_has_no_secret_no_ticket_and_nobody_s_name(seeded: Path, cli: Cli, tmp_path: Path, form: str):
    path = tmp_path / f"bundle{form}"
    said = cli("doctor", "--bundle", str(path))
    assert str(path) in said.out
    assert path.stat().st_mode & 0o777 == 0o600
    files = unpacked(path)
    assert set(files) == {"versions.json", "config.json", "checks.json", "log.txt", "store.json", "terminal.json"}
    assert all(name in said.out for name in files)
    whole = "\n".join(files.values()).casefold()
    assert [word for word in SEEDED if word in whole] == []


def test_a_configuration_that_cannot_be_read_gives_nobody_away(seeded: Path, cli: Cli, tmp_path: Path):
    path = seeded / "config.toml"
    path.write_text(path.read_text().replace("https://rt", "https://svc:s3cr3t-login@rt") + "typo here\n")
    for broken in (path.read_text(), path.read_text().replace("typo here\n", "")):
        path.write_text(broken)
        assert cli("doctor", "--bundle", str(tmp_path / f"{len(broken)}.zip")).code == 1
        whole = "\n".join(unpacked(tmp_path / f"{len(broken)}.zip").values()).casefold()
        assert [word for word in SEEDED if word in whole] == []


def test_what_helps_is_in_it(seeded: Path, cli: Cli, tmp_path: Path):
    path = tmp_path / "bundle.zip"
    document = cli("doctor", "--bundle", str(path), "--json").json
    files = unpacked(path)
    assert document["bundle"] == str(path)
    assert [check["name"] for check in json.loads(files["checks.json"])] == [c["name"] for c in document["checks"]]
    assert json.loads(files["store.json"])["rows"]["ticket"] == 1
    assert json.loads(files["versions.json"])["textual"] == "8.2.8"
    assert json.loads(files["config.json"])["upstream"][1]["url"] == "https://rt.example.org/rt"
    assert "the console stopped" in files["log.txt"]
    assert 'deskui/ui/app.py", line 12, in on_mount' in files["log.txt"]
    assert "ValueError\n" in files["log.txt"]


def test_an_empty_home_and_a_damaged_store_have_a_bundle_too(home: Path, cli: Cli, tmp_path: Path):
    assert cli("--home", str(tmp_path / "no"), "doctor", "--bundle", str(tmp_path / "a.zip"), here=False).code == 0
    (home / "desk.db").write_bytes(b"not a database at all" * 100)
    assert cli("doctor", "--bundle", str(tmp_path / "b.zip")).code == 1
    assert "error" in json.loads(unpacked(tmp_path / "b.zip")["store.json"])


def test_nothing_is_written_over_and_the_name_says_the_form(cli: Cli, tmp_path: Path):
    (tmp_path / "a.zip").write_text("mine")
    assert cli("doctor", "--bundle", str(tmp_path / "a.zip"), "--json").error == "usage"
    assert (tmp_path / "a.zip").read_text() == "mine"
    assert cli("doctor", "--bundle", str(tmp_path / "a.rar"), "--json").error == "usage"


def test_names_go_whatever_their_case(tmp_path: Path):
    scrub = Scrub(["Nordkauf", "me"], tmp_path)
    assert scrub("NORDKAUF and nordkauf: time") == f"{LEFT_OUT} and {LEFT_OUT}: time"
    assert scrub(f"{tmp_path}/desk.db") == "<home>/desk.db"
    assert url("see https://a:b@c.d/e?f=g#h now") == "see https://c.d/e now"
