"""QUERY: what it says, and where it goes wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskui.domain.query import CLOCKS, FIELDS, FLAGS, Limit, Not, Or, Query, QueryError, parse
from deskui.domain.ticket import OPEN, STATES

f = frozenset
TODAY = 1_795_478_400  # 2026-11-24T00:00:00Z


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
        ("is:late,paused is:LATE", Query(flags=f({"late", "paused"}))),
        ("sla:<30m", Query(left=Limit(True, 1800))),
        ("SLA:>1h30M", Query(left=Limit(False, 5400))),
        ("update:<30m", Query(update=Limit(True, 1800))),
        ("due:<15m", Query(due=Limit(True, 900))),
        ("due:<06:00", Query(due=Limit(True, at=TODAY + 6 * 3600))),
        ("due:<2026-11-24T06:00Z", Query(due=Limit(True, at=TODAY + 6 * 3600))),
        ("due:today", Query(due=Limit(True, at=TODAY + 86_400))),
        ("missed:response,resolution judged:<7d", Query(missed=f({"response", "resolution"}), judged=7 * 86_400)),
        ("met:Response", Query(met=f({"response"}))),
        ('"is:late"', Query(words=("is:late",))),
        ("測試 state:open", Query(words=("測試",), states=OPEN)),
        ("created:>2d updated:<1h", Query(created=Limit(False, 172_800), updated=Limit(True, 3600))),
        ('tag:vpn,"a b" ci:NONE', Query(tags=f({"vpn", "a b"}), cis=f({"none"}))),
        ("is:changed has:note,Draft", Query(flags=f({"changed"}), has=f({"note", "draft"}))),
        ("-vpn x", Query(words=("x",), also=(Not(Query(words=("vpn",))),))),
        ("-is:late", Query(also=(Not(Query(flags=f({"late"}))),))),
        ("-or", Query(also=(Not(Query(words=("or",))),))),
        ('- --- foo(1) "(a)" "or" "-x"', Query(words=("-", "---", "foo(1)", "(a)", "or", "-x"))),
        ("a b or c", Query(also=(Or((Query(words=("a", "b")), Query(words=("c",)))),))),
        ("x (a OR b)", Query(words=("x",), also=(Or((Query(words=("a",)), Query(words=("b",)))),))),
        ("(a)", Query(also=(Query(words=("a",)),))),
        ("-(a or b)", Query(also=(Not(Query(also=(Or((Query(words=("a",)), Query(words=("b",)))),))),))),
    ],
)
def test_what_a_query_says(text: str, query: Query) -> None:
    assert parse(text, "UTC", TODAY + 3600) == query


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("state:", 6, "needs a value"),
        ("vpn state:opn", 10, "no state 'opn'; there are open, all, new"),
        ("prio:5", 5, "no priority '5'"),
        ("prio:P1,", 5, "needs a value"),
        ("is:", 3, "needs a value"),
        ("vpn is:burning", 7, "no is: 'burning'; there are late"),
        ("sla:30m", 4, "write <30m"),
        ("sla:<", 4, "no limit"),
        ("sla:<x", 4, "no limit"),
        ("due:<25:00", 4, "no limit"),
        ("due:<2026-11-24T06:00", 4, "no limit"),
        ("due:tomorrow", 4, "no limit"),
        ("missed:update", 7, "no clock 'update'; there are response, resolution"),
        ("judged:<7d", 7, "with missed: or met:"),
        ("met:response judged:>7d", 20, "with missed: or met:"),
        ('vpn "mail', 4, "not closed"),
        ("vpn or", 4, "between two"),
        ("or vpn", 0, "between two"),
        ("a or or b", 2, "between two"),
        ("x (or a)", 3, "between two"),
        ("x (a", 2, "not closed"),
        ("x a)", 3, "without a"),
        ("x ()", 2, "nothing is in"),
        ("has:fun", 4, "no has: 'fun'"),
        ("created:2d", 8, "write <30m"),
        ("a\ud800", 1, "no text holds"),
        ("due:<0001-01-01T00:00:00+14:00", 4, "no limit"),
        ('customer:"Kranz', 9, "not closed"),
    ],
)
def test_where_it_goes_wrong(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(text)
    assert caught.value.position == position
    assert f"character {position + 1}" in str(caught.value)


WORDS = st.sampled_from(
    (*(f"{name}:" for name in FIELDS), *FLAGS, *CLOCKS, "<", ">", "30m", "06:00", '"', ",", " ", "0")
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=6))
def test_any_text_is_a_query_or_says_where_it_is_none(parts: list[str]) -> None:
    text = "".join(parts)
    place = 0
    try:
        parse(text, "Europe/Berlin", TODAY)
    except QueryError as error:
        place = error.position
    assert 0 <= place <= len(text)


def test_open_is_what_is_shown_without_a_state() -> None:
    assert parse("vpn").shown_states == OPEN
