"""What the adapters' tests share: people and adapters of RT and Redmine; the contract's assertions say why."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deskui.upstream.rt import Adapter
from tests.conftest import RT, Redmine
from tests.upstream import redmine_people
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


@pytest.fixture(scope="module")
def people(redmine: Redmine) -> Iterator[redmine_people.People]:
    """The others in Redmine."""
    others = redmine_people.People(redmine)
    yield others
    others.close()


@pytest.fixture
def adapters(redmine: Redmine) -> Iterator[Callable[..., Any]]:
    """Makes adapters of Redmine with options, and closes them."""
    made: list[Any] = []

    def make(user: str = "sync", secret: str | None = None, **options: Any) -> Any:
        made.append(redmine_people.adapter_of(redmine, user, secret, **options))
        return made[-1]

    yield make
    for adapter in made:
        adapter.close()
