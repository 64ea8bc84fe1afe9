"""The memory upstream: what the other people do in it, its own rules, its file, and its faults."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskui.domain.change import Assign, Change, Close, Create, Hold, Note, Reply, Resolve, Resume
from deskui.domain.event import Event
from deskui.domain.fields import SetPriority
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream._world import World
from deskui.upstream.base import Options, Page, Reading, Receipt, Rejected, Unreachable
from deskui.upstream.conformance import Contract
from deskui.upstream.memory import Adapter, Faults

NOW = 1_795_571_220


def world(path: str = "", backlog: bool = False) -> World:
    return World(lambda: NOW, path, 100, backlog)


def desk(there: World, faults: Faults | None = None) -> Adapter:
    return Adapter("desk", Options(user="me"), world=there, faults=faults)


def make(there: World, subject: str = "Tills offline", **more: object) -> str:
    return there.make(replace(Create(subject, "all of them", requestor="erika@nordkauf.example"), **more))  # type: ignore[arg-type]


def entry(change: Change, made_at: int = NOW - 60) -> Entry:
    return Entry("e1", "t1", 1, change, "me", made_at)


def kinds(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    return [(event.type, event.side) for event in events]


def newest(reading: Reading | Receipt) -> str:
    return reading.events[-1].key


def push(adapter: Adapter, remote_id: str, change: Change, seen: str = "") -> Receipt:
    reading = adapter.read(remote_id, "")
    return adapter.push(entry(change), reading.ticket, seen or newest(reading))


class Others:
    """The other people of the contract's tests."""

    staff, customer, ci = "kim", "erika@nordkauf.example", "sw1"
    assignee = staff
    held = "unspecified"
    resumes_on_reply = reopens_on_reply = deletes = merges = True

    def __init__(self, there: World) -> None:
        self.there, self.made = there, list[str]()

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4) -> str:
        return self.there.make(Create(subject, text, requestor=self.customer, priority=priority))

    def reply_as_customer(self, remote_id: str, text: str) -> None:
        self.there.reply_as_customer(remote_id, text)

    def send_files(self, remote_id: str, text: str, *files: tuple[str, str, bytes]) -> None:
        self.there.reply_as_customer(remote_id, text, files=files)

    def reply(self, remote_id: str, text: str) -> None:
        self.there.change_as(self.staff, remote_id, Reply(text))

    def note(self, remote_id: str, text: str) -> None:
        self.there.note_as(self.staff, remote_id, text)

    def change(self, remote_id: str, field: str, value: Any) -> None:
        changes: dict[tuple[str, Any], Change] = {
            ("state", "resolved"): Resolve(),
            ("state", "pending"): Hold("unspecified"),
        }
        change = changes.get((field, value))
        if field == "priority":
            change = SetPriority(value)
        elif field == "owner":
            change = Assign(value)
        elif (field, value, self.there.ticket(remote_id).state) == ("state", "in_progress", "pending"):
            change = Resume()
        if change is None:
            self.there.move_as(self.staff, remote_id, field, value)
        else:
            self.there.change_as(self.staff, remote_id, change)

    def delete(self, remote_id: str) -> None:
        self.there.delete(remote_id)

    def merge(self, remote_id: str, into: str) -> None:
        self.there.merge(remote_id, into)

    def now(self) -> int:
        return NOW


class TestContract(Contract):
    """The memory upstream keeps the contract, in memory and in a file."""

    @pytest.fixture(params=["memory", "file"])
    def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> Others:
        path = str(tmp_path / "world.jsonl") if request.param == "file" else ""
        return Others(World(lambda: NOW, path, staff=["kim"]))

    @pytest.fixture
    def adapter(self, world: Others) -> Adapter:
        adapter = desk(world.there)
        adapter.page_size = 2
        return adapter


def test_a_customers_answer_takes_a_ticket_out_of_pending_by_the_systems_own_rule() -> None:
    there = world()
    one = make(there)
    there.change_as("kim", one, Hold("customer"))
    seen = newest(desk(there).read(one, ""))
    there.reply_as_customer(one, "here is the list")
    reading = desk(there).read(one, seen)
    assert kinds(reading.events) == [("customer_reply", "customer"), ("resume", "system")]
    assert (reading.ticket.state, reading.ticket.holds) == ("in_progress", ())


