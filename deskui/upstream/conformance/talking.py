"""The contract of messages, of whom they go to, of links, merges and new tickets."""

import pytest

from deskui.domain.change import Create, Note, Reply
from deskui.domain.links import KINDS, Link, Merge, Unlink
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Receipt, Rejected, Upstream
from deskui.upstream.conformance.world import Suite, World, entry_of, events_of, kinds, last, ours, uids


class Talking(Suite):
    """What an adapter makes of our words and our tickets."""

    def test_a_reply_moves_the_people_of_its_ticket_and_leaves_the_others(
        self, adapter: Upstream, world: World
    ) -> None:
        if adapter.recipients != "ticket":
            pytest.skip(f"recipients are {adapter.recipients or 'not ours to choose'} here")
        remote_id = world.make(ours("people"))
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
        whole, part = world.make(ours("a whole")), world.make(ours("a part of it"))
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
        one, other = world.make(ours("one")), world.make(ours("other"))
        assert self.push(adapter, one, Link(kind, "", other)).ticket.links == (f"{kind} {other}",)
        assert self.whole(adapter, one)[0].links == (f"{kind} {other}",)
        assert self.push(adapter, one, Unlink(kind, "", other)).ticket.links == ()
        with pytest.raises(Rejected):
            self.push(adapter, one, Link("related", "", "99999999"))

    def test_a_merge_leaves_one_ticket_with_both_histories(self, adapter: Upstream, world: World) -> None:
        if not adapter.merges:
            pytest.skip("this system cannot merge")
        one, other = world.make(ours("the same again")), world.make(ours("the first one"))
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
            self.push(adapter, world.make(ours("a third")), Merge("", "99999999"))
        alone = world.make(ours("alone"))
        with pytest.raises(Rejected):
            self.push(adapter, alone, Merge("", alone))

    def test_nothing_is_merged_over_somebody_elses_change(self, adapter: Upstream, world: World) -> None:
        if not adapter.merges:
            pytest.skip("this system cannot merge")
        one, other = world.make(ours("race")), world.make(ours("the other"))
        seen = self.whole(adapter, one)[1][-1].key
        world.change(one, "owner", world.assignee)
        assert not self.push(adapter, one, Merge("", other), seen=seen).written
        assert adapter.read(one, "").into == ""

    def test_messages_and_the_time_worked(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("messages"))
        minutes = 15 if adapter.work_time else 0
        receipt = self.push(adapter, remote_id, Note("deskui is a word, too.\n\nßø 漢字", minutes=minutes))
        note = last(receipt.events, "internal_note")
        assert (note.text or "").strip() == "deskui is a word, too.\n\nßø 漢字"
        assert (note.author, note.side, note.data.get("minutes", 0)) == (me, "staff", minutes)
        assert note.key in receipt.own
        assert receipt.ticket.minutes == minutes
        receipt = self.push(adapter, remote_id, Reply("Dear customer, <b>not</b> markup & so on."))
        reply = last(receipt.events, "public_reply")
        assert (reply.text or "").strip() == "Dear customer, <b>not</b> markup & so on."
        assert reply.side == "staff"

    def test_a_note_that_looks_like_a_desk_line_is_only_a_note(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("forged"))
        text = f"deskui: acknowledged by {me} at 2026-01-01T00:00:00Z"
        receipt = self.push(adapter, remote_id, Note(text))
        assert kinds(receipt.events) == ["internal_note"]
        assert (receipt.events[0].text or "").strip() == text

    # -- new tickets

    def create(self, adapter: Upstream, world: World, change: Create, made_at: int) -> Receipt:
        author = adapter.login().user
        ticket = change.apply(Ticket(adapter.name, created=made_at))
        receipt = adapter.push(entry_of(change, author, made_at), ticket, "")
        world.made.append(receipt.ticket.remote_id)
        return receipt

    def test_create(self, adapter: Upstream, world: World) -> None:
        token = f"contract-{world.now()}-{next(uids)}"
        change = Create(
            ours("Phoned in"), "No network\nin the hall.", requestor=world.customer, priority=2, ci=world.ci,
            received=world.now() - 600, token=token, customer="Nordkauf",
        )  # fmt: skip
        assert adapter.created(token) in ((), None)
        receipt = self.create(adapter, world, change, world.now() - 30)
        ticket = receipt.ticket
        assert ticket.remote_id
        assert (ticket.subject, ticket.priority, ticket.state, ticket.kind) == (change.subject, 2, "new", "incident")
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
        if world.staff == adapter.login().user:
            return  # there is nobody else here
        world.change(ticket.remote_id, "owner", world.assignee)
        late = adapter.push(entry_of(change, "anna", world.now()), again, "")
        assert not [event for event in late.events if event.key in late.own and event.author == world.staff]
