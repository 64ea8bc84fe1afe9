"""The other people of a real Redmine, through its REST, in the same words as those of RT (people.py)."""

from typing import Any

import httpx

from deskui.domain.when import parse

PRIORITY = {1: 5, 2: 4, 3: 3, 4: 2}
STATES = {1: "new", 2: "in_progress", 3: "resolved", 4: "pending", 5: "closed", 6: "cancelled"}
USERS = {"agent": 6, "berta": 7}


class RedminePeople:
    """Speaks as one user by API key; tickets are made by the customer carl, and rejected by the administrator."""

    def __init__(self, url: str, keys: dict[str, str]) -> None:
        def client(user: str) -> httpx.Client:
            return httpx.Client(base_url=url, headers={"X-Redmine-API-Key": keys[user]}, timeout=60, trust_env=False)

        self.http, self.carl, self.admin = client("berta"), client("carl"), client("admin")

    def close(self) -> None:
        """Let the connections go."""
        for client in (self.http, self.carl, self.admin):
            client.close()

    def some(self, tickets: list[tuple[str, str, int]]) -> list[str]:
        """New tickets of carl's, by subject, text and priority (1 to 4)."""
        ids = []
        for subject, text, priority in tickets:
            issue = {
                "project_id": 1,
                "subject": subject,
                "description": text,
                "priority_id": PRIORITY[priority],
            }
            answer = self.carl.post("/issues.json", json={"issue": issue}).raise_for_status().json()
            ids.append(str(answer["issue"]["id"]))
        return ids

    def raise_to(self, ticket: str, priority: int) -> None:
        """Set its priority."""
        self._put(self.http, ticket, priority_id=PRIORITY[priority])

    def take(self, ticket: str) -> None:
        """It is berta's."""
        self._put(self.http, ticket, assigned_to_id=USERS["berta"])

    def comment(self, ticket: str, text: str) -> None:
        """A private note."""
        self._put(self.http, ticket, notes=text, private_notes=True)

    def reject(self, tickets: list[str]) -> None:
        """They call nobody any more, and the next session pulls less."""
        for ticket in tickets:
            self._put(self.admin, ticket, status_id=6)

    def now(self, ticket: str) -> dict[str, Any]:
        """Owner, state, priority, minutes worked and the time when it was made."""
        issue = self._get(ticket)
        owner = (issue.get("assigned_to") or {}).get("id")
        return {
            "owner": next((name for name, key in USERS.items() if key == owner), ""),
            "state": STATES[issue["status"]["id"]],
            "priority": next(p for p, key in PRIORITY.items() if key == issue["priority"]["id"]),
            "minutes": round(issue["spent_hours"] * 60), "created": parse(issue["created_on"]),
        }  # fmt: skip

    def notes(self, ticket: str) -> list[str]:
        """Its private notes."""
        return [row["notes"] for row in self._journals(ticket) if row["private_notes"]]

    def replies(self, ticket: str) -> list[str]:
        """Its public messages."""
        return [row["notes"] for row in self._journals(ticket) if row["notes"] and not row["private_notes"]]

    def when(self, ticket: str, what: str) -> int:
        """When it was replied to, noted on (first) or moved to a state, by Redmine's own clock."""
        found = [parse(row["created_on"]) for row in self._journals(ticket) if _is(row, what)]
        assert len(found) == 1 or (what == "note" and found), f"{what}: {self._journals(ticket)}"
        return min(found)

    def find(self, subject: str) -> list[str]:
        """The ids of the tickets with exactly this subject."""
        params = {"status_id": "*", "subject": subject, "limit": "100"}
        rows = self.http.get("/issues.json", params=params).raise_for_status().json()["issues"]
        return [str(row["id"]) for row in rows if row["subject"] == subject]

    def _get(self, ticket: str) -> dict[str, Any]:
        answer = self.http.get(f"/issues/{ticket}.json?include=journals").raise_for_status().json()
        issue: dict[str, Any] = answer["issue"]
        return issue

    def _journals(self, ticket: str) -> list[dict[str, Any]]:
        journals: list[dict[str, Any]] = self._get(ticket)["journals"]
        return journals

    def _put(self, client: httpx.Client, ticket: str, **issue: Any) -> None:
        client.put(f"/issues/{ticket}.json", json={"issue": issue}).raise_for_status()


def _is(row: dict[str, Any], what: str) -> bool:
    if what in ("note", "reply"):
        return bool(row["notes"]) and row["private_notes"] == (what == "note")
    return any(each["name"] == "status_id" and STATES[int(each["new_value"])] == what for each in row["details"])