@pytest.mark.parametrize("by", ["customer", "staff"])
def test_a_reply_reopens_a_resolved_ticket(by: str) -> None:
    there = world()
    one = make(there)
    there.resolve_as("kim", one, "done")
    if by == "customer":
        there.reply_as_customer(one, "no, it is not")
    else:
        there.change_as("kim", one, Reply("one more thing"))
    reading = desk(there).read(one, "")
    assert reading.ticket.state == "in_progress"
    assert kinds(reading.events)[-1] == ("reopen", "system")


def test_a_push_reads_back_what_is_ours_and_what_the_system_did_by_itself() -> None:
    there = world()
    one = make(there)
    receipt = push(desk(there), one, Reply("we are on it", 5))
    assert kinds(receipt.events) == [("public_reply", "staff"), ("field", "system")]
    assert receipt.own == (receipt.events[0].key,)
    assert (receipt.ticket.state, receipt.ticket.minutes, receipt.written) == ("in_progress", 5, True)
    assert (receipt.events[0].at, receipt.events[0].made_at) == (NOW, NOW - 60)


def test_made_at_is_never_later_than_the_systems_stamp() -> None:
    there = world()
    one = make(there)
    receipt = desk(there).push(entry(Note("x"), NOW + 500), desk(there).read(one, "").ticket, "1")
    assert receipt.events[0].made_at == NOW


def test_a_moved_field_stops_a_field_but_no_message() -> None:
    there, seen = world(), "1"
    one = make(there)
    there.change_as("kim", one, Assign("kim"))
    refused = push(desk(there), one, SetPriority(1), seen)
    assert not refused.written
    assert refused.own == ()
    assert refused.ticket.priority == 4
    assert [event.type for event in refused.events] == ["assign"]
    assert push(desk(there), one, Note("seen"), seen).written
    assert push(desk(there), one, SetPriority(1), newest(refused)).ticket.priority == 1


def test_a_note_of_somebody_else_stops_nothing() -> None:
    there = world()
    one = make(there)
    there.note_as("kim", one, "looking")
    receipt = push(desk(there), one, Assign("me"), "1")
    assert receipt.written
    assert len(receipt.events) == 2
    assert receipt.own == (receipt.events[1].key,)


def test_one_transaction_numbers_its_facts() -> None:
    there = world()
    receipt = push(desk(there), make(there), Resolve("swapped the PSU"))
    assert receipt.own == ("2", "2/1")
    order = desk(there).order
    assert order("2") < order("2/1") < order("10")


def test_a_create_is_found_by_its_token() -> None:
    there = world()
    receipt = desk(there).push(entry(Create("Printer", "on fire", token="T1", received=NOW - 900)), Ticket("desk"), "")
    assert receipt.ticket.remote_id == "100"
    assert (receipt.ticket.upstream, receipt.ticket.received) == ("desk", NOW - 900)
    assert kinds(receipt.events) == [("created", "staff")]
    assert desk(there).created("T1") == ("100",)
    assert desk(there).created("T2") == ()
    assert desk(there).created("") == ()


def test_the_state_refuses_as_the_desk_does() -> None:
    there = world()
    with pytest.raises(Rejected, match="resolve it before closing"):
        push(desk(there), make(there), Close())


def test_pages_resume_where_they_were_cut() -> None:
    there, faults = world(), Faults(pages_left=2)
    ids = [make(there, f"ticket {n}") for n in range(7)]
    adapter = desk(there, faults)
    adapter.page_size = 3
    pages: list[Page] = []
    with pytest.raises(Unreachable):
        pages.extend(adapter.open_tickets(""))
    faults.pages_left = None
    pages.extend(adapter.open_tickets(pages[-1].cursor))
    assert [ticket.remote_id for page in pages for ticket in page.tickets] == ids


def test_the_feed_tells_new_changed_deleted_and_merged() -> None:
    there = world()
    one, two, three = make(there), make(there), make(there)
    adapter = desk(there)
    cursor = adapter.head()
    assert list(adapter.feed(cursor)) == []
    four = make(there, "new")
    there.note_as("kim", one, "looking")
    there.delete(two)
    there.merge(three, one)
    (page,) = adapter.feed(cursor)
    assert [ticket.remote_id for ticket in page.tickets] == [four, one]
    assert page.complete == (four,)
    assert page.gone == (two,)
    assert page.merged == ((three, one),)
    assert [(known, event.type) for known, event in page.events] == [
        (four, "created"),
        (one, "internal_note"),
        (one, "link"),
    ]
    assert [event.text for _, event in page.events] == ["all of them", "looking", None]
    assert adapter.read(three, "").into == one
    assert adapter.read(two, "").gone
    assert [ticket.remote_id for page in adapter.open_tickets("") for ticket in page.tickets] == [one, four]


