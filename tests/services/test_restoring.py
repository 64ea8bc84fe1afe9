"""What waited for a ticket that was deleted goes on in a new one, or is dropped, and its words are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskui.domain.change import Acknowledge, Assign, Change, Close, Hold, Note, Reply, Resolve, Resume
from deskui.domain.draft import Draft
from deskui.domain.fields import SetImpact, SetPriority
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.ticket import Ticket
from deskui.services.desk import Refused
from deskui.services.restoring import fitting, restore
from deskui.services.settling import Unsettled
from deskui.store import drafts, outbox
from tests.ui.desk import WholeDesk, whole_desk


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path / "home") as desk:
        yield desk


def gone(whole: WholeDesk, *changes: Any) -> str:
    """A ticket that is deleted upstream while `changes` wait for it; its id."""
    ticket = whole.make(priority=2)
    whole.do(ticket, *changes)
    whole.world.delete(ticket[3:])
    whole.sync()
    return ticket


def words(whole: WholeDesk) -> list[tuple[str, str]]:
    return [(draft.kind, draft.text) for draft in whole.store.read(lambda db: drafts.of(db, ("anna",)))]


def test_everything_goes_on_in_a_new_ticket(whole: WholeDesk) -> None:
    ticket = gone(whole, Assign("anna"), Note("cable swapped"), SetPriority(1), Resolve("works again"))
    old = whole.services.desk.ticket(ticket)
    draft = Draft("d1", old.uid, "note", "anna", "half a sentence")
    whole.store.write(lambda tx: drafts.keep(tx, draft)).result()
    one, *others = whole.services.syncing.conflicts()
    assert len(others) == 3
    made = restore(whole.services.desk, one.uid).result()
    assert (made, whole.services.syncing.conflicts()) == ("RT-~1", [])
    whole.sync()
    new = whole.services.desk.ticket(made)
    assert (new.id, new.subject, new.customer, new.requestors) == (
        "RT-2", "Tills offline in 14 stores", "Nordkauf", ("max@nordkauf.example",),
    )  # fmt: skip
    assert (new.owner, new.priority, new.state) == ("anna", 1, "resolved")
    said = [event.text for event in whole.world.live.events["2"] if event.text]
    assert said == [
        f"{ticket} was deleted in rt; this ticket goes on with it.\n\nNothing works", "cable swapped", "works again",
    ]  # fmt: skip
    assert whole.store.read(lambda db: drafts.get(db, "d1")).ticket == new.uid
    typed = [entry.change for entry in whole.store.read(lambda db: outbox.entries(db, old.uid))]
    assert typed == [Assign("anna"), Note("cable swapped"), SetPriority(1), Resolve("works again")]
    with pytest.raises(Refused, match="no open conflict"):
        restore(whole.services.desk, one.uid).result()


def test_a_reply_can_be_taken_back_before_the_customer_reads_it(whole: WholeDesk) -> None:
    gone(whole, Reply("we are on it"))
    restore(whole.services.desk, whole.services.syncing.conflicts()[0].uid).result()
    whole.sync()
    assert [entry.change.verb for entry in whole.services.desk.outbox()] == ["reply"]
    whole.clock.now += 10
    whole.sync()
    assert [event.text for event in whole.world.live.events["2"] if event.type == "public_reply"] == ["we are on it"]


def test_what_is_dropped_leaves_its_words(whole: WholeDesk) -> None:
    gone(whole, Note("cable swapped"), Assign("anna"))
    note, owner = whole.services.syncing.conflicts()
    with pytest.raises(Unsettled, match="make a new one of it"):
        whole.services.syncing.settle(note.uid, "mine").result()
    for conflict in (note, owner):
        whole.services.syncing.settle(conflict.uid, "theirs").result()
    assert (words(whole), whole.services.syncing.conflicts()) == ([("note", "cable swapped")], [])


def test_their_value_leaves_the_words_of_mine(whole: WholeDesk) -> None:
    ticket = whole.make()
    whole.do(ticket, Resolve("it was the fuse"))
    whole.world.change_as("kim", ticket[3:], Hold("parts"))
    whole.sync()
    (clash,) = whole.services.syncing.conflicts()
    whole.services.syncing.settle(clash.uid, "theirs").result()
    assert words(whole) == [("resolve", "it was the fuse")]


def test_a_ticket_that_is_back_takes_it_itself(whole: WholeDesk) -> None:
    ticket = gone(whole, Note("cable swapped"))
    (clash,) = whole.services.syncing.conflicts()
    whole.world.live.gone.discard(ticket[3:])
    whole.world.note_as("kim", ticket[3:], "deleted by mistake")
    whole.sync()
    with pytest.raises(Refused, match="is there again"):
        restore(whole.services.desk, clash.uid).result()
    whole.services.syncing.settle(clash.uid, "mine").result()
    whole.sync()
    assert [event.text for event in whole.world.live.events[ticket[3:]]][-1] == "cable swapped"


NEW = Ticket(upstream="rt", state="new")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (Note("x", 5), Note("x", 5)),
        (Assign("me"), Assign("me")),
        (Acknowledge(), Acknowledge()),
        (Link("related", "RT-2", "2"), Link("related", "RT-2", "2")),
        (Unlink("related", "RT-2", "2"), None),
        (Merge("RT-2", "2"), None),
        (Resume("vendor"), None),
        (Close("they agree"), Note("they agree")),
        (Close(), None),
        (SetImpact("high", "shop closed"), SetImpact("high", "shop closed")),
    ],
)
def test_what_of_a_change_goes_on(change: Change, left: Change | None) -> None:
    assert fitting(change, NEW) == left
