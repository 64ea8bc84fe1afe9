"""Customers' files: what is read, what is refused with its place, and that a change of them is seen."""

import os
from pathlib import Path

import pytest

from deskui.domain.customer import Contact, Site
from deskui.domain.ticket import Ticket
from deskui.services.customers import CustomerError, Customers, parse

WHERE = Path("own.toml")
GOOD = """\
customer = "Nordkauf"
zone = "Europe/Berlin"

[[contact]]
name = "Erika"
mail = "erika@nord.example"
vip = true

[[ contact ]]
name = "Jens"
mail = ["jens@nord.example", "j@nord.example"]
phone = "+49 40 1"
site = "hub"

[[site]]
name = "Hub"
access = "gate 2"
"""


def test_a_file_with_contacts_and_sites() -> None:
    found = parse(GOOD, WHERE)
    assert (found.name, found.zone) == ("Nordkauf", "Europe/Berlin")
    assert found.contacts == (
        Contact("Erika", ("erika@nord.example",), vip=True),
        Contact("Jens", ("jens@nord.example", "j@nord.example"), "+49 40 1", site="hub"),
    )
    assert found.sites == (Site("Hub", access="gate 2"),)


WRONG = [
    ("", "line 1: customer: is missing"),
    ('customer = ""\n', "line 1: customer: must be a text"),
    ('customer = "x"\nzon = "UTC"\n', "line 2: zon: unknown key; allowed here: customer, zone, verification"),
    ('customer = "x"\nzone = "Berlin"\n', "line 2: zone: 'Berlin' is no time zone; write it like Europe/Berlin"),
    ('customer = "x"\nzone = "../etc/passwd"\n', "line 2: zone: '../etc/passwd' is no time zone"),
    ('customer = "x"\nzone = 1\n', "line 2: zone: must be one line of printable text"),
    ('customer = "x"\ncontact = "Erika"\n', "line 2: contact: must be tables, each under [[contact]]"),
    (GOOD.replace('"+49 40 1"', '"+49\\n40"'), "line 12: contact[2].phone: must be one line of printable text"),
    (GOOD.replace('"+49 40 1"', '"\\u001b]0;x"'), "line 12: contact[2].phone: must be one line of printable text"),
    (GOOD.replace("phone", "fone"), "line 12: contact[2].fone: unknown key; allowed here: name, mail, phone"),
    (GOOD.replace('"erika@nord.example"', '"erika"'), "line 6: contact[1].mail: must be a mail address"),
    (GOOD.replace('"erika@nord.example"', "1"), "line 6: contact[1].mail: must be a mail address"),
    (GOOD.replace("true", '"yes"'), "line 7: contact[1].vip: must be true or false"),
    (GOOD.replace('name = "Jens"\n', ""), "line 9: contact[2].name: is missing"),
    (GOOD.replace("erika@", "J@"), "line 11: contact[2].mail: j@nord.example is that of Erika already"),
    (GOOD.replace('site = "hub"', 'site = "pub"'), "line 13: contact[2].site: there is no [[site]] with the name"),
    (GOOD + "door = 1\n", "line 18: site[1].door: unknown key"),
    ("customer = ", "this is not TOML"),
]


@pytest.mark.parametrize(("source", "said"), WRONG)
def test_what_is_wrong_is_told_with_its_place(source: str, said: str) -> None:
    with pytest.raises(CustomerError) as wrong:
        parse(source, WHERE)
    assert f"own.toml, {said}" in str(wrong.value) or f"own.toml: {said}" in str(wrong.value)


def test_a_change_is_seen_and_a_wrong_file_hides_no_other(tmp_path: Path) -> None:
    customers = Customers(tmp_path / "customers", {"gw": "Hub"}.get)  # type: ignore[arg-type]
    assert customers.all().customers == ()  # there need be no folder
    (tmp_path / "customers").mkdir()
    path = tmp_path / "customers" / "nord.toml"
    path.write_text(GOOD)
    (tmp_path / "customers" / "other.toml").write_text('customer = "nordkauf"\n')
    found = customers.all()
    assert [each.name for each in found.customers] == ["Nordkauf"]
    assert found.wrong == (
        f"{tmp_path}/customers/other.toml, line 1: customer: 'nordkauf' is in nord.toml already: join the two",
    )
    assert customers.all() is found
    known = customers.of(Ticket("rt", customer="Nordkauf", requestors=("j@nord.example",), cis=("gw",)))
    assert known.site == Site("Hub", access="gate 2")
    path.write_text(GOOD.replace("gate 2", "gate 3"))
    os.utime(path, ns=(1, 1))
    known = customers.of(Ticket("rt", customer="Nordkauf", requestors=("j@nord.example",), cis=("gw",)))
    assert known.site == Site("Hub", access="gate 3")
