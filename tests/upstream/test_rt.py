"""Request Tracker: the contract on the real server, with desk lines and with fields of ours."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from deskui.domain.sets import SetTags
from deskui.upstream.base import Rejected
from deskui.upstream.conformance.sets import Sets
from deskui.upstream.conformance.world import ours
from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import People, adapter_of
from tests.upstream.ways import Mapped, Plain


@pytest.fixture(scope="module")
def mapped(rt: RT) -> Iterator[Adapter]:
    fields = {"client_token": "Client Token", "impact": "Impact", "ci": "Hosts", "received_at": "Received",
              "category": "Category", "customer": "Customer", "hold_reason": "Hold Reason"}  # fmt: skip
    adapter = adapter_of(rt, fields=fields)
    yield adapter
    adapter.close()


class TestPlain(Plain):
    """By desk lines."""


class TestMapped(Mapped):
    """By fields."""


class TestTagsInAField(Sets):
    """RT with a field of several values for the tags."""

    @pytest.fixture
    def adapter(self, rt: RT) -> Iterator[Adapter]:
        adapter = adapter_of(rt, fields={"tags": "Hosts"})
        yield adapter
        adapter.close()

    def test_a_field_that_the_queue_has_not_is_named(self, rt: RT, world: People) -> None:
        with closing(adapter_of(rt, fields={"tags": "No Such Field"})) as adapter:
            remote_id = world.make(ours("tags"))
            with pytest.raises(Rejected, match="has the ticket's queue the custom field 'No Such Field'"):
                self.push(adapter, remote_id, SetTags(("+vpn",)))
