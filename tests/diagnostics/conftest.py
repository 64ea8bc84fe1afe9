"""An OpenSSH server of our own for each test that wants one set up oddly; no root and no known user needed."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from deskui.diagnostics.target import Login

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


@dataclass(frozen=True)
class Server:
    """Where it listens and who may in; `log` has everything that it saw."""

    port: int
    user: str
    key: str
    stranger_key: str
    known_hosts: str
    host_key: str  # "ssh-ed25519 AAAA…"
    log: Path
    config: Path

    @property
    def login(self) -> Login:
        return Login("127.0.0.1", self.port, self.user, (self.key,), known_hosts=(self.known_hosts,))

    def saw(self, words: str, seconds: float = 2.0) -> bool:
        """Whether the log says so, now or soon."""
        stop = time.monotonic() + seconds
        while words not in self.log.read_text() and time.monotonic() < stop:
            time.sleep(0.02)
        return words in self.log.read_text()


def make_key(path: Path, passphrase: str = "") -> str:
    """A new key pair; its public half as in known_hosts."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", path], check=True)
    return Path(f"{path}.pub").read_text().strip()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _start(folder: Path, extra: str) -> tuple[Server, "subprocess.Popen[bytes]"]:
    port, user = free_port(), pwd.getpwuid(os.getuid()).pw_name
    host_key = make_key(folder / "host_key")
    (folder / "authorized_keys").write_text(make_key(folder / "key") + "\n")
    make_key(folder / "stranger")
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_key\nPidFile {folder}/pid\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
        f"KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nLogLevel DEBUG1\n{extra}\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists on it
    log = folder / "log"
    log.touch()
    process = subprocess.Popen([SSHD, "-D", "-f", str(config), "-E", str(log)], stdin=subprocess.DEVNULL)
    names = {name: str(folder / name) for name in ("key", "known_hosts")}
    server = Server(
        port, user, stranger_key=str(folder / "stranger"), host_key=host_key, log=log, config=config, **names
    )
    assert server.saw("Server listening", 10), log.read_text()
    return server, process


def _missing() -> str:
    if os.environ.get("DESKUI_SERVERS", "auto") == "off":
        return "DESKUI_SERVERS is off"
    return "" if os.path.exists(SSHD) else "openssh-server is not installed"


@pytest.fixture(scope="session")
def make_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts a server with extra lines in its configuration."""
    missing = _missing()
    if missing and os.environ.get("DESKUI_SERVERS") == "required":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    running = []

    def make(extra: str = "") -> Server:
        server, process = _start(tmp_path_factory.mktemp("sshd"), extra)
        running.append(process)
        return server

    yield make
    for process in running:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def quiet(make_sshd: Callable[..., Server]) -> Server:
    """A host with quiet start files."""
    return make_sshd("SetEnv SHLVL=1")


@pytest.fixture
def moved(quiet: Server, tmp_path: Path) -> Server:
    """The same host, known by another key."""
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{quiet.port} {make_key(tmp_path / 'old')}\n")
    return replace(quiet, known_hosts=str(tmp_path / "known_hosts"))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that takes connections; what happens on them is the test's."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


def running(word: str) -> list[str]:
    """Command lines of living processes that have `word` in them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (OSError, IndexError):
            continue
        if word in command and not zombie:
            found.append(command)
    return found
