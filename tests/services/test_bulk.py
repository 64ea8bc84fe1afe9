"""Orders on several tickets, their undo and redo, on a real store over an upstream in memory."""

from typing import Any

import pytest

from deskui.domain.bulk import Order
from deskui.domain.change import Acknowledge, Assign, Hold, Note, Reply, Resolve
from deskui.domain.fields import SetPriority
from deskui.services.bulk import Bulk, document
from deskui.services.deeds import Deeds, Outcome
from deskui.services.desk import Desk, Refused
from tests.ui.desk import WholeDesk, whole_desk


@pytest.fixture
def whole(tmp_path: Any) -> Any:
    with whole_desk(tmp_path / "home") as desk:
        yield desk


@pytest.fixture
def bulk(whole: WholeDesk) -> Bulk:
    return Bulk(whole.services.desk, whole.services.writing)


def waiting(whole: WholeDesk) -> list[tuple[str, str, str]]:
    """(ticket, verb, state) of what is in the outbox."""
    desk = whole.services.desk
    return [(desk.ticket(entry.ticket).id, entry.change.verb, entry.state) for entry in desk.outbox()]  # type: ignore[union-attr]


def states(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.ticket: outcome.state for outcome in outcomes}


def test_each_ticket_has_its_own_outcome(whole: WholeDesk, bulk: Bulk) -> None:
    one, two, three = whole.make("one", priority=1), whole.make("two"), whole.make("three")
    whole.do(three, Resolve("was nothing"))
    preview = bulk.look(Order("hold customer", (Hold("customer"),)), [one, two, three, "RT-99", two])
    assert [item.ticket.id for item in preview.touched] == [one, two]
    assert [item.refused for item in preview.refused] == [
        "RT-3 is resolved: hold needs an open ticket", "there is no ticket RT-99"
    ]  # fmt: skip
    assert waiting(whole) == [(three, "resolve", "queued")]  # looking does nothing
    whole.do(two, Resolve("meanwhile"))
    outcomes = bulk.run(preview)
    assert states(outcomes) == {one: "done", two: "refused", three: "refused", "RT-99": "refused"}
    assert [each for each in waiting(whole) if each[1] == "hold"] == [(one, "hold", "queued")]
    told = document(preview, bulk.sent, outcomes)
    assert (told["count"], told["refused"], told["p1"]) == (2, 2, [one])
    assert told["tickets"][1]["said"] == "RT-2 is resolved: hold needs an open ticket"


def test_a_text_is_filled_for_each_ticket_and_a_reply_waits_as_always(whole: WholeDesk, bulk: Bulk) -> None:
    one, two = whole.make("one", priority=1), whole.make("two", priority=2)
    preview = bulk.look(Order("reply", (Reply("About {{ ticket.id }}: {{ ticket.subject }}"),)), [one, two])
    assert [bulk.sent(item) for item in preview.mails] == ["About RT-1: one", "About RT-2: two"]
    bulk.run(preview)
    entries = whole.services.desk.outbox()
    assert [(entry.change, entry.not_before) for entry in entries] == [
        (Reply("About RT-1: one"), 0), (Reply("About RT-2: two"), whole.clock.now + 10)
    ]  # fmt: skip
    wrong = bulk.look(Order("note", (Note("{{ ticket.nonsense }}"),)), [one])
    assert "ticket.nonsense is not known" in wrong.refused[0].refused


def test_a_newer_message_holds_its_ticket_out(whole: WholeDesk, bulk: Bulk) -> None:
    one, two = whole.make("one"), whole.make("two")
    known = bulk.known([whole.services.desk.ticket(name).uid for name in (one, two)])  # type: ignore[union-attr]
    whole.clock.now += 5
    whole.world.change_as("kim", "1", Reply("Kim was quicker."))
    preview = bulk.look(Order("reply", (Reply("Hello"),)), [one, two], known)
    assert [(item.ticket.id, bool(item.refused)) for item in preview.items] == [(one, True), (two, False)]
    assert "held out: a newer message by kim came in" in preview.refused[0].refused
    whole.sync()  # as pulled as it may be: who began to write before that has not seen it
    assert bulk.look(Order("reply", (Reply("Hello"),)), [one], known).refused
    assert not bulk.look(Order("reply", (Reply("Hello"),)), [one]).refused


class Killed(BaseException):
    """The process dies."""


def test_what_was_cut_off_goes_on_and_nothing_happens_twice(whole: WholeDesk, bulk: Bulk) -> None:
    names = [whole.make(name) for name in ("one", "two", "three")]
    order = Order("note", (Note("seen"), SetPriority(1)))

    def die(outcome: Outcome) -> None:
        if outcome.ticket == names[1]:
            raise Killed

    with pytest.raises(Killed):
        bulk.run(bulk.look(order, names), tell=die)
    assert [verb for _, verb, _ in waiting(whole)] == ["note", "priority"] * 2
    preview = bulk.look(order, names)
    assert (preview.begun, preview.done) == (whole.clock.now, 2)
    outcomes = bulk.run(preview)
    assert [outcome.said for outcome in outcomes] == ["done before it was cut off (note)"] * 2 + ["note + priority 1"]
    assert [(name, verb) for name, verb, _ in waiting(whole)] == [(n, v) for n in names for v in ("note", "priority")]
    assert bulk.look(order, names).begun == 0  # it has ended: the next one is another one
    deed = Deeds(whole.services.desk).newest()
    assert deed is not None
    assert len(deed.tickets) == 3  # and is undone as one


