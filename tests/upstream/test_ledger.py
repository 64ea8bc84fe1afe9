"""A system that nobody has keeps the contract, with an adapter written from `base.py` alone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deskui.domain.change import Create, Note
from deskui.domain.fields import SetPriority
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Options, Unreachable
from deskui.upstream.conformance import Contract, entry_of
from tests.make import NOW
from tests.upstream.ledger import LEVELS, STAGES, Adapter
from tests.upstream.ledger_server import ZONE, Ledger, serve

STAGE = {state: stage for stage, state in STAGES.items()}
LEVEL = {priority: level for level, priority in LEVELS.items()}


class People:
    """The others in Ledger."""

    staff, assignee, customer, ci = "kim", "kim", "erika@nordkauf.example", "sw1"
    held = "unspecified"
    resumes_on_reply = reopens_on_reply = deletes = merges = False

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.made = ledger, list[str]()

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4) -> str:
        return str(self.ledger.make(self.customer, subject, text, self.customer, LEVEL[priority]))

    def reply_as_customer(self, remote_id: str, text: str) -> None:
        self.ledger.change(self.customer, int(remote_id), text)

    def send_files(self, remote_id: str, text: str, *files: Any) -> None:
        raise NotImplementedError

    def reply(self, remote_id: str, text: str) -> None:
        self.ledger.change(self.staff, int(remote_id), text)

    def note(self, remote_id: str, text: str) -> None:
        self.ledger.change(self.staff, int(remote_id), text, private=True)

    def change(self, remote_id: str, field: str, value: Any) -> None:
        name = {"state": "stage", "priority": "level", "owner": "holder", "subject": "title"}[field]
        words = {"state": STAGE, "priority": LEVEL}.get(field, {})
        self.ledger.change(self.staff, int(remote_id), **{name: words.get(value, value)})

    def delete(self, remote_id: str) -> None:
        del self.ledger.tickets[int(remote_id)]

    def merge(self, remote_id: str, into: str) -> None:
        raise NotImplementedError

    def now(self) -> int:
        return self.ledger.clock()


@pytest.fixture
def world() -> People:
    return People(Ledger(lambda: NOW))


@pytest.fixture
def adapter(world: People) -> Iterator[Adapter]:
    with serve(world.ledger) as url:
        adapter = Adapter("ledger", Options(url=url, user="anna"), "key-of-anna")
        adapter.login()
        yield adapter
        adapter.close()


class TestLedger(Contract):
    """All of it, but what Ledger has not got: files, links, merging, moving people."""


def test_a_date_without_a_zone_is_read_in_the_systems_own(adapter: Adapter, world: People) -> None:
    made = world.make("dated")
    here = datetime.fromtimestamp(NOW, ZoneInfo(ZONE)).strftime("%d.%m.%Y %H:%M:%S")
    assert world.ledger.tickets[int(made)]["opened"] == here
    assert adapter.read(made, "").ticket.created == NOW


def test_a_limit_ends_the_run_and_nothing_was_written(adapter: Adapter, world: People) -> None:
    made = world.make("limited")
    reading = adapter.read(made, "")
    for limit in range(3):  # each request of a push in turn
        world.ledger.limit = world.ledger.requests + limit
        with pytest.raises(Unreachable) as caught:
            adapter.push(entry_of(Note("Me too."), "anna", NOW), reading.ticket, reading.events[-1].key)
        assert (caught.value.kind, caught.value.maybe_written) == ("busy", False)
        world.ledger.limit = 0
    assert len(adapter.read(made, "").events) == 1


def test_a_write_between_looking_and_writing_clashes(
    adapter: Adapter, world: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.make("race", priority=4)
    reading = adapter.read(made, "")
    ask = adapter._ask

    def rival(method: str, *given: Any, **more: Any) -> Any:
        if method == "PATCH":
            world.ledger.change("kim", int(made), level="B")
        return ask(method, *given, **more)

    monkeypatch.setattr(adapter, "_ask", rival)
    receipt = adapter.push(entry_of(SetPriority(1), "anna", NOW), reading.ticket, reading.events[-1].key)
    assert (receipt.written, receipt.own, receipt.ticket.priority) == (False, (), 2)
    with pytest.raises(Unreachable) as caught:
        adapter.push(entry_of(Note("Me too."), "anna", NOW), receipt.ticket, receipt.events[-1].key)
    assert not caught.value.maybe_written


def test_a_link_works_once_and_a_lost_create_is_found(
    adapter: Adapter, world: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = Create("Phoned in", "No network.", requestor=world.customer, token="some-token")
    ask = adapter._ask

    def twice(method: str, *given: Any, **more: Any) -> Any:
        if method == "PUT":
            ask(method, *given, **more)
        return ask(method, *given, **more)

    monkeypatch.setattr(adapter, "_ask", twice)
    with pytest.raises(Unreachable, match="used already") as caught:
        adapter.push(entry_of(change, "anna", NOW), change.apply(Ticket("ledger")), "")
    assert caught.value.maybe_written
    assert len(world.ledger.tickets) == 1
    monkeypatch.undo()
    world.note("1", "deskui: token some-token-else by kim at 2026-11-24T02:07:00Z")  # a part of it is no match
    assert adapter.created("some-token") == ()
    for n in range(25):
        world.note(world.make(f"noise {n}"), "deskui: token some-tokens")
    assert adapter.created("some-token") is None
