"""Request Tracker: the contract on the real server, with desk lines and with fields of ours."""

from collections.abc import Iterator

import pytest

from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import adapter_of
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
