"""What carries HTTP: verified TLS, sockets that end by an absolute deadline, and the proxy if one is configured."""

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from deskui.upstream.base import Unreachable


def context(ca_file: str) -> ssl.SSLContext:
    """Always verifying; with `ca_file`, by that authority instead of the usual ones."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise Unreachable(f"ca_file {ca_file}: {error}", "tls", "ca_file must be a readable PEM file") from error


class Deadline:
    """When the request under way has to be over (monotonic seconds)."""

    ends = 0.0

    def left(self, timeout: float | None) -> float:
        """What is left of it, at most `timeout`; a timeout of its own when nothing is."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)


class Transport(httpx.HTTPTransport):
    """httpx's, with a deadline for the whole exchange: its own timeouts count from each byte anew."""

    def __init__(
        self, tls: ssl.SSLContext, clock: Deadline, proxy: str = "", login: tuple[str, str] | None = None
    ) -> None:
        super().__init__(verify=tls, trust_env=False)
        shared: dict[str, Any] = {
            "ssl_context": tls, "max_connections": 4, "keepalive_expiry": 10.0, "network_backend": _Backend(clock),
        }  # fmt: skip
        secure = proxy.startswith("https:")
        auth = (login[0].encode(), login[1].encode()) if login else None
        self._pool = (
            httpcore.HTTPProxy(proxy, proxy_auth=auth, proxy_ssl_context=tls if secure else None, **shared)
            if proxy
            else httpcore.ConnectionPool(**shared)
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, clock: Deadline) -> None:
        self._inner, self._clock = httpcore.SyncBackend(), clock

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        addresses = _addresses(host, port)
        while True:
            address = addresses.pop(0)
            # what is left is shared out among the addresses: a dead one does not take the time of the next
            turn = self._clock.left(timeout) / (len(addresses) + 1)
            try:
                return _Stream(self._inner.connect_tcp(address, port, turn, local_address, socket_options), self._clock)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.UnsupportedProtocol("no unix sockets")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    """Where the name leads, in the system's order."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: Deadline) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        line = self._inner.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:  # each time with what is left: the other side may take it byte by byte
            line.settimeout(self._clock.left(timeout))
            try:
                rest = rest[line.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout("deadline") from error
            except OSError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
