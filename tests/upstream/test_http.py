"""HTTP against hostile servers: each is a few bytes said over a real socket."""

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from deskui.upstream._http import Answer, Session, TooLarge
from deskui.upstream.base import Unreachable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request by `say(connection, request)`; `requests` is what was asked."""

    def __init__(self, say: Callable[[socket.socket, bytes], None], context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._say, self._context = say, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._one, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _one(self, raw: socket.socket) -> None:
        raw.settimeout(5)
        connection = raw
        try:
            if self._context:
                connection = self._context.wrap_socket(raw, server_side=True)
            while request := connection.recv(65536):
                self.requests.append(request)
                self._say(connection, request)
        except OSError:
            pass  # the client has hung up, which is what these tests want
        finally:
            connection.close()
            raw.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def make(answer: bytes | Callable[[socket.socket, bytes], None], context: ssl.SSLContext | None = None) -> Server:
        say = answer if callable(answer) else lambda connection, _request: connection.sendall(answer)
        servers.append(Server(say, context))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def session() -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []

    def make(url: str, **options: object) -> Session:
        sessions.append(Session(url, **options))  # type: ignore[arg-type]
        return sessions[-1]

    yield make
    for each in sessions:
        each.close()


def drip(connection: socket.socket, first: bytes, piece: bytes) -> None:
    connection.sendall(first)
    for _ in range(100):
        connection.sendall(piece)
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: loris\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"."),
        (b"", b""),
    ],
    ids=["headers", "body", "silence"],
)
def test_dripping_ends_by_the_deadline(serve, session, first: bytes, piece: bytes) -> None:  # type: ignore[no-untyped-def]
    server = serve(lambda connection, _request: drip(connection, first, piece))
    started = time.monotonic()
    with pytest.raises(Unreachable) as error:
        session(server.url, request_s=0.3).request("GET", "/")
    assert time.monotonic() - started < 1
    assert error.value.maybe_written


def test_a_run_ends_whatever_its_requests_may_take(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(lambda connection, _request: drip(connection, b"", b""))
    here = session(server.url, request_s=60)
    here.begin(0.2)
    with pytest.raises(Unreachable):
        here.request("GET", "/")
    with pytest.raises(Unreachable):  # and nothing is sent any more
        here.request("GET", "/")
    assert len(server.requests) == 1


@pytest.mark.parametrize("head", [b"Content-Length: 5000\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_huge_answer_is_dropped(serve, session, head: bytes) -> None:  # type: ignore[no-untyped-def]
    body = b"%x\r\n" % 5000 + b"." * 5000 + b"\r\n0\r\n\r\n" if b"chunked" in head else b"." * 5000
    server = serve(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)
    with pytest.raises(TooLarge):
        session(server.url, cap=1000).request("GET", "/")


def test_a_redirect_on_the_same_origin_is_followed(serve, session) -> None:  # type: ignore[no-untyped-def]
    def say(connection: socket.socket, request: bytes) -> None:
        moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(OK if request.startswith(b"GET /there") else moved)

    server = serve(say)
    here = session(server.url)
    here.secrets["Authorization"] = "token canary"
    assert here.request("GET", "/here", params=[("q", "1")]).status == 200
    assert b"canary" in server.requests[-1]
    with pytest.raises(Unreachable, match="redirected"):
        here.request("POST", "/here", json={})


def test_a_redirect_elsewhere_is_not_followed_and_learns_nothing(serve, session) -> None:  # type: ignore[no-untyped-def]
    elsewhere = serve(OK)
    location = elsewhere.url.encode()
    server = serve(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"/\r\nContent-Length: 0\r\n\r\n")
    here = session(server.url)
    here.secrets["Authorization"] = "token canary"
    with pytest.raises(Unreachable, match="another origin"):
        here.request("GET", "/")
    assert elsewhere.requests == []


def test_circles_end(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(Unreachable, match="circles"):
        session(server.url).request("GET", "/")


@pytest.mark.parametrize(
    ("status", "kind", "maybe"),
    [(401, "auth", False), (429, "busy", False), (503, "busy", True), (500, "unreachable", True)],
)
def test_answers_that_say_nothing(serve, session, status: int, kind: str, maybe: bool) -> None:  # type: ignore[no-untyped-def]
    server = serve(b"HTTP/1.1 %d No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n" % status)
    with pytest.raises(Unreachable) as error:
        session(server.url).request("POST", "/", json={})
    assert (error.value.kind, error.value.maybe_written) == (kind, maybe)
    assert ("7" in error.value.hint) == (kind == "busy")
    assert error.value.wait_s == (7 if kind == "busy" else 0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("Wed, 25 Nov 2026 01:00:30 GMT", 90), ("Wed, 25 Nov 2026 00:00:00 GMT", 0), ("soon", 0), ("9" * 400, 999999999)],
)
def test_a_time_to_come_back_is_by_the_systems_own_clock(serve, session, said: str, seconds: float) -> None:  # type: ignore[no-untyped-def]
    head = f"HTTP/1.1 503 No\r\nDate: Wed, 25 Nov 2026 00:59:00 GMT\r\nRetry-After: {said}\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(Unreachable) as error:
        session(serve(head.encode()).url).request("GET", "/")
    assert error.value.wait_s == seconds


def test_nobody_there(session) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as error:
        session(f"http://127.0.0.1:{port}").request("POST", "/", json={})
    assert (error.value.kind, error.value.maybe_written) == ("unreachable", False)


@pytest.mark.parametrize("url", ["", "rt.example", "ftp://rt.example", "http://"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(Unreachable, match="URL"):
        Session(url)


def test_an_answer_that_is_no_json(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")
    with pytest.raises(Unreachable, match="not JSON"):
        session(server.url).request("GET", "/").json()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb'{"Subject": "half \ud800 a character"}', {"Subject": "half \ufffd a character"}),
        (rb'["\uDFFF", {"\udc00x": "\ud83d\ude00"}]', ["\ufffd", {"\ufffdx": "\U0001f600"}]),
        (b'["raw \xed\xa0\x80"]', ["raw \ufffd"]),
        (rb'["a backslash \\ud800"]', ["a backslash \\ud800"]),
        ('["\ud55c\uae00"]'.encode(), ["\ud55c\uae00"]),
    ],
)
def test_half_a_character_does_not_come_in(body: bytes, said: object) -> None:
    got = Answer(200, {}, body).json()
    assert got == said
    assert str(got).encode()


@pytest.mark.parametrize("ahead", [0, 3600, -90])
def test_the_clocks_are_compared(serve, session, ahead: int) -> None:  # type: ignore[no-untyped-def]
    def say(connection: socket.socket, _request: bytes) -> None:
        date = formatdate(time.time() - ahead, usegmt=True).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nDate: " + date + b"\r\nContent-Length: 2\r\n\r\n{}")

    here = session(serve(say).url)
    here.request("GET", "/")
    assert abs(here.offset_s - ahead) <= 1


@pytest.mark.parametrize("date", [b"", b"Date: yesterday\r\n", b"Date: Tue, 99 Nov 2026 99:99:99 GMT\r\n"])
def test_a_date_that_is_none_changes_nothing(serve, session, date: bytes) -> None:  # type: ignore[no-untyped-def]
    here = session(serve(b"HTTP/1.1 200 OK\r\n" + date + b"Content-Length: 2\r\n\r\n{}").url)
    here.request("GET", "/")
    assert here.offset_s == 0


def test_proxies_of_the_environment_are_not_asked(serve, session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    proxy = serve(OK)
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("all_proxy", proxy.url)
    assert session(serve(OK).url).request("GET", "/").status == 200
    assert proxy.requests == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{pem}.key", "-out", pem],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem


def test_tls_is_verified_and_may_have_its_own_authority(serve, session, certificate: Path) -> None:  # type: ignore[no-untyped-def]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, f"{certificate}.key")
    server = serve(OK, context)
    with pytest.raises(Unreachable) as error:
        session(server.url).request("GET", "/")
    assert (error.value.kind, error.value.maybe_written) == ("tls", False)
    assert "ca_file" in error.value.hint
    assert server.requests == []
    assert session(server.url, ca_file=str(certificate)).request("GET", "/").status == 200


def test_a_missing_authority_says_so(session) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Unreachable, match="ca_file") as error:
        session("https://127.0.0.1:1", ca_file="/nonexistent.pem")
    assert error.value.kind == "tls"


@pytest.mark.parametrize(
    "leads",
    [
        "{there}/next", "{there}", "{here}@{host}/next", "http://user:pw@{host}/", "{here}.evil.example/", "http://{host}:x/",
        "ftp://{host}/", "@{host}/next",
    ],
)  # fmt: skip
def test_a_next_page_elsewhere_is_not_asked_and_learns_nothing(serve, session, leads: str) -> None:  # type: ignore[no-untyped-def]
    elsewhere = serve(OK)
    here = session(serve(OK).url)
    here.secrets["Authorization"] = "token canary"
    path = leads.format(here=here.url, there=elsewhere.url, host=elsewhere.url.removeprefix("http://"))
    with pytest.raises(Unreachable, match="another origin") as error:
        here.request("GET", path)
    assert (elsewhere.requests, error.value.maybe_written) == ([], False)


@pytest.mark.parametrize(
    "location", ["//{host}/", "http://{host}/", "http://user:pw@127.0.0.1:{port}/", "https://127.0.0.1:{port}/"]
)
def test_redirects_that_look_harmless(serve, session, location: str) -> None:  # type: ignore[no-untyped-def]
    elsewhere = serve(OK)
    where: list[str] = []
    server = serve(lambda connection, _: connection.sendall(
        b"HTTP/1.1 302 Found\r\nLocation: " + where[0].encode() + b"\r\nContent-Length: 0\r\n\r\n"
    ))  # fmt: skip
    where.append(location.format(host=elsewhere.url.removeprefix("http://"), port=server.url.rpartition(":")[2]))
    with pytest.raises(Unreachable, match="another origin"):
        session(server.url).request("GET", "/")
    assert (elsewhere.requests, len(server.requests)) == ([], 1)


def test_the_next_page_of_the_same_origin_is_asked(serve, session) -> None:  # type: ignore[no-untyped-def]
    here = session(serve(OK).url)
    here.secrets["Authorization"] = "token canary"
    assert here.request("GET", f"{here.url}/tickets?page=2").status == 200


@pytest.mark.parametrize("key", ["url", "proxy"])
@pytest.mark.parametrize("wrong", ["http://anna:canary@rt.example", "http://rt.example:canary", "canary"])
def test_a_login_in_a_url_is_refused_and_not_repeated(key: str, wrong: str) -> None:
    with pytest.raises(Unreachable, match=key) as error:
        Session(**{"url": "http://rt.example", key: wrong})  # type: ignore[arg-type]
    assert "canary" not in str(error.value) + error.value.hint


def packed(body: bytes, times: int = 1, encoding: str = "gzip") -> bytes:
    for _ in range(times):
        body = gzip.compress(body, 9)
    return f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_packed_answer_is_unpacked(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(packed(b"x" * 200_000))
    assert session(server.url).request("GET", "/").body == b"x" * 200_000
    assert b"accept-encoding: gzip\r\n" in server.requests[0].lower()
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    parts = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(two) + two
    assert session(serve(parts).url).request("GET", "/").body == b"one two"


def test_a_bomb_costs_no_more_than_the_cap(serve, session) -> None:  # type: ignore[no-untyped-def]
    bomb = packed(bytes(60_000_000))  # 60 MB in 60 kB: one read from the line
    assert len(bomb) < 65_000
    here = session(serve(bomb).url, cap=1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            here.request("GET", "/")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (packed(b"x" * 1000, 2, "gzip, gzip"), "not asked for"),
        (packed(b"x", encoding="br"), "not asked for"),
        (packed(b"x")[:-4].replace(b"Length: 21", b"Length: 17"), "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", "cannot be unpacked"),
    ],
    ids=["twice", "brotli", "cut", "not packed"],
)
def test_what_cannot_be_unpacked(serve, session, answer: bytes, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Unreachable, match=said):
        session(serve(answer).url).request("GET", "/")


def test_an_empty_answer_is_not_unpacked(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n")
    assert session(server.url).request("GET", "/").body == b""


def test_who_takes_a_request_byte_by_byte_ends_by_the_deadline(session) -> None:  # type: ignore[no-untyped-def]
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        stop = threading.Event()

        def sip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not stop.wait(0.05):
                    connection.recv(1024)

        thread = threading.Thread(target=sip)
        thread.start()
        started = time.monotonic()
        here = session(f"http://127.0.0.1:{listener.getsockname()[1]}", request_s=0.5)
        with pytest.raises(Unreachable) as error:
            here.request("POST", "/", json={"text": "x" * 30_000_000})
        stop.set()
        thread.join(5)
    assert time.monotonic() - started < 3
    assert error.value.maybe_written


def test_one_address_of_a_name_that_is_dead_is_passed_over(serve, session, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    server = serve(OK)
    real = socket.getaddrinfo

    def two(host: str, port: int, *given: object, **named: object) -> object:
        if host != "rt.example":
            return real(host, port, *given, **named)  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.9", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    port = server.url.rpartition(":")[2]
    assert session(f"http://rt.example:{port}", request_s=5).request("GET", "/").status == 200


def test_netrc_is_not_asked(serve, session, monkeypatch, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".netrc").write_text("default login anna password canary\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = serve(OK)
    session(server.url).request("GET", "/")
    assert b"authorization" not in server.requests[0].lower()


def test_the_proxy_that_is_configured_is_asked(serve, session) -> None:  # type: ignore[no-untyped-def]
    proxy = serve(OK)
    assert session("http://rt.example", proxy=proxy.url).request("GET", "/x").status == 200
    assert proxy.requests[0].startswith(b"GET http://rt.example/x HTTP/1.1\r\n")


def tunnel(connection: socket.socket, request: bytes) -> None:
    """What a proxy does: connects once, then hands the bytes on both ways."""
    host, _, port = request.split()[1].rpartition(b":")
    with socket.create_connection((host.decode(), int(port))) as there:
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=hand_on, args=(there, connection))
        back.start()
        hand_on(connection, there)
        back.join(5)


def hand_on(here: socket.socket, there: socket.socket) -> None:
    try:
        while data := here.recv(65536):
            there.sendall(data)
        there.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side has hung up


def test_through_a_proxy_tls_is_verified_and_the_token_is_not_seen(serve, session, certificate: Path) -> None:  # type: ignore[no-untyped-def]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, f"{certificate}.key")
    server, proxy = serve(OK, tls), serve(tunnel)
    with pytest.raises(Unreachable) as error:
        session(server.url, proxy=proxy.url).request("GET", "/")
    assert error.value.kind == "tls"
    here = session(server.url, proxy=proxy.url, ca_file=str(certificate))
    here.secrets["Authorization"] = "token canary"
    assert here.request("GET", "/").status == 200
    here.close()
    assert proxy.requests[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"canary" in server.requests[-1]
    assert not [said for said in proxy.requests if b"canary" in said]


def test_a_proxy_that_refuses_has_sent_nothing_on(serve, session) -> None:  # type: ignore[no-untyped-def]
    proxy = serve(b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(Unreachable) as error:
        session("https://rt.example", proxy=proxy.url).request("POST", "/", json={})
    assert not error.value.maybe_written


@pytest.mark.parametrize("url", ["https://rt.example", "http://rt.example"])
def test_a_proxy_that_wants_another_login_says_so(serve, session, url: str) -> None:  # type: ignore[no-untyped-def]
    proxy = serve(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(Unreachable, match="the proxy refused the login") as error:
        session(url, proxy=proxy.url, proxy_login=("anna", "canary")).request("POST", "/", json={})
    assert (error.value.kind, error.value.maybe_written) == ("auth", False)
    assert "deskui secret set proxy_NAME" in error.value.hint
    assert "canary" not in str(error.value) + error.value.hint
    assert b"proxy-authorization: basic " + b64encode(b"anna:canary").lower() in proxy.requests[0].lower()


def test_the_proxys_login_goes_to_the_proxy_alone(serve, session, certificate: Path) -> None:  # type: ignore[no-untyped-def]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, f"{certificate}.key")
    server, proxy = serve(OK, tls), serve(tunnel)
    here = session(server.url, proxy=proxy.url, proxy_login=("anna", "canary"), ca_file=str(certificate))
    assert here.request("GET", "/").status == 200
    here.close()
    assert b64encode(b"anna:canary") in proxy.requests[0]
    assert not [said for said in server.requests if b"proxy-authorization" in said.lower()]


def test_a_handshake_that_drips_ends_by_the_deadline(serve, session) -> None:  # type: ignore[no-untyped-def]
    server = serve(lambda connection, _request: drip(connection, b"", b"\x16"))
    started = time.monotonic()
    with pytest.raises(Unreachable):
        session(server.url.replace("http:", "https:"), request_s=0.3).request("GET", "/")
    assert time.monotonic() - started < 1.5
