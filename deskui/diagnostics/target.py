"""Where a host is and how to get in: the inventory's word first, `ssh -G` (the user's own config) for the rest."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deskui.diagnostics.base import Problem, ShellError
from deskui.diagnostics.shell import environment
from deskui.domain.asset import Asset, is_address


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach one host; `secret` gives a password or the key's passphrase, asked only after the host key."""

    host: str
    port: int = 22
    user: str = ""
    keys: tuple[str, ...] = ()
    known_as: str = ""  # the name in known_hosts, if not `host`
    known_hosts: tuple[str, ...] = ()
    agent: bool = False
    secret: Callable[[], str | None] = lambda: None


def own_config(name: str, seconds: float = 5.0) -> dict[str, list[str]]:
    """What `ssh -G` says of `name`, by lower-case keyword; {} if there is no ssh or it refuses."""
    if not is_address(name):
        return {}
    try:
        done = subprocess.run(
            ["ssh", "-T", "-G", "--", name], stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
            text=True, errors="replace", check=False, env=environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return {}
    said: dict[str, list[str]] = {}
    for line in done.stdout.splitlines() if done.returncode == 0 else ():
        keyword, _, value = line.partition(" ")
        said.setdefault(keyword.lower(), []).append(value)
    return said


def login(
    asset: Asset, said: Mapping[str, list[str]], *, known_hosts: str = "", agent: bool = False,
    secret: Callable[[], str | None] = lambda: None,
) -> Login:  # fmt: skip
    """The way into `asset`; ShellError if it needs what is not built yet or its address cannot be one."""
    first = {keyword: values[0] for keyword, values in said.items()}
    jump = asset.jump or next(
        (first[key] for key in ("proxyjump", "proxycommand") if first.get(key, "none") != "none"), ""
    )
    if jump:
        raise ShellError(Problem(
            "unreachable", f"{asset.name} is reached through {jump}, and jump hosts are not supported yet",
            "run the desk on the jump host, or use ssh by hand",
        ))  # fmt: skip
    host = first.get("hostname") or asset.address or asset.name
    if not is_address(host):
        raise ShellError(Problem("unreachable", f"{host!r} cannot be a host name", "correct the address of the CI"))
    keys = [asset.key] if asset.key else said.get("identityfile", [])
    paths = [os.path.expanduser(key) for key in keys]
    return Login(
        host, asset.port or int(first.get("port", "22")), asset.user or first.get("user", ""),
        tuple(path for path in paths if asset.key or os.path.exists(path)),
        first.get("hostkeyalias", ""), _files(known_hosts, first), agent, secret,
    )  # fmt: skip


def _files(configured: str, first: Mapping[str, str]) -> tuple[str, ...]:
    if configured:
        return (os.path.expanduser(configured),)
    words = f"{first.get('userknownhostsfile', '~/.ssh/known_hosts')} {first.get('globalknownhostsfile', '')}".split()
    return tuple(os.path.expanduser(word) for word in words if word != "none")


def known_texts(files: tuple[str, ...]) -> list[tuple[str, str]]:
    """(path, text) of the files that are there; one that cannot be read counts as empty, so its hosts are unknown."""
    texts = []
    for path in files:
        try:
            texts.append((path, Path(path).read_text("utf-8", "replace")))
        except OSError:
            continue
    return texts
