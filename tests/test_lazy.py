"""A dataclass that is finished late is one all the same."""

import copy
import dataclasses
import pickle
import threading
from dataclasses import field
from typing import Any, ClassVar

import pytest

from deskui import lazy


@lazy.dataclass(frozen=True)
class Point:
    """A frozen one."""

    KIND: ClassVar[str] = "point"
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list, compare=False)
    note: str = field(default="", repr=False)

    def moved(self) -> "Point":
        """Another one."""
        return dataclasses.replace(self, x=self.x + 1)


@lazy.dataclass(frozen=True)
class Solid(Point):
    """One with a base."""

    z: int = 3


class Undecorated(Solid):
    """Takes what its base has."""


@lazy.dataclass()
class Counter:
    """One that can be changed, and looks at itself when it is made."""

    count: int = 0

    def __post_init__(self) -> None:
        self.count += 1

    def __repr__(self) -> str:
        return "mine"


def made(lazily: bool, **options: Any) -> Any:
    """The same class, finished late or at once."""

    class Pair:
        """Two."""

        left: int
        right: int = 5

    return (lazy.dataclass if lazily else dataclasses.dataclass)(**options)(Pair)


@pytest.mark.parametrize(
    "options", [{}, {"frozen": True}, {"eq": False}, {"order": True}, {"repr": False}, {"frozen": True, "order": True}]
)
def test_it_behaves_as_one_made_at_once(options: dict[str, bool]) -> None:
    def said(lazily: bool) -> list[Any]:
        pair = made(lazily, **options)
        one, same, other = pair(1), pair(left=1, right=5), pair(1, 6)
        found: list[Any] = [
            repr(one) if options.get("repr", True) else "",
            one == same,
            one == other,
            one != same,
            dataclasses.asdict(other),
            pair.__match_args__,
        ]
        found.append(pair.__hash__ is None or (hash(one) == hash(same)) == (one == same))
        for attempt in (
            lambda: one < other, lambda: setattr(one, "left", 9), lambda: delattr(one, "left"), lambda: pair(),
            lambda: pair(1, 2, 3), lambda: pair(wrong=1),
        ):  # fmt: skip
            try:
                found.append(attempt())
            except (TypeError, dataclasses.FrozenInstanceError) as error:
                found.append(str(error).replace("made.<locals>.", ""))
        return found

    assert said(True) == said(False)


def test_defaults_bases_and_copies() -> None:
    point = Point(1)
    assert (point, point.moved()) == (Point(1, 2, ["compared not"]), Point(2))
    assert repr(point) == "Point(x=1, y=2, tags=[])"
    assert point.tags is not Point(1).tags
    assert (Point.note, hasattr(Point, "tags"), Point.KIND) == ("", False, "point")
    assert Solid(1, z=9) == Solid(1, 2, [], "", 9) != Point(1)
    assert (Undecorated(4).x, isinstance(Undecorated(4), Solid)) == (4, True)
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    assert (Counter(4).count, repr(Counter())) == (5, "mine")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(point, "x", 3)  # noqa: B010 - the type checker knows that it cannot be


def test_its_fields_are_known_before_there_is_an_object() -> None:
    pair = made(True)
    assert dataclasses.is_dataclass(pair)
    assert [each.name for each in dataclasses.fields(pair)] == ["left", "right"]
    match pair(1):
        case pair(left, right):
            assert (left, right) == (1, 5)


def test_nothing_is_compiled_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = dataclasses.dataclass
    monkeypatch.setattr(dataclasses, "dataclass", lambda *args, **named: asked.append("once") or real(*args, **named))
    pair = made(True)
    assert not asked
    assert (pair(1), pair(1)) == (pair(1), pair(1))
    assert asked == ["once"]


def test_many_threads_may_make_the_first_ones() -> None:
    for _ in range(50):
        pair, start, found = made(True), threading.Barrier(4), list[Any]()

        def make(pair: Any = pair, start: threading.Barrier = start, found: list[Any] = found) -> None:
            start.wait()
            found.append(pair(7))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [pair(7)] * 4
