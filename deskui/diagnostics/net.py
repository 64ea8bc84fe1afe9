"""A TCP connection that keeps an absolute deadline and can be cancelled, name lookup included."""

import contextlib
import os
import select
import socket
import threading
import time
from threading import Event
from typing import Any

from deskui.diagnostics.base import Problem, ShellError

TICK = 0.05  # seconds between two looks at the deadline and at `cancel`
HINT = "check the address of the CI, the network, and sshd there"


class NoAddress(ShellError):
    """The name service knows no such host, or cannot be asked."""


def unreachable(host: str, port: int, why: str) -> ShellError:
    """The error for a host that cannot be spoken to."""
    return ShellError(Problem("unreachable", f"{host} port {port}: {why}", HINT))


class Guard:
    """Shuts `sock` when the time `stop` (monotonic) is reached or `cancel` is set; `why` says which."""

    def __init__(self, sock: socket.socket, stop: float, cancel: Event) -> None:
        self.why = ""
        self._sock, self._stop, self._cancel, self._done = sock, stop, cancel, Event()
        self._thread = threading.Thread(target=self._watch, name="deskui-ssh-guard", daemon=True)

    def __enter__(self) -> "Guard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(TICK):
            if self._cancel.is_set() or time.monotonic() >= self._stop:
                self.why = _why(self._cancel)
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
                return


def _why(cancel: Event) -> str:
    return "cancelled" if cancel.is_set() else "no answer in time"


class Prompt(socket.socket):
    """Acknowledges at once: sshd has Nagle on until a command runs, and waits 40 ms for a late one (measured)."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As any socket; Linux forgets the option by itself, so it is set each time."""
        data = super().recv(size, flags)
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return data


def connect(host: str, port: int, stop: float, cancel: Event) -> socket.socket:
    """A connected socket without Nagle's delay, by the first address that answers; ShellError (unreachable)."""
    why = "no address"
    for family, kind, protocol, _, address in _addresses(host, port, stop, cancel):
        sock = Prompt(family, kind, protocol)
        try:
            _reach(sock, address, stop, cancel)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            why = error.strerror or str(error)
            sock.close()
    raise unreachable(host, port, why)


def _addresses(host: str, port: int, stop: float, cancel: Event) -> list[Any]:
    """What the resolver says; asked on a thread of its own, for it cannot be told to stop."""
    found: list[Any] = []
    why, done = ["the name service does not answer"], Event()

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            why[0] = getattr(error, "strerror", None) or str(error)
        done.set()

    threading.Thread(target=ask, name="deskui-resolver", daemon=True).start()
    while not done.wait(TICK) and time.monotonic() < stop and not cancel.is_set():
        pass
    if not (done.is_set() and found):
        raise NoAddress(unreachable(host, port, "cancelled" if cancel.is_set() else why[0]).problem)
    return found


def _reach(sock: socket.socket, address: Any, stop: float, cancel: Event) -> None:
    sock.setblocking(False)
    sock.connect_ex(address)
    while not select.select([], [sock], [], TICK)[1]:
        if cancel.is_set() or time.monotonic() >= stop:
            raise TimeoutError(_why(cancel))
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
