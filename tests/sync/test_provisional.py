"""A ticket made here is named by its real id everywhere once it has one, and what needs that id waits for it."""

import pytest

from deskui.domain.change import Create, Note, Reply
from deskui.domain.draft import Draft
from deskui.domain.links import Link
from deskui.services import links
from deskui.store import drafts, outbox, tickets
from deskui.store.provisional import named
from tests.sync import test_engine as engine
from tests.sync.test_engine import texts

console, open_console, time, world = engine.console, engine.open_console, engine.time, engine.world


def new(console, subject="Phoned in"):
    """A ticket made here and not sent yet; its uid and the uid of its create."""

    def work(tx):
        uid = tickets.new(tx, "mem")
        entry = outbox.add(tx, uid, Create(subject, token=subject), author="anna")
        tickets.rebuild(tx, [uid])
        return uid, entry.uid

    return console.store.write(work).result()


def link(console, remote, to):
    """As the desk queues it."""
    ticket = console.shown(remote)
    change = console.store.read(lambda db: links.named(db, "M-", ticket, Link("related", to)))
    return console.do(remote, change)


def test_a_link_waits_for_both_and_holds_nothing_up(console, world):
    new(console)
    entry = link(console, "1", "m-~1")
    console.do("1", Note("goes by itself"))
    console.faults.reject_next = "no such queue"
    console.sync()
    assert (console.states(), texts(world, "1")) == (["rejected", "queued", "sent"], ["goes by itself"])
    create = console.store.read(lambda db: outbox.entries(db, states=("rejected",)))[0]
    console.store.write(lambda tx: outbox.mark(tx, create.uid, "queued")).result()
    console.sync()
    assert (set(console.states()), world.ticket("1").links) == ({"sent"}, ("related 6",))
    assert console.store.read(lambda db: outbox.get(db, entry.uid)).change == Link("related", "M-6", "6")


def test_a_link_to_a_ticket_that_is_never_made_says_so(console):
    _, create = new(console)
    entry = link(console, "1", "M-~1")
    console.store.write(lambda tx: outbox.mark(tx, create, "dropped")).result()
    now = console.store.read(lambda db: outbox.get(db, entry.uid))
    assert (now.state, now.error) == ("rejected", "M-~1 was not made")


def test_what_names_it_names_it_anew(console, world):
    uid, _ = new(console)
    console.do("1", Note("see M-~1, not M-~12"))
    console.do("2", Reply("your other request is m-~1."))
    draft = Draft("d1", console.uid("3"), "note", "anna", "like M-~1")

    def work(tx):
        drafts.keep(tx, draft)
        tx.db.execute("INSERT INTO view(name, position, query, cursor) VALUES ('v', 1, 'id:M-~1', '')")

    console.store.write(work).result()
    console.sync()  # the create was made first and goes first: its id is known to the others
    assert texts(world, "1") == ["see M-6, not M-~12"]
    assert texts(world, "2", "public_reply") == ["your other request is M-6."]
    assert console.store.read(lambda db: drafts.get(db, "d1")).text == "like M-6"
    assert console.store.read(lambda db: db.execute("SELECT query FROM view").fetchall()) == [("id:M-6",)]
    assert console.store.read(lambda db: tickets.uid_of(db, "M-~1")) == uid


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("M-~1", "M-6"),
        ("(m-~1)", "(M-6)"),
        ("M-~10 M-~1", "M-~10 M-6"),
        ("AM-~1", "AM-~1"),
        ("x-M-~1", "x-M-~1"),
        ("", ""),
    ],
)
def test_only_its_whole_name_is_replaced(said, then):
    assert named(said, "M-~1", "M-6") == then
