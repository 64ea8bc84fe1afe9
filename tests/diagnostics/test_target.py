"""Where a host is: the inventory's word, and `ssh -G` (a real one, with a config of ours) for the rest."""

import getpass
import os
import shutil
from pathlib import Path

import pytest

from deskui.diagnostics.base import ShellError
from deskui.diagnostics.target import known_texts, login, own_config
from deskui.domain.asset import Asset

CONFIG = """
Host sw-alias
    HostName 10.9.8.7
    Port 2222
    User noc
    IdentityFile {folder}/there
    IdentityFile {folder}/missing
    UserKnownHostsFile {folder}/kh1 {folder}/kh2
    HostKeyAlias switch-one
Host jumped
    ProxyJump jump01
Host proxied
    ProxyCommand nc %h %p
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user whose ssh has CONFIG."""
    real = shutil.which("ssh")
    if real is None:
        pytest.skip("openssh-client is not installed")
    (tmp_path / "there").touch()
    (tmp_path / "config").write_text(CONFIG.format(folder=tmp_path))
    wrapper = tmp_path / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {real} -F {tmp_path}/config "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    return tmp_path


def test_an_alias_gives_everything(own: Path) -> None:
    way = login(Asset("sw-alias"), own_config("sw-alias"))
    assert (way.host, way.port, way.user, way.known_as) == ("10.9.8.7", 2222, "noc", "switch-one")
    assert way.keys == (str(own / "there"),)
    assert way.known_hosts[:2] == (str(own / "kh1"), str(own / "kh2"))
    assert not way.agent


def test_the_inventory_wins(own: Path) -> None:
    asset = Asset("x", address="sw-alias", port=22, user="root", key="/k")
    way = login(asset, own_config("sw-alias"), known_hosts="/kh", agent=True)
    assert (way.host, way.port, way.user, way.keys) == ("10.9.8.7", 22, "root", ("/k",))
    assert (way.known_hosts, way.agent) == (("/kh",), True)


def test_a_plain_address_has_ssh_defaults(own: Path) -> None:
    way = login(Asset("x", address="10.0.0.1"), own_config("10.0.0.1"))
    assert (way.host, way.port, way.user) == ("10.0.0.1", 22, getpass.getuser())


@pytest.mark.parametrize("name", ["jumped", "proxied"])
def test_what_needs_a_jump_host_is_said(own: Path, name: str) -> None:
    with pytest.raises(ShellError, match="jump hosts are not supported yet"):
        login(Asset(name), own_config(name))


def test_a_jump_host_of_the_inventory_too() -> None:
    with pytest.raises(ShellError, match="through jump01"):
        login(Asset("x", jump="jump01"), {})


@pytest.mark.parametrize("name", ["-oProxyCommand=touch x", "--", "a b", "$(id)", "a;b", "", "ü"])
def test_an_odd_name_never_reaches_ssh(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("ssh was started"))
    assert own_config(name) == {}
    with pytest.raises(ShellError, match="cannot be a host name"):
        login(Asset("x", address=name or "-"), {})


def test_without_an_ssh_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert own_config("sw1") == {}
    assert login(Asset("sw1"), {}).host == "sw1"


def test_a_missing_known_hosts_file_knows_nothing(tmp_path: Path) -> None:
    (tmp_path / "kh").write_text("x")
    assert known_texts((str(tmp_path / "none"), str(tmp_path / "kh"))) == [(str(tmp_path / "kh"), "x")]
