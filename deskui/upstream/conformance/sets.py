"""The contract of what comes and goes word by word: a ticket's tags, and who is in its Cc."""

from collections.abc import Iterable

import pytest

from deskui.domain.event import Event
from deskui.domain.sets import Moves, SetCc, SetTags
from deskui.upstream.base import Upstream
from deskui.upstream.conformance.world import Suite, World, events_of, kinds, ours


def moves(events: Iterable[Event], name: str) -> list[str]:
    """What the events put in and took out, in their order."""
    data = [event.data for event in events if event.data.get("field") == name]
    return [f"+{each['to']}" if each["to"] else f"-{each['from']}" for each in data]


class Sets(Suite):
    """What an adapter makes of moves; `words` are tags that the system takes."""

    words = ("deskui-a", "Deskui b", "deskui-ü")

    def tagged(self, adapter: Upstream, world: World, *words: str) -> str:
        if not adapter.tags:
            pytest.skip("this system keeps no tags")
        remote_id = world.make(ours("tags"))
        if words:
            self.push(adapter, remote_id, SetTags(tuple(f"+{word}" for word in words)))
        return remote_id

    def test_tags_come_and_go_word_by_word(self, adapter: Upstream, world: World, me: str) -> None:
        one, two, three = self.words
        remote_id = self.tagged(adapter, world)
        receipt = self.push(adapter, remote_id, SetTags((f"+{one}", f"+{two}")))
        assert set(receipt.ticket.tags) == {one, two}
        assert sorted(moves(receipt.events, "tags")) == sorted((f"+{one}", f"+{two}"))
        told = [event for event in receipt.events if event.data.get("field") == "tags"]
        assert {event.author for event in told} == {me}
        assert {event.key for event in told} <= set(receipt.own)
        receipt = self.push(adapter, remote_id, SetTags((f"-{one.upper()}", f"+{three}", f"+{two}", "-never")))
        assert set(receipt.ticket.tags) == {two, three}
        assert sorted(moves(receipt.events, "tags")) == sorted((f"-{one}", f"+{three}"))
        ticket, events = self.whole(adapter, remote_id)
        assert set(ticket.tags) == {two, three}
        assert len(moves(events, "tags")) == 4
        assert not {"public_reply", "internal_note"} & set(kinds(events))
        receipt = self.push(adapter, remote_id, SetTags((f"-{two}", f"-{three}")))
        assert receipt.ticket.tags == ()

    def test_what_is_so_already_is_not_written_again(self, adapter: Upstream, world: World) -> None:
        remote_id = self.tagged(adapter, world, self.words[0])
        receipt = self.push(adapter, remote_id, SetTags((f"+{self.words[0].upper()}", "-never")))
        assert (receipt.written, receipt.events, receipt.own) == (True, (), ())
        assert receipt.ticket.tags == (self.words[0],)

    def test_tags_of_two_consoles_both_count(self, adapter: Upstream, world: World) -> None:
        one, two, three = self.words
        remote_id = self.tagged(adapter, world, one)
        seen = self.whole(adapter, remote_id)[1][-1].key
        self.push(adapter, remote_id, SetTags((f"-{one}", f"+{two}")))
        receipt = self.push(adapter, remote_id, SetTags((f"-{one}", f"+{three}")), seen=seen)
        assert receipt.written
        assert set(receipt.ticket.tags) == {two, three}
        _, events = self.whole(adapter, remote_id)
        assert moves(events, "tags").count(f"-{one}") == 1

    def test_tags_are_told_by_the_feed_and_the_history(self, adapter: Upstream, world: World) -> None:
        one, two, _ = self.words
        remote_id = self.tagged(adapter, world, one)
        cursor = adapter.head()
        self.push(adapter, remote_id, SetTags((f"+{two}", f"-{one}")))
        pages = list(adapter.feed(cursor))
        assert sorted(moves(events_of(pages, remote_id), "tags")) == sorted((f"+{two}", f"-{one}"))
        *_, ticket = [ticket for page in pages for ticket in page.tickets if ticket.remote_id == remote_id]
        assert ticket.tags == (two,)
        pages = list(adapter.history([remote_id]))
        assert len(moves(events_of(pages, remote_id), "tags")) == 3
        assert {ticket.remote_id: ticket.tags for page in pages for ticket in page.tickets} == {remote_id: (two,)}

    def test_people_come_and_go_in_cc_and_nobody_is_written_to(self, adapter: Upstream, world: World) -> None:
        if adapter.recipients != "ticket":
            pytest.skip("this system keeps no Cc of a ticket")
        remote_id = world.make(ours("copies"))
        one, two = "deskui-one@nordkauf.example", "deskui-two@nordkauf.example"
        wanted: list[tuple[Moves, set[str]]] = [
            (SetCc((f"+{one}", f"+{two}")), {one, two}), (SetCc((f"-{one.upper()}", f"+{two}")), {two}),
        ]  # fmt: skip
        for change, left in wanted:
            receipt = self.push(adapter, remote_id, change)
            assert receipt.written
            assert set(receipt.ticket.cc) == left
            assert receipt.ticket.requestors == (world.customer,)
        ticket, events = self.whole(adapter, remote_id)
        assert set(ticket.cc) == {two}
        assert moves(events, "cc")[-1] == f"-{one}"
        assert sorted(moves(events, "cc")) == sorted((f"+{one}", f"+{two}", f"-{one}"))
        assert not {"public_reply", "internal_note"} & set(kinds(events))
