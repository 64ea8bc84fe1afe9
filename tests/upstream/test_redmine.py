"""Redmine: the contract on the real server, with desk lines and with fields of ours."""

from collections.abc import Iterator

import pytest

from deskui.upstream.redmine import Adapter
from tests.conftest import Redmine
from tests.upstream.redmine_people import FIELDS, People, adapter_of
from tests.upstream.ways import Mapped, Plain


@pytest.fixture(scope="module")
def world(redmine: Redmine) -> Iterator[People]:
    people = People(redmine)
    yield people
    people.close()


@pytest.fixture(scope="module")
def plain(redmine: Redmine) -> Iterator[Adapter]:
    adapter = adapter_of(redmine)
    yield adapter
    adapter.close()


@pytest.fixture(scope="module")
def mapped(redmine: Redmine) -> Iterator[Adapter]:
    adapter = adapter_of(redmine, fields=FIELDS)
    yield adapter
    adapter.close()


class TestPlain(Plain):
    """By desk lines."""


class TestMapped(Mapped):
    """By fields."""
