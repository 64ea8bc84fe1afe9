"""Redmine's REST as it behaves: pages by key, answers that say little, a lock clash that looks like a refusal."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from deskui.upstream._http import Answer, Session
from deskui.upstream.base import Options, Rejected, Unreachable

PAGE = 100  # Redmine gives no more, silently
_KEY = re.compile(r"[0-9a-f]{40}")
_CUSTOM = re.compile(r"cf_\d+|f\[\]|op\[\w+\]|v\[\w+\]\[\]")
_FILTERS = ("assigned_to_id", "author_id", "category_id", "closed_on", "created_on", "description", "due_date",
            "issue_id", "notes", "parent_id", "priority_id", "project_id", "sort", "start_date", "status_id", "subject",
            "tracker_id", "updated_on", "watcher_id")  # fmt: skip
_WHOLE = "journals,attachments,relations,children,allowed_statuses"
_RIGHTS = "has the account the rights it needs?"
Row = dict[str, Any]


class Clash(Exception):
    """Somebody else wrote the issue in the same instant: nothing of ours was written."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are there; an `admin` may everything, without being a member of anything."""

    id: int
    login: str
    admin: bool


class Api:
    """Requests and their answers, in Redmine's own words; keeps nothing but who we are."""

    def __init__(self, options: Options, secret: str) -> None:
        self.session = Session(
            options.url, ca_file=options.ca_file, proxy=options.proxy, proxy_login=options.proxy_login
        )
        self._secret, self._options = secret, options
        self.me = Me(0, options.user, False)

    def login(self) -> None:
        """By API key, or by name and password."""
        if _KEY.fullmatch(self._secret):
            self.session.secrets["X-Redmine-API-Key"] = self._secret
        else:
            pair = f"{self._options.user}:{self._secret}".encode()
            self.session.secrets["Authorization"] = f"Basic {b64encode(pair).decode()}"
        answer = self.session.request("GET", "/users/current.json")
        if answer.status in (403, 404):
            hint = "is the URL Redmine's, and its REST service on (Administration, Settings, API)?"
            raise Unreachable(f"Redmine's API answered {answer.status}", hint=hint, maybe_written=False)
        user = ok(answer).get("user") or {}
        self.me = Me(number(user.get("id")), str(user.get("login") or ""), bool(user.get("admin")))
        if self._options.user and self.me.login.casefold() != self._options.user.casefold():
            raise Unreachable(
                f"the API key is {self.me.login}'s, not {self._options.user}'s", "auth", "check user and secret",
                maybe_written=False,
            )  # fmt: skip

    # -- issues

    def issues(self, after: int, *params: tuple[str, str]) -> Iterator[list[Row]]:
        """Pages of issues with an id above `after`, in id order."""
        while True:
            asked = (("issue_id", f">={after + 1}"), ("sort", "id:asc"), *params)
            rows = self.rows("/issues.json", "issues", *asked)
            if rows:
                yield rows
                after = number(rows[-1]["id"])
            if len(rows) < PAGE:
                return

    def changed(self, since: str, offset: int) -> list[Row]:
        """A page of issues in the order of their last change, from that instant (ISO) or a second before."""
        return self.rows(
            "/issues.json", "issues", ("status_id", "*"), ("updated_on", f">={since}"),
            ("sort", "updated_on:asc,id:asc"), ("offset", str(offset)),
        )  # fmt: skip

    def issue(self, remote_id: str) -> Row:
        """One issue with its whole past; `Rejected`: it is not there (any more), or not for us."""
        if not (remote_id.isascii() and remote_id.isdigit()):
            raise Rejected(f"{remote_id!r} is no issue of Redmine")
        answer = self.session.request("GET", f"/issues/{int(remote_id)}.json", params=(("include", _WHOLE),))
        if answer.status in (403, 404):
            why = "is not there (any more)" if answer.status == 404 else "is not for this account"
            raise Rejected(f"issue {remote_id} {why}")
        found: Row = ok(answer)["issue"]
        return found

    def times(self, remote_id: str) -> list[Row]:
        """The time entries of one issue that we may see, in the order in which they were made."""
        found: list[Row] = []
        for offset in range(0, 100 * PAGE, PAGE):
            rows = self.time_page(offset, ("issue_id", remote_id))
            found += rows
            if len(rows) < PAGE:
                break
        return sorted(found, key=lambda row: number(row["id"]))

    def time_page(self, offset: int, *params: tuple[str, str]) -> list[Row]:
        """A page of time entries, the newest first; none where we may see none."""
        asked = (("sort", "created_on:desc"), ("limit", str(PAGE)), ("offset", str(offset)), *params)
        answer = self.session.request("GET", "/time_entries.json", params=asked)
        return [] if answer.status in (403, 404) else list(ok(answer).get("time_entries") or ())

    # -- one request

    def rows(self, path: str, name: str, *params: tuple[str, str]) -> list[Row]:
        """A page of a list, whole."""
        rows = ok(self.session.request("GET", path, params=(("limit", str(PAGE)), *params))).get(name)
        if not isinstance(rows, list):
            raise Unreachable("Redmine answered with something that is no list", hint="is the URL Redmine's own?")
        return rows

    def all(self, path: str, name: str) -> list[Row]:
        """A list of names, of all its pages; some come whole, whatever page is asked for."""
        found: dict[Any, Row] = {}
        while True:
            rows = self.rows(path, name, ("offset", str(len(found))))
            before = len(found)
            found |= {row["id"]: row for row in rows}
            if len(rows) < PAGE or len(found) == before:
                return list(found.values())

    def maybe(self, path: str, *params: tuple[str, str]) -> Row | None:
        """An object, or None where there is none for us."""
        answer = self.session.request("GET", path, params=params)
        return None if answer.status in (403, 404) else ok(answer)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Row:
        """A write: what Redmine says, which mostly is nothing; a refusal is `Rejected` with its words."""
        answer = self.session.request(method, path, json=None if body is None else dict(body))
        if answer.status < 400:
            said = answer.json() if answer.body.strip() else {}
            return said if isinstance(said, dict) else {}
        if answer.status == 422 and errors(answer) == []:
            raise Clash
        raise Rejected(words(answer))

    def upload(self, name: str, data: bytes) -> str:
        """A file on its way to an issue; the token by which that takes it."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = self.session.request(
            "POST", "/uploads.json", params=(("filename", name),), content=data, headers=headers
        )
        if answer.status >= 400:
            raise Rejected(f"{name} was not taken: {words(answer)}")
        return str(ok(answer)["upload"]["token"])


def ok(answer: Answer) -> Any:
    """What it holds, if it is a success and an object; Unreachable."""
    if answer.status >= 400:
        raise Unreachable(f"Redmine answered {answer.status}: {words(answer)}", hint=_RIGHTS)
    said = answer.json()
    if not isinstance(said, dict):
        raise Unreachable("Redmine answered with something that is no object", hint="is the URL Redmine's own?")
    return said


def errors(answer: Answer) -> Sequence[Any] | None:
    """Why it was refused; None: it does not say."""
    try:
        said = answer.json()
    except Unreachable:
        return None
    found = said.get("errors") if isinstance(said, dict) else None
    return found if isinstance(found, list) else None


def words(answer: Answer) -> str:
    """The refusal in Redmine's words, else in ours."""
    said = "; ".join(map(str, errors(answer) or ()))
    usual = {403: "forbidden: the account's role does not allow it", 404: "there is no such thing (any more)"}
    return said or usual.get(answer.status, f"status {answer.status}")


def filters(query: str) -> list[tuple[str, str]]:
    """The parameters of Redmine's list; `Rejected`: one that it does not know, and would answer with all there is."""
    asked = parse_qsl(query)
    if not asked:
        raise Rejected(f"Redmine is asked as its list is, status_id=*&subject=~vpn, not {query!r}")
    for name, _value in asked:
        if name not in _FILTERS and not _CUSTOM.fullmatch(name):
            raise Rejected(f"Redmine has no filter {name!r}; it has cf_N and {', '.join(_FILTERS)}")
    return asked


def number(value: Any) -> int:
    """An id or a count, 0 if it is none."""
    text = str(value)
    return int(text) if text.isascii() and text.lstrip("-").isdigit() else 0
