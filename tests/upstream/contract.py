"""One suite for every adapter: what `deskui/upstream/base.py` promises, tried on a system that other people use too.

A test module inherits `Contract` and gives two fixtures: `adapter`, logged in, and `world`, the other people of the
same system.  The tests make their own tickets and look only at those, so that a real server need not be empty.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any, Protocol

import pytest

from deskui.domain.attachment import READ_CAP, File
from deskui.domain.change import (
    Acknowledge,
    Assign,
    Cancel,
    Change,
    Close,
    Create,
    Hold,
    Note,
    Reopen,
    Reply,
    Resolve,
    Resume,
)
from deskui.domain.event import MESSAGES, Event
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetUrgency
from deskui.domain.links import KINDS, Link, Merge, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Page, Receipt, Rejected, Upstream

_uids = count(1)
Sent = tuple[str, str, bytes]  # name, type, content
BYTES = bytes(range(256)) * 20


class World(Protocol):
    """The other people: `staff` is a colleague, `customer` somebody's address; `make` is a customer's new ticket."""

    staff: str  # user name of a colleague, who does what has no other actor here
    customer: str  # address of a customer
    ci: str  # the name of a configuration item
    resumes_on_reply: bool  # a customer's reply takes a ticket out of pending
    reopens_on_reply: bool  # any reply to a resolved ticket reopens it
    deletes: bool  # `feed` tells of deleted tickets
    merges: bool  # tickets can be merged

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4) -> str: ...
    def reply_as_customer(self, remote_id: str, text: str) -> None: ...
    def send_files(self, remote_id: str, text: str, *files: Sent) -> None: ...  # a customer's reply with them
    def reply(self, remote_id: str, text: str) -> None: ...
    def note(self, remote_id: str, text: str) -> None: ...
    def change(self, remote_id: str, field: str, value: Any) -> None: ...  # owner, state, priority or subject
    def delete(self, remote_id: str) -> None: ...
    def merge(self, remote_id: str, into: str) -> None: ...
    def now(self) -> int: ...  # the system's clock


def holds_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The reasons still running: what the store derives and hands to `push` in the ticket."""
    holds: list[str] = []
    for event in events:
        reason = event.data.get("reason")
        if event.type == "hold":
            holds = [*(held for held in holds if held != reason), reason]
        elif event.type == "resume":
            holds = [held for held in holds if reason and held != reason]
        elif event.type in ("resolve", "close", "cancel"):
            holds = []
    return tuple(holds)


def entry_of(change: Change, author: str, made_at: int) -> Entry:
    """A row of the outbox."""
    number = next(_uids)
    return Entry(f"uid-{number}", "ticket", number, change, author, made_at)


def events_of(pages: Iterable[Page], remote_id: str) -> list[Event]:
    """The events of one ticket in `pages`, as they come."""
    return [event for page in pages for owner, event in page.events if owner == remote_id]


def kinds(events: Iterable[Event]) -> list[str]:
    """The types, for comparing."""
    return [event.type for event in events]


def last(events: Iterable[Event], kind: str) -> Event:
    """The newest event of that type."""
    found = [event for event in events if event.type == kind]
    assert found, f"no {kind} in {kinds(events)}"
    return found[-1]


