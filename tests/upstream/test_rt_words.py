"""RT with statuses and priorities of its own names: a queue with another lifecycle, mapped, keeps the contract."""

from collections.abc import Iterator
from typing import Any

import pytest

from deskui.domain.change import Close, Hold, Resolve
from deskui.domain.fields import SetPriority
from deskui.upstream.base import Rejected
from deskui.upstream.conformance import kinds, last
from deskui.upstream.conformance.pulling import Pulling
from deskui.upstream.conformance.pushing import Pushing
from deskui.upstream.conformance.world import Suite
from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import People, adapter_of

STATES = {"untriaged": "new", "working": "in_progress", "asleep": "pending", "done": "resolved", "spam": "cancelled"}
NAMES = {meaning: status for status, meaning in STATES.items()}
BANDS = {"1": "P1", "2": "P2", "3": "P3", "4": "P4"}  # as many sites have it: the lower, the more urgent


class Helpdesk(People):
    """The others in the queue with the other lifecycle; nothing there ends a wait by itself."""

    resumes_on_reply = False

    def make(self, subject: str, text: str = "It is broken.", priority: int = 4, **more: Any) -> str:
        body = {"Queue": "Helpdesk", "Subject": subject, "Content": text, "ContentType": "text/plain",
                "Requestor": self.customer, "Priority": priority, **more}  # fmt: skip
        return str(self.ask("agent", "POST", "/ticket", json=body).json()["id"])

    def change(self, remote_id: str, field: str, value: Any) -> None:
        if field == "state":
            self.put("agent", remote_id, Status=NAMES[value])
        elif field == "priority":
            self.put("agent", remote_id, Priority=value)
        else:
            super().change(remote_id, field, value)


@pytest.fixture(scope="module")
def helpdesk(rt: RT) -> Iterator[Helpdesk]:
    people = Helpdesk(rt)
    yield people
    people.close()


@pytest.fixture(scope="module")
def spoken(rt: RT) -> Iterator[Adapter]:
    queues: dict[str, dict[str, str]] = {"Helpdesk": {}}
    adapter = adapter_of(rt, states=STATES, priorities=BANDS, queues=queues)
    yield adapter
    adapter.close()


@pytest.fixture(scope="module")
def told(rt: RT) -> Iterator[Adapter]:
    states = {**STATES, "asleep": "pending vendor", "spam": "closed"}
    adapter = adapter_of(rt, states=states, priorities={"1": "P1", "3": "P3", "9": "P4"}, queues={"Helpdesk": {}})
    yield adapter
    adapter.close()


class TestWords(Pulling, Pushing):
    """The words of the other lifecycle, read and written."""

    @pytest.fixture
    def world(self, helpdesk: Helpdesk) -> Helpdesk:
        return helpdesk

    @pytest.fixture
    def adapter(self, spoken: Adapter) -> Adapter:
        return spoken

    def test_a_queue_with_rts_own_names_keeps_them_beside_it(self, adapter: Adapter, world: Helpdesk) -> None:
        remote_id = People.make(world, "deskui test: of the other queue", priority=1)
        receipt = self.push(adapter, remote_id, Hold("parts"))
        assert world.ask("agent", "GET", f"/ticket/{remote_id}").json()["Status"] == "stalled"
        assert receipt.ticket.state == "pending"


class TestReasons(Suite):
    """A status that says why a ticket waits, and one that means closed; P2 is not there."""

    @pytest.fixture
    def world(self, helpdesk: Helpdesk) -> Helpdesk:
        return helpdesk

    @pytest.fixture
    def adapter(self, told: Adapter) -> Adapter:
        return told

    def test_the_status_says_why_and_nothing_else_need(self, adapter: Adapter, world: Helpdesk) -> None:
        remote_id = world.make("deskui test: vendor")
        receipt = self.push(adapter, remote_id, Hold("vendor"))
        assert kinds(receipt.events) == ["hold"]
        assert dict(last(receipt.events, "hold").data) == {"reason": "vendor"}
        world.put("agent", remote_id, Status="working")
        world.put("agent", remote_id, Status="asleep")
        assert dict(last(self.whole(adapter, remote_id)[1], "hold").data) == {"reason": "vendor"}

    def test_closed_has_a_status(self, rt: RT, world: Helpdesk) -> None:
        adapter = adapter_of(
            rt, states={**STATES, "untriaged": "in_progress", "working": "resolved", "asleep": "closed"}
        )
        remote_id = world.make("deskui test: closed")
        self.push(adapter, remote_id, Resolve())
        receipt = self.push(adapter, remote_id, Close("Agreed."))
        assert (receipt.ticket.state, kinds(receipt.events)) == ("closed", ["internal_note", "close"])
        assert world.ask("agent", "GET", f"/ticket/{remote_id}").json()["Status"] == "asleep"
        adapter.close()

    def test_who_closes_at_once_has_resolved_it_too(self, adapter: Adapter, world: Helpdesk) -> None:
        remote_id = world.make("deskui test: closed at once")
        world.put("agent", remote_id, Status="spam")
        ticket, events = self.whole(adapter, remote_id)
        assert (ticket.state, kinds(events)) == ("closed", ["created", "resolve", "close"])

    def test_a_priority_that_is_not_there_is_refused_with_the_remedy(self, adapter: Adapter, world: Helpdesk) -> None:
        with pytest.raises(Rejected, match=r"no priority there is P2: name one in the upstream's \[priorities\]"):
            self.push(adapter, world.make("deskui test: P2"), SetPriority(2))
