"""The other people of the test Redmine, and adapters for its accounts."""

import time
from typing import Any

import httpx

from deskui.upstream.base import Options
from deskui.upstream.redmine import Adapter
from tests.conftest import Redmine

PRIORITIES = {1: 5, 2: 4, 3: 3, 4: 2}
STATUSES = {"new": 1, "in_progress": 2, "resolved": 3, "pending": 4, "closed": 5, "cancelled": 6}
NETWORK, HARDWARE, VAULT = 1, 2, 3
FIELDS = {"client_token": "Client Token", "impact": "Impact", "ci": "Hosts", "received_at": "Received",
          "category": "Category", "customer": "Customer", "hold_reason": "Hold Reason",
          "requestor": "Requestor"}  # fmt: skip


class People:
    """The others in Redmine: agent is the colleague, carl the customer, admin whoever runs it."""

    staff = assignee = "agent"
    customer, ci = "carl@nordkauf.example", "sw1"
    resumes_on_reply = reopens_on_reply = deletes = merges = False
    held = "customer"

    def __init__(self, redmine: Redmine) -> None:
        self.made: list[str] = []
        self.redmine = redmine
        self.clients: dict[str, httpx.Client] = {}
        self.ids = {"sync": 5, "agent": 6, "berta": 7, "desk": 8, "carl": 9, "cora": 10}

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        if who not in self.clients:
            headers = {"X-Redmine-API-Key": self.redmine.keys[who]}
            self.clients[who] = httpx.Client(base_url=self.redmine.url, headers=headers, trust_env=False, timeout=30)
        answer = self.clients[who].request(method, path, **more)
        assert answer.status_code < 300, f"{answer.status_code} {answer.text}"
        return answer

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4, who: str = "carl", **more: Any) -> str:
        issue = {"project_id": NETWORK, "subject": subject, "description": text, "priority_id": PRIORITIES[priority]}
        return str(self.ask(who, "POST", "/issues.json", json={"issue": issue | more}).json()["issue"]["id"])

    def put(self, who: str, remote_id: str, **issue: Any) -> None:
        self.ask(who, "PUT", f"/issues/{remote_id}.json", json={"issue": issue})

    def get(self, remote_id: str) -> dict[str, Any]:
        path = f"/issues/{remote_id}.json?include=journals,relations,children"
        issue: dict[str, Any] = self.ask("admin", "GET", path).json()["issue"]
        return issue

    def reply_as_customer(self, remote_id: str, text: str) -> None:
        self.put("carl", remote_id, notes=text)

    def send_files(self, remote_id: str, text: str, *files: tuple[str, str, bytes]) -> None:
        sent = []
        for name, kind, data in files:
            answer = self.ask(
                "carl", "POST", "/uploads.json", params={"filename": name}, content=data,
                headers={"Content-Type": "application/octet-stream"},
            )  # fmt: skip
            sent.append({"token": answer.json()["upload"]["token"], "filename": name, "content_type": kind})
        self.put("carl", remote_id, notes=text, uploads=sent)

    def reply(self, remote_id: str, text: str) -> None:
        self.put("agent", remote_id, notes=text)

    def note(self, remote_id: str, text: str) -> None:
        self.put("agent", remote_id, notes=text, private_notes=True)

    def change(self, remote_id: str, field: str, value: Any) -> None:
        name = {"state": "status_id", "priority": "priority_id", "owner": "assigned_to_id", "subject": "subject"}[field]
        values: dict[Any, int] = {"state": STATUSES, "priority": PRIORITIES, "owner": self.ids}.get(field, {})
        self.put("agent", remote_id, **{name: values.get(value, value)})

    def delete(self, remote_id: str) -> None:
        self.ask("admin", "DELETE", f"/issues/{remote_id}.json")

    def merge(self, remote_id: str, into: str) -> None:
        raise NotImplementedError("Redmine merges nothing")

    def now(self) -> int:
        return int(time.time())  # the test server is on this machine, and tells no time

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def adapter_of(redmine: Redmine, user: str = "sync", secret: str | None = None, **options: Any) -> Adapter:
    adapter = Adapter("redmine", Options(url=redmine.url, user=user, **options), secret or redmine.keys[user])
    adapter.login()
    return adapter
