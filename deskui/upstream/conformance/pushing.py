"""The contract of pushing: states, holds, fields, and other people's changes at the same time."""

import pytest

from deskui.domain.change import Acknowledge, Assign, Cancel, Change, Close, Hold, Note, Reopen, Resolve, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.upstream.base import Rejected, Upstream
from deskui.upstream.conformance.world import Suite, World, holds_of, kinds, last, ours


class Pushing(Suite):
    """What an adapter makes of our changes."""

    # -- pushing

    def test_acknowledge(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("ack"))
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
        remote_id = world.make(ours("ack later"))
        world.change(remote_id, "state", "in_progress")
        receipt = self.push(adapter, remote_id, Acknowledge())
        assert receipt.ticket.state == "in_progress"
        assert kinds(receipt.events) == ["acknowledge"]

    def test_assign_and_unassign(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("assign"))
        receipt = self.push(adapter, remote_id, Assign(me))
        assert receipt.ticket.owner == me
        assert kinds(receipt.events) == ["assign"]
        assert dict(receipt.events[0].data) == {"from": None, "to": me}
        assert receipt.own == (receipt.events[0].key,)
        receipt = self.push(adapter, remote_id, Assign(world.assignee))
        assert dict(receipt.events[-1].data) == {"from": me, "to": world.assignee}
        receipt = self.push(adapter, remote_id, Assign(None))
        assert receipt.ticket.owner is None

    def test_assigning_to_nobody_known_is_refused(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("assign badly"))
        with pytest.raises(Rejected):
            self.push(adapter, remote_id, Assign("no-such-person"))

    def test_a_hold_is_one_event_with_its_reason(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("hold"))
        made = world.now() - 20
        receipt = self.push(adapter, remote_id, Hold("vendor", until=made + 3600), made_at=made)
        assert receipt.ticket.state == "pending"
        holds = [event for event in receipt.events if event.type == "hold"]
        assert [dict(event.data) for event in holds] == [{"reason": "vendor", "until": made + 3600}]
        assert holds[0].author == me
        assert holds[0].made_at == made
        assert holds[0].key in receipt.own

    def test_holds_are_a_set_by_reason(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("two holds"))
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

    def test_a_hold_made_elsewhere_has_the_reason_that_its_status_says(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("held elsewhere"))
        world.change(remote_id, "state", "pending")
        ticket, events = self.whole(adapter, remote_id)
        assert ticket.state == "pending"
        assert last(events, "hold").data["reason"] == world.held
        world.change(remote_id, "state", "in_progress")
        assert holds_of(self.whole(adapter, remote_id)[1]) == ()

    def test_resolve_close_and_reopen(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("resolve"))
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
        remote_id = world.make(ours("cancel"))
        receipt = self.push(adapter, remote_id, Cancel("A mistake."))
        assert receipt.ticket.state == "cancelled"
        assert last(receipt.events, "cancel").side == "staff"

    def test_priority(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("priority"), priority=3)
        receipt = self.push(adapter, remote_id, SetPriority(1))
        assert receipt.ticket.priority == 1
        assert [(event.type, dict(event.data)) for event in receipt.events] == [("priority", {"from": 3, "to": 1})]

    @pytest.mark.parametrize(
        ("change", "field", "value"),
        [
            (SetImpact("high"), "impact", "high"),
            (SetUrgency("low"), "urgency", "low"),
            (SetCategory("Network / WAN"), "category", "Network / WAN"),
            (SetSubject(ours("3 stores")), "subject", ours("3 stores")),
        ],
    )
    def test_fields(self, adapter: Upstream, world: World, change: Change, field: str, value: str) -> None:
        remote_id = world.make(ours("fields"))
        receipt = self.push(adapter, remote_id, change)
        assert getattr(receipt.ticket, field) == value
        event = last(receipt.events, "field")
        assert (event.data["field"], event.data["to"]) == (field, value)
        assert event.key in receipt.own
        assert getattr(self.whole(adapter, remote_id)[0], field) == value
        told = [ticket for page in adapter.history([remote_id]) for ticket in page.tickets]
        assert getattr(told[-1], field) == value

    def test_a_reason_for_a_field_is_kept_as_a_note(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("why"))
        receipt = self.push(adapter, remote_id, SetImpact("low", "Only the lab is hit."))
        assert receipt.ticket.impact == "low"
        assert (last(receipt.events, "internal_note").text or "").strip() == "Only the lab is hit."

    def test_ci(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("ci"))
        receipt = self.push(adapter, remote_id, SetCi(world.ci))
        assert receipt.ticket.cis == (world.ci,)
        assert last(receipt.events, "field").data["field"] == "cis"

    # -- other people at the same time

    def test_a_field_is_not_written_over_somebody_elses_change(self, adapter: Upstream, world: World, me: str) -> None:
        remote_id = world.make(ours("race"))
        seen = self.whole(adapter, remote_id)[1][-1].key
        world.change(remote_id, "owner", world.assignee)
        receipt = self.push(adapter, remote_id, Assign(me), seen=seen)
        assert not receipt.written
        assert receipt.own == ()
        assert receipt.ticket.owner == world.assignee
        assert last(receipt.events, "assign").author == world.staff
        assert self.whole(adapter, remote_id)[0].owner == world.assignee
        assert self.push(adapter, remote_id, Assign(me)).ticket.owner == me

    def test_a_message_is_written_all_the_same(self, adapter: Upstream, world: World) -> None:
        remote_id = world.make(ours("race of words"))
        seen = self.whole(adapter, remote_id)[1][-1].key
        world.note(remote_id, "Mine first.")
        receipt = self.push(adapter, remote_id, Note("Me too."), seen=seen)
        assert receipt.written
        notes = [event for event in receipt.events if event.type == "internal_note"]
        assert [(event.text or "").strip() for event in notes] == ["Mine first.", "Me too."]
        assert receipt.own == (notes[1].key,)
