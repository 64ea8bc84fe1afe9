"""What RT says it calls things, and the custom fields that are made in it, on the real server."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from deskui.upstream.base import Making, Rejected
from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import People, adapter_of


@pytest.fixture
def root(rt: RT) -> Iterator[Adapter]:
    adapter = adapter_of(rt, "root", rt.tokens["root"])
    yield adapter
    for field in adapter._api.get("/queue/General").get("TicketCustomFields") or ():
        if field["name"].startswith("Deskui "):
            adapter._api.send("DELETE", f"/customfield/{field['id']}", {})
    adapter.close()


def test_rt_tells_what_it_calls_things(plain: Adapter, world: People) -> None:
    body = {"Queue": "Helpdesk", "Subject": "deskui test: asleep", "Content": "x", "ContentType": "text/plain"}
    made = str(world.ask("agent", "POST", "/ticket", json=body).json()["id"])
    world.put("agent", made, Status="asleep")
    words = plain.discover()
    states = {word.name: (word.meaning, word.sure) for word in words.states}
    assert (states["stalled"], states["asleep"]) == (("pending", True), ("in_progress", False))
    assert "deleted" not in states
    assert [(word.name, word.meaning) for word in words.priorities][:2] == [("90", "P1"), ("60", "P2")]
    assert {word.name for word in words.queues} >= {"Network", "Helpdesk"}
    assert "Vault" not in {word.name for word in words.queues}
    facts = {word.name: word.meaning for word in words.fields}
    assert (facts["Hosts"], facts["Impact"], facts["Client Token"]) == ("ci", "impact", "client_token")


def test_a_field_is_made_for_the_tickets_of_all_queues(root: Adapter, plain: Adapter) -> None:
    [making] = root.making(["impact", "urgency"])
    assert (making.fact, making.name) == ("urgency", "Urgency")
    assert making.what == "custom field 'Urgency' for the tickets of all queues, free text, one value"
    name = f"Deskui {uuid4().hex[:8]}"
    root.make_field(Making("urgency", name, ""))
    assert name in {word.name for word in plain.discover().fields}


def test_an_account_that_may_not_is_refused_and_nothing_is_made(plain: Adapter) -> None:
    name = f"Deskui {uuid4().hex[:8]}"
    with pytest.raises(Rejected, match="Forbidden"):
        plain.make_field(Making("urgency", name, ""))
    assert name not in {word.name for word in plain.discover().fields}
