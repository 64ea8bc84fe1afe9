"""Scope: what a contract says of a ticket, and which of its clauses wins."""

import pytest

from deskui.domain.scope import Scope, check
from deskui.domain.terms import Clause, Service, Terms

NETWORK = Service(
    "network", "Network", Clause(True, "§ 3.2 switches", ("wifi", "access point"), ("LAN",), ("sw-1",)),
    (Clause(False, "§ 3.5 no printers", ("printer",), ("Printing",), ("prn-9",)),),
)  # fmt: skip
CLOUD = Service("cloud", "Cloud", Clause(False, "§ 4 not the cloud", ("azure",)))
TERMS = Terms({"network": NETWORK, "cloud": CLOUD})


@pytest.mark.parametrize(
    ("subject", "category", "cis", "wanted"),
    [
        ("No WiFi in store 4", None, (), ("in", "network", "§ 3.2 switches", "the subject says wifi")),
        ("Access  Point down", None, (), ("in", "network", "§ 3.2 switches", "the subject says access point")),
        ("slow", "lan", (), ("in", "network", "§ 3.2 switches", "category lan")),
        ("slow", "Network", (), ("in", "network", "§ 3.2 switches", "category Network")),
        ("slow", "network", (), ("in", "network", "§ 3.2 switches", "category network")),
        ("slow", None, ("SW-1",), ("in", "network", "§ 3.2 switches", "CI SW-1")),
        ("printer has no wifi", None, (), ("out", "network", "§ 3.5 no printers", "the subject says printer")),
        ("printer", None, ("sw-1",), ("in", "network", "§ 3.2 switches", "CI sw-1")),  # a CI says more than a word
        ("wifi", "Printing", (), ("out", "network", "§ 3.5 no printers", "category Printing")),
        ("slow", None, ("sw-1", "prn-9"), ("out", "network", "§ 3.5 no printers", "CI prn-9")),
        ("Azure login", None, (), ("out", "cloud", "§ 4 not the cloud", "the subject says azure")),
        ("wifi to azure", None, (), ("not_said", "", "§ 3.2 switches / § 4 not the cloud", "its clauses disagree")),
        ("wifis and azurely", None, (), ("not_said", "", "", "no clause means it")),
        ("", "", (), ("not_said", "", "", "no clause means it")),
    ],
)
def test_scope(subject, category, cis, wanted):
    assert check(TERMS, subject, category, cis) == Scope(*wanted)


def test_a_contract_without_services_says_nothing():
    assert check(Terms(), "wifi") == Scope("not_said", why="the contract lists no services")
