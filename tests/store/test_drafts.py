"""Drafts: kept under their uid, private to their author, and never on another ticket than their own."""

from dataclasses import replace

import pytest

from deskui.domain.change import Assign, Close, Reply, Resolve
from deskui.domain.draft import Draft
from deskui.store import drafts, tickets
from deskui.store.store import Store
from tests.make import NOW, Clock, make_event, make_ticket, pull, queue, write

DRAFT = Draft("d-1", "", "reply", "anna", "Dear Max,", "15", ("-a@x.example",), ("+b@x.example",), ("7", "9"))


@pytest.fixture
def uid(store: Store) -> str:
    return pull(store, make_ticket(17), [make_event()])


def test_a_draft_is_kept_as_it_was_and_the_newer_text_wins(store: Store, clock: Clock, uid: str) -> None:
    draft = replace(DRAFT, ticket=uid)
    write(store, lambda tx: drafts.keep(tx, draft))
    first = replace(draft, began=NOW, at=NOW)
    assert store.read(lambda db: drafts.get(db, "d-1")) == first
    clock.now += 60
    write(store, lambda tx: drafts.keep(tx, replace(first, text="Dear Max, we")))
    assert store.read(lambda db: drafts.of(db, ["anna"])) == [replace(first, text="Dear Max, we", at=NOW + 60)]


def test_it_is_private_to_its_author_and_stays_with_its_ticket_and_kind(store: Store, clock: Clock, uid: str) -> None:
    other = pull(store, make_ticket(18), [make_event()])
    for number, (ticket, kind, author) in enumerate(
        [(uid, "reply", "anna"), (uid, "note", "anna"), (other, "reply", "anna"), (uid, "reply", "kim")]
    ):
        draft = replace(DRAFT, uid=f"d-{number}", ticket=ticket, kind=kind, author=author)
        write(store, lambda tx, draft=draft: drafts.keep(tx, draft))
        clock.now += 1

    def found(*where: str, who: tuple[str, ...] = ("anna",)) -> list[str]:
        return [draft.uid for draft in store.read(lambda db: drafts.of(db, who, *where))]

    assert found() == ["d-2", "d-1", "d-0"]
    assert found(uid) == ["d-1", "d-0"]
    assert found(uid, "reply") == ["d-0"]
    assert found(other, "note") == []
    assert found(who=("kim",)) == ["d-3"]
    assert found(who=()) == []
    assert store.read(lambda db: drafts.marked(db, ["kim"])) == {uid}
    assert store.read(lambda db: drafts.marked(db, ["anna", "kim"])) == {uid, other}
    assert store.read(lambda db: drafts.marked(db, ["tom"])) == frozenset()


def test_only_coming_and_going_is_told_not_each_keystroke(store: Store, uid: str) -> None:
    told: list[bool] = []
    store.subscribe(lambda changed: told.append("drafts" in changed.other))
    draft = replace(DRAFT, ticket=uid)
    for text in ("a", "ab", "abc"):
        write(store, lambda tx, text=text: drafts.keep(tx, replace(draft, text=text)))
    assert told == [True]
    assert write(store, lambda tx: drafts.drop(tx, "d-1"))
    assert not write(store, lambda tx: drafts.drop(tx, "d-1"))
    assert told == [True, True]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_text_that_was_emptied_is_no_draft(store: Store, uid: str, text: str) -> None:
    draft = replace(DRAFT, ticket=uid, to=(), cc=())
    write(store, lambda tx: drafts.keep(tx, draft))
    write(store, lambda tx: drafts.keep(tx, replace(draft, text=text)))
    assert store.read(lambda db: drafts.of(db, ["anna"])) == []


def test_who_goes_on_with_it_leaves_the_other_writer_a_row_of_their_own(store: Store, uid: str) -> None:
    draft = replace(DRAFT, ticket=uid)
    write(store, lambda tx: drafts.keep(tx, draft))
    taken = write(store, lambda tx: drafts.take(tx, "d-1", "d-2"))
    assert taken == replace(draft, uid="d-2", began=NOW, at=NOW)
    write(store, lambda tx: drafts.keep(tx, replace(draft, text="the other console writes on")))
    assert {(each.uid, each.text) for each in store.read(lambda db: drafts.of(db, ["anna"]))} == {
        ("d-2", "Dear Max,"), ("d-1", "the other console writes on"),
    }  # fmt: skip
    assert write(store, lambda tx: drafts.take(tx, "d-0", "d-3")) is None


def test_it_follows_a_ticket_that_turns_out_to_be_one_made_here(store: Store) -> None:
    def create(tx):
        made = tickets.new(tx, "rt")
        tickets.rebuild(tx, [made])
        return made

    made = write(store, create)
    double = pull(store, make_ticket(19), [make_event()])
    write(store, lambda tx: drafts.keep(tx, replace(DRAFT, ticket=double)))
    write(store, lambda tx: tickets.adopt(tx, made, make_ticket(19)))
    assert [each.ticket for each in store.read(lambda db: drafts.of(db, ["anna"]))] == [made]


def test_words_that_were_taken_back_are_a_draft_again(store: Store, clock: Clock, uid: str) -> None:
    def say(at: int, **more):
        write(store, lambda tx: tickets.add_events(tx, uid, [make_event("customer_reply", at=at, **more)]))

    say(NOW - 60, key="90001")
    reply = queue(store, uid, Reply("Dear Max", 7, cc=("+lead@x.example",)))
    say(NOW + 60, key="90002")
    for entry in (
        reply,
        queue(store, uid, Resolve("works")),
        queue(store, uid, Close()),
        queue(store, uid, Assign("kim")),
    ):
        write(store, lambda tx, entry=entry: drafts.back(tx, entry))
    found = {each.kind: each for each in store.read(lambda db: drafts.of(db, ["anna"]))}
    assert sorted(found) == ["reply", "resolve"]
    again = found["reply"]
    assert (again.text, again.minutes, again.cc, again.known) == ("Dear Max", "7", ("+lead@x.example",), ("90001",))
    assert (found["resolve"].text, found["resolve"].minutes) == ("works", "")


def test_a_ticket_that_is_not_there_has_none(store: Store) -> None:
    with pytest.raises(LookupError):
        write(store, lambda tx: drafts.keep(tx, replace(DRAFT, ticket="nowhere")))
