"""The contract of pulling: the first pull, the feed, what the system does by itself, reading, files."""

import contextlib
from dataclasses import replace

import pytest

from deskui.domain.attachment import READ_CAP, File
from deskui.domain.change import (
    Acknowledge,
    Hold,
    Reply,
    Resolve,
)
from deskui.domain.event import MESSAGES
from deskui.upstream.base import Page, Rejected, Upstream
from deskui.upstream.conformance.world import BYTES, Suite, World, events_of, holds_of, kinds, last, ours


class Pulling(Suite):
    """What an adapter says of a system."""

    # -- who and when

    def test_login_says_who_we_are_and_how_far_the_clocks_are_apart(self, adapter: Upstream) -> None:
        login = adapter.login()
        assert login.user
        assert abs(login.offset_s) < 5

    # -- the first pull

    def test_open_tickets_come_in_id_order_and_go_on_behind_a_cursor(self, adapter: Upstream, world: World) -> None:
        made = [world.make(ours(f"open {n}"), priority=n % 4 + 1) for n in range(3)]
        world.change(made[1], "state", "resolved")
        pages = list(adapter.open_tickets(""))
        found = [ticket for page in pages for ticket in page.tickets]
        ids = [int(ticket.remote_id) for ticket in found]
        assert ids == sorted(set(ids))
        mine = {ticket.remote_id: ticket for ticket in found if ticket.remote_id in made}
        assert set(mine) == {made[0], made[2]}
        assert mine[made[2]].subject == ours("open 2")
        assert mine[made[2]].priority == 3
        assert mine[made[2]].state == "new"
        assert mine[made[2]].upstream == adapter.name
        assert abs(mine[made[2]].created - world.now()) < 60
        again = [ticket.remote_id for page in adapter.open_tickets(pages[0].cursor) for ticket in page.tickets]
        assert not set(again) & {ticket.remote_id for ticket in pages[0].tickets}
        rest = {ticket.remote_id for page in pages[1:] for ticket in page.tickets}
        assert rest <= set(again)

    def test_history_is_complete_and_says_so(self, adapter: Upstream, world: World) -> None:
        first, second = world.make(ours("one"), priority=3), world.make(ours("two"))
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
        remote_id = world.make(ours("with words"), "First line.\n\nThird line with ümlauts.")
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
        remote_id = world.make(ours("sides"))
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
        remote_id = world.make(ours("fresh"), "Words.", priority=2)
        world.reply(remote_id, "An answer.")
        pages = list(adapter.feed(cursor))
        events = events_of(pages, remote_id)
        assert events[0].type == "created"
        assert (events[0].text or "").strip() == "Words."
        assert (last(events, "public_reply").text or "").strip() == "An answer."
        ticket = [ticket for page in pages for ticket in page.tickets if ticket.remote_id == remote_id][-1]
        assert (ticket.subject, ticket.priority) == (ours("fresh"), 2)

    def test_feed_brings_only_what_is_new(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("old"))
        cursor = adapter.head()
        world.change(remote_id, "owner", world.assignee)
        pages = list(adapter.feed(cursor))
        assert kinds(events_of(pages, remote_id)) == ["assign"]
        assert last(events_of(pages, remote_id), "assign").data["to"] == world.assignee
        ticket = [ticket for page in pages for ticket in page.tickets if ticket.remote_id == remote_id][-1]
        assert ticket.owner == world.assignee
        after = pages[-1].cursor
        assert events_of(adapter.feed(after), remote_id) == []

    def test_a_cut_feed_goes_on_where_it_was_committed(self, adapter: Upstream, world: World) -> None:
        cursor = adapter.head()
        made = [world.make(ours(f"cut {n}")) for n in range(3)]
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
        remote_id = world.make(ours("same"), priority=3)
        self.push(adapter, remote_id, Acknowledge())
        self.push(adapter, remote_id, Hold("vendor"))
        world.change(remote_id, "priority", 1)
        world.change(remote_id, "owner", world.assignee)
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
        remote_id = world.make(ours("to be deleted"))
        cursor = adapter.head()
        world.delete(remote_id)
        assert remote_id in [gone for page in adapter.feed(cursor) for gone in page.gone]
        with contextlib.suppress(Rejected):
            assert adapter.read(remote_id, "").gone

    def test_feed_tells_of_a_merge_and_reading_follows_it(self, adapter: Upstream, world: World) -> None:
        if not world.merges:
            pytest.skip("this system merges no tickets")
        loser, winner = world.make(ours("the same")), world.make(ours("the same again"))
        cursor = adapter.head()
        world.merge(loser, winner)
        assert (loser, winner) in [pair for page in adapter.feed(cursor) for pair in page.merged]
        assert adapter.read(loser, "").into == winner
        assert adapter.read(winner, "").into == ""

    # -- what the system does by itself

    def test_a_customers_reply_ends_the_wait_where_the_system_says_so(self, adapter: Upstream, world: World) -> None:
        if not world.resumes_on_reply:
            pytest.skip("a reply leaves a pending ticket pending here")
        remote_id = world.make(ours("waiting"))
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
        remote_id = world.make(ours("done?"))
        self.push(adapter, remote_id, Resolve("Fixed."))
        receipt = self.push(adapter, remote_id, Reply("One more thing."))
        assert receipt.ticket.state == "in_progress"
        assert last(receipt.events, "reopen").side == "system"

    # -- reading

    def test_an_unknown_ticket_is_refused(self, adapter: Upstream) -> None:
        with pytest.raises(Rejected):
            adapter.read("999999999", "")

    def test_a_survey_shows_what_is_there(self, adapter: Upstream, world: World) -> None:
        """Finished tickets too, created when they were; what it does not show, it answers for all the same."""
        here, done = world.make(ours("Survey: here")), world.make(ours("Survey: done"))
        world.change(done, "state", "resolved")
        pages = list(adapter.survey([here, done, "9999999"]))
        found = {ticket.remote_id: ticket for page in pages for ticket in page.tickets}
        assert set(found) == {here, done}
        assert {remote for page in pages for remote in page.complete} == {here, done, "9999999"}
        assert found[here].created == adapter.read(here, "").ticket.created

    def test_finished_tickets_come_newest_first_and_go_on_below_a_cursor(self, adapter: Upstream, world: World) -> None:
        """Plain, as far back as is asked for; none at all where the system has no such list."""
        ids = [world.make(ours(f"Finished {number}")) for number in range(3)]
        for remote_id in ids[:2]:
            world.change(remote_id, "state", "resolved")
        page = next(adapter.finished(world.now() - 3600, ""), None)
        if page is None:
            assert type(adapter).finished is Upstream.finished
            return
        found = [ticket.remote_id for ticket in page.tickets]
        assert [one for one in found if one in ids] == [ids[1], ids[0]]
        below = next(adapter.finished(world.now() - 3600, ids[1]))
        assert below.tickets[0].remote_id == ids[0]
        assert next(adapter.finished(world.now() + 3 * 86_400, ""), Page()).tickets == ()

    def test_a_search_that_the_system_does_not_understand_is_refused_in_its_words(self, adapter: Upstream) -> None:
        """Where it has a language; memory's takes any words."""
        with contextlib.suppress(Rejected):
            assert list(adapter.search("= nonsense (", 5)) == []

    def test_read_brings_what_came_after_a_key(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("reading"))
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
        remote_id = world.make(ours("with files"))
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
        remote_id = world.make(ours("with a file"))
        world.send_files(remote_id, "See.", ("photo.png", "image/png", BYTES), ("b.bin", "x/y", b"\0\1"))
        files = last(self.whole(adapter, remote_id)[1], "customer_reply").files
        assert [adapter.content(file) for file in files] == [BYTES, b"\0\1"]

    def test_a_file_that_is_not_there_or_too_large_is_refused(self, adapter: Upstream) -> None:
        with pytest.raises(Rejected):
            adapter.content(File("999999999", "x", "x/y", 1))
        with pytest.raises(Rejected):
            adapter.content(File("999999999", "x", "x/y", READ_CAP + 1))