def test_a_bulk_is_one_undo_and_comes_back_by_redo_after_a_restart(whole: WholeDesk, bulk: Bulk) -> None:
    one, two = whole.make("one"), whole.make("two")
    bulk.run(bulk.look(Order("note", (Note("hello"), Assign("me"))), [one, two]))
    deeds = Deeds(Desk(whole.store, whole.store.rules, lambda upstream: "anna", "UTC", "rt", 10))  # another console
    deed = deeds.newest()
    assert deed is not None
    assert [[step.back.how for step in steps] for _, steps in deeds.look(deed)] == [["drop", "drop"]] * 2
    assert states(deeds.undo(deed)) == {one: "done", two: "done"}
    assert waiting(whole) == []
    assert [each.draft.text for each in whole.services.writing.drafts.all()] == ["hello"] * 2
    again = deeds.redoable()
    assert again is not None
    assert states(deeds.redo(again)) == {one: "done", two: "done"}
    assert [verb for _, verb, _ in waiting(whole)] == ["note", "assign"] * 2
    assert whole.services.writing.drafts.all() == []  # not sent and offered
    assert deeds.redoable() is None
    assert states(deeds.redo(again)) == {one: "done", two: "done"}  # begun twice
    assert len(waiting(whole)) == 4
    newest = deeds.newest()
    assert newest is not None
    deeds.undo(newest)
    assert waiting(whole) == []


def test_words_that_were_edited_since_are_not_sent_by_a_redo(whole: WholeDesk) -> None:
    from dataclasses import replace

    one = whole.make("one")
    whole.do(one, Note("hello"))
    deeds = Deeds(whole.services.desk)
    deeds.undo(deeds.newest())  # type: ignore[arg-type]
    [draft] = whole.services.writing.drafts.on(one)
    whole.services.writing.drafts.keep(replace(draft, text="hello there")).result(10)
    [outcome] = deeds.redo(deeds.redoable())  # type: ignore[arg-type]
    assert (outcome.state, outcome.said) == ("refused", "its words are a draft that was edited since: send that one")
    assert [each.text for each in whole.services.writing.drafts.on(one)] == ["hello there"]


def test_what_was_sent_is_made_good_and_a_mail_is_not(whole: WholeDesk, bulk: Bulk) -> None:
    one, two = whole.make("one"), whole.make("two", priority=1)
    bulk.run(bulk.look(Order("take", (Acknowledge(), Assign("me"), SetPriority(1))), [one]))
    whole.do(two, Reply("Hello"))
    whole.sync()
    whole.sync()
    assert waiting(whole) == []
    deeds = Deeds(whole.services.desk)
    [mail] = deeds.undo(deeds.newest())  # type: ignore[arg-type]
    assert (mail.ticket, mail.state, mail.said) == (two, "refused", "the reply was sent: a mail cannot be recalled")
    [back] = deeds.undo(deeds.newest())  # type: ignore[arg-type]
    assert (back.ticket, back.state) == (one, "partly")
    assert "the acknowledgement was sent" in back.said
    assert sorted(verb for _, verb, _ in waiting(whole)) == ["assign", "priority"]
    whole.sync()
    found = whole.services.desk.ticket(one)
    assert found is not None
    assert (found.owner, found.priority) == (None, 4)
    assert deeds.newest() is None
    [again] = deeds.redo(deeds.redoable())  # type: ignore[arg-type]
    assert again.said == "assign anna + priority 1"


def test_what_somebody_moved_meanwhile_stays(whole: WholeDesk) -> None:
    one = whole.make("one")
    whole.do(one, SetPriority(1))
    whole.sync()
    whole.clock.now += 60
    whole.world.change_as("kim", "1", SetPriority(2))
    whole.sync()
    deeds = Deeds(whole.services.desk)
    [outcome] = deeds.undo(deeds.newest())  # type: ignore[arg-type]
    assert outcome.said == "the priority has been moved since: that stays"
    assert waiting(whole) == []


def test_too_many_and_a_read_only_desk_are_refused(whole: WholeDesk, bulk: Bulk) -> None:
    with pytest.raises(Refused, match="1001 tickets at once: at most 1000"):
        bulk.look(Order("x", (Note("x"),)), ["RT-1"] * 1001)
    whole.services.desk.read_only = True
    with pytest.raises(Refused, match="read-only"):
        bulk.look(Order("x", (Note("x"),)), ["RT-1"])


def test_a_change_behind_a_conflict_says_so(whole: WholeDesk, bulk: Bulk) -> None:
    one = whole.acknowledged(subject="one")
    whole.clash(one, Hold("vendor"), Resolve("kim did it"))
    preview = bulk.look(Order("priority", (SetPriority(1),)), [one])
    assert states(bulk.run(preview)) in ({one: "done"}, {one: "refused"})
    two = whole.make("two")
    whole.clash(two, SetPriority(1), SetPriority(2))
    assert states(bulk.run(bulk.look(Order("priority", (SetPriority(3),)), [two]))) == {two: "conflict"}
