"""`deskui doctor --bundle FILE`: what who helps needs to know of this machine, and nothing of its customers."""

import io
import json
import os
import platform
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.scrub import LEFT_OUT, Scrub, url
from deskui.config import Settings

TAIL = 400  # lines of the log
PACKAGES = (
    "deskui", "textual", "rich", "sqlmodel", "sqlalchemy", "httpx", "paramiko", "keyring", "apscheduler", "sqlcipher3",
)  # fmt: skip
FORMS = (".tar.gz", ".zip")
CONTENTS = {
    "versions.json": "deskui, its libraries, Python, SQLite, the system",
    "config.json": "config.toml without people, customers and logins",
    "checks.json": "what `deskui doctor` found",
    "log.txt": "the end of the log: no text of a ticket, no name",
    "store.json": "schema, size and number of rows",
    "terminal.json": "TERM, colours, size, tmux or SSH",
}
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")
_TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "DESKUI_OUTPUT")


def write(path: Path, home: Path, settings: Settings, checks: Iterable[Mapping[str, Any]]) -> None:
    """Make the file, readable by its owner alone.  Failure: its name is none of ours, or it is there already."""
    if not path.name.endswith(FORMS):
        raise output.Failure("usage", f"{path.name}: the bundle is a .tar.gz or a .zip", "Name it bundle.tar.gz.")
    files = _files(home, settings, checks)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_zip(files) if path.suffix == ".zip" else _tar(files))
    except OSError as error:
        raise output.Failure("usage", f"{path}: {error.strerror}", "Name a file that is not there yet.") from error


def _files(home: Path, settings: Settings, checks: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    scrub = Scrub({*_names(home, settings), *_store_words(home)}, home)
    found = {
        "versions.json": _versions(),
        "config.json": config(settings),
        "checks.json": [{**check, "detail": scrub(str(check["detail"]))} for check in checks],
        "store.json": _store(home, scrub),
        "terminal.json": _terminal(),
    }
    log = "".join(f"{line}\n" for line in scrub.log(_tail(home / "log" / "deskui.log")))
    return {**{name: json.dumps(value, indent=2) + "\n" for name, value in found.items()}, "log.txt": log}


def _names(home: Path, settings: Settings) -> set[str]:
    """People and customers of the configuration (if it cannot be read, all that it quotes) and the contracts' files."""
    people = {*settings.me.values(), *(told.user for told in settings.upstream.values())}
    customers = {*settings.customer, *settings.customer.values()}
    for told in settings.upstream.values():
        customers |= {*told.queues, *(queue.get("customer", "") for queue in told.queues.values())}
    unread = set() if settings.upstream else set(_QUOTED.findall(_text(home / "config.toml")))
    return people | customers | unread | {path.stem for path in (home / "contracts").glob("*.toml")}


def config(settings: Settings) -> dict[str, Any]:
    """What `config.toml` says; people, customers, logins and commands are counted or left out."""
    ssh = "as usual" if settings.ssh == type(settings.ssh)() else LEFT_OUT
    return {
        "desk": settings.desk._asdict(),
        "me": f"{len(settings.me)} names",
        "upstream": [
            {
                "kind": told.kind, "url": url(told.url), "user": LEFT_OUT if told.user else "", "auth": told.auth,
                "every_s": told.every_s, "service_account": told.service_account, "ca_file": bool(told.ca_file),
                "proxy": bool(told.proxy),
                "fields": sorted(told.fields), "queues": len(told.queues),
            }
            for told in settings.upstream.values()
        ],
        "customer": f"{len(settings.customer)} domains",
        "history": settings.history._asdict(),
        "secrets": {**settings.secrets._asdict(), "file": bool(settings.secrets.file)},
        "ssh": {"known_hosts": ssh},
        "ui": settings.ui._asdict(),
        "keys": dict(settings.keys),
        "alerts": {**settings.alerts._asdict(), "command": f"{len(settings.alerts.command)} words"},
    }  # fmt: skip


def _store_words(home: Path) -> frozenset[str]:
    from deskui.store.census import words
    from deskui.store.driver import StoreError

    try:
        return words(home / "desk.db") if (home / "desk.db").exists() else frozenset()
    except StoreError:  # a damaged store: what the form of a line tells is still taken out
        return frozenset()


def _store(home: Path, scrub: Scrub) -> dict[str, Any]:
    from deskui.store.census import census
    from deskui.store.driver import StoreError

    try:
        return census(home / "desk.db") if (home / "desk.db").exists() else {}
    except StoreError as error:
        return {"error": scrub(str(error))}


def _versions() -> dict[str, str]:
    from deskui.store.census import sqlite

    found = {"python": platform.python_version(), "sqlite": sqlite()}
    found["system"] = f"{platform.system()} {platform.release()} {platform.machine()}"
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _terminal() -> dict[str, Any]:
    size = shutil.get_terminal_size((0, 0))
    said = {name: output.inert(os.environ.get(name, ""))[:80] for name in _TERMINAL}
    return {
        **said,
        "size": [size.columns, size.lines],
        "terminal": sys.stdout.isatty(),
        "encoding": sys.stdout.encoding,
        "tmux": "TMUX" in os.environ,
        "ssh": "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ,
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="backslashreplace") if path.exists() else ""


def _tail(path: Path) -> list[str]:
    return _text(path).split("\n")[-TAIL:]  # the log is rotated at a MiB


def _tar(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, said in files.items():
            entry = tarfile.TarInfo(f"deskui/{name}")
            entry.size, entry.mode = len(said.encode()), 0o600
            tar.addfile(entry, io.BytesIO(said.encode()))
    return made.getvalue()


def _zip(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, said in files.items():
            packed.writestr(f"deskui/{name}", said)
    return made.getvalue()