class Contract:
    """Every test is a sentence of the contract."""

    @pytest.fixture
    def me(self, adapter: Upstream) -> str:
        return adapter.login().user

    def push(
        self, adapter: Upstream, remote_id: str, change: Change, *, seen: str | None = None, made_at: int | None = None
    ) -> Receipt:
        """Pushes `change` as the engine would, from a fresh reading (or as of `seen`)."""
        reading = adapter.read(remote_id, "")
        ticket = replace(reading.ticket, id=remote_id, holds=holds_of(reading.events))
        assert change.refused(ticket) is None or seen is not None
        last_key = reading.events[-1].key
        at = reading.events[-1].at if made_at is None else made_at
        author = adapter.login().user
        return adapter.push(entry_of(change, author, at), ticket, last_key if seen is None else seen)

    def whole(self, adapter: Upstream, remote_id: str) -> tuple[Ticket, list[Event]]:
        """The ticket and all its events as `read` has them."""
        reading = adapter.read(remote_id, "")
        return reading.ticket, list(reading.events)

    # -- who and when

    def test_login_says_who_we_are_and_how_far_the_clocks_are_apart(self, adapter: Upstream) -> None:
        login = adapter.login()
        assert login.user
        assert abs(login.offset_s) < 5

    # -- the first pull

    def test_open_tickets_come_in_id_order_and_go_on_behind_a_cursor(self, adapter: Upstream, world: World) -> None:
        made = [world.make(f"open {n}", priority=n % 4 + 1) for n in range(3)]
        world.change(made[1], "state", "resolved")
        pages = list(adapter.open_tickets(""))
        found = [ticket for page in pages for ticket in page.tickets]
        ids = [int(ticket.remote_id) for ticket in found]
        assert ids == sorted(set(ids))
        mine = {ticket.remote_id: ticket for ticket in found if ticket.remote_id in made}
        assert set(mine) == {made[0], made[2]}
        assert mine[made[2]].subject == "open 2"
        assert mine[made[2]].priority == 3
        assert mine[made[2]].state == "new"
        assert mine[made[2]].upstream == adapter.name
        assert abs(mine[made[2]].created - world.now()) < 60
        again = [ticket.remote_id for page in adapter.open_tickets(pages[0].cursor) for ticket in page.tickets]
        assert not set(again) & {ticket.remote_id for ticket in pages[0].tickets}
        rest = {ticket.remote_id for page in pages[1:] for ticket in page.tickets}
        assert rest <= set(again)

    def test_history_is_complete_and_says_so(self, adapter: Upstream, world: World) -> None:
        first, second = world.make("one", priority=3), world.make("two")
        world.reply(first, "We look.")
        world.change(first, "priority", 1)
        world.reply_as_customer(first, "Thanks.")
        pages = list(adapter.history([first, second]))
        assert {done for page in pages for done in page.complete} == {first, second}
        events = events_of(pages, first)
        seen = [kind for kind in kinds(events) if kind != "field"]
        assert seen[0] == "created"
        assert {"public_reply", "priority", "customer_reply"} <= set(seen)
        assert seen.index("public_reply") < seen.index("priority") < seen.index("customer_reply")
        assert events[0].data["priority"] == 3
        assert events[0].data["state"] == "new"
        assert dict(last(events, "priority").data) == {"from": 3, "to": 1}
        assert kinds(events_of(pages, second))[0] == "created"
        tickets = {ticket.remote_id: ticket for page in pages for ticket in page.tickets}
        assert tickets[first].priority == 1
        assert tickets[first].requestors == (world.customer,)

    def test_bodies_fill_what_history_left_open(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("with words", "First line.\n\nThird line with ümlauts.")
        world.reply(remote_id, "An answer.")
        world.note(remote_id, "A note.")
        history = events_of(adapter.history([remote_id]), remote_id)
        pages = list(adapter.bodies([remote_id]))
        assert [done for page in pages for done in page.complete] == [remote_id]
        bodies = {event.key: event for event in events_of(pages, remote_id)}
        wanted = [event for event in history if event.type in MESSAGES or event.type == "created"]
        assert {event.key for event in wanted} == set(bodies)
        assert [(bodies[event.key].text or "").strip() for event in wanted] == [
            "First line.\n\nThird line with ümlauts.", "An answer.", "A note.",
        ]  # fmt: skip
        for event in wanted:
            assert replace(bodies[event.key], text=event.text) == event

    def test_sides_tell_staff_and_customers_apart(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("sides")
        world.reply_as_customer(remote_id, "Hello?")
        world.reply(remote_id, "Yes.")
        world.note(remote_id, "Between us.")
        _, events = self.whole(adapter, remote_id)
        assert last(events, "customer_reply").side == "customer"
        assert last(events, "public_reply").side == "staff"
        assert last(events, "public_reply").author == world.staff
        assert last(events, "internal_note").side == "staff"

    # -- the feed

    def test_feed_tells_of_a_new_ticket_with_everything(self, adapter: Upstream, world: World) -> None:
        cursor = adapter.head()
        remote_id = world.make("fresh", "Words.", priority=2)
        world.reply(remote_id, "An answer.")
        pages = list(adapter.feed(cursor))
        events = events_of(pages, remote_id)
        assert events[0].type == "created"
        assert (events[0].text or "").strip() == "Words."
        assert (last(events, "public_reply").text or "").strip() == "An answer."
        ticket = [ticket for page in pages for ticket in page.tickets if ticket.remote_id == remote_id][-1]
        assert (ticket.subject, ticket.priority) == ("fresh", 2)

    def test_feed_brings_only_what_is_new(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("old")
        cursor = adapter.head()
        world.change(remote_id, "owner", world.staff)
        pages = list(adapter.feed(cursor))
        assert kinds(events_of(pages, remote_id)) == ["assign"]
        assert last(events_of(pages, remote_id), "assign").data["to"] == world.staff
        ticket = [ticket for page in pages for ticket in page.tickets if ticket.remote_id == remote_id][-1]
        assert ticket.owner == world.staff
        after = pages[-1].cursor
        assert events_of(adapter.feed(after), remote_id) == []

    def test_a_cut_feed_goes_on_where_it_was_committed(self, adapter: Upstream, world: World) -> None:
        cursor = adapter.head()
        made = [world.make(f"cut {n}") for n in range(3)]
        seen: set[str] = set()
        for _ in range(50):  # one page a "run": the iterator is dropped every time
            page = next(iter(adapter.feed(cursor)), None)
            if page is None or (page.cursor == cursor and not page.events):
                break
            seen |= {owner for owner, _event in page.events}
            cursor = page.cursor
        assert set(made) <= seen

    def test_a_fact_is_the_same_however_it_is_read(self, adapter: Upstream, world: World) -> None:
        cursor = adapter.head()
        remote_id = world.make("same", priority=3)
        self.push(adapter, remote_id, Acknowledge())
        self.push(adapter, remote_id, Hold("vendor"))
        world.change(remote_id, "priority", 1)
        world.change(remote_id, "owner", world.staff)
        world.reply(remote_id, "Words.")
        _, read = self.whole(adapter, remote_id)
        fed = events_of(adapter.feed(cursor), remote_id)
        told = events_of(adapter.history([remote_id]), remote_id)
        assert len({event.key for event in read}) == len(read)
        assert [adapter.order(event.key) for event in read] == sorted(adapter.order(event.key) for event in read)
        assert fed == read
        assert [replace(event, text=None) for event in told] == [replace(event, text=None) for event in read]

    def test_feed_tells_of_a_deleted_ticket(self, adapter: Upstream, world: World) -> None:
        if not world.deletes:
            pytest.skip("this system does not tell of deletes in its feed")
        remote_id = world.make("to be deleted")
        cursor = adapter.head()
        world.delete(remote_id)
        assert remote_id in [gone for page in adapter.feed(cursor) for gone in page.gone]
        with contextlib.suppress(Rejected):
            assert adapter.read(remote_id, "").gone

    def test_feed_tells_of_a_merge_and_reading_follows_it(self, adapter: Upstream, world: World) -> None:
        if not world.merges:
            pytest.skip("this system merges no tickets")
        loser, winner = world.make("the same"), world.make("the same again")
        cursor = adapter.head()
        world.merge(loser, winner)
        assert (loser, winner) in [pair for page in adapter.feed(cursor) for pair in page.merged]
        assert adapter.read(loser, "").into == winner
        assert adapter.read(winner, "").into == ""

    # -- what the system does by itself

    def test_a_customers_reply_ends_the_wait_where_the_system_says_so(self, adapter: Upstream, world: World) -> None:
        if not world.resumes_on_reply:
            pytest.skip("a reply leaves a pending ticket pending here")
        remote_id = world.make("waiting")
        self.push(adapter, remote_id, Hold("customer"))
        world.reply_as_customer(remote_id, "Here you are.")
        ticket, events = self.whole(adapter, remote_id)
        assert ticket.state == "in_progress"
        assert last(events, "resume").side == "system"
        assert last(events, "resume").automatic
        assert holds_of(events) == ()

    def test_a_reply_reopens_where_the_system_says_so(self, adapter: Upstream, world: World) -> None:
        if not world.reopens_on_reply:
            pytest.skip("a reply leaves a resolved ticket resolved here")
        remote_id = world.make("done?")
        self.push(adapter, remote_id, Resolve("Fixed."))
        receipt = self.push(adapter, remote_id, Reply("One more thing."))
        assert receipt.ticket.state == "in_progress"
        assert last(receipt.events, "reopen").side == "system"

    # -- reading

    def test_an_unknown_ticket_is_refused(self, adapter: Upstream) -> None:
        with pytest.raises(Rejected):
            adapter.read("999999999", "")

    def test_read_brings_what_came_after_a_key(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("reading")
        _, before = self.whole(adapter, remote_id)
        world.note(remote_id, "A new note.")
        reading = adapter.read(remote_id, before[-1].key)
        assert [(event.type, (event.text or "").strip()) for event in reading.events] == [
            ("internal_note", "A new note.")
        ]

    # -- files

    def test_files_come_with_the_message_however_it_is_read(self, adapter: Upstream, world: World) -> None:
        if not adapter.attachments:
            pytest.skip("this system gives no attachments")
        cursor = adapter.head()
        remote_id = world.make("with files")
        world.send_files(remote_id, "See both.", ("photo.png", "image/png", BYTES), ("../b.bin", "x/y", b"\0\1"))
        world.note(remote_id, "None here.")
        _, read = self.whole(adapter, remote_id)
        event = last(read, "customer_reply")
        assert (event.text or "").strip() == "See both."
        assert [(file.name.rpartition("/")[2], file.size) for file in event.files] == [
            ("photo.png", len(BYTES)), ("b.bin", 2),
        ]  # fmt: skip
        assert event.files[0].kind == "image/png"
        assert len({file.id for file in event.files}) == 2
        assert [other.files for other in read if other is not event] == [()] * (len(read) - 1)
        assert last(events_of(adapter.feed(cursor), remote_id), "customer_reply") == event
        assert last(events_of(adapter.bodies([remote_id]), remote_id), "customer_reply") == event

    def test_content_is_what_was_sent(self, adapter: Upstream, world: World) -> None:
        if not adapter.attachments:
            pytest.skip("this system gives no attachments")
        remote_id = world.make("with a file")
        world.send_files(remote_id, "See.", ("photo.png", "image/png", BYTES), ("b.bin", "x/y", b"\0\1"))
        files = last(self.whole(adapter, remote_id)[1], "customer_reply").files
        assert [adapter.content(file) for file in files] == [BYTES, b"\0\1"]

    def test_a_file_that_is_not_there_or_too_large_is_refused(self, adapter: Upstream) -> None:
        with pytest.raises(Rejected):
            adapter.content(File("999999999", "x", "x/y", 1))
        with pytest.raises(Rejected):
            adapter.content(File("999999999", "x", "x/y", READ_CAP + 1))

    # -- pushing

    def test_acknowledge(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("ack")
        receipt = self.push(adapter, remote_id, Acknowledge(), made_at=world.now() - 30)
        assert receipt.written
        assert receipt.ticket.state == "in_progress"
        event = last(receipt.events, "acknowledge")
        assert (event.author, event.side) == (me, "staff")
        assert event.made_at is not None
        assert abs(event.made_at - (world.now() - 30)) <= 5
        assert abs(event.at - world.now()) <= 5
        assert event.key in receipt.own

    def test_acknowledging_a_ticket_in_work_leaves_its_state(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("ack later")
        world.change(remote_id, "state", "in_progress")
        receipt = self.push(adapter, remote_id, Acknowledge())
        assert receipt.ticket.state == "in_progress"
        assert kinds(receipt.events) == ["acknowledge"]

    def test_assign_and_unassign(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("assign")
        receipt = self.push(adapter, remote_id, Assign(me))
        assert receipt.ticket.owner == me
        assert kinds(receipt.events) == ["assign"]
        assert dict(receipt.events[0].data) == {"from": None, "to": me}
        assert receipt.own == (receipt.events[0].key,)
        receipt = self.push(adapter, remote_id, Assign(world.staff))
        assert dict(receipt.events[-1].data) == {"from": me, "to": world.staff}
        receipt = self.push(adapter, remote_id, Assign(None))
        assert receipt.ticket.owner is None

    def test_assigning_to_nobody_known_is_refused(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("assign badly")
        with pytest.raises(Rejected):
            self.push(adapter, remote_id, Assign("no-such-person"))

    def test_a_hold_is_one_event_with_its_reason(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("hold")
        made = world.now() - 20
        receipt = self.push(adapter, remote_id, Hold("vendor", until=made + 3600), made_at=made)
        assert receipt.ticket.state == "pending"
        holds = [event for event in receipt.events if event.type == "hold"]
        assert [dict(event.data) for event in holds] == [{"reason": "vendor", "until": made + 3600}]
        assert holds[0].author == me
        assert holds[0].made_at == made
        assert holds[0].key in receipt.own

    def test_holds_are_a_set_by_reason(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("two holds")
        self.push(adapter, remote_id, Hold("customer"))
        receipt = self.push(adapter, remote_id, Hold("parts"))
        assert receipt.ticket.state == "pending"
        assert dict(last(receipt.events, "hold").data) == {"reason": "parts"}
        receipt = self.push(adapter, remote_id, Resume("customer"))
        assert receipt.ticket.state == "pending"
        assert [dict(e.data) for e in receipt.events if e.type == "resume"] == [{"reason": "customer"}]
        assert holds_of(self.whole(adapter, remote_id)[1]) == ("parts",)
        receipt = self.push(adapter, remote_id, Resume())
        assert receipt.ticket.state == "in_progress"
        assert len([event for event in receipt.events if event.type == "resume"]) == 1
        assert holds_of(self.whole(adapter, remote_id)[1]) == ()

    def test_a_hold_made_elsewhere_has_no_reason(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("held elsewhere")
        world.change(remote_id, "state", "pending")
        ticket, events = self.whole(adapter, remote_id)
        assert ticket.state == "pending"
        assert last(events, "hold").data["reason"] == "unspecified"
        world.change(remote_id, "state", "in_progress")
        assert holds_of(self.whole(adapter, remote_id)[1]) == ()

    def test_resolve_close_and_reopen(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("resolve")
        receipt = self.push(adapter, remote_id, Resolve("New cable."))
        assert receipt.ticket.state == "resolved"
        assert last(receipt.events, "resolve").author == me
        assert (last(receipt.events, "internal_note").text or "").strip() == "New cable."
        assert {last(receipt.events, "resolve").key, last(receipt.events, "internal_note").key} <= set(receipt.own)
        receipt = self.push(adapter, remote_id, Close())
        assert receipt.ticket.state == "closed"
        assert kinds(receipt.events) == ["close"]
        receipt = self.push(adapter, remote_id, Reopen("Broken again."))
        assert receipt.ticket.state == "in_progress"
        assert last(receipt.events, "reopen").side == "staff"
        receipt = self.push(adapter, remote_id, Resolve())
        assert receipt.ticket.state == "resolved"
        assert kinds(receipt.events) == ["resolve"]

    def test_cancel(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("cancel")
        receipt = self.push(adapter, remote_id, Cancel("A mistake."))
        assert receipt.ticket.state == "cancelled"
        assert last(receipt.events, "cancel").side == "staff"

    def test_priority(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("priority", priority=3)
        receipt = self.push(adapter, remote_id, SetPriority(1))
        assert receipt.ticket.priority == 1
        assert [(event.type, dict(event.data)) for event in receipt.events] == [("priority", {"from": 3, "to": 1})]

    @pytest.mark.parametrize(
        ("change", "field", "value"),
        [
            (SetImpact("high"), "impact", "high"),
            (SetUrgency("low"), "urgency", "low"),
            (SetCategory("Network / WAN"), "category", "Network / WAN"),
        ],
    )
    def test_fields(self, adapter: Upstream, world: World, change: Change, field: str, value: str) -> None:
        remote_id = world.make("fields")
        receipt = self.push(adapter, remote_id, change)
        assert getattr(receipt.ticket, field) == value
        event = last(receipt.events, "field")
        assert (event.data["field"], event.data["to"]) == (field, value)
        assert event.key in receipt.own
        assert getattr(self.whole(adapter, remote_id)[0], field) == value
        told = [ticket for page in adapter.history([remote_id]) for ticket in page.tickets]
        assert getattr(told[-1], field) == value

    def test_a_reason_for_a_field_is_kept_as_a_note(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("why")
        receipt = self.push(adapter, remote_id, SetImpact("low", "Only the lab is hit."))
        assert receipt.ticket.impact == "low"
        assert (last(receipt.events, "internal_note").text or "").strip() == "Only the lab is hit."

    def test_ci(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("ci")
        receipt = self.push(adapter, remote_id, SetCi(world.ci))
        assert receipt.ticket.cis == (world.ci,)
        assert last(receipt.events, "field").data["field"] == "cis"

    def test_a_reply_moves_the_people_of_its_ticket_and_leaves_the_others(
        self, adapter: Upstream, world: World
    ) -> None:
        if adapter.recipients != "ticket":
            pytest.skip(f"recipients are {adapter.recipients or 'not ours to choose'} here")
        remote_id = world.make("people")
        one, two, three = (f"{name}@nordkauf.example" for name in ("one", "two", "three"))
        self.push(adapter, remote_id, Reply("To more people.", cc=(f"+{one}", f"+{two}")))
        receipt = self.push(adapter, remote_id, Reply("To others.", to=(f"+{three}",), cc=(f"-{one.upper()}",)))
        assert set(receipt.ticket.requestors) == {world.customer, three}
        assert receipt.ticket.cc == (two,)
        assert self.whole(adapter, remote_id)[0].cc == (two,)
        again = self.push(adapter, remote_id, Reply("Once more.", cc=(f"+{two}", f"-{one}")))
        assert again.ticket.cc == (two,)
        said = [event.text for event in self.whole(adapter, remote_id)[1] if event.type == "public_reply"]
        assert [(text or "").strip() for text in said] == ["To more people.", "To others.", "Once more."]

    def test_a_link_is_set_and_taken_away(self, adapter: Upstream, world: World) -> None:
        if "parent" not in adapter.links:
            pytest.skip("this system has no links")
        whole, part = world.make("a whole"), world.make("a part of it")
        head = adapter.head()
        receipt = self.push(adapter, part, Link("parent", "", whole))
        assert receipt.ticket.links == (f"parent {whole}",)
        told = last(receipt.events, "link")
        assert dict(told.data) == {"kind": "parent", "to": whole}
        assert told.key in receipt.own
        assert self.push(adapter, part, Link("parent", "", whole)).written  # it is there already: no error
        pages = list(adapter.feed(head))
        there = {ticket.remote_id: ticket for page in pages for ticket in page.tickets}
        assert there[part].links == (f"parent {whole}",)
        assert there[whole].links == (f"child {part}",)
        assert dict(last(events_of(pages, whole), "link").data) == {"kind": "child", "to": part}
        with pytest.raises(Rejected):
            self.push(adapter, whole, Link("parent", "", part))
        receipt = self.push(adapter, whole, Unlink("child", "", part))
        assert receipt.ticket.links == ()
        assert last(receipt.events, "link").data["off"] is True
        assert self.whole(adapter, part)[0].links == ()

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_of_link_that_the_system_says_it_has(self, adapter: Upstream, world: World, kind: str) -> None:
        if kind not in adapter.links:
            pytest.skip("this system has no such link")
        one, other = world.make("one"), world.make("other")
        assert self.push(adapter, one, Link(kind, "", other)).ticket.links == (f"{kind} {other}",)
        assert self.whole(adapter, one)[0].links == (f"{kind} {other}",)
        assert self.push(adapter, one, Unlink(kind, "", other)).ticket.links == ()
        with pytest.raises(Rejected):
            self.push(adapter, one, Link("related", "", "99999999"))

    def test_a_merge_leaves_one_ticket_with_both_histories(self, adapter: Upstream, world: World) -> None:
        if not adapter.merges:
            pytest.skip("this system cannot merge")
        one, other = world.make("the same again"), world.make("the first one")
        head = adapter.head()
        receipt = self.push(adapter, one, Merge("", other))
        assert receipt.written
        assert receipt.ticket.remote_id == other
        merged = last(receipt.events, "link")
        assert merged.data["kind"] == "merged"
        assert merged.key in receipt.own
        reading = adapter.read(one, "")
        assert (reading.into, reading.ticket.remote_id) == (other, other)
        assert (one, other) in [pair for page in adapter.feed(head) for pair in page.merged]
        with pytest.raises(Rejected):
            self.push(adapter, world.make("a third"), Merge("", "99999999"))
        alone = world.make("alone")
        with pytest.raises(Rejected):
            self.push(adapter, alone, Merge("", alone))

    def test_nothing_is_merged_over_somebody_elses_change(self, adapter: Upstream, world: World) -> None:
        if not adapter.merges:
            pytest.skip("this system cannot merge")
        one, other = world.make("race"), world.make("the other")
        seen = self.whole(adapter, one)[1][-1].key
        world.change(one, "owner", world.staff)
        assert not self.push(adapter, one, Merge("", other), seen=seen).written
        assert adapter.read(one, "").into == ""

    def test_messages_and_the_time_worked(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("messages")
        receipt = self.push(adapter, remote_id, Note("deskui is a word, too.\n\nßø 漢字", minutes=15))
        note = last(receipt.events, "internal_note")
        assert (note.text or "").strip() == "deskui is a word, too.\n\nßø 漢字"
        assert (note.author, note.side, note.data.get("minutes")) == (me, "staff", 15)
        assert note.key in receipt.own
        assert receipt.ticket.minutes == 15
        receipt = self.push(adapter, remote_id, Reply("Dear customer, <b>not</b> markup & so on."))
        reply = last(receipt.events, "public_reply")
        assert (reply.text or "").strip() == "Dear customer, <b>not</b> markup & so on."
        assert reply.side == "staff"

    def test_a_note_that_looks_like_a_desk_line_is_only_a_note(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("forged")
        text = f"deskui: acknowledged by {me} at 2026-01-01T00:00:00Z"
        receipt = self.push(adapter, remote_id, Note(text))
        assert kinds(receipt.events) == ["internal_note"]
        assert (receipt.events[0].text or "").strip() == text

    # -- other people at the same time

    def test_a_field_is_not_written_over_somebody_elses_change(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make("race")
        seen = self.whole(adapter, remote_id)[1][-1].key
        world.change(remote_id, "owner", world.staff)
        receipt = self.push(adapter, remote_id, Assign(me), seen=seen)
        assert not receipt.written
        assert receipt.own == ()
        assert receipt.ticket.owner == world.staff
        assert last(receipt.events, "assign").author == world.staff
        assert self.whole(adapter, remote_id)[0].owner == world.staff
        assert self.push(adapter, remote_id, Assign(me)).ticket.owner == me

    def test_a_message_is_written_all_the_same(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make("race of words")
        seen = self.whole(adapter, remote_id)[1][-1].key
        world.note(remote_id, "Mine first.")
        receipt = self.push(adapter, remote_id, Note("Me too."), seen=seen)
        assert receipt.written
        notes = [event for event in receipt.events if event.type == "internal_note"]
        assert [(event.text or "").strip() for event in notes] == ["Mine first.", "Me too."]
        assert receipt.own == (notes[1].key,)

    # -- new tickets

    def create(self, adapter: Upstream, world: World, change: Create, made_at: int) -> Receipt:
        author = adapter.login().user
        ticket = change.apply(Ticket(adapter.name, created=made_at))
        return adapter.push(entry_of(change, author, made_at), ticket, "")

    def test_create(self, adapter: Upstream, world: World) -> None:
        token = f"contract-{world.now()}-{next(_uids)}"
        change = Create(
            "Phoned in", "No network\nin the hall.", requestor=world.customer, priority=2, ci=world.ci,
            received=world.now() - 600, token=token, customer="Nordkauf",
        )  # fmt: skip
        assert adapter.created(token) in ((), None)
        receipt = self.create(adapter, world, change, world.now() - 30)
        ticket = receipt.ticket
        assert ticket.remote_id
        assert (ticket.subject, ticket.priority, ticket.state, ticket.kind) == ("Phoned in", 2, "new", "incident")
        assert ticket.requestors == (world.customer,)
        assert ticket.received == change.received
        assert ticket.token == token
        assert ticket.cis == (world.ci,)
        assert ticket.customer == "Nordkauf"
        assert kinds(receipt.events)[0] == "created"
        assert (receipt.events[0].text or "").strip() == "No network\nin the hall."
        assert receipt.events[0].key in receipt.own
        assert adapter.created(token) == (ticket.remote_id,)
        again, events = self.whole(adapter, ticket.remote_id)
        assert (again.received, again.token) == (change.received, token)
        assert events == list(receipt.events)
        once_more = adapter.push(entry_of(change, "anna", world.now()), again, "")
        assert [event.key for event in once_more.events] == [event.key for event in events]
        assert adapter.created(token) == (ticket.remote_id,)
