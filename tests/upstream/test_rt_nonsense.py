"""RT, or what stands in its place, answers something else than asked: said in words, never a crash, never a guess."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from deskui.domain.change import Create
from deskui.domain.ticket import Ticket
from deskui.upstream._http import Answer
from deskui.upstream.base import Options, Unreachable
from deskui.upstream.conformance import entry_of
from deskui.upstream.rt import Adapter

NONSENSE: list[Any] = [
    ["Permission Denied"],
    "Permission Denied",
    None,
    7,
    {"message": "Permission Denied"},
    {"items": 3},
]


class Says:
    """A session whose every answer is a 200 with the same words."""

    offset_s = 0.0

    def __init__(self, words: Any) -> None:
        self.body = json.dumps(words).encode()

    def request(self, *_asked: Any, **_more: Any) -> Answer:
        return Answer(200, {}, self.body)


CALLS: list[Callable[[Adapter], Any]] = [
    lambda rt: rt.head(),
    lambda rt: list(rt.open_tickets("")),
    lambda rt: list(rt.history(["1"])),
    lambda rt: list(rt.bodies(["1"])),
    lambda rt: list(rt.feed("1")),
    lambda rt: rt.read("1", ""),
    lambda rt: rt.created("tok"),
    lambda rt: rt.push(entry_of(Create("s", "t", queue="Net", token="tok"), "anna", 0), Ticket("rt"), ""),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("words", NONSENSE, ids=str)
def test_an_answer_that_is_none(call: Callable[[Adapter], Any], words: Any) -> None:
    adapter = Adapter("rt", Options(url="http://rt.example", user="anna"), "secret")
    adapter._api.session.close()
    adapter._api.session = Says(words)  # type: ignore[assignment]
    with pytest.raises(Unreachable) as caught:
        call(adapter)
    assert caught.value.maybe_written
