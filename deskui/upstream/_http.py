"""HTTP that cannot hang, wander off or swallow the memory: what every adapter talks through."""

import re
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from deskui import text
from deskui.upstream._wire import Deadline, Transport, context
from deskui.upstream.base import Unreachable

CAP = 32 * 1024 * 1024  # bytes of one answer
REQUEST_S = 60.0
RUN_S = 600.0
_HOPS = 5
_GZIP = 16 + zlib.MAX_WBITS
_HALVES = re.compile(rb"\\u[dD][89abAB]|\\u[dD][c-fC-F]|\xed[\xa0-\xbf]")  # where a surrogate may be
_MOVED = frozenset((301, 302, 303, 307, 308))


class TooLarge(Unreachable):
    """The answer is larger than `CAP`: ask for less at once."""


class Plain:
    """Takes an answer's pieces as they come over the line and gives them unpacked, never more than `cap` bytes.

    Unpacked piece by piece with what is left as the limit, so that a bomb costs no more than `cap`, however often it
    was packed; only gzip is asked for, and only once.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        packed = encoding.strip().lower()
        if packed not in ("", "identity", "gzip", "x-gzip"):
            raise Unreachable(f"the answer is packed in a way that was not asked for: {text.line(packed)[:40]}")
        self._cap, self._came, self._size = cap, 0, 0
        self._packed = "gzip" in packed
        self._inner = zlib.decompressobj(_GZIP) if self._packed else None

    def __call__(self, piece: bytes) -> bytes:
        """What is in the next piece.  TooLarge; Unreachable: it cannot be unpacked."""
        self._came += len(piece)
        given = self._unpacked(piece) if self._packed else piece
        self._size += len(given)
        if max(self._size, self._came) > self._cap:
            raise TooLarge(f"the answer is larger than {self._cap} bytes")
        return given

    def _unpacked(self, piece: bytes) -> bytes:
        found = b""
        try:
            while piece and len(found) <= self._cap - self._size:
                inner = self._inner = self._inner or zlib.decompressobj(_GZIP)
                found += inner.decompress(piece, self._cap - self._size - len(found) + 1)
                piece = inner.unused_data if inner.eof else inner.unconsumed_tail
                if inner.eof:
                    self._inner = None  # what follows is packed anew
        except zlib.error as error:
            raise Unreachable("the answer cannot be unpacked") from error
        return found

    def end(self) -> bytes:
        """Nothing more; Unreachable: it was cut off in the middle."""
        if self._packed and self._came and self._inner is not None:
            raise Unreachable("the answer was cut off", hint="the connection broke")
        return b""


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
    """Scheme, host and port, as httpx will ask for them: what a secret may be shown to; empty: it is no URL."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return "", "", 0
    return parts.scheme, parts.host.lower(), parts.port or (443 if parts.scheme == "https" else 80)


