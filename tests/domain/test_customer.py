"""Whose contact, site and zone a ticket has, and what is kept of a verification."""

import pytest

from deskui.domain.customer import WAYS, Contact, Customer, Site, known, verified, ways

ERIKA = Contact("Erika Maurer", ("erika@nord.example", "em@nord.example"), "+49 40 1", "IT", True, site="Lübeck")
JENS = Contact("Jens", ("jens@nord.example",), verification="call the switchboard")
NORD = Customer(
    "Nordkauf", "Europe/Berlin", "personnel number", (ERIKA, JENS),
    (Site("Lübeck", zone="Europe/Lisbon"), Site("Hamburg")),
)  # fmt: skip
KRANZ = Customer("Kranz AG", "Asia/Tokyo", sites=(Site("Osaka"),))


@pytest.mark.parametrize(
    ("customer", "asked", "cis", "contact", "site", "zone"),
    [
        ("Nordkauf", "ERIKA@nord.example", (), ERIKA, "Lübeck", "Europe/Lisbon"),  # where the caller sits
        ("nordkauf", "em@nord.example", ("hamburg",), ERIKA, "Hamburg", "Europe/Berlin"),  # the CI's site goes before
        ("Nordkauf", "jens@nord.example", ("", "Bremen"), JENS, None, "Europe/Berlin"),  # one of two is not guessed
        ("Nordkauf", "max@else.example", (), None, None, "Europe/Berlin"),
        ("Kranz AG", "erika@nord.example", (), None, "Osaka", "Asia/Tokyo"),  # another customer's contact is none here
        (None, "erika@nord.example", (), ERIKA, "Lübeck", "Europe/Lisbon"),
        (None, "max@else.example", ("Osaka",), None, None, ""),
        ("Elm", "erika@nord.example", (), None, None, ""),
    ],
)
def test_what_is_known_of_a_ticket(
    customer: str | None, asked: str, cis: tuple[str, ...], contact: Contact | None, site: str | None, zone: str
) -> None:
    found = known((NORD, KRANZ), customer, (asked,), cis)
    assert found.people == ((asked, contact),)
    assert (found.site and found.site.name, found.zone) == (site, zone)
    assert found.vip is (contact is ERIKA)


def test_the_ways_to_verify_are_those_that_there_are() -> None:
    assert tuple(ways(NORD, ERIKA)) == WAYS
    assert ways(NORD, ERIKA)["file"] == "personnel number"
    assert ways(NORD, JENS)["file"] == "call the switchboard"
    assert "call-back" not in ways(NORD, JENS)
    assert tuple(ways(KRANZ, None)) == ("question", "known", "not")


def test_the_note_says_who_how_and_when() -> None:
    said = ways(NORD, ERIKA)
    assert verified("em@nord.example", ERIKA, "call-back", said["call-back"], "02:14 UTC") == (
        "Caller verified: Erika Maurer (em@nord.example), by: call-back on the number on file, +49 40 1, at 02:14 UTC"
    )
    assert verified("x@y.example", None, "not", said["not"], "02:14 UTC") == (
        "Caller x@y.example: COULD NOT BE VERIFIED, at 02:14 UTC"
    )
    assert "somebody not on file" in verified("", None, "known", said["known"], "02:14")
