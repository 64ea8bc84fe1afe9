"""Ledger, a ticket system that nobody has: its server, with what real ones do to those who write adapters.

No work time, no deletions in its log, no word of its time zone in a date, an If-Match for every write, tickets made by
links that work once, a search that knows only parts of texts, and a limit of requests.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

STAFF = ("anna", "kim")
ZONE = "Europe/Berlin"
Answer = tuple[int, Any]


class Ledger:
    """The system itself; `clock` is its own."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock, self.links = clock, set[str]()
        self.tickets, self.log = dict[int, dict[str, Any]](), list[dict[str, Any]]()
        self.requests = self.refused = self.limit = 0  # of requests, from which on 429 is the answer; 0: none
        self.lock = threading.Lock()

    def local(self) -> str:
        return datetime.fromtimestamp(self.clock(), ZoneInfo(ZONE)).strftime("%d.%m.%Y %H:%M:%S")

    def answer(self, who: str, method: str, path: str, query: dict[str, str], body: Any, match: str) -> Answer:
        with self.lock:
            self.requests += 1
            if self.limit and self.requests > self.limit:
                self.refused += 1
                return 429, {"error": "slow down"}
            return self._answer(who, method, path.strip("/").split("/"), query, body, match)

    def _answer(self, who: str, method: str, path: list[str], query: dict[str, str], body: Any, match: str) -> Answer:
        match method, path:
            case "GET", ["whoami"]:
                return 200, {"user": who, "clock": self.local(), "zone": ZONE}
            case "GET", ["tickets"]:
                rows = [row for no, row in sorted(self.tickets.items()) if no > int(query["after"])]
                return 200, rows[:50]
            case "GET", ["log"]:
                rows = [row for row in self.log if row["seq"] > int(query.get("after", 0))]
                rows = [row for row in rows if str(row["ticket"]) == query.get("ticket", str(row["ticket"]))]
                return 200, rows if "ticket" in query else rows[:100]
            case "GET", ["search"]:
                hits = sorted({row["ticket"] for row in self.log if query["q"] in (row["text"] or "")})
                return 200, {"tickets": hits[:20], "more": len(hits) > 20}
        return self._written(who, method, path, body, match)

    def _written(self, who: str, method: str, path: list[str], body: Any, match: str) -> Answer:
        match method, path:
            case "POST", ["links"]:
                self.links.add(f"new/{len(self.log)}-{self.requests}")
                return 201, {"link": f"/new/{len(self.log)}-{self.requests}"}
            case "PUT", ["new", name]:
                if f"new/{name}" not in self.links:
                    return 410, {"error": "this link was used"}
                self.links.remove(f"new/{name}")
                return 201, {"no": self.make(who, **body)}
            case _, ["tickets", no] if no.isdigit() and int(no) in self.tickets:
                return (200, self.tickets[int(no)]) if method == "GET" else self._patch(who, int(no), body, match)
        return 404, {"error": "there is no such thing"}

    def _patch(self, who: str, no: int, body: dict[str, Any], match: str) -> Answer:
        ticket = self.tickets[no]
        if not match:
            return 428, {"error": "If-Match is required"}
        if match != str(ticket["rev"]):
            return 412, {"error": "it has moved"}
        if body.get("holder") not in (None, *STAFF):
            return 422, {"error": f"there is nobody called {body['holder']}"}
        return 200, {"request": self.change(who, no, **body)}

    def make(self, who: str, title: str, text: str, asker: str = "", level: str = "D") -> int:
        no = len(self.tickets) + 1
        self.tickets[no] = {"no": no, "rev": 1, "title": title, "stage": "Inbox", "level": level, "holder": None,
                            "asker": asker, "opened": self.local(), "moved": self.local()}  # fmt: skip
        self._write(no, who, "created", level, "Inbox", text, self.requests)
        return no

    def change(self, who: str, no: int, text: str = "", private: bool = False, **fields: Any) -> str:
        """One request of somebody: a message and fields."""
        ticket, request = self.tickets[no], len(self.log)
        if text:
            self._write(no, who, "note" if private else "message", None, None, text, request)
        for name, value in fields.items():
            if ticket[name] != value:
                self._write(no, who, name, ticket[name], value, None, request)
                ticket[name] = value
        ticket["rev"] += 1
        ticket["moved"] = self.local()
        return str(request)

    def _write(self, no: int, who: str, what: str, old: Any, new: Any, text: str | None, request: int) -> None:
        self.log.append({"seq": len(self.log) + 1, "ticket": no, "when": self.local(), "who": who, "what": what,
                         "old": old, "new": new, "text": text, "request": str(request)})  # fmt: skip


@contextmanager
def serve(ledger: Ledger) -> Iterator[str]:
    """Its address while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            secret = self.headers.get("authorization", "").removeprefix("Bearer ")
            if not secret.startswith("key-of-"):
                status, said = 401, {"error": "who are you?"}
            else:
                status, said = ledger.answer(
                    secret.removeprefix("key-of-"), self.command, address.path, dict(parse_qsl(address.query)), body,
                    self.headers.get("if-match", ""),
                )  # fmt: skip
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = handle_one

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
