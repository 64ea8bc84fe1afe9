"""What was refused or may have arrived is sent again only by a person, who is told what may come of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.domain.change import Acknowledge, Assign, Create, Note, Reply, Resolve
from deskui.domain.draft import Draft
from deskui.services import resending
from deskui.services.desk import Refused
from deskui.store import drafts
from tests.ui.desk import WholeDesk, whole_desk


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path / "home") as desk:
        yield desk


def written(whole: WholeDesk, remote: str) -> list[str]:
    return [event.text for event in whole.world.live.events[remote] if event.type == "internal_note"]


def unknown(whole: WholeDesk, change: object) -> str:
    """A change whose answer was lost, and of which looking upstream found nothing certain."""
    entry = whole.do(whole.make(), change)
    whole.store.write(lambda tx: mark(tx, entry.uid, "unknown")).result()
    return str(entry.uid)


def mark(tx: object, uid: str, state: str) -> None:
    from deskui.store import outbox, tickets

    tickets.rebuild(tx, [outbox.mark(tx, uid, state).ticket])


def texts(whole: WholeDesk) -> list[str]:
    return [draft.text for draft in whole.store.read(lambda db: drafts.of(db, ("anna",)))]


def test_an_unknown_change_is_sent_again_once(whole: WholeDesk) -> None:
    uid = unknown(whole, Note("was it sent?"))
    assert resending.again(whole.services.desk, uid).result().state == "queued"
    with pytest.raises(Refused, match="waits to be sent as it is"):
        resending.again(whole.services.desk, uid).result()
    whole.sync()
    assert written(whole, "1") == ["was it sent?"]
    with pytest.raises(Refused, match="was sent"):
        resending.again(whole.services.desk, uid).result()


def test_what_was_refused_is_sent_again_and_is_no_draft_any_more(whole: WholeDesk) -> None:
    entry = whole.do(whole.make(), Note("checked"))
    whole.faults.reject_next = "Permission denied"
    whole.sync()
    assert texts(whole) == ["checked"]
    resending.again(whole.services.desk, entry.uid).result()
    whole.sync()
    assert (texts(whole), written(whole, "1")) == ([], ["checked"])


def test_words_that_were_edited_since_are_not_sent_twice(whole: WholeDesk) -> None:
    ticket = whole.make()
    entry = whole.do(ticket, Note("checked"))
    whole.faults.reject_next = "Permission denied"
    whole.sync()
    (old,) = whole.store.read(lambda db: drafts.of(db, ("anna",)))
    edited = Draft(old.uid, old.ticket, "note", "anna", "checked twice")
    whole.store.write(lambda tx: drafts.keep(tx, edited)).result()
    with pytest.raises(Refused, match="edited or sent since"):
        resending.again(whole.services.desk, entry.uid).result()
    assert texts(whole) == ["checked twice"]


def test_what_the_ticket_has_become_is_asked_first(whole: WholeDesk) -> None:
    entry = whole.do(whole.make(), Resolve("works"))
    whole.faults.reject_next = "not yours"
    whole.sync()
    whole.world.resolve_as("kim", "1", "me first")
    whole.sync()
    with pytest.raises(Refused, match="needs an open ticket"):
        resending.again(whole.services.desk, entry.uid).result()
    whole.world.delete("1")
    whole.sync()
    with pytest.raises(Refused, match="gone upstream"):
        resending.again(whole.services.desk, entry.uid).result()


def test_a_ticket_that_was_refused_and_its_words_come_again(whole: WholeDesk) -> None:
    ticket, create = whole.services.desk.new(Create("Tills", "all of them")).result()
    whole.do(ticket, Note("called them"))
    whole.faults.reject_next = "no such queue"
    whole.sync()
    assert texts(whole) == ["called them"]
    resending.again(whole.services.desk, create.uid).result()
    whole.sync()
    assert whole.services.desk.ticket(ticket).id == "RT-1"
    assert texts(whole) == ["called them"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Reply("on it"), "customer gets this mail twice"),
        (Create("Tills"), "two tickets"),
        (Note("x"), "note stands there twice"),
        (Resolve("done"), "note stands there twice"),
        (Assign("kim"), "set once more"),
        (Acknowledge(), "set once more"),
    ],
    ids=lambda value: getattr(value, "verb", ""),
)
def test_what_may_come_of_it(whole: WholeDesk, change: object, said: str) -> None:
    from deskui.domain.outgoing import Entry

    entry = Entry("1", "t", 1, change, "anna", 0, "unknown")  # type: ignore[arg-type]
    assert said in resending.danger(entry)
    assert resending.danger(Entry("1", "t", 1, change, "anna", 0, "rejected")) == ""  # type: ignore[arg-type]
