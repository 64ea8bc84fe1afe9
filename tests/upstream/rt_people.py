"""The other people of the test RT, and adapters for its accounts."""

from base64 import b64encode
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from deskui.upstream.base import Options
from deskui.upstream.rt import Adapter
from tests.conftest import RT

NUMBERS = {1: 100, 2: 75, 3: 50, 4: 10}
STATUSES = {"new": "new", "in_progress": "open", "pending": "stalled", "resolved": "resolved", "cancelled": "rejected"}


class People:
    """The others in RT: agent (Berlin) is the colleague, carl the customer."""

    staff, customer, ci = "agent", "carl@nordkauf.example", "sw1"
    assignee = staff
    held = "unspecified"
    resumes_on_reply = reopens_on_reply = deletes = merges = True

    def __init__(self, rt: RT) -> None:
        self.rt, self.made = rt, list[str]()
        self.clients: dict[str, httpx.Client] = {}

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        if who not in self.clients:
            token = self.rt.tokens.get(who)
            auth = None if token else (who, self.rt.passwords[who])
            headers = {"Authorization": f"token {token}"} if token else {}
            self.clients[who] = httpx.Client(
                base_url=f"{self.rt.url}/REST/2.0", auth=auth, headers=headers, trust_env=False, timeout=30
            )
        answer = self.clients[who].request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4, **more: Any) -> str:
        body = {"Queue": "Network", "Subject": subject, "Content": text, "ContentType": "text/plain",
                "Requestor": self.customer, "Priority": NUMBERS[priority], **more}  # fmt: skip
        return str(self.ask("agent", "POST", "/ticket", json=body).json()["id"])

    def say(self, who: str, remote_id: str, kind: str, text: str, content_type: str = "text/plain") -> None:
        body = {"Content": text, "ContentType": content_type}
        self.ask(who, "POST", f"/ticket/{remote_id}/{kind}", json=body)

    def reply_as_customer(self, remote_id: str, text: str) -> None:
        self.say("carl", remote_id, "correspond", text)

    def send_files(self, remote_id: str, text: str, *files: tuple[str, str, bytes]) -> None:
        sent = [
            {"FileName": name, "FileType": kind, "FileContent": b64encode(data).decode()} for name, kind, data in files
        ]
        body = {"Content": text, "ContentType": "text/plain", "Attachments": sent}
        self.ask("carl", "POST", f"/ticket/{remote_id}/correspond", json=body)

    def reply(self, remote_id: str, text: str) -> None:
        self.say("agent", remote_id, "correspond", text)

    def note(self, remote_id: str, text: str) -> None:
        self.say("agent", remote_id, "comment", text)

    def change(self, remote_id: str, field: str, value: Any) -> None:
        values = {"state": STATUSES, "priority": NUMBERS}.get(field, {})
        name = {"state": "Status", "priority": "Priority", "owner": "Owner", "subject": "Subject"}[field]
        self.put("agent", remote_id, **{name: values.get(value, value)})

    def put(self, who: str, remote_id: str, **body: Any) -> list[str]:
        return list(self.ask(who, "PUT", f"/ticket/{remote_id}", json=body).json())

    def delete(self, remote_id: str) -> None:
        self.ask("agent", "DELETE", f"/ticket/{remote_id}")

    def merge(self, remote_id: str, into: str) -> None:
        self.put("agent", remote_id, MergeInto=int(into))

    def now(self) -> int:
        date = self.ask("agent", "GET", "/rt").headers["date"]
        return int(parsedate_to_datetime(date).timestamp())

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def adapter_of(rt: RT, user: str = "sync", secret: str | None = None, **options: Any) -> Adapter:
    adapter = Adapter("rt", Options(url=rt.url, user=user, **options), secret or rt.passwords[user])
    adapter.login()
    return adapter