class Session:
    """One system's origin.

    Every request ends by its own deadline and by the run's (`begin`), however slowly the other side drips; redirects
    are followed on the same origin only; nothing is sent anywhere else, whatever an answer names as its next page; of
    the environment neither proxies nor netrc are asked: `proxy` is the one that the configuration names.
    `offset_s` is how far this machine's clock is ahead of the other's, by the last Date header.
    """

    def __init__(
        self, url: str, *, ca_file: str = "", proxy: str = "", proxy_login: tuple[str, str] | None = None,
        request_s: float = REQUEST_S, cap: int = CAP,
    ) -> None:  # fmt: skip
        _checked("url", url)
        if proxy:
            _checked("proxy", proxy)
        self.url = url.rstrip("/")
        self.origin = origin(url)
        self.offset_s = 0.0
        self.secrets: dict[str, str] = {}  # header name -> value, for this origin only
        self._cap, self._request_s, self._run_ends = cap, request_s, time.monotonic() + RUN_S
        self._clock = Deadline()
        self._client = httpx.Client(
            transport=Transport(context(ca_file), self._clock, proxy, proxy_login),
            follow_redirects=False, trust_env=False,
            headers={"User-Agent": "deskui", "Accept": "application/json", "Accept-Encoding": "gzip"},
        )  # fmt: skip

    def begin(self, run_s: float = RUN_S) -> None:
        """A new run, which has `run_s` seconds for all its requests."""
        self._run_ends = time.monotonic() + run_s

    def request(
        self, method: str, path: str, *, params: Iterable[tuple[str, str]] = (), json: Any = None,
        data: Mapping[str, str] | None = None, content: bytes | None = None,
        headers: Mapping[str, str] | None = None, follow: bool = True,
    ) -> Answer:  # fmt: skip
        """One request with its redirects; `Unreachable` if there is no usable answer (5xx, 401 and 429 are none).

        `path` may be a whole URL (a next page's): one of another origin is never asked.
        """
        self._clock.ends = min(time.monotonic() + self._request_s, self._run_ends)
        url = path if "://" in path else self.url + path
        for _hop in range(_HOPS):
            self._ours(url)
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

    def _ours(self, url: str) -> None:
        """Unreachable: it is of another origin, or carries a login of its own; nothing was sent there."""
        there = origin(url)
        if there != self.origin or httpx.URL(url).userinfo:
            named = text.line("://".join(there[:2]))
            raise Unreachable(f"sent on to another origin: {named}", hint="check the URL", maybe_written=False)

    def _next(self, here: str, location: str) -> str:
        try:
            return urljoin(here, location)
        except ValueError:
            raise Unreachable("redirected to what is no URL", hint="check the URL") from None

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
        plain = Plain(response.headers.get("content-encoding", ""), self._cap)
        return b"".join([*map(plain, response.iter_raw()), plain.end()])

    def _clock_offset(self, date: str | None, middle: float) -> None:
        try:
            there = parsedate_to_datetime(date or "").timestamp()
        except (TypeError, ValueError):
            return
        self.offset_s = middle - (there + 0.5)  # a Date is cut to the second: half a second is the best guess


def _checked(key: str, url: str) -> None:
    """Unreachable: it is no URL of ours; what it says is not repeated, as it may hold a secret."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise Unreachable(f"{key} is no http(s) URL", hint=f'set {key} = "https://…" in config.toml')
    if "@" in parts.netloc:
        raise Unreachable(
            f"{key} has a login in it", hint=f"take it out of {key}: a secret is kept by deskui secret set"
        )


def _proxy_refused() -> Unreachable:
    hint = "set proxy_user in config.toml, and its password: deskui secret set proxy_NAME"
    return Unreachable("the proxy refused the login", "auth", hint, maybe_written=False)


def _usable(answer: Answer) -> Answer:
    """The answer, if its status says something about the request."""
    if answer.status == 401:
        raise Unreachable("the login was refused", "auth", "check user and secret", maybe_written=False)
    if answer.status == 407:
        raise _proxy_refused()
    if answer.status in (429, 503):
        wait = answer.headers.get("retry-after", "")
        hint = f"Retry-After: {wait}" if wait else ""
        raise Unreachable(
            f"the system is busy ({answer.status})", "busy", hint, maybe_written=answer.status != 429,
            wait_s=_asked_s(wait, answer.headers.get("date")),
        )  # fmt: skip
    if answer.status >= 500:
        raise Broken(f"the system answered {answer.status}")
    return answer


def _asked_s(wait: str, date: str | None) -> float:
    """The seconds of a Retry-After, which may be a time of the system's own clock; 0 if it makes no sense."""
    if wait.isascii() and wait.isdigit():
        return float(wait[:9])
    try:
        until, now = parsedate_to_datetime(wait), parsedate_to_datetime(date or "")
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _unreachable(error: httpx.HTTPError) -> Unreachable:
    """The error in our words: TLS apart, because its remedy is another."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
            sent = not isinstance(error, httpx.ConnectError)
            return Unreachable(f"TLS: {reason}", "tls", "set ca_file to the system's authority", maybe_written=sent)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ProxyError) and str(error).startswith("407"):
        return _proxy_refused()
    if isinstance(
        error,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol | httpx.ProxyError,
    ):
        message = str(error) or "no connection in time"
        return Unreachable(message, hint="check the URL and the network", maybe_written=False)
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("no whole answer in time", hint="the system or the line is too slow")
    return Unreachable(str(error) or type(error).__name__, hint="the connection broke")
