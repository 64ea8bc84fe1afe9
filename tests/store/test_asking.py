"""A QUERY as SQL: it finds what it says, and what somebody typed is never part of a statement."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskui.domain.change import Note
from deskui.domain.draft import Draft
from deskui.domain.query import CLOCKS, FIELDS, FLAGS, HAS, Query, QueryError, parse
from deskui.domain.ticket import OPEN, STATES
from deskui.domain.view import FALLING
from deskui.store import asking, drafts, queue, tickets
from deskui.store.store import Store
from tests.make import NOW, make_event, make_store, make_ticket, pull, write
from tests.make import queue as do

ME = frozenset({"anna"})
DAY = 86_400
SUBJECTS = ("vpn gateway", "mail queue", "vpn mail", "printer")


def values(n: int) -> dict[str, Any]:
    """The n-th of the tickets, all different."""
    return {
        "subject": SUBJECTS[n % 4], "owner": (None, "anna", "kim")[n % 3], "priority": n % 4 + 1,
        "customer": ("Nordkauf", "Kranz AG", None)[n % 5 % 3], "state": STATES[n % len(STATES)],
        "tags": (("vpn",), (), ("Night", "vpn"))[n % 7 % 3], "cis": ((), ("till-gw-07",))[n % 2],
        "created": NOW - n * DAY - 60, "updated": NOW - n * 3600 - 60,
    }  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """RT-1 to RT-30; nothing is known of their history."""
    store = make_store(tmp_path_factory.mktemp("asking"))
    for n in range(1, 31):
        pull(store, make_ticket(n, **values(n)), history="none")
    return store


def ids(store: Store, text: str, me: frozenset[str] = ME) -> set[int]:
    pks = store.read(lambda db: queue.ids(db, parse(text, "UTC", NOW), me, NOW))
    return {int(row[4]) for row in store.read(lambda db: queue.rows(db, pks))}


ATOMS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "vpn": lambda t: "vpn" in t["subject"],
    "mail": lambda t: "mail" in t["subject"],
    "owner:me": lambda t: t["owner"] == "anna",
    "owner:none,kim": lambda t: t["owner"] != "anna",
    "prio:1,2": lambda t: t["priority"] < 3,
    'customer:"kranz ag"': lambda t: t["customer"] == "Kranz AG",
    "customer:none": lambda t: t["customer"] is None,
    "tag:VPN": lambda t: "vpn" in t["tags"],
    "tag:night,other": lambda t: "Night" in t["tags"],
    "tag:none": lambda t: not t["tags"],
    "ci:TILL-gw-07": lambda t: bool(t["cis"]),
    "ci:none": lambda t: not t["cis"],
    "created:>10d": lambda t: t["created"] < NOW - 10 * DAY,
    "updated:<5h": lambda t: t["updated"] > NOW - 5 * 3600,
}


def meaning(said: Any, ticket: dict[str, Any]) -> bool:
    """What a drawn query says of a ticket, by Python."""
    if isinstance(said, str):
        return ATOMS[said](ticket)
    kind, parts = said
    if kind == "not":
        return not meaning(parts, ticket)
    return (all if kind == "and" else any)(meaning(part, ticket) for part in parts)


def written(said: Any) -> str:
    if isinstance(said, str):
        return said
    kind, parts = said
    if kind == "not":
        return f"-({written(parts)})"
    return f"({(' ' if kind == 'and' else ' or ').join(f'({written(part)})' for part in parts)})"


TREES = st.recursive(
    st.sampled_from(sorted(ATOMS)),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(TREES, st.booleans())
def test_a_query_finds_what_it_says(many: Store, said: Any, everything: bool) -> None:
    text = written(said) + (" state:all" if everything else "")
    shown = STATES if everything else OPEN
    wanted = {n for n in range(1, 31) if values(n)["state"] in shown and meaning(said, values(n))}
    assert ids(many, text) == wanted, text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(sorted(ATOMS)), max_size=4, unique_by=lambda atom: atom.split(":")[0]))
def test_without_brackets_all_parts_hold(many: Store, atoms: list[str]) -> None:
    wanted = {n for n in range(1, 31) if values(n)["state"] in OPEN and all(ATOMS[a](values(n)) for a in atoms)}
    assert ids(many, " ".join(atoms)) == wanted


def states_of(*wanted: str) -> set[int]:
    return {n for n in range(1, 31) if values(n)["state"] in wanted}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-state:new", states_of(*OPEN - {"new"})),
        ("state:all -state:new", states_of(*set(STATES) - {"new"})),
        ("state:closed or state:new", states_of("closed", "new")),
        ("(state:closed or is:doubtful)", states_of("closed", *OPEN)),
        ("state:closed or vpn", states_of("closed") | {n for n in states_of(*OPEN) if n % 4 in (0, 2)}),
        ("(state:closed or state:new) (vpn or mail)", {n for n in states_of("closed", "new") if n % 4 in (0, 1, 2)}),
        ("state:all (vpn)", {n for n in range(1, 31) if n % 4 in (0, 2)}),
        ("state:closed (state:new or vpn)", {n for n in states_of("closed") if n % 4 in (0, 2)}),
    ],
)  # fmt: skip
def test_which_states_are_meant(many: Store, text: str, found: set[int]) -> None:
    assert ids(many, text) == found


@pytest.fixture
def worked(store: Store) -> Store:
    """RT-1 anna, then kim; RT-2 kim, then Anna; RT-3 kim alone; RT-4 anna, then the upstream; RT-5 a waiting note."""

    def note(at: int, who: str) -> Any:
        return make_event("internal_note", NOW - at, author=who, text="x")

    moved = make_event("field", NOW - 60, author="rt", side="system", field="queue", **{"from": "a", "to": "b"})
    given_to = make_event("assign", NOW - 60, author="kim", **{"from": None, "to": "kim"})
    happened = ([note(90, "anna"), note(60, "kim")], [note(90, "kim"), note(60, "Anna")], [given_to])
    for n, events in enumerate((*happened, [note(90, "anna"), moved], []), 1):
        pull(store, make_ticket(n), [make_event("created", NOW - 900, priority=2), *events])
    uid = store.read(lambda db: tickets.uid_of(db, "RT-5"))
    do(store, uid, Note("waits"))
    write(store, lambda tx: drafts.keep(tx, Draft("d1", uid, "note", "anna", "half a")))
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [("is:changed", {1}), ("-is:changed", {2, 3, 4, 5}), ("has:note", {1, 2, 4, 5}), ("-has:note", {3}),
     ("has:draft", {5}), ("has:draft,note", {5}), ("has:attachment", set()), ("is:changed or has:draft", {1, 5})],
)  # fmt: skip
def test_what_somebody_did(worked: Store, text: str, found: set[int]) -> None:
    assert ids(worked, text) == found


@pytest.mark.parametrize("many", [0, 20_000])
def test_what_others_did_since_is_the_same_on_a_large_desk(
    worked: Store, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(asking, "_FOREIGN", asking._FOREIGN.replace(f"> {asking._MANY_OPEN}", f"> {many}"))
    assert ids(worked, "is:changed") == {1}
    assert ids(worked, "-is:changed", ME | {"kim"}) == {1, 2, 3, 4, 5}
    assert ids(worked, "is:changed", frozenset({"kim"})) == {2}


@pytest.mark.parametrize(
    ("tag", "found"),
    [("VPN", {1, 2}), ('","', {3}), ('"ab"', {3}), ("vp", set()), ("a", set()), ("vpn,mail", {1, 2, 3}), ("none", {4})],
)
def test_a_tag_is_the_whole_name(store: Store, tag: str, found: set[int]) -> None:
    for n, tags in enumerate((("vpn",), ("Night", "Vpn"), (",", "mail", "ab"), ()), 1):
        pull(store, make_ticket(n, tags=tags))
    assert ids(store, f"tag:{tag}") == found


def test_a_draft_is_nobody_elses(worked: Store) -> None:
    assert ids(worked, "has:draft", frozenset({"kim"})) == set()
    assert ids(worked, "has:draft or is:changed", frozenset()) == set()


# What somebody typed is never part of a statement

PIECES = st.sampled_from((
    *(f"{name}:" for name in FIELDS), *FLAGS, *CLOCKS, *HAS, *STATES, "<", ">", "30m", "06:00", '"', ",", " ", "(", ")",
    "-", " or ", " and ", "me", "none", "1", "'", ";", "--", "%", "*", "today", "all", "x' OR 1=1 --", "\x00", "\ud800",
))  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=12).map("".join)
TOKEN = re.compile(r"'[^']*'|[\w$.]+|\S")


def statement(text: str, order: str = "sla") -> tuple[str, list[Any]]:
    return queue.select(parse(text, "Europe/Berlin", NOW), ME, order, None, NOW)


@cache
def alphabet() -> frozenset[str]:
    """Every token of the statements of one query for each thing that can be asked."""
    asked = [f"is:{flag}" for flag in FLAGS] + [f"has:{what}" for what in HAS]
    asked += [f"{verdict}:{clock} judged:<1d" for verdict in ("missed", "met") for clock in CLOCKS]
    asked += ["sla:<1m", "sla:>1m", "due:<1m", "due:>1m", "created:<1m", "created:>1m", "updated:<1m", "updated:>1m"]
    asked += [f"{name}:none,x" for name in ("owner", "customer", "tag", "ci")]
    asked += [
        "state:new",
        "state:resolved",
        "prio:1",
        "vpn",
        "x",
        "(a or -b)",
        '-("")',
        "state:closed (state:new or x)",
    ]
    found: set[str] = set()
    for text in ("", "state:all "):
        for each in asked:
            found.update(TOKEN.findall(statement(text + each)[0]))
    return frozenset(found)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(sorted(queue.ORDERS)), st.sampled_from(("", "^", "-")))
def test_no_text_crashes_or_reaches_the_statement(many: Store, text: str, order: str, way: str) -> None:
    place = 0
    try:
        query = parse(text, "Europe/Berlin", NOW)
    except QueryError as error:
        place = error.position
        query = Query()
    assert 0 <= place <= len(text)
    sql, _ = queue.select(query, ME, order + way, None, NOW)
    columns = {token for terms in queue.ORDERS.values() for token in TOKEN.findall(terms)} | {"DESC"}
    assert set(TOKEN.findall(sql)) <= alphabet() | columns
    many.read(lambda db: queue.ids(db, query, ME, NOW, order + way))


@pytest.mark.parametrize("text", ["x " * 200, "(" * 50 + "a" + ")" * 50, " or ".join(f"w{n}" for n in range(101))])
def test_a_query_without_end_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="more than"):
        parse(text)


def test_a_query_as_large_as_may_be_is_answered(many: Store) -> None:
    assert ids(many, " ".join(f"-w{n}" for n in range(100))) == states_of(*OPEN)
    assert ids(many, "(" * 12 + "vpn" + ")" * 12) == ids(many, "vpn")


@pytest.mark.parametrize("order", sorted(queue.ORDERS))
def test_turned_round_every_order_is_the_reverse(many: Store, order: str) -> None:
    natural, other = ("-", "^") if order in FALLING else ("^", "-")

    def found(name: str) -> list[int]:
        return many.read(lambda db: queue.ids(db, parse("state:all"), ME, NOW, name))

    assert found(order) == found(order + natural) == found(order + other)[::-1]
