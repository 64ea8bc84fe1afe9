"""Plug-ins: found by file, loaded by name, and never from somebody else's hands."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui import plugins, wiring
from deskui.diagnostics.runbook import RunbookError
from deskui.plugins import PluginError


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """`<home>/plugins/upstreams` with one plug-in in it."""
    folder = tmp_path / "plugins" / "upstreams"
    folder.mkdir(parents=True, mode=0o700)
    for part in (tmp_path / "plugins", folder):
        part.chmod(0o700)
    file = folder / "jira.py"
    file.write_text('"""Ours."""\nNAME = "ours"\n')
    file.chmod(0o600)
    return file


def test_the_built_in_ones(tmp_path: Path):
    assert plugins.names("upstreams", tmp_path) == ("memory", "redmine", "rt")
    assert {"disks", "load", "memory"} <= set(plugins.names("checks", tmp_path))
    assert plugins.load("upstreams", "memory", tmp_path).__name__ == "deskui.upstream.memory"


@pytest.mark.parametrize("name", ["base", "_http", "__init__", "nothing", "../store/store", ""])
def test_what_is_none(tmp_path: Path, name: str):
    assert not plugins.known("upstreams", name, tmp_path)
    with pytest.raises(PluginError, match="there is no upstream"):
        plugins.load("upstreams", name, tmp_path)


def test_only_what_is_loaded_is_a_kind(tmp_path: Path):
    assert set(plugins.KINDS) == {"upstreams", "checks"}


def test_our_own(own: Path, tmp_path: Path):
    assert "jira" in plugins.names("upstreams", tmp_path)
    assert plugins.load("upstreams", "jira", tmp_path).NAME == "ours"


@pytest.mark.parametrize("part", ["file", "folder", "plugins"])
def test_what_others_may_write_is_not_loaded(own: Path, tmp_path: Path, part: str):
    {"file": own, "folder": own.parent, "plugins": own.parent.parent}[part].chmod(0o777)
    with pytest.raises(PluginError, match="can be written by others"):
        plugins.load("upstreams", "jira", tmp_path)


def test_what_belongs_to_others_is_not_loaded(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plugins.os, "getuid", lambda: own.stat().st_uid + 1)
    with pytest.raises(PluginError, match="is not yours"):
        plugins.load("upstreams", "jira", tmp_path)


def test_a_plugin_that_fails_is_named_and_may_be_mended(own: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    own.write_text("import nowhere_to_be_found\n")
    with pytest.raises(PluginError, match=r"jira\.py cannot be loaded: ModuleNotFoundError: No module named 'nowhere"):
        plugins.load("upstreams", "jira", tmp_path)
    assert "Traceback" in caplog.text
    own.write_text('NAME = "mended"\n')
    assert plugins.load("upstreams", "jira", tmp_path).NAME == "mended"
    assert plugins.load("upstreams", "jira", tmp_path) is plugins.load("upstreams", "jira", tmp_path)


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages with one that brings an upstream and a check."""
    site = tmp_path / "site"
    info = site / "acme_desk-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-desk\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[deskui.upstreams]\nacme = acme_desk.tickets\nbroken = acme_desk.nowhere\n"
        "[deskui.checks]\nraid = acme_desk.raid:CHECK\n"
    )
    (site / "acme_desk").mkdir()
    (site / "acme_desk" / "__init__.py").write_text("")
    (site / "acme_desk" / "tickets.py").write_text("NAME = 'packaged'\n")
    (site / "acme_desk" / "raid.py").write_text(RAID)
    monkeypatch.syspath_prepend(site)
    yield site
    for name in [name for name in sys.modules if name.startswith("acme_desk")]:
        del sys.modules[name]


RAID = """
from deskui.diagnostics.base import Check, Command, Verdict
def judge(outputs, params, facts):
    return Verdict("ok", outputs[0].text.strip(), 1)
CHECK = Check("raid", "RAID", (Command(("echo", "all disks are up")),), judge, {})
"""