def test_history_is_without_bodies_and_bodies_bring_them() -> None:
    there = world()
    one = make(there)
    (page,) = desk(there).history([one])
    assert (page.complete, [event.text for _, event in page.events]) == ((one,), [None])
    (page,) = desk(there).bodies([one])
    assert [event.text for _, event in page.events] == ["all of them"]


def test_a_message_follows_a_merge_and_a_field_does_not() -> None:
    there = world()
    one, two = make(there), make(there)
    adapter = desk(there)
    base = adapter.read(two, "").ticket
    there.merge(two, one)
    assert adapter.push(entry(Note("for both")), base, "9").ticket.remote_id == one
    with pytest.raises(Rejected, match="merged into 100"):
        adapter.push(entry(Assign("me")), base, "9")


def test_a_rival_is_faster_than_the_push() -> None:
    there, faults = world(), Faults()
    one = make(there)
    faults.rival = lambda _entry, remote_id: (there.change_as("kim", remote_id, Assign("kim")), None)[1]
    assert not push(desk(there, faults), one, Assign("me")).written


def test_another_process_sees_it_and_a_cut_line_is_none(tmp_path: Path) -> None:
    path = str(tmp_path / "world.jsonl")
    here = world(path)
    one = make(here, "Tür \x1b]0;x\x07 開きません")
    there = Adapter("desk", Options(url=f"memory:{path}", user="kim"))
    assert push(there, one, Hold("vendor")).ticket.state == "pending"
    with open(path, "ab") as file:
        file.write(b'{"n": 99, "tick')
    here.note_as("ann", one, "seen")
    again = world(path)
    assert [event.type for event in again.live.events[one]] == ["created", "hold", "internal_note"]
    assert again.live.tickets == here.live.tickets
    assert again.live.events == here.live.events
    assert again.ticket(one).holds == ("vendor",)
    assert Path(path).stat().st_mode & 0o777 == 0o600


def test_a_refused_change_leaves_nothing_behind(tmp_path: Path) -> None:
    there = world(str(tmp_path / "w"))
    one = make(there)
    with pytest.raises(Rejected):
        there.change_as("kim", one, Close())
    there.note_as("kim", one, "still works")
    assert len(world(str(tmp_path / "w")).rows) == 2


def test_a_lost_answer_is_written_and_a_lost_request_is_not() -> None:
    there, faults = world(), Faults()
    one = make(there)
    adapter = desk(there, faults)
    faults.drop_next_response = True
    with pytest.raises(Unreachable):
        push(adapter, one, Note("a"))
    faults.drop_next_request = True
    with pytest.raises(Unreachable):
        push(adapter, one, Note("b"))
    push(adapter, one, Note("c"))
    assert [event.text for event in adapter.read(one, "1").events] == ["a", "c"]


def test_offline_and_refused() -> None:
    there, faults = world(), Faults(offline=True)
    one = make(there)
    adapter = desk(there, faults)
    calls: list[Callable[[], object]] = [
        adapter.login, adapter.head, lambda: list(adapter.open_tickets("")), lambda: list(adapter.feed("0")),
        lambda: adapter.read(one, ""), lambda: adapter.created("x"), lambda: list(adapter.history([one])),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(Unreachable):
            call()
    faults.offline, faults.login_refused = False, "wrong password"
    with pytest.raises(Unreachable, match="wrong password") as refused:
        adapter.login()
    assert refused.value.kind == "auth"
    faults.reject_next = "no permission"
    with pytest.raises(Rejected, match="no permission"):
        push(adapter, one, Note("a"))
    assert push(adapter, one, Note("a")).written


def test_a_stale_reading_shows_yesterday() -> None:
    there, faults = world(), Faults()
    one = make(there)
    faults.stale = there.last
    there.note_as("kim", one, "looking")
    make(there)
    adapter = desk(there, faults)
    assert adapter.head() == f"1@{there.rows[0].ticket.updated}"
    assert len(adapter.read(one, "").events) == 1
    assert [ticket.remote_id for page in adapter.open_tickets("") for ticket in page.tickets] == [one]


def test_a_backup_makes_numbers_come_again() -> None:
    there = world()
    one = make(there)
    there.note_as("kim", one, "a")
    there.rewind(1)
    assert there.note_as("kim", one, "b")[0].key == "2"


def test_a_backlog_begins_on_the_first_day() -> None:
    there = world(backlog=True)
    there.resolve_as("kim", make(there))
    adapter = desk(there)
    assert [ticket.state for page in adapter.feed(adapter.head()) for ticket in page.tickets] == ["resolved"]
