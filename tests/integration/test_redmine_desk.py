"""What Redmine's list of changes hides, seen from a whole desk: deletes, edited and deleted notes, relations."""

import os
from typing import Any

import pytest

from tests.integration.desks import Home, make_home
from tests.integration.redmine_people import RedminePeople


@pytest.fixture
def carl(redmine: Any) -> Any:
    """The customer, berta and the administrator."""
    people = RedminePeople(redmine.url, redmine.keys)
    yield people
    people.close()


def texts(home: Home, ticket: str) -> list[str]:
    """Of its messages that still say something."""
    return [event["text"] for event in home.run("show", ticket, "--json")["events"] if event["text"]]


def test_what_was_deleted_or_edited_without_a_trace_is_found(redmine, sshd, carl, tmp_path):
    mark = f"hidden-{os.getpid()}"
    gone, noted, one, other = carl.some([(f"{mark} {name}", "body", 3) for name in ("gone", "noted", "one", "other")])
    carl.comment(noted, "Nobody is there.")
    carl.comment(noted, "Wrong ticket.")
    anna = make_home(tmp_path / "anna", redmine, sshd, "agent", "redmine")
    anna.run("sync", "--once", "--json")
    assert anna.run("list", mark, "--json")["total"] == 4
    assert texts(anna, f"REDMINE-{noted}") == ["body", "Nobody is there.", "Wrong ticket."]

    first, second = (row["id"] for row in carl._journals(noted) if row["notes"])
    for journal, notes in ((first, "Somebody is there."), (second, "")):
        answer = carl.admin.put(f"/journals/{journal}.json", json={"journal": {"notes": notes}})
        answer.raise_for_status()
    carl.admin.delete(f"/issues/{gone}.json").raise_for_status()
    relation = {"relation": {"issue_to_id": int(other), "relation_type": "relates"}}
    carl.http.post(f"/issues/{one}/relations.json", json=relation).raise_for_status()

    for _ in range(2):  # what is missing once is not gone
        anna.run("sync", "--once", "--full", "--json")
    assert texts(anna, f"REDMINE-{noted}") == ["body", "Somebody is there."]
    left = {ticket["remote_id"] for ticket in anna.run("list", mark, "--json")["tickets"]}
    assert left == {noted, one, other}
    assert f"{other}" in str(anna.run("link", f"REDMINE-{one}", "--json"))