def test_those_of_an_installed_package(packaged: Path, tmp_path: Path):
    assert {"acme", "broken", "memory"} <= set(plugins.names("upstreams", tmp_path))
    assert plugins.load("upstreams", "acme", tmp_path).NAME == "packaged"
    with pytest.raises(PluginError, match=r"upstream 'broken' \(acme_desk\.nowhere\) cannot be loaded"):
        plugins.load("upstreams", "broken", tmp_path)


def test_a_file_of_the_users_goes_before_a_package(packaged: Path, own: Path, tmp_path: Path):
    own.with_name("acme.py").write_text("NAME = 'mine'\n")
    own.with_name("acme.py").chmod(0o600)
    assert plugins.load("upstreams", "acme", tmp_path).NAME == "mine"


@pytest.mark.parametrize("kind", ["file", "package"])
def test_a_check_from_outside_runs_in_a_runbook(packaged: Path, own: Path, tmp_path: Path, kind: str):
    if kind == "file":
        file = own.parent.parent / "checks" / "raid.py"
        file.parent.mkdir(mode=0o700)
        file.write_text(RAID.replace("all disks", "all of mine"))
        file.chmod(0o600)
    (tmp_path / "runbooks").mkdir()
    book = 'name = "disks"\n[[steps]]\ncheck = "raid"\n[[steps]]\ncheck = "load"\n'
    (tmp_path / "runbooks" / "disks.toml").write_text(book)
    with wiring.desk(tmp_path) as desk:
        result = desk.services.diagnose.run("disks", "local")
    assert [step.id for step in result.steps] == ["raid", "load"]
    assert result.steps[0].finding == ("all of mine are up" if kind == "file" else "all disks are up")


@pytest.mark.parametrize(
    ("source", "said"),
    [("CHECK = 3\n", "has no CHECK"), ("1 / 0\n", "ZeroDivisionError"), (None, "there is no check 'raid'")],
)
def test_a_runbook_says_what_is_wrong_with_a_check(own: Path, tmp_path: Path, source: str | None, said: str):
    if source:
        file = own.parent.parent / "checks" / "raid.py"
        file.parent.mkdir(mode=0o700)
        file.write_text(source)
        file.chmod(0o600)
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "a.toml").write_text('name = "a"\n[[steps]]\ncheck = "raid"\n')
    with wiring.desk(tmp_path) as desk, pytest.raises(RunbookError, match=said):
        desk.services.diagnose.runbooks()


def test_an_upstream_whose_plugin_fails_is_away_alone(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_JIRA", "x")
    own.write_text("1 / 0\n")
    (tmp_path / "config.toml").write_text(
        '[upstream.jira]\nurl = "https://jira.example"\n[upstream.mem]\nkind = "memory"\nurl = "memory:"\n'
    )
    with wiring.desk(tmp_path) as desk:
        results = desk.services.syncing.run_once()
        status = {each.name: each.error for each in desk.services.syncing.status().upstreams}
    assert (results["jira"].kind, results["mem"].error) == ("config", None)
    assert "jira.py cannot be loaded: ZeroDivisionError" in status["jira"]


def test_a_mapping_that_cannot_be_is_said_of_its_upstream_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_RT", "x")
    (tmp_path / "config.toml").write_text(
        '[upstream.rt]\nurl = "http://127.0.0.1:9"\n[upstream.rt.priorities]\nHigh = "P1"\n'
        '[upstream.mem]\nkind = "memory"\nurl = "memory:"\n'
    )
    with wiring.desk(tmp_path) as desk:
        results = desk.services.syncing.run_once()
    assert results["mem"].error is None
    where = f"{tmp_path / 'config.toml'}, line 4: upstream.rt.priorities.High: "
    assert (results["rt"].error, results["rt"].hint) == (
        f"{where}RT's priorities are numbers", 'Write the least one: 90 = "P1".',
    )  # fmt: skip
