"""The other people of a real RT, through its REST: what a colleague does there, and what RT has to say in the end."""

import base64
from typing import Any

import httpx

from deskui.domain.when import parse

PRIORITY = {1: 100, 2: 75, 3: 50, 4: 10}
STATES = {"new": "new", "open": "in_progress", "stalled": "pending", "resolved": "resolved", "rejected": "cancelled"}


class People:
    """Speaks as one RT user by token; every answer is RT's own."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.Client(
            base_url=f"{url}/REST/2.0", headers={"Authorization": f"token {token}"}, timeout=60, trust_env=False
        )

    def make(self, tickets: list[dict[str, Any]]) -> list[str]:
        """Many tickets, some in each request."""
        ids: list[str] = []
        for start in range(0, len(tickets), 25):
            answer = self.http.post("/tickets/bulk", json=tickets[start : start + 25]).raise_for_status().json()
            ids += [str(one["id"]) for one in answer]
        return ids

    def put(self, ticket: str, **values: Any) -> None:
        """Change fields."""
        self.http.put(f"/ticket/{ticket}", json=values).raise_for_status()

    def reject(self, tickets: list[str]) -> None:
        """They call nobody any more, and the next session pulls less."""
        for ticket in tickets:
            self.put(ticket, Status="rejected")

    def comment(self, ticket: str, text: str) -> None:
        """A private note."""
        body = {"Content": text, "ContentType": "text/plain"}
        self.http.post(f"/ticket/{ticket}/comment", json=body).raise_for_status()

    def reply(self, ticket: str, text: str) -> None:
        """A public reply."""
        body = {"Content": text, "ContentType": "text/plain"}
        self.http.post(f"/ticket/{ticket}/correspond", json=body).raise_for_status()

    def get(self, ticket: str) -> dict[str, Any]:
        """The ticket as RT has it."""
        answer: dict[str, Any] = self.http.get(f"/ticket/{ticket}").raise_for_status().json()
        return answer

    def history(self, ticket: str) -> list[dict[str, Any]]:
        """Its transactions without mail records, oldest first."""
        fields = "Type,Field,OldValue,NewValue,Created,Creator,TimeTaken"
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.http.get(
                f"/ticket/{ticket}/history", params={"fields": fields, "per_page": 100, "page": page}
            ).raise_for_status().json()  # fmt: skip
            found += [one for one in answer["items"] if one["Type"] != "EmailRecord"]
            if not answer.get("next_page") or not answer["items"]:
                return sorted(found, key=lambda one: int(one["id"]))
            page += 1

    def bodies(self, ticket: str, kind: str) -> list[str]:
        """The text of its transactions of one type (Comment, Correspond, Create)."""
        texts = []
        for one in self.history(ticket):
            if one["Type"] == kind:
                texts.append(self._body(one["id"]))
        return texts

    def _body(self, transaction: str) -> str:
        items = self.http.get(f"/transaction/{transaction}/attachments").raise_for_status().json()["items"]
        for item in items:
            part = self.http.get(f"/attachment/{item['id']}").raise_for_status().json()
            if part.get("ContentType", "").startswith("text/plain") and part.get("Content"):
                return base64.b64decode(part["Content"]).decode()
        return ""

    # -- in words that hold for any system (redmine_people.py)

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()

    def some(self, tickets: list[tuple[str, str, int]]) -> list[str]:
        """New tickets of carl's, by subject, text and priority (1 to 4)."""
        return self.make(
            [
                {"Queue": "Network", "Subject": subject, "Content": text, "Priority": PRIORITY[priority],
                 "Requestor": "carl@desk.test"}
                for subject, text, priority in tickets
            ]
        )  # fmt: skip

    def raise_to(self, ticket: str, priority: int) -> None:
        """Set its priority."""
        self.put(ticket, Priority=PRIORITY[priority])

    def take(self, ticket: str) -> None:
        """It is berta's."""
        self.put(ticket, Owner="berta")

    def now(self, ticket: str) -> dict[str, Any]:
        """Owner, state, priority, minutes worked and the time when it was made."""
        row = self.get(ticket)
        return {
            "owner": row["Owner"]["id"], "state": STATES[row["Status"]],
            "priority": next(p for p, number in PRIORITY.items() if number == int(row["Priority"])),
            "minutes": int(row["TimeWorked"]), "created": parse(row["Created"]),
        }  # fmt: skip

    def notes(self, ticket: str) -> list[str]:
        """Its private notes."""
        return self.bodies(ticket, "Comment")

    def replies(self, ticket: str) -> list[str]:
        """Its public messages."""
        return self.bodies(ticket, "Correspond")

    def when(self, ticket: str, what: str) -> int:
        """When it was replied to, noted on (first) or moved to a state, by RT's own clock."""
        kind = {"note": "Comment", "reply": "Correspond"}.get(what, "Status")
        found = [parse(one["Created"]) for one in self.history(ticket)
                 if one["Type"] == kind and (kind != "Status" or STATES[one["NewValue"]] == what)]  # fmt: skip
        assert len(found) == 1 or (what == "note" and found), f"{what}: {self.history(ticket)}"
        return min(found)

    def find(self, subject: str) -> list[str]:
        """The ids of the tickets with exactly this subject."""
        query = f"Subject = '{subject}'"
        answer = self.http.get("/tickets", params={"query": query, "per_page": 100}).raise_for_status().json()
        return [str(one["id"]) for one in answer["items"]]

    def find_like(self, words: str) -> list[str]:
        """The ids of the tickets with these words in their subject."""
        query = f"Subject LIKE '{words}'"
        answer = self.http.get("/tickets", params={"query": query, "per_page": 100}).raise_for_status().json()
        return [str(one["id"]) for one in answer["items"]]
