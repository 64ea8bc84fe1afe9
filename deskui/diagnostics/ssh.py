"""An SSH connection by paramiko: the host's key is judged before any credential, and every wait has an end."""

import contextlib
import logging
import select
import shlex
import socket
import time
from collections.abc import Callable, Generator, Sequence
from threading import Event

import paramiko

from deskui.diagnostics import frame, net
from deskui.diagnostics.base import OnLine, Output, Problem, Shell, ShellError
from deskui.diagnostics.hostkeys import KnownHosts, fingerprint
from deskui.diagnostics.shell import drive
from deskui.diagnostics.target import Login, known_texts

KEEPALIVE = 15  # seconds
KEYS_TRIED = 4  # at most, of those that nobody named: servers close after six refusals
_WEAK = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-sha1", "hmac-md5", "hmac-sha1-96", "hmac-md5-96"],
}
_SIGNED_BY = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}  # key type -> its algorithms, where they are not its name

# Its failures reach the screen as data; its log lines would reach the terminal.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def connect(login: Login, seconds: float, cancel: Event) -> "SshShell":
    """A shell on that host within `seconds`; ShellError says why there is none (cancelled counts as unreachable)."""
    stop = time.monotonic() + seconds
    known = KnownHosts(known_texts(login.known_hosts), login.known_as or login.host, login.port)
    sock = net.connect(login.host, login.port, stop, cancel)
    transport = None
    with net.Guard(sock, stop, cancel) as guard:
        try:
            transport = paramiko.Transport(sock, disabled_algorithms=_WEAK)
            _start(transport, known, max(0.1, stop - time.monotonic()))
            known.check(transport.get_remote_server_key().asbytes())
            _Auth(transport, login).try_all()
        except ShellError:
            _close(transport, sock)
            raise
        except (paramiko.SSHException, OSError, EOFError) as error:
            _close(transport, sock)
            why = guard.why or str(error).strip() or "it closed the connection"
            raise net.unreachable(login.host, login.port, why) from error
    transport.set_keepalive(KEEPALIVE)
    return SshShell(transport, sock, login)


def _start(transport: paramiko.Transport, known: KnownHosts, left: float) -> None:
    options = transport.get_security_options()
    wanted = [name for kind in known.types() for name in _SIGNED_BY.get(kind, (kind,))]
    usual = list(options.key_types)
    options.key_types = list(dict.fromkeys([name for name in wanted if name in usual] + usual))
    # Its own limits are per read: they only must not be shorter than ours, which the guard keeps.
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = left + 1
    transport.start_client(timeout=left + 1)
    if transport.host_key is None:
        raise paramiko.SSHException("no key exchange")


def _close(transport: paramiko.Transport | None, sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)  # wakes paramiko's thread, which its close waits for
    if transport is not None:
        transport.close()
    sock.close()


class _Auth:
    """Named key, agent if wanted, password: in this order, until one lets us in."""

    def __init__(self, transport: paramiko.Transport, login: Login) -> None:
        self._transport, self._login = transport, login
        self._tried: list[str] = []
        self._passphrase = False  # the secret belongs to the key: it must not go to the server

    def try_all(self) -> None:
        """Return when we are in; ShellError (auth) with what was tried."""
        with contextlib.closing(self._ways()) as ways:
            for what, attempt in ways:
                self._tried.append(what)
                try:
                    attempt()
                except paramiko.AuthenticationException as error:
                    if not self._transport.is_active():
                        raise paramiko.SSHException(str(error)) from error
                if self._transport.is_authenticated():
                    return
        raise self._refused()

    def _refused(self) -> ShellError:
        where = f"{self._login.user or '(no user)'} on {self._login.host} port {self._login.port}"
        said = f"tried {', '.join(self._tried)}" if self._tried else "there is neither a key file nor a password"
        hint = "check user and key of the CI, or give its password (DESKUI_SECRET_CI_<NAME>, or the keyring)"
        return ShellError(Problem("auth", f"no login as {where}: {said}", hint))

    def _ways(self) -> Generator[tuple[str, Callable[[], object]], None, None]:
        for path in self._login.keys[:KEYS_TRIED]:
            key = self._load(path)
            if key is None:
                self._tried.append(f"{path} (cannot be read)")
            else:
                yield path, self._with(key)
        if self._login.agent:
            with contextlib.suppress(paramiko.SSHException), contextlib.closing(paramiko.Agent()) as agent:
                held = agent.get_keys()[:KEYS_TRIED]
                yield from ((f"agent key {number}", self._with(key)) for number, key in enumerate(held, 1))
        password = None if self._passphrase else self._login.secret()
        if password:
            yield "password", lambda: self._transport.auth_password(self._login.user, password)

    def _with(self, key: paramiko.PKey) -> Callable[[], object]:
        return lambda: self._transport.auth_publickey(self._login.user, key)

    def _load(self, path: str) -> paramiko.PKey | None:
        try:
            return paramiko.PKey.from_path(path)
        except (TypeError, paramiko.PasswordRequiredException):  # it is encrypted
            return self._unlock(path)
        except (OSError, ValueError, paramiko.SSHException):
            return None

    def _unlock(self, path: str) -> paramiko.PKey | None:
        passphrase = self._login.secret()
        self._passphrase = True
        if not passphrase:
            return None
        try:
            return paramiko.PKey.from_path(path, passphrase.encode())  # type: ignore[arg-type]
        except (OSError, TypeError, ValueError, paramiko.SSHException):
            return None


class _Remote:
    """A frame script on a channel."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        channel.setblocking(False)

    def read(self, wait: float) -> list[tuple[int, bytes]]:
        got = self._ready()
        if not got and wait > 0 and select.select([self._channel], [], [], wait)[0]:
            got = self._ready()
        return got

    def _ready(self) -> list[tuple[int, bytes]]:
        got = []
        for stream, receive in enumerate((self._channel.recv, self._channel.recv_stderr)):
            with contextlib.suppress(TimeoutError):
                got.append((stream, receive(1 << 18)))
        return got

    def end(self) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.shutdown_write()
            self._channel.close()


class SshShell(Shell):
    """Commands over one connection; each on a channel of its own."""

    def __init__(self, transport: paramiko.Transport, sock: socket.socket, login: Login) -> None:
        self._transport, self._sock = transport, sock
        self.where = f"{login.user}@{login.host}:{login.port}"
        key = transport.get_remote_server_key()
        self.host_key = f"{key.get_name()} {fingerprint(key.asbytes())}"

    def run(self, argv: Sequence[str], seconds: float, cancel: Event, on_line: OnLine | None = None) -> Output:
        mark, script = frame.script(argv, seconds)
        started = time.monotonic()
        with net.Guard(self._sock, started + seconds, cancel) as guard:
            try:
                channel = self._transport.open_session(timeout=seconds + 1)
                channel.exec_command(f"exec /bin/sh -c {shlex.quote(script)}")
            except (paramiko.SSHException, OSError, EOFError) as error:
                end = {"cancelled": "cancelled", "": "lost"}.get(guard.why, "deadline")
                return Output(errors=str(error), code=None, seconds=time.monotonic() - started, end=end)
        left = started + seconds - time.monotonic()
        return drive(_Remote(channel), mark, left, cancel, on_line)

    def close(self) -> None:
        _close(self._transport, self._sock)
