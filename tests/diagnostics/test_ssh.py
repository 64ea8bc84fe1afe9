"""Connecting to a real sshd: who gets in, who gets nothing, and how long a bad host may take."""

import contextlib
import dataclasses
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from deskui.diagnostics import ssh
from deskui.diagnostics.base import Problem, ShellError
from deskui.diagnostics.target import Login
from tests.diagnostics.conftest import Server, make_key

NEVER = Event()


def never_asked() -> str | None:
    raise AssertionError("the secret was asked for")


def problem(login: Login, seconds: float = 10, cancel: Event = NEVER) -> Problem:
    with pytest.raises(ShellError) as caught:
        ssh.connect(login, seconds, cancel)
    return caught.value.problem


def lines(server: Server) -> int:
    return len(server.log.read_text())


def test_by_key(quiet: Server) -> None:
    shell = ssh.connect(dataclasses.replace(quiet.login, secret=never_asked), 10, NEVER)
    assert shell.where == f"{quiet.user}@127.0.0.1:{quiet.port}"
    assert shell.host_key.startswith("ssh-ed25519 SHA256:")
    assert shell.run(["echo", "in"], 10, NEVER).text == "in\n"
    shell.close()


def test_by_a_key_with_a_passphrase(make_sshd: Callable[..., Server], tmp_path: Path) -> None:
    public = make_key(tmp_path / "locked", "open sesame")
    (tmp_path / "allowed").write_text(public + "\n")
    server = make_sshd(f"SetEnv SHLVL=1\nMatch all\nAuthorizedKeysFile {tmp_path}/allowed")
    login = dataclasses.replace(server.login, keys=(str(tmp_path / "locked"),))
    ssh.connect(dataclasses.replace(login, secret=lambda: "open sesame"), 10, NEVER).close()
    for secret in (lambda: "wrong", lambda: None):
        told = problem(dataclasses.replace(login, secret=secret))
        assert told.kind == "auth"
        assert "cannot be read" in told.message


def test_a_passphrase_is_never_sent_as_a_password(make_sshd: Callable[..., Server], tmp_path: Path) -> None:
    make_key(tmp_path / "locked", "open sesame")
    server = make_sshd("PasswordAuthentication yes")
    login = dataclasses.replace(server.login, keys=(str(tmp_path / "locked"),), secret=lambda: "open sesame")
    assert problem(login).kind == "auth"
    assert "password" not in server.log.read_text().partition("Connection from")[2].lower()


def test_a_moved_key_shows_both_fingerprints_and_gets_nothing(moved: Server) -> None:
    before = lines(moved)
    told = problem(dataclasses.replace(moved.login, secret=never_asked))
    assert told.kind == "host_key_changed"
    assert len(told.known) == 1
    assert told.offered.startswith("SHA256:")
    assert told.known[0] != told.offered
    assert moved.saw("[preauth]")
    seen = moved.log.read_text()[before:]
    assert "kex: " in seen.lower()
    assert "userauth-request" not in seen


def test_an_unknown_key_shows_its_fingerprint_and_gets_nothing(quiet: Server, tmp_path: Path) -> None:
    before = lines(quiet)
    told = problem(dataclasses.replace(quiet.login, known_hosts=(str(tmp_path / "none"),), secret=never_asked))
    assert told.kind == "host_key_unknown"
    assert told.offered.startswith("SHA256:")
    assert "userauth-request" not in quiet.log.read_text()[before:]


def test_the_log_would_show_an_attempt(quiet: Server) -> None:
    before = lines(quiet)
    told = problem(dataclasses.replace(quiet.login, keys=(quiet.stranger_key,)))
    assert told.kind == "auth"
    assert quiet.stranger_key in told.message
    assert quiet.saw("userauth-request")
    assert "userauth-request" in quiet.log.read_text()[before:]


def test_neither_key_nor_password(quiet: Server) -> None:
    told = problem(dataclasses.replace(quiet.login, keys=()))
    assert told.kind == "auth"
    assert "neither a key file nor a password" in told.message


def test_the_agent_is_not_asked_unless_wanted(quiet: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ssh.paramiko, "Agent", lambda: asked.append("agent") or contextlib.nullcontext())
    problem(dataclasses.replace(quiet.login, keys=()))
    assert not asked


