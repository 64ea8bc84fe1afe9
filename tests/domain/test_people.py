"""To and Cc as they are typed, and as moves that stay true when somebody else edits them too."""

import pytest

from deskui.domain import people
from deskui.domain.change import Reply
from deskui.domain.ticket import Ticket


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ()),
        (" ; ,, ", ()),
        ("a@x.example", ("a@x.example",)),
        ("a@x.example; b@x.example,c", ("a@x.example", "b@x.example", "c")),
        ("A@x.example, a@X.example", ("A@x.example",)),
        ("Max Muster <max@x.example>, kim", ("max@x.example", "kim")),
        ("night shift, b@x.example", ("night shift", "b@x.example")),
    ],
)
def test_names_in_a_line(typed: str, names: tuple[str, ...]) -> None:
    assert people.split(typed) == names


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        ((), (), ()),
        (("a",), ("A",), ()),
        (("a",), ("a", "b@x.example"), ("+b@x.example",)),
        (("a", "b"), ("c@x.example", "b"), ("+c@x.example", "-a")),
    ],
)
def test_moves_lead_from_one_to_the_other(
    before: tuple[str, ...], after: tuple[str, ...], moves: tuple[str, ...]
) -> None:
    assert people.moves(before, after) == moves
    assert sorted(name.casefold() for name in people.moved(before, moves)) == sorted(map(str.casefold, after))


def test_moves_stay_true_on_other_people() -> None:
    assert people.moved(("z", "OLD"), ("+new@x.example", "-old", "+Z")) == ("z", "new@x.example")


@pytest.mark.parametrize(
    ("typed", "moves"),
    [("+a@x.example", ("+a@x.example",)), ("a@x.example", ("+a@x.example",)), ("-b,+c@d.e", ("-b", "+c@d.e"))],
)
def test_moves_as_they_are_typed(typed: str, moves: tuple[str, ...]) -> None:
    assert people.parse(typed) == moves


@pytest.mark.parametrize(
    "name",
    ["kim", "a@", "@x", "a b@x.example", "a@x.example\nBcc:z@x.example", "a@x@y", "a\x1b@x.example", "+@", "<a@b"],
)
def test_only_an_address_can_be_added_but_any_name_be_taken_off(name: str) -> None:
    assert "is no e-mail address" in people.wrong((f"+{name}",))
    assert people.wrong((f"-{name}",)) == ""


def test_an_address_can_be_added() -> None:
    assert people.wrong(("+max.o'neil+till@nordkauf.example", "+müller@büro.example")) == ""


def test_a_reply_moves_the_people_of_its_ticket() -> None:
    reply = Reply("on it", 5, to=("-a@x.example", "+b@x.example"), cc=("+c@x.example",))
    ticket = Ticket("rt", "1", requestors=("a@x.example",), cc=("d@x.example",), minutes=1)
    after = reply.apply(ticket)
    assert (after.requestors, after.cc, after.minutes) == (("b@x.example",), ("d@x.example", "c@x.example"), 6)
    [(kind, data, text)] = reply.facts(ticket)
    assert (kind, text) == ("public_reply", "on it")
    assert data == {"minutes": 5, "to": ("-a@x.example", "+b@x.example"), "cc": ("+c@x.example",)}
    assert Reply("on it").facts(ticket) == (("public_reply", {}, "on it"),)
