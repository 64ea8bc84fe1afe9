"""HTTP that cannot hang, wander off or swallow the memory: what every adapter talks through."""

import re
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from deskui.upstream.base import Unreachable

CAP = 32 * 1024 * 1024  # bytes of one answer
REQUEST_S = 60.0
RUN_S = 600.0
_HOPS = 5
_HALVES = re.compile(rb"\\u[dD][89abAB]|\\u[dD][c-fC-F]|\xed[\xa0-\xbf]")  # where a surrogate may be
_MOVED = frozenset((301, 302, 303, 307, 308))


class TooLarge(Unreachable):
    """The answer is larger than `CAP`: ask for less at once."""


class Broken(Unreachable):
    """The system failed (5xx): by itself, or each time at this request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, in whole characters; `Unreachable` if it is none (a proxy's page, a wrong URL)."""
        import json

        try:
            said = json.loads(self.body)
            return _whole(said) if _HALVES.search(self.body) else said
        except (JSONDecodeError, UnicodeDecodeError) as error:
            raise Unreachable(
                f"the answer is not JSON (status {self.status})", hint="is the URL that of the ticket system itself?"
            ) from error


def _whole(value: Any) -> Any:
    """The value with a replacement sign for every half of a character, which no store and no terminal takes."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {_whole(name): _whole(each) for name, each in value.items()} if isinstance(value, dict) else value


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what a secret may be shown to."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


class Session:
    """One system's origin.

    Every request ends by its own deadline and by the run's (`begin`), however slowly the other side drips; redirects
    are followed on the same origin only; secrets are sent nowhere else; proxies and netrc are not asked.
    `offset_s` is how far this machine's clock is ahead of the other's, by the last Date header.
    """

    def __init__(self, url: str, *, ca_file: str = "", request_s: float = REQUEST_S, cap: int = CAP) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Unreachable(f"{url!r} is no http(s) URL", hint='set url = "https://…" in config.toml')
        self.url = url.rstrip("/")
        self.origin = origin(url)
        self.offset_s = 0.0
        self.secrets: dict[str, str] = {}  # header name -> value, for this origin only
        self._cap, self._request_s, self._run_ends = cap, request_s, time.monotonic() + RUN_S
        self._clock = _Deadline()
        self._client = httpx.Client(
            transport=_Transport(_context(ca_file), self._clock), follow_redirects=False, trust_env=False,
            headers={"User-Agent": "deskui", "Accept": "application/json"},
        )  # fmt: skip

    def begin(self, run_s: float = RUN_S) -> None:
        """A new run, which has `run_s` seconds for all its requests."""
        self._run_ends = time.monotonic() + run_s

    def request(
        self, method: str, path: str, *, params: Iterable[tuple[str, str]] = (), json: Any = None,
        data: Mapping[str, str] | None = None, content: bytes | None = None,
        headers: Mapping[str, str] | None = None, follow: bool = True,
    ) -> Answer:  # fmt: skip
        """One request with its redirects; `Unreachable` if there is no usable answer (5xx, 401 and 429 are none)."""
        self._clock.ends = min(time.monotonic() + self._request_s, self._run_ends)
        url = path if "://" in path else self.url + path
        for _hop in range(_HOPS):
            request = self._client.build_request(
                method,
                url,
                params=tuple(params) or None,
                json=json,
                data=data,
                content=content,
                headers={**self.secrets, **(headers or {})},
            )
            answer = self._send(request)
            if answer.status not in _MOVED or not follow:
                return _usable(answer)
            url, params = self._next(str(request.url), answer.headers.get("location", "")), ()
            if method not in ("GET", "HEAD"):
                raise Unreachable(f"{method} was redirected to {url}", hint="use the URL that it redirects to")
        raise Unreachable("redirected in circles")

    def cookies(self) -> None:
        """Forget the cookies, as before a new login."""
        self._client.cookies.clear()

    def has_cookies(self) -> bool:
        """Whether a login left some."""
        return bool(self._client.cookies)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _next(self, here: str, location: str) -> str:
        there = urljoin(here, location)
        if origin(there) != self.origin:
            raise Unreachable(
                f"redirected to another origin: {'://'.join(map(str, origin(there)[:2]))}", hint="check the URL",
            )  # fmt: skip
        return there

    def _send(self, request: httpx.Request) -> Answer:
        started = time.time()
        try:
            response = self._client.send(request, stream=True)
            took = time.time() - started
            try:
                body = self._body(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        self._clock_offset(response.headers.get("date"), started + took / 2)
        return Answer(response.status_code, response.headers, body)

    def _body(self, response: httpx.Response) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._cap:
                raise TooLarge(f"the answer is larger than {self._cap} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _clock_offset(self, date: str | None, middle: float) -> None:
        try:
            there = parsedate_to_datetime(date or "").timestamp()
        except (TypeError, ValueError):
            return
        self.offset_s = middle - (there + 0.5)  # a Date is cut to the second: half a second is the best guess


def _usable(answer: Answer) -> Answer:
    """The answer, if its status says something about the request."""
    if answer.status == 401:
        raise Unreachable("the login was refused", "auth", "check user and secret", maybe_written=False)
    if answer.status in (429, 503):
        wait = answer.headers.get("retry-after", "")
        hint = f"Retry-After: {wait}" if wait else ""
        raise Unreachable(f"the system is busy ({answer.status})", "busy", hint, maybe_written=answer.status != 429)
    if answer.status >= 500:
        raise Broken(f"the system answered {answer.status}")
    return answer


def _unreachable(error: httpx.HTTPError) -> Unreachable:
    """The error in our words: TLS apart, because its remedy is another."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
            sent = not isinstance(error, httpx.ConnectError)
            return Unreachable(f"TLS: {reason}", "tls", "set ca_file to the system's authority", maybe_written=sent)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol):
        message = str(error) or "no connection in time"
        return Unreachable(message, hint="check the URL and the network", maybe_written=False)
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("no whole answer in time", hint="the system or the line is too slow")
    return Unreachable(str(error) or type(error).__name__, hint="the connection broke")


def _context(ca_file: str) -> ssl.SSLContext:
    """Always verifying; with `ca_file`, by that authority instead of the usual ones."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise Unreachable(f"ca_file {ca_file}: {error}", "tls", "ca_file must be a readable PEM file") from error


class _Deadline:
    """When the request under way has to be over (monotonic seconds)."""

    ends = 0.0

    def left(self, timeout: float | None) -> float:
        """What is left of it, at most `timeout`; a timeout of its own when nothing is."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)


class _Transport(httpx.HTTPTransport):
    """httpx's, with a deadline for the whole exchange: its own timeouts count from each byte anew."""

    def __init__(self, context: ssl.SSLContext, clock: _Deadline) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=4, keepalive_expiry=10.0, network_backend=_Backend(clock)
        )


class _Backend(httpcore.NetworkBackend):
    def __init__(self, clock: _Deadline) -> None:
        self._inner, self._clock = httpcore.SyncBackend(), clock

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        inner = self._inner.connect_tcp(host, port, self._clock.left(timeout), local_address, socket_options)
        return _Stream(inner, self._clock)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.UnsupportedProtocol("no unix sockets")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: _Deadline) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
