"""What the adapters' tests share: RT's people and a plain adapter; assertions of the contract say why they failed."""

from collections.abc import Iterator

import pytest

from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import People, adapter_of

pytest.register_assert_rewrite("deskui.upstream.conformance")


@pytest.fixture(scope="module")
def world(rt: RT) -> Iterator[People]:
    people = People(rt)
    yield people
    people.close()


@pytest.fixture(scope="module")
def plain(rt: RT) -> Iterator[Adapter]:
    adapter = adapter_of(rt)
    yield adapter
    adapter.close()
