"""Links as sets: set and taken away, undone, and matched when an answer was lost."""

import pytest

from deskui.domain import deeds, outgoing, verbs
from deskui.domain.event import Event
from deskui.domain.links import KINDS, OTHER_WAY, WORDS, Link, Unlink, pairs
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.sync import plan

PARENT, GONE = Link("parent", "RT-5", "5"), Unlink("parent", "RT-5", "5")


def test_each_kind_has_words_and_another_way_that_leads_back() -> None:
    assert set(WORDS) == set(KINDS)
    assert all(OTHER_WAY[OTHER_WAY[kind]] == kind for kind in KINDS)


def test_they_are_a_set() -> None:
    ticket = PARENT.apply(PARENT.apply(Ticket("rt", links=("related 7", "child 9"))))
    assert pairs(ticket) == [("parent", "5"), ("child", "9"), ("related", "7")]
    assert pairs(GONE.apply(ticket)) == [("child", "9"), ("related", "7")]
    assert GONE.apply(Unlink("child", "", "9").apply(Unlink("related", "", "7").apply(ticket))).links == ()
    assert Link("parent", "RT-5").apply(ticket) == ticket  # not looked up yet
    assert pairs(Ticket("rt", links=("cousin 1", "blocks 2"))) == [("blocks", "2"), ("cousin", "1")]


@pytest.mark.parametrize(
    ("words", "change"),
    [("link parent RT-5", Link("parent", "RT-5")), ("unlink RT-5", Unlink("", "RT-5")),
     ("unlink related RT-5", Unlink("related", "RT-5"))],
)  # fmt: skip
def test_as_words_and_as_json(words: str, change: Link | Unlink) -> None:
    verb, *rest = words.split()
    assert verbs.parse(verb, rest, 0, "UTC") == change
    assert outgoing.from_json(verb, outgoing.to_json(change)) == change


@pytest.mark.parametrize(
    "words", ["link parent", "link RT-5", "link cousin RT-5", "unlink", "unlink a b c", "unlink x RT-5"]
)
def test_wrong_words_are_refused(words: str) -> None:
    verb, *rest = words.split()
    with pytest.raises(verbs.VerbError, match=r"KIND|no kind"):
        verbs.parse(verb, rest, 0, "UTC")


def test_undoing_what_was_sent() -> None:
    without, with_ = Ticket("rt"), Ticket("rt", links=("parent 5",))
    assert deeds.back(PARENT, without, with_, "sent").changes == (GONE,)
    assert deeds.back(GONE, with_, without, "sent").changes == (PARENT,)
    assert deeds.back(PARENT, with_, with_, "sent").how == "stays"  # it had been there
    assert deeds.restored(deeds.kept(with_)).links == ("parent 5",)


@pytest.mark.parametrize(
    ("data", "found"),
    [({"kind": "parent", "to": "5"}, True), ({"kind": "child", "to": "5"}, False),
     ({"kind": "parent", "to": "6"}, False), ({"kind": "parent", "to": "5", "off": True}, False)],
)  # fmt: skip
def test_a_lost_answer_is_found_by_kind_and_other_ticket(data: dict[str, object], found: bool) -> None:
    entry = Entry("u", "t", 1, PARENT, "anna", 100)
    landing = plan.landed(entry, Ticket("rt"), [Event("9", 101, "link", "anna", data=data)], {"anna"}, ())
    assert landing.keys == (("9",) if found else ())
