"""RT's REST2 as it behaves: paging whose rights apply afterwards, bulk bodies, names behind ids."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from deskui.domain import when
from deskui.upstream import _rt_answers as answers
from deskui.upstream import _rt_texts
from deskui.upstream._http import Answer, Session
from deskui.upstream._rt_answers import Body, Person, Txn
from deskui.upstream._rt_words import Words
from deskui.upstream.base import Options, Rejected, Unreachable

PAGE = 100  # RT gives no more, silently
CHUNK = 60  # tickets or transactions named in one query
_LOOK = 3  # empty pages that are looked past where rows are hidden from us
_ROOT = "/REST/2.0"
_TOKEN = re.compile(r"\d+-(\d+)-[0-9a-f]{32}")
_NOISE = "Type != 'EmailRecord' AND Type != 'CommentEmailRecord'"
_FIELDS = "Type,Field,OldValue,NewValue,ObjectId,Created,TimeTaken,Creator"
_PLAIN = "Subject,Status,Priority,Queue,Owner,Created,LastUpdated,TimeWorked,EffectiveId"
_TICKET = (("fields[Queue]", "Name"), ("fields[Owner]", "Name"), ("fields[Cc]", "Name,EmailAddress"),
           ("fields[Requestor]", "Name,EmailAddress,WorkPhone,MobilePhone"))  # fmt: skip


class Api(Words):
    """Requests and their answers, in RT's own words; caches only names that do not change."""

    def __init__(self, options: Options, secret: str) -> None:
        self.session = Session(
            options.url, ca_file=options.ca_file, proxy=options.proxy, proxy_login=options.proxy_login
        )
        self.me = Person(options.user, True)
        self.hidden = False  # rows were hidden from us: an empty page is no end
        super().__init__(options)
        self._secret = secret
        self._people: dict[str, Person] = {}
        self._fields: dict[str, str] = {}

    # -- login

    def login(self) -> None:
        """A session cookie (RT checks a password or a token anew with each request, which is slow), else the header."""
        match = _TOKEN.fullmatch(self._secret)
        who = self._options.user or (match[1] if match else "")
        if self._secrets_work(who):
            return
        if match:
            self.session.secrets["Authorization"] = f"token {self._secret}"
        else:
            self._sign_in()
            if self._secrets_work(who):
                return
            self.session.secrets["Authorization"] = _basic(self._options.user, self._secret)
        self.me = self._whoami(who)

    def _sign_in(self) -> None:
        self.session.cookies()
        form = {"user": self._options.user, "pass": self._secret}
        self.session.request("POST", "/NoAuth/Login.html", data=form, follow=False)

    def _secrets_work(self, who: str) -> bool:
        """Whether the cookie or header of before still opens the door."""
        if not (self.session.secrets or self.session.has_cookies()):
            return False
        try:
            self.me = self._whoami(who)
        except Unreachable as error:
            if error.kind != "auth":
                raise
            self.session.secrets.clear()
            self.session.cookies()
            return False
        return True

    def _whoami(self, who: str) -> Person:
        answer = self.session.request("GET", f"{_ROOT}/user/{quote(who, safe='')}", follow=False)
        if 300 <= answer.status < 400:  # with the cookie of nobody RT sends us to the login page instead of a 401
            raise Unreachable("the login was refused", "auth", "check user and secret", maybe_written=False)
        if answer.status == 404:
            raise Unreachable(
                f"there is no RT at {self.session.url}, or no user {who} in it", hint="url ends before /REST/2.0"
            )
        return answers.person(answers.ok(answer), who)

    # -- pages

    def pages(
        self, path: str, query: str, params: Sequence[tuple[str, str]] = (), after: int = 0, until: int = 0
    ) -> Iterator[list[dict[str, Any]]]:
        """Rows with an id above `after`, in id order, page by page.

        RT applies rights after it has cut a page, so that a page may come short or empty in the midst.  While it
        hides something from us (or `until`, an id that we know of, is not reached) empty pages are passed over.
        """
        number = empty = 0
        while empty < _LOOK:
            number += 1
            where = f"id > {after} AND ({query})"
            asked = (("query", where), ("orderby", "id"), ("order", "ASC"), ("per_page", str(PAGE)), *params)
            got = self.get(path, (*asked, ("page", str(number))))
            items = answers.items(got)
            if items:
                yield items
                after, number, empty = int(items[-1]["id"]), 0, 0
            exact = got.get("total") is not None or not self.hidden
            if after >= until and exact and len(items) < PAGE:
                return
            empty += not items and after >= until

    def newest(self, after: int) -> int | None:
        """The id of the newest transaction above `after` that we may see."""
        query = f"ObjectType='RT::Ticket' AND {_NOISE} AND id > {after}"
        params = (("query", query), ("orderby", "id"), ("order", "DESC"), ("per_page", str(PAGE)))
        items = answers.items(self.get("/transactions", params))
        return int(items[0]["id"]) if items else None

    def latest(self, query: str = "") -> list[Txn]:
        """The newest transactions that we may see, a page at most, oldest first."""
        where = f"ObjectType='RT::Ticket' AND {_NOISE}" + (f" AND ({query})" if query else "")
        order = (("orderby", "id"), ("order", "DESC"), ("per_page", str(PAGE)))
        rows = answers.items(self.get("/transactions", (("query", where), ("fields", _FIELDS), *order)))
        return [answers.txn(row) for row in reversed(rows)]

    def transactions(self, query: str, after: int = 0, until: int = 0) -> Iterator[list[Txn]]:
        """Pages of ticket transactions above an id, oldest first, without the record of mails sent."""
        where = f"ObjectType='RT::Ticket' AND {_NOISE}" + (f" AND ({query})" if query else "")
        for items in self.pages("/transactions", where, (("fields", _FIELDS),), after, until):
            yield [answers.txn(item) for item in items]

    def histories(self, ids: Sequence[str]) -> dict[str, list[Txn]]:
        """All transactions of these tickets, oldest first."""
        found: dict[str, list[Txn]] = {remote_id: [] for remote_id in ids}
        if ids:
            for page in self.transactions(" OR ".join(f"ObjectId = {int(remote_id)}" for remote_id in ids)):
                for txn in page:
                    found[txn.ticket].append(txn)
        return found

    def open_tickets(self, after: int) -> Iterator[list[dict[str, Any]]]:
        """Pages of open tickets with the fields that cost nothing."""
        yield from self.pages("/tickets", "Status = '__Active__'", (("fields", _PLAIN), *_TICKET[:2]), after)

    def finished(self, since: int, before: int) -> Iterator[list[dict[str, Any]]]:
        """Pages of inactive tickets changed since a day before `since` (epoch seconds), by id downwards."""
        day = when.iso(since - 86_400)[:10]  # RT reads it in the user's zone
        empty = 0
        while empty < _LOOK:
            below = f"id < {before} AND " if before else ""
            query = f"{below}Status = '__Inactive__' AND LastUpdated >= '{day}'"
            params = (("query", query), ("orderby", "id"), ("order", "DESC"), ("per_page", str(PAGE)),
                      ("page", str(empty + 1)), ("fields", _PLAIN), *_TICKET[:2])  # fmt: skip
            got = self.get("/tickets", params)
            rows = answers.items(got)
            if rows:
                yield rows
                before, empty = int(rows[-1]["id"]), 0
            elif got.get("total") is not None and not self.hidden:
                return
            else:
                empty += 1

    def matching(self, query: str, limit: int) -> list[dict[str, Any]]:
        """The newest tickets that match a query in TicketSQL; `Rejected` in RT's words if it is none."""
        found: list[dict[str, Any]] = []
        for number in range(1, -(-limit // PAGE) + 1):
            params = (("query", query), ("orderby", "id"), ("order", "DESC"), ("per_page", str(min(PAGE, limit))),
                      ("page", str(number)), ("fields", _PLAIN), *_TICKET[:2])  # fmt: skip
            answer = self.session.request("GET", f"{_ROOT}/tickets", params=params)
            if answer.status == 400:
                raise Rejected(f"RT's TicketSQL: {answers.words(answer).partition(' at /')[0]}")
            got = answers.ok(answer)
            found += answers.items(got)
            if len(got["items"]) < PAGE:
                break
        return found[:limit]

    def tickets(self, ids: Sequence[str], extra: str) -> dict[str, dict[str, Any]]:
        """These tickets with `extra` fields (people, CustomFields); deleted and merged ones are not found."""
        found: dict[str, dict[str, Any]] = {}
        if ids:
            query = " OR ".join(f"id = {int(remote_id)}" for remote_id in ids)
            params = (("fields", f"{_PLAIN},{extra}" if extra else _PLAIN), *_TICKET)
            for page in self.pages("/tickets", query, params):
                found |= {str(item["id"]): item for item in page}
        return found

    def ticket(self, remote_id: str) -> tuple[dict[str, Any], str]:
        """One ticket, also a deleted one (or the one it was merged into), and its ETag; `Rejected` if not for us."""
        answer = self.session.request("GET", f"{_ROOT}/ticket/{int(remote_id)}")
        if answer.status in (403, 404):
            raise Rejected(f"ticket {remote_id}: {answers.words(answer)}")
        return answers.ok(answer), answer.headers.get("etag", "").strip('"')

    def bodies(self, ids: Sequence[int], *, desk_only: bool = False) -> dict[int, Body]:
        """The texts of these transactions; with `desk_only` only of those that begin like a desk line."""
        found: dict[int, Body] = {}
        for chunk in chunks(ids, CHUNK):
            found |= _rt_texts.bodies(self.attachments, list(chunk), desk_only=desk_only)
        return found

    def attachments(self, query: Any, params: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """A page of the parts of messages."""
        answer = self.session.request("POST", f"{_ROOT}/attachments", params=params, json=query)
        return answers.items(answers.ok(answer))

    def tokens(self, token: str) -> list[str]:
        """The tickets whose private notes hold this token as a desk line."""
        query = [{"field": "Content", "operator": "LIKE", "value": f"deskui: token {token} by "}]
        params = (("fields", "TransactionId"), ("per_page", str(PAGE)))
        ids = sorted({int(item["TransactionId"]) for item in self.attachments(query, params)})
        rows = [self.get(f"/transaction/{txn}") for txn in ids]
        return sorted({str(row["Object"]["id"]) for row in rows if row["Type"] == "Comment"}, key=int)

    # -- names

    def person(self, name: str) -> Person:
        """A user by name or number; one we may not see is nobody's staff."""
        if name not in self._people:
            answer = self.session.request("GET", f"{_ROOT}/user/{quote(name, safe='')}")
            known = answer.status == 200
            self._people[name] = answers.person(answers.ok(answer), name) if known else Person(name, False)
        return self._people[name]

    def field(self, number: str) -> str:
        """The name of a custom field."""
        if number not in self._fields:
            answer = self.session.request("GET", f"{_ROOT}/customfield/{int(number)}")
            self._fields[number] = str(answers.ok(answer).get("Name", "")) if answer.status == 200 else ""
        return self._fields[number]

    def queues(self) -> list[str]:
        """The names of the queues that we may see, in RT's order of ids."""
        got = self.get("/queues/all", (("fields", "Name"), ("per_page", str(PAGE))))
        rows = sorted(answers.items(got), key=lambda item: int(item["id"]))
        return [str(row["Name"]) for row in rows]

    def has_field(self, queue: str, name: str) -> bool:
        """Whether the tickets of a queue have the custom field, as far as we may see."""
        answer = self.session.request("GET", f"{_ROOT}/queue/{quote(queue, safe='')}")
        fields = answers.ok(answer).get("TicketCustomFields") if answer.status == 200 else None
        return any(field.get("name") == name for field in fields or ())

    # -- one request

    def get(self, path: str, params: Iterable[tuple[str, str]] = ()) -> Any:
        """A GET that has to succeed."""
        return answers.ok(self.session.request("GET", _ROOT + path, params=params))

    def send(self, method: str, path: str, body: Mapping[str, Any], etag: str = "") -> Answer:
        """A write: 412 is returned, another refusal is `Rejected` with RT's words."""
        headers = {"If-Match": f'"{etag}"'} if etag else {}
        answer = self.session.request(method, _ROOT + path, json=dict(body), headers=headers)
        if answer.status >= 400 and answer.status != 412:
            raise Rejected(answers.words(answer))
        return answer


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """`items` in pieces."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _basic(user: str, secret: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{user}:{secret}".encode()).decode()
