"""Redmine: the contract on the real server, with desk lines and with fields of ours."""

from collections.abc import Iterator

import pytest

from deskui.domain.sets import SetTags
from deskui.upstream.base import Rejected
from deskui.upstream.conformance.sets import Sets, moves
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


class TestTagsInAList(Sets):
    """Redmine with a field of several values, from a list, for the tags."""

    words = ("sw1", "sw2", "sw3")

    @pytest.fixture
    def adapter(self, redmine: Redmine) -> Iterator[Adapter]:
        adapter = adapter_of(redmine, fields={"tags": "Hosts"})
        yield adapter
        adapter.close()

    def test_what_is_not_in_the_list_is_refused_and_nothing_is_written(self, adapter: Adapter, world: People) -> None:
        remote_id = self.tagged(adapter, world, "sw1")
        with pytest.raises(Rejected, match="Hosts"):
            self.push(adapter, remote_id, SetTags(("+vpn", "-sw1")))
        assert self.whole(adapter, remote_id)[0].tags == ("sw1",)


class TestTagsInAText(Sets):
    """Redmine with a field of one text for the tags: commas part them."""

    @pytest.fixture
    def adapter(self, redmine: Redmine) -> Iterator[Adapter]:
        adapter = adapter_of(redmine, fields={"tags": "Category"})
        yield adapter
        adapter.close()

    def test_what_others_write_there_is_read_word_by_word(self, adapter: Adapter, world: People) -> None:
        remote_id = self.tagged(adapter, world, "old")
        [field] = [row for row in world.get(remote_id)["custom_fields"] if row["name"] == "Category"]
        world.put("agent", remote_id, custom_fields=[{"id": field["id"], "value": "vpn;  night shift,,VPN"}])
        ticket, events = self.whole(adapter, remote_id)
        assert ticket.tags == ("vpn", "night shift", "VPN")
        assert sorted(moves(events, "tags")) == ["+VPN", "+night shift", "+old", "-old"]
