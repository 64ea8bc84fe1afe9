"""QUERY: what it says, and where it goes wrong."""

import pytest

from deskui.domain.query import Query, QueryError, parse
from deskui.domain.ticket import OPEN, STATES

f = frozenset


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  ", Query()),
        ("vpn Gateway", Query(words=("vpn", "gateway"))),
        ("vpn and gateway AND vpn", Query(words=("vpn", "gateway"))),
        ('"and" x', Query(words=("and", "x"))),
        ('"mail queue" x', Query(words=("mail queue", "x"))),
        ("STRASSE straße", Query(words=("strasse",))),
        ("state:open", Query(states=OPEN)),
        ("state:all", Query(states=f(STATES))),
        ("state:new,pending", Query(states=f({"new", "pending"}))),
        ("state:WAIT state:resolved", Query(states=f({"pending", "resolved"}))),
        ("prio:P1,2", Query(priorities=f({1, 2}))),
        ("PRIO:p3", Query(priorities=f({3}))),
        ("owner:me,none", Query(owners=f({"me", "none"}))),
        ("owner:NONE", Query(owners=f({"none"}))),
        ("owner:Kim", Query(owners=f({"Kim"}))),
        ('customer:"Kranz AG",Nordkauf', Query(customers=f({"Kranz AG", "Nordkauf"}))),
        ('customer:"Kranz, Söhne"', Query(customers=f({"Kranz, Söhne"}))),
        ('customer:Nordkauf prio:1 "till, 3"', Query(("till, 3",), None, f({1}), None, f({"Nordkauf"}))),
        ("http://host", Query(words=("http://host",))),
        (":x", Query(words=(":x",))),
        ('"state:new"', Query(words=("state:new",))),
        ("測試 state:open", Query(words=("測試",), states=OPEN)),
    ],
)
def test_what_a_query_says(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("state:", 6, "needs a value"),
        ("vpn state:opn", 10, "no state 'opn'; there are open, all, new"),
        ("prio:5", 5, "no priority '5'"),
        ("prio:P1,", 5, "needs a value"),
        ('vpn "mail', 4, "not closed"),
        ('customer:"Kranz', 9, "not closed"),
    ],
)
def test_where_it_goes_wrong(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(text)
    assert caught.value.position == position
    assert f"character {position + 1}" in str(caught.value)


def test_open_is_what_is_shown_without_a_state() -> None:
    assert parse("vpn").shown_states == OPEN
