"""The engines: made when they are wanted, kept when they could be made, asked for anew when they could not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.services.engines import Engines
from deskui.store.store import Store
from deskui.sync.customs import OFF, Customs
from deskui.upstream.base import Options, Unreachable
from deskui.upstream.memory import Adapter, World
from tests.make import NOW, Clock, make_store


def customs(_name: str) -> Customs:
    """Those of a desk that says nothing of it."""
    return OFF


class Maker:
    """Makes upstreams, or says why not."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble: Unreachable | None = None

    def __call__(self, name: str) -> Adapter:
        self.asked.append(name)
        if self.trouble:
            raise self.trouble
        return Adapter(name, Options(user="anna"), world=World(lambda: NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with make_store(tmp_path, prefixes={"one": "A-", "two": "B-"}) as opened:
        yield opened


def test_an_engine_is_made_once_and_only_when_it_is_wanted(store: Store) -> None:
    make = Maker()
    engines = Engines(store, ("one", "two"), make, {}, Clock(), customs, sends=True)
    assert (list(engines), len(engines), make.asked) == (["one", "two"], 2, [])
    assert engines["one"] is engines["one"]
    assert make.asked == ["one"]
    engines.close()


def test_what_is_given_is_not_made(store: Store) -> None:
    make = Maker()
    given = make("one")
    engines = Engines(store, ("one",), make, {"one": given}, Clock(), customs, sends=True)
    assert engines["one"].upstream is given
    assert make.asked == ["one"]


def test_what_could_not_be_made_says_why_and_is_tried_again(store: Store) -> None:
    make = Maker()
    make.trouble = Unreachable("there is no secret", "auth", "set it")
    engines = Engines(store, ("two",), make, {}, Clock(), customs, sends=True)
    away = engines["two"].upstream
    assert away.prefix == "B-"
    with pytest.raises(Unreachable, match="there is no secret"):
        away.login()
    make.trouble = None
    assert engines["two"].upstream.login().user == "anna"
    assert make.asked == ["two", "two"]
    engines.close()
