"""The traps of Redmine 5 where it is read, each on the real server."""

from typing import Any

import pytest

from deskui.domain import when
from deskui.domain.change import Hold, Note, Reply, Resume
from deskui.domain.fields import SetPriority
from deskui.domain.ticket import Ticket
from deskui.upstream import _redmine_api
from deskui.upstream import redmine as adapter_module
from deskui.upstream._redmine_feed import Cursor
from deskui.upstream._redmine_values import joined
from deskui.upstream.base import Options, Rejected, Swapped, Unreachable
from deskui.upstream.conformance import Contract, entry_of, events_of, holds_of, kinds, last
from deskui.upstream.redmine import Adapter
from tests.conftest import Redmine
from tests.upstream.redmine_people import FIELDS, HARDWARE, People

push = Contract().push


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows a page, as if there were thousands."""
    monkeypatch.setattr(_redmine_api, "PAGE", 3)
    monkeypatch.setattr(adapter_module, "PAGE", 3)


# -- login


def test_an_api_key_or_a_password(redmine: Redmine, adapters: Any) -> None:
    assert "X-Redmine-API-Key" in adapters()._api.session.secrets
    password = adapters("agent", "agent-pw-1")
    assert password._api.session.secrets["Authorization"].startswith("Basic ")
    assert password.login().user == "agent"


@pytest.mark.parametrize("secret", ["wrong", "0" * 40])
def test_a_wrong_secret_is_an_auth_error_and_not_told(redmine: Redmine, secret: str) -> None:
    adapter = Adapter("redmine", Options(url=redmine.url, user="sync"), secret)
    with pytest.raises(Unreachable) as error:
        adapter.login()
    assert error.value.kind == "auth"
    assert secret not in f"{error.value} {error.value.hint}"
    adapter.close()


def test_somebody_elses_key_is_not_taken_for_ours(redmine: Redmine) -> None:
    adapter = Adapter("redmine", Options(url=redmine.url, user="sync"), redmine.keys["agent"])
    with pytest.raises(Unreachable, match="is agent's, not sync's"):
        adapter.login()
    adapter.close()


def test_a_wrong_url_says_so(redmine: Redmine) -> None:
    adapter = Adapter("redmine", Options(url=f"{redmine.url}/nowhere", user="sync"), redmine.keys["sync"])
    with pytest.raises(Unreachable) as error:
        adapter.login()
    assert "URL" in error.value.hint
    adapter.close()


def test_a_dead_server_is_unreachable_and_nothing_was_written() -> None:
    adapter = Adapter("redmine", Options(url="http://127.0.0.1:9", user="sync"), "0" * 40)
    with pytest.raises(Unreachable) as error:
        adapter.push(entry_of(Note("x"), "sync", 0), Ticket("redmine", "1"), "")
    assert (error.value.kind, error.value.maybe_written) == ("unreachable", False)
    adapter.close()


# -- pulling


def test_a_quiet_run_is_three_requests(people: People, adapters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = adapters()
    people.make("just now")
    monkeypatch.setattr(adapter, "_now", lambda: people.now() + 60)
    cursor = adapter.head()
    seen: list[str] = []
    original = adapter._api.session.request

    def request(method: str, path: str, **more: Any) -> Any:
        seen.append(f"{method} {path}")
        return original(method, path, **more)

    monkeypatch.setattr(adapter._api.session, "request", request)
    adapter.login()
    assert list(adapter.feed(cursor)) == []
    assert seen == ["GET /users/current.json", "GET /issues.json", "GET /time_entries.json"]


@pytest.mark.usefixtures("small_pages")
def test_more_than_a_page(people: People, adapters: Any) -> None:
    adapter = adapters()
    cursor = adapter.head()
    ids = [people.make(f"many {number}") for number in range(8)]  # several in the same second
    found = [ticket.remote_id for page in adapter.open_tickets(str(int(ids[0]) - 1)) for ticket in page.tickets]
    assert found == ids
    fed = [ticket.remote_id for page in adapter.feed(cursor) for ticket in page.tickets if ticket.remote_id in ids]
    assert sorted(set(fed), key=int) == ids


def test_a_change_in_the_same_second_is_not_missed(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("twice a second")
    cursor = adapter.head()
    for number in range(4):  # some two of them fall into one second
        people.note(remote_id, f"note {number}")
        pages = list(adapter.feed(cursor))
        assert [event.text for event in events_of(pages, remote_id)] == [f"note {number}"]
        cursor = pages[-1].cursor


def test_what_is_committed_late_is_found_and_a_time_to_come_does_not_move_the_cursor() -> None:
    row = {"id": 7, "updated_on": "2026-11-24T10:00:00Z", "journals": []}
    at = 1795514400
    cursor = Cursor(at - 5)
    cursor.note(row, at + 2)
    assert cursor.fresh(row), "it is read once more, since a write of the same second may still be on its way"
    assert cursor.since <= at - 30
    cursor.note(row, at + 30)
    assert not cursor.fresh(row)
    cursor.note({**row, "id": 8, "updated_on": "2036-11-24T10:00:00Z"}, at + 30)
    assert cursor.at == at
    assert str(Cursor.parse(str(cursor))) == str(cursor)


def test_time_entries_do_not_move_the_issue_and_are_found(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("work")
    cursor = adapter.head()
    before = people.get(remote_id)["updated_on"]
    entry = {"issue_id": int(remote_id), "hours": 0.5, "activity_id": 9}
    spent = people.ask("agent", "POST", "/time_entries.json", json={"time_entry": entry}).json()["time_entry"]["id"]
    assert people.get(remote_id)["updated_on"] == before
    pages = list(adapter.feed(cursor))
    [event] = events_of(pages, remote_id)
    assert (event.type, event.author, event.data["minutes"]) == ("time", "agent", 30)
    assert [ticket.minutes for page in pages for ticket in page.tickets if ticket.remote_id == remote_id] == [30]
    cursor = pages[-1].cursor
    assert events_of(adapter.feed(cursor), remote_id) == []
    change = {"time_entry": {"hours": 2}}
    people.ask("admin", "PUT", f"/time_entries/{spent}.json", json=change)  # its time is newer by a second at least
    people.ask("agent", "POST", "/time_entries.json", json={"time_entry": {**entry, "hours": 0.25}})
    pages = list(adapter.feed(cursor))
    assert [event.data["minutes"] for event in events_of(pages, remote_id)] == [15]
    assert [t.minutes for page in pages for t in page.tickets if t.remote_id == remote_id][-1] == 135
    people.ask("admin", "DELETE", f"/time_entries/{spent}.json")
    swept = events_of(adapter.bodies([remote_id]), remote_id)
    assert [(event.type, event.data.get("minutes")) for event in swept[1:]] == [("time", 15)]


@pytest.mark.parametrize(
    ("notes", "minutes", "apart"),
    [
        ({1: ("anna", 0)}, {1: 15}, 0),
        ({1: ("anna", 12)}, {1: 15}, 0),  # the server was slow between the two
        ({1: ("anna", -1), 2: ("anna", 0)}, {2: 15}, 0),
        ({1: ("anna", -5)}, {}, 1),  # said before
        ({1: ("anna", 60)}, {}, 1),
        ({1: ("kim", 0)}, {}, 1),
    ],
)
def test_a_message_and_its_time_are_one(notes: dict[int, tuple[str, int]], minutes: dict[int, int], apart: int) -> None:
    def at(seconds: int) -> str:
        return when.iso(1795514400 + seconds)

    rows = [{"id": key, "notes": "x", "user": {"id": who}, "created_on": at(s)} for key, (who, s) in notes.items()]
    found, left = joined([{"id": 7, "hours": 0.25, "user": {"id": "anna"}, "created_on": at(0)}], rows)
    assert (found, len(left)) == (minutes, apart)


def test_relations_move_nothing_and_are_found_by_a_reading(people: People, adapters: Any) -> None:
    adapter = adapters()
    one, other = people.make("one"), people.make("other")
    before = people.get(one)["updated_on"]
    relation = {"relation": {"issue_to_id": int(other), "relation_type": "blocks"}}
    people.ask("agent", "POST", f"/issues/{one}/relations.json", json=relation)
    assert people.get(one)["updated_on"] == before
    tickets = {ticket.remote_id: ticket for page in adapter.history([one, other]) for ticket in page.tickets}
    assert tickets[one].links == (f"blocks {other}",)
    assert tickets[other].links == (f"depends {one}",)
    assert dict(last(adapter.read(other, "").events, "link").data) == {"kind": "depends", "to": one}
    assert kinds(events_of(adapter.bodies([other]), other)) == ["created", "link"]  # so the sweep finds it


def test_an_edited_note_is_read_as_it_is_now(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("edited")
    people.note(remote_id, "Nobody is there.")
    [was] = [event for event in adapter.read(remote_id, "").events if event.type == "internal_note"]
    journal = people.get(remote_id)["journals"][-1]["id"]
    people.ask("admin", "PUT", f"/journals/{journal}.json", json={"journal": {"notes": "Somebody is there."}})
    [now] = [event for event in adapter.read(remote_id, "").events if event.type == "internal_note"]
    assert (now.key, now.text) == (was.key, "Somebody is there.")


def test_a_deleted_issue_leaves_no_trace_but_that_it_is_not_there(people: People, adapters: Any) -> None:
    adapter = adapters()
    gone, there = people.make("gone"), people.make("there")
    people.delete(gone)
    with pytest.raises(Rejected, match="is not there"):
        adapter.read(gone, "")
    assert [done for page in adapter.history([gone, there]) for done in page.complete] == [there]


def test_what_is_not_for_us_is_told_apart(people: People, adapters: Any) -> None:
    hidden = people.make("secret", who="admin", project_id=3)
    with pytest.raises(Rejected, match="is not for this account"):
        adapters().read(hidden, "")


def test_line_ends_come_back_as_they_were_sent(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("lines", "one\ntwo")
    receipt = push(adapter, remote_id, Reply("three\n\nfour"))
    assert last(receipt.events, "public_reply").text == "three\n\nfour"
    people.note(remote_id, "five\r\nsix")  # as a browser sends it
    assert people.get(remote_id)["description"] == "one\r\ntwo"
    assert adapter.read(remote_id, "").events[-1].text == "five\nsix"
    assert adapter.read(remote_id, "").events[0].text == "one\ntwo"


def test_the_first_words_of_an_edited_description_are_the_fact(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("described", "As it was.")
    first = adapter.read(remote_id, "").events[0]
    people.put("agent", remote_id, description="As it is.", subject="renamed")
    created, *rest = adapter.read(remote_id, "").events
    assert created == first
    assert kinds(rest) == ["field"]


def test_a_moved_issue_is_told_as_a_whole(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("moves")
    people.note(remote_id, "Before.")
    cursor = adapter.head()
    people.put("admin", remote_id, project_id=HARDWARE)
    pages = list(adapter.feed(cursor))
    events = events_of(pages, remote_id)
    assert kinds(events) == ["created", "internal_note", "field"]
    assert dict(events[-1].data) == {"field": "queue", "from": "Network", "to": "Hardware"}
    assert remote_id in [done for page in pages for done in page.complete]


def test_only_colleagues_private_notes_hold_desk_lines(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("forged")
    line = "deskui: acknowledged by agent at 2026-01-01T00:00:00Z"
    people.reply_as_customer(remote_id, line)
    people.reply(remote_id, line)
    assert kinds(adapter.read(remote_id, "").events) == ["created", "customer_reply", "public_reply"]
    people.note(remote_id, line)
    assert kinds(adapter.read(remote_id, "").events)[-1] == "acknowledge"


def test_who_hides_the_address_is_known_by_login(people: People, adapters: Any) -> None:
    assert adapters().read(people.make("hidden", who="cora"), "").ticket.requestors == ("cora",)
    assert adapters().read(people.make("of ours", who="agent"), "").ticket.requestors == ()


def test_a_service_accounts_words_are_their_authors(people: People, adapters: Any) -> None:
    adapter = adapters("desk", service_account=True)
    remote_id = people.make("signed")
    ticket = adapter.read(remote_id, "").ticket
    receipt = adapter.push(entry_of(Note("Looked at it.", 5), "anna", people.now()), ticket, "")
    note = last(receipt.events, "internal_note")
    assert (note.author, note.text, note.data["minutes"]) == ("anna", "Looked at it.", 5)
    assert people.get(remote_id)["journals"][-1]["notes"].endswith("-- anna")


def test_a_filter_that_redmine_does_not_know_finds_nothing(people: People, adapters: Any) -> None:
    people.make("no token"), people.make("no token either")
    adapter = adapters(fields=FIELDS, queues={"Network": {}})
    assert adapter.created("nobody-made-this") == ()
    assert adapters().created("nobody-made-this") is None


# -- its words


def test_states_and_priorities_as_they_are_configured(people: People, adapters: Any) -> None:
    adapter = adapters(
        states={"Feedback": "pending vendor"}, priorities={"Urgent": "P1", "High": "P2", "Normal": "P3", "Low": "P4"}
    )
    remote_id = people.make("mapped", priority=2)
    assert adapter.read(remote_id, "").ticket.priority == 1
    receipt = push(adapter, remote_id, Hold("vendor"))
    assert [(event.type, dict(event.data)) for event in receipt.events] == [("hold", {"reason": "vendor"})]
    assert [row["notes"] or "" for row in people.get(remote_id)["journals"]] == [""], "the status says it: no note"
    assert kinds(push(adapter, remote_id, Resume()).events) == ["resume"]
    assert push(adapter, remote_id, SetPriority(3)).ticket.priority == 3
    assert people.get(remote_id)["priority"]["name"] == "Normal"


def test_what_it_calls_things_is_known_without_an_administrator(people: People, adapters: Any) -> None:
    people.make("one, for its fields")
    adapter = adapters()
    words = adapter.discover()
    assert [(word.name, word.meaning) for word in words.states][:4] == [
        ("New", "new"), ("In Progress", "in_progress"), ("Resolved", "resolved"), ("Feedback", "pending customer"),
    ]  # fmt: skip
    assert [word.meaning for word in words.priorities] == ["P1", "P2", "P3", "P4", "P4"]
    assert {word.name for word in words.queues} == {"Network", "Hardware"}
    assert {word.name: word.meaning for word in words.fields}["Hosts"] == "ci"
    assert adapter.making(["impact"]) == ()
    with pytest.raises(Rejected, match="administrator has to make Urgency"):
        adapter.making(["impact", "urgency"])


# -- restored from a backup


def test_a_system_that_is_as_it_was_before_is_noticed(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make("rolled back")
    cursor = Cursor.parse(adapter.head())
    later = cursor.at + 3600
    cursor.issues[remote_id], cursor.at = (later, 10**9, True), later
    with pytest.raises(Swapped, match=f"{remote_id} is as it was before"):
        list(adapter.feed(str(cursor)))
    people.delete(remote_id)
    assert all(remote_id not in page.complete for page in adapter.feed(str(cursor)))


def test_a_search_is_its_lists_and_a_filter_that_it_would_ignore_is_refused(people: People, adapters: Any) -> None:
    adapter = adapters()
    remote_id = people.make(f"search {people.now()}")
    subject = adapter.read(remote_id, "").ticket.subject.replace(" ", "+")
    assert [ticket.remote_id for ticket in adapter.search(f"status_id=*&subject={subject}", 5)] == [remote_id]
    with pytest.raises(Rejected, match="no filter 'colour'"):
        adapter.search("status_id=*&colour=red", 5)


def test_two_requests_of_one_second_are_two(people: People, adapters: Any) -> None:
    """A private note with changes makes two journals of one second; so do a change and then a note."""
    adapter = adapters()
    for number in range(4):
        remote_id = people.make(f"quick {number}")
        push(adapter, remote_id, Hold("customer"))
        push(adapter, remote_id, Hold("parts"))
        assert holds_of(adapter.read(remote_id, "").events) == ("customer", "parts")
