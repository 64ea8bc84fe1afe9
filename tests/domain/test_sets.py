"""Tags and Cc as sets: typed, applied, told word by word, undone, and matched when an answer was lost."""

from typing import Any

import pytest

from deskui.domain import bulk, deeds, outgoing, people, sets, verbs
from deskui.domain.event import Event
from deskui.domain.merge import rebase
from deskui.domain.outgoing import Entry
from deskui.domain.sets import SetCc, SetTags
from deskui.domain.ticket import Ticket
from deskui.sync import plan

TICKET = Ticket("rt", id="RT-1", tags=("Night", "vpn"), cc=("kim@x.example",))


@pytest.mark.parametrize(
    ("verb", "words", "change"),
    [
        ("tag", ("+vpn", "-old"), SetTags(("+vpn", "-old"))),
        ("tag", ("vpn", "+vpn", "-VPN"), SetTags(("-VPN",))),  # the last word on it counts
        ("tag", ("+a,-b", "c d"), SetTags(("+a", "-b", "+c d"))),
        ("tag", ("-a, b <strange>",), SetTags(("-a", "+strange"))),
        ("cc", ("+a@x.example", "-kim"), SetCc(("+a@x.example", "-kim"))),
        ("cc", ("-Kim <kim@x.example>",), SetCc(("-kim@x.example",))),
        ("cc", ("Kim <kim@x.example>; b@x.example",), SetCc(("+kim@x.example", "+b@x.example"))),
    ],
)
def test_as_words_and_as_json(verb: str, words: tuple[str, ...], change: sets.Moves) -> None:
    assert verbs.parse(verb, words, 0, "UTC") == change
    assert outgoing.from_json(verb, outgoing.to_json(change)) == change


@pytest.mark.parametrize("verb", ["tag", "cc"])
@pytest.mark.parametrize("words", [(), ("",), ("+",), (",",), ("+a\x1b[31m",), ("+" + "a" * 61 + "\n",)])
def test_wrong_words_are_refused(verb: str, words: tuple[str, ...]) -> None:
    with pytest.raises(verbs.VerbError):
        verbs.parse(verb, words, 0, "UTC")


def test_only_tags_can_be_put_on_but_any_be_taken_off() -> None:
    assert not any(sets.wrong((f"+{word}",)) for word in ("a", "a b", "vip!", "Ä", "a" * 60))
    assert all(sets.wrong((f"+{word}",)) for word in ("+a", "-a", " a", "a ", "a;b", "a" * 61, "a\u202eb"))
    assert sets.wrong(("-a;b\n",)) == ""


def test_they_are_sets_in_any_case_and_of_any_state() -> None:
    change = SetTags(("+VPN", "+mail", "-night", "-never"))
    after = change.apply(TICKET)
    assert after.tags == ("vpn", "mail")
    assert change.made(TICKET) == ("+mail", "-Night")
    assert change.made(after) == ()
    assert change.facts(TICKET) == (
        ("field", {"field": "tags", "from": None, "to": "mail"}, None),
        ("field", {"field": "tags", "from": "Night", "to": None}, None),
    )
    assert SetCc(("-KIM@x.example",)).apply(TICKET).cc == ()
    assert change.refused(Ticket("rt", state="closed")) is None


def test_what_others_did_to_a_set_is_no_clash() -> None:
    theirs = SetTags(("-vpn", "+theirs")).apply(TICKET)
    moved = [Event("1", 1, "field", "kim", data=data) for _, data, _ in SetTags(("-vpn", "+theirs")).facts(TICKET)]
    both = rebase(TICKET, theirs, [SetTags(("+mine", "-vpn", "-theirs"))], moved)
    assert (both.conflicts, both.ticket.tags) == ((), ("Night", "mine"))


def test_what_would_alter_nothing_says_so() -> None:
    assert sets.idle(SetTags(("+VPN", "-never")), TICKET) == "its tags say so already"
    assert bulk.plan(TICKET, [SetCc(("+kim@x.example",))], False).refused == "RT-1: its Cc say so already"
    assert bulk.plan(TICKET, [SetTags(("+new",))], False).changes == (SetTags(("+new",)),)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (SetTags(("+new", "+VPN", "-night")), SetTags(("+Night", "-new"))),
        (SetCc(("-kim@x.example",)), SetCc(("+kim@x.example",))),
    ],
)
def test_undoing_what_was_sent_takes_back_what_it_altered(change: sets.Moves, back: sets.Moves) -> None:
    undone = deeds.back(change, TICKET, change.apply(TICKET), "sent").changes
    assert undone == (back,)
    assert sorted(undone[0].apply(change.apply(TICKET)).tags) == sorted(TICKET.tags)
    assert deeds.back(SetTags(("+vpn",)), TICKET, TICKET, "sent").how == "stays"  # it had been there
    assert deeds.restored(deeds.kept(TICKET)).tags == TICKET.tags


@pytest.mark.parametrize(
    ("data", "found"),
    [({"from": None, "to": "new"}, True), ({"from": "new", "to": None}, False), ({"from": None, "to": "other"}, False)],
)
def test_a_lost_answer_is_found_by_the_word(data: dict[str, Any], found: bool) -> None:
    entry = Entry("u", "t", 1, SetTags(("+new",)), "anna", 100)
    event = Event("9", 101, "field", "anna", data={"field": "tags", **data})
    assert plan.landed(entry, TICKET, [event], {"anna"}, ()).keys == (("9",) if found else ())


def test_one_that_was_taken_off_is_not_taken_for_another() -> None:
    entry = Entry("u", "t", 1, SetTags(("-vpn",)), "anna", 100)
    event = Event("9", 101, "field", "anna", data={"field": "tags", "from": "Night", "to": None})
    assert plan.landed(entry, TICKET, [event], {"anna"}, ()).keys == ()


def test_several_become_one() -> None:
    assert sets.together([SetTags(("+a", "-b")), SetTags(("-A", "+c"))]) == SetTags(("-A", "-b", "+c"))


def test_a_name_with_its_address_keeps_its_sign() -> None:
    assert people.parse("-Max Muster <max@x.example>, + Kim <kim@x.example>") == ("-max@x.example", "+kim@x.example")
