"""What is found by way of what was found before is what would be found anyway; and it is found there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskui.domain.query import QueryError, parse
from deskui.store import narrowing, queue
from deskui.store.driver import Connection
from deskui.store.store import Store
from tests.make import NOW, make_event, make_store, make_ticket, pull

ME = frozenset({"anna"})
SUBJECTS = ("VPN gateway down", "vp-net: vpn--d", "Drücker in café", "ovpnd", "mail ... queue", "e\u0301te")
TEXTS = ("the vpn dropped", "v pn", "... --- ...", "Cafeteria vpn", "été", "x_vp")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_store(tmp_path_factory.mktemp("narrow")) as store:
        for n in range(24):
            owner = ("anna", "kim", None)[n % 3]
            ticket = make_ticket(n + 1, subject=SUBJECTS[n % 6], owner=owner, state=("new", "resolved")[n % 8 == 7])
            pull(store, ticket, [make_event(text=TEXTS[(n // 2) % 6], type="internal_note")])
        yield store


class Asked:
    """A `Last` on one connection, and how often it looked at a few tickets only."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.last, self.narrow = store, narrowing.Last(), list[bool]()
        told = queue.ids

        def ids(*given: Any) -> Any:
            self.narrow.append(len(given) > 6)  # the seventh: a few tickets
            return told(*given)

        monkeypatch.setattr(narrowing.queue, "ids", ids)

    def ids(self, text: str, now: int = NOW, order: str = "sla") -> list[int]:
        query = parse(text, "UTC", now)
        return list(self.store.read(lambda db: self.last.ids(db, query, ME, now, order, None)))


def whole(store: Store, text: str, now: int = NOW, order: str = "sla") -> list[int]:
    return list(store.read(lambda db: queue.ids(db, parse(text, "UTC", now), ME, now, order)))


KEYS = st.sampled_from([*"vpndeé.-\"' ", "\u0301", "owner:me ", "state:all ", "-", "or ", "<", "<<<", "is:late "])


@settings(max_examples=300, deadline=None)
@given(st.lists(KEYS, max_size=14), st.sampled_from(("sla", "updated", "subject-")))
def test_whatever_is_typed_is_found_as_anew(store: Store, keys: list[str], order: str) -> None:
    last, text = narrowing.Last(), ""
    for key in keys:
        text = text[:-1] if key == "<" else text[:-4] if key == "<<<" else text + key
        try:
            query = parse(text, "UTC", NOW)
        except QueryError:
            continue

        def asked(db: Connection, query: Any = query) -> list[int]:
            return list(last.ids(db, query, ME, NOW, order, None))

        assert store.read(asked) == whole(store, text, order=order), text


def test_a_longer_word_is_looked_for_among_what_was_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(store, monkeypatch)
    for text in ("v", "vp", "vpn", "vpn ", "vpn d", "vpn do"):
        asked.ids(text)
    assert asked.narrow == [False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("before", "after"),
    [("vpn", "vp"), ("vpn", "mail"), ("vpn", "vpn owner:me"), ("vpn", "vpn or mail"), ("vpn is:late", "vpnd is:late"),
     ("...", "...q"), ("vpn", "-vpn"), ("vpn created:<1h", "vpn d created:<1h")],
)  # fmt: skip
def test_another_question_is_asked_anew(store: Store, monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    asked = Asked(store, monkeypatch)
    asked.ids(before)
    assert asked.ids(after) == whole(store, after)
    assert not any(asked.narrow)


@pytest.mark.parametrize("when", ["between two keys", "while it is looked for"])
def test_what_was_written_meanwhile_is_found(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    with make_store(tmp_path) as store:
        pull(store, make_ticket(1, subject="vpn down"))
        asked = Asked(store, monkeypatch)
        asked.ids("vp")
        if when == "between two keys":
            pull(store, make_ticket(2, subject="ovpn drops"))
        else:
            before(monkeypatch, lambda: pull(store, make_ticket(2, subject="ovpn drops")))
        assert len(asked.ids("vpn d")) == 2
        assert len(asked.ids("vpn dr")) == 1


def before(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> None:
    """Does it once, when the version was looked at and nothing is found yet."""
    counted, told = list[int](), narrowing._version

    def version(db: Connection) -> int:
        counted.append(told(db))
        if len(counted) == 1:
            work()
        return counted[-1]

    monkeypatch.setattr(narrowing, "_version", version)


def test_many_are_read_from_the_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "MOST", 3)
    asked = Asked(store, monkeypatch)
    asked.ids("v")
    assert asked.ids("vp") == whole(store, "vp")
    assert not any(asked.narrow)