def test_a_key_in_the_agent(quiet: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = str(tmp_path / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        stop = time.monotonic() + 5
        while not os.path.exists(path) and time.monotonic() < stop:
            time.sleep(0.02)
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        subprocess.run(["ssh-add", "-q", quiet.key], check=True)
        login = dataclasses.replace(quiet.login, keys=(), agent=True)
        ssh.connect(login, 10, NEVER).close()
        assert problem(dataclasses.replace(login, agent=False)).kind == "auth"
    finally:
        agent.terminate()
        agent.wait(5)


def test_a_host_known_by_its_second_key_is_asked_for_that_one(make_sshd: Callable[..., Server], tmp_path: Path) -> None:
    rsa = tmp_path / "rsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", rsa], check=True)
    server = make_sshd(f"SetEnv SHLVL=1\nHostKey {rsa}")
    public = " ".join(Path(f"{rsa}.pub").read_text().split()[:2])
    (tmp_path / "known").write_text(f"[127.0.0.1]:{server.port} {public}\n")
    shell = ssh.connect(dataclasses.replace(server.login, known_hosts=(str(tmp_path / "known"),)), 10, NEVER)
    assert shell.host_key.startswith("ssh-rsa SHA256:")
    shell.close()


def test_weak_ciphers_and_macs_are_not_spoken(make_sshd: Callable[..., Server]) -> None:
    assert problem(make_sshd("Ciphers aes128-cbc").login).kind == "unreachable"
    assert problem(make_sshd("MACs hmac-sha1\nCiphers aes128-ctr").login).kind == "unreachable"


def test_a_closed_port(quiet: Server) -> None:
    started = time.monotonic()
    told = problem(dataclasses.replace(quiet.login, port=1))
    assert told.kind == "unreachable"
    assert "refused" in told.message
    assert time.monotonic() - started < 1


def test_no_such_name(quiet: Server) -> None:
    told = problem(dataclasses.replace(quiet.login, host="no-such-host.invalid"))
    assert told.kind == "unreachable"


def serve(listener: socket.socket, talk: Callable[[socket.socket], None]) -> Iterator[None]:
    """Accept and `talk` on a thread, until the peer goes."""

    def work() -> None:
        with contextlib.suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                talk(peer)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(5)
    assert not thread.is_alive()


def silent(peer: socket.socket) -> None:
    peer.settimeout(20)
    while peer.recv(4096):
        pass


def drip(peer: socket.socket) -> None:
    for byte in b"SSH-2.0-" + b"x" * 1000:
        peer.send(bytes([byte]))
        time.sleep(0.1)


def endless_banner(peer: socket.socket) -> None:
    while True:
        peer.send(b"welcome to nowhere\r\n" * 3)
        time.sleep(0.05)


def no_kex(peer: socket.socket) -> None:
    peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")
    silent(peer)


def dripping_kex(peer: socket.socket) -> None:
    peer.send(b"SSH-2.0-OpenSSH_9.2\r\n\x00\x00\x7f\xf4\x08\x14")
    for _ in range(1000):
        peer.send(b"\x00")
        time.sleep(0.1)


@pytest.mark.parametrize("talk", [silent, drip, endless_banner, no_kex, dripping_kex])
def test_a_bad_host_costs_its_deadline(listener: socket.socket, talk: Any) -> None:
    login = Login("127.0.0.1", listener.getsockname()[1], "root")
    serving = serve(listener, talk)
    next(serving)
    started = time.monotonic()
    told = problem(login, 1.5)
    assert told.kind == "unreachable"
    assert time.monotonic() - started < 2.5
    if talk in (silent, no_kex, dripping_kex):
        assert "no answer in time" in told.message
        assert time.monotonic() - started > 1.4
    next(serving, None)


@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", os.urandom(5000), b"\xff\xfe" * 400 + b"\r\n"]
)
def test_what_is_no_ssh_is_unreachable(
    listener: socket.socket, garbage: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    serving = serve(listener, lambda peer: peer.sendall(garbage))
    next(serving)
    assert problem(Login("127.0.0.1", listener.getsockname()[1], "root"), 5).kind == "unreachable"
    assert capfd.readouterr().err == ""  # a library that logs there would write into the screen
    next(serving, None)


def test_cancel_while_connecting(listener: socket.socket) -> None:
    cancel = Event()
    Timer(0.3, cancel.set).start()
    serving = serve(listener, silent)
    next(serving)
    started = time.monotonic()
    told = problem(Login("127.0.0.1", listener.getsockname()[1], "root"), 30, cancel)
    assert time.monotonic() - started < 1.3
    assert "cancelled" in told.message
    next(serving, None)


def test_a_full_backlog_costs_its_deadline() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        with contextlib.ExitStack() as stack:
            for _ in range(4):  # the kernel answers no more after these
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
            started = time.monotonic()
            assert problem(Login("127.0.0.1", port, "root"), 1).kind == "unreachable"
            assert 0.9 < time.monotonic() - started < 2


def test_no_thread_stays_behind(quiet: Server, moved: Server) -> None:
    before = set(threading.enumerate())
    ssh.connect(quiet.login, 10, NEVER).close()
    problem(moved.login)
    stop = time.monotonic() + 2
    while set(threading.enumerate()) - before and time.monotonic() < stop:
        time.sleep(0.02)
    assert not set(threading.enumerate()) - before
