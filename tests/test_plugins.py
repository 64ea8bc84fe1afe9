"""Plug-ins: found by file, loaded by name, and never from somebody else's hands."""

from pathlib import Path

import pytest

from deskui import plugins
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
    assert plugins.names("upstreams", tmp_path) == ("memory", "rt")
    assert {"disks", "load", "memory"} <= set(plugins.names("checks", tmp_path))
    assert plugins.load("upstreams", "memory", tmp_path).__name__ == "deskui.upstream.memory"


@pytest.mark.parametrize("name", ["base", "_http", "__init__", "nothing", "../store/store", ""])
def test_what_is_none(tmp_path: Path, name: str):
    assert not plugins.known("upstreams", name, tmp_path)
    with pytest.raises(PluginError, match="there is no upstream"):
        plugins.load("upstreams", name, tmp_path)


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
