"""What tests share: a store with its clock; and the real servers `rt`, `redmine` and `sshd`.

These are started once a session, and stopped if this session started them.

DESKUI_SERVERS=auto (default) uses what runs or is installed and names each skip; `required`: a missing server is a
failure; `off`: no real servers.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from deskui.store.store import Store
    from tests import make

SERVERS = Path(__file__).parent / "servers"
NOT_INSTALLED = 3
ACCOUNTS = ("sync", "agent", "berta", "desk", "root", "carl")


MEMORY = Path("/dev/shm")
ROOM = 2**30
LONG = ("test_every_key", "test_firstframe_pty", "test_death", "test_wire", "test_watch", "test_surfaces", "pictures",
        "test_screens", "cli/test_ground", "test_thin", "test_console", "tests/simulate")  # fmt: skip


def pytest_configure() -> None:
    """Whoever runs the tests in the background may ignore these, and what the tests start would too."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if MEMORY.is_dir() and _roomy(os.statvfs(MEMORY)):  # no test is about a machine that loses its power
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _roomy(there: os.statvfs_result) -> bool:
    return there.f_bavail * there.f_frsize > ROOM and not there.f_flag & os.ST_NOEXEC


def pytest_xdist_auto_num_workers() -> int:
    """Tests on a terminal mostly wait: there is work for half as many again as there are processors."""
    return max(2, len(os.sched_getaffinity(0)) * 3 // 2) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses a real server: those tests run one after the other, since one of them stops RT."""
    for item in items:
        if {"rt", "redmine", "sshd"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))  # the long ones first: none ends alone


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the simulator played, with its seed."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == "simulated":
                terminalreporter.write_line(f"simulated: {words}")


@pytest.fixture
def clock() -> "make.Clock":
    """The time of `store`."""
    from tests import make

    return make.Clock()


@pytest.fixture
def store(tmp_path: Path, clock: "make.Clock") -> "Iterator[Store]":
    """A new one, in a folder of its own."""
    from tests import make

    with make.make_store(tmp_path / "home", clock) as opened:
        yield opened


@dataclass(frozen=True)
class RT:
    """A Request Tracker 5; `passwords` and `tokens` by user, `tests/servers/rt_seed.pl` says who they are."""

    url: str
    tokens: dict[str, str]
    user: str = "sync"
    password: str = "sync-pw"
    passwords: dict[str, str] = field(default_factory=lambda: {name: f"{name}-pw" for name in ACCOUNTS})

    def reset(self) -> None:
        """Back to the seeded state, in about two seconds."""
        _script("start-rt.sh", RT_RESET="1")

    def stop(self) -> None:
        """Gone, as when the network is."""
        _script("stop.sh", "rt")

    def start(self) -> None:
        """Back again, with its data."""
        _script("start-rt.sh")


@dataclass(frozen=True)
class Redmine:
    """A Redmine 5; `keys` by user, `tests/servers/redmine_seed.rb` says who they are."""

    url: str
    keys: dict[str, str]

    def reset(self) -> None:
        """Back to the seeded state, in a few seconds."""
        _script("start-redmine.sh", REDMINE_RESET="1")

    def stop(self) -> None:
        """Gone, as when the network is."""
        _script("stop.sh", "redmine")

    def start(self, threads: str = "1:1") -> None:
        """Back again, with its data; more `threads` on SQLite fail some parallel writes."""
        _script("start-redmine.sh", REDMINE_THREADS=threads)


@dataclass(frozen=True)
class Sshd:
    """OpenSSH servers: sw1 to sw3 by key, pw1 by password, moved with another host key than the known one."""

    hosts: dict[str, tuple[str, int]]
    key: Path
    stranger_key: Path
    known_hosts: Path
    user: str
    pw_user: str
    pw: str


@pytest.fixture(scope="session")
def rt() -> Iterator[RT]:
    with _used("rt") as values:
        tokens = {name[9:].lower(): value for name, value in values.items() if name.startswith("RT_TOKEN_")}
        yield RT(values["RT_URL"], tokens)


@pytest.fixture(scope="session")
def redmine() -> Iterator[Redmine]:
    with _used("redmine") as values:
        keys = {name[12:].lower(): value for name, value in values.items() if name.startswith("REDMINE_KEY_")}
        yield Redmine(values["REDMINE_URL"], keys)


@pytest.fixture(scope="session")
def sshd() -> Iterator[Sshd]:
    with _used("sshd") as values:
        hosts = {}
        for name, value in values.items():
            if name.startswith("SSH_HOST_"):
                host, _, port = value.partition(":")
                hosts[name[9:]] = (host, int(port))
        yield Sshd(
            hosts, Path(values["SSH_KEY"]), Path(values["SSH_STRANGER_KEY"]), Path(values["SSH_KNOWN_HOSTS"]),
            values["SSH_USER"], values["SSH_PW_USER"], values["SSH_PW"],
        )  # fmt: skip


@contextmanager
def _used(server: str) -> Iterator[dict[str, str]]:
    """While another session of tests uses it too, a server stays; the last one stops it, if tests started it."""
    home = Path(_script("start.sh", "--where").strip()) / server / "users"
    home.mkdir(parents=True, exist_ok=True)
    mine, by_tests = home / str(os.getpid()), home / "started-by-tests"
    mine.touch()  # before the start, so that nobody stops it in between
    try:
        values = _start(server)
        if any(name.endswith("_STARTED") for name in values):
            by_tests.touch()
        yield values
    finally:
        mine.unlink(missing_ok=True)
    others = [path for path in home.iterdir() if path.name.isdigit() and Path("/proc", path.name).exists()]
    if by_tests.exists() and not others:
        by_tests.unlink(missing_ok=True)
        _script("stop.sh", server)


def _start(server: str) -> dict[str, str]:
    """What the starter printed; skips or fails, by DESKUI_SERVERS, when there is no such server here."""
    wanted = os.environ.get("DESKUI_SERVERS", "auto")
    assert wanted in ("auto", "required", "off"), f"DESKUI_SERVERS={wanted}: auto, required or off"
    if wanted == "off":
        pytest.skip(f"{server}: DESKUI_SERVERS=off")
    try:
        done = _script(f"start-{server}.sh")
    except subprocess.CalledProcessError as error:
        if error.returncode == NOT_INSTALLED and wanted == "auto":
            pytest.skip(f"{server}: {error.stderr.strip()}")
        pytest.fail(f"{server} did not start: {error.stderr.strip()}", pytrace=False)
    return dict(line.split("=", 1) for line in done.splitlines() if "=" in line)


def _script(name: str, *args: str, **env: str) -> str:
    """Its output; a server that stays behind must not hold our pipes, hence the files."""
    done = subprocess.run(
        [SERVERS / name, *args], env={**os.environ, **env}, capture_output=True, text=True, timeout=900, check=True
    )
    return done.stdout
