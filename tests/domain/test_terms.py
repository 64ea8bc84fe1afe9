"""The other terms of a contract: what they become, and every way in which they are refused."""

from datetime import date

import pytest

from deskui.domain.contract import Rules, Target
from deskui.domain.contractfile import parse
from deskui.domain.reading import ContractError
from deskui.domain.terms import REASONS, BreachCredit, Clause, Schedule, Service, Terms, UptimeCredit
from deskui.domain.when import parse as instant
from tests.make import POLICY, make_ticket

BASE = {**POLICY, "zone": "Europe/Berlin", "catalogue": {"network": "Network", "cloud": "Cloud"}}
SERVICE = {"clause": "§ 3.2"}


def services(**more):
    return {"services": {"network": {**SERVICE, **more}}}


def test_everything_a_contract_may_say():
    found = parse(
        {
            "effective": date(2026, 7, 1),
            "notice": "2026-09-30",
            "fee": {"amount": 4200.5},
            "included_hours": 20,
            "exclusions": {"reasons": ["customer"]},
            "credits": {
                "cap": 20,
                "period": "quarter",
                "uptime": [{"below": 99.9, "credit": 5, "service": "network"}],
                "breach": [
                    {"clock": "resolution", "credit": 2.5, "priority": "P1"}, {"clock": "response", "credit": 1},
                ],
            },
            "services": {
                "network": {
                    "clause": "§ 3.2", "words": ["wifi"], "categories": ["LAN"], "cis": ["sw-1"], "uptime": 99.999,
                    "period": "year", "calendar": "office", "rpo": "4h", "rto": "90m",
                    "exceptions": [{"clause": "§ 3.5", "words": ["printer"]}],
                },
                "cloud": {"scope": "out", "clause": "§ 4"},
            },
        },
        "x.toml",
        BASE,
    )  # fmt: skip
    assert found.effective == instant("2026-06-30T22:00:00Z")  # midnight in Berlin
    assert found.terms == Terms(
        {
            "network": Service(
                "network", "Network", Clause(True, "§ 3.2", ("wifi",), ("LAN",), ("sw-1",)),
                (Clause(False, "§ 3.5", ("printer",)),), 999_990, "year", "office", 14_400, 5_400,
            ),
            "cloud": Service("cloud", "Cloud", Clause(False, "§ 4")),
        },
        ("customer",),
        Schedule("quarter", 2000, (UptimeCredit(999_000, 500, "network"),),
                 (BreachCredit("resolution", 250, 1), BreachCredit("response", 100))),
        420_050, "EUR", 1200, date(2026, 9, 30),
    )  # fmt: skip


def test_what_is_not_said_is_the_default():
    terms = parse({}, "x", BASE).terms
    assert terms == Terms()
    assert (terms.reasons, terms.credits.cap, terms.notice) == (REASONS, 10_000, None)


REFUSED = [
    ({"effective": "1.7.2026"}, "effective: '1.7.2026' is no date (allowed: 2026-01-01)"),
    ({"effective": "2026-02-30"}, "effective: '2026-02-30' is no date (allowed: 2026-01-01)"),
    ({"effective": 2026}, "effective: 2026 is no date (allowed: 2026-01-01)"),
    ({"notice": True}, "notice: True is no date (allowed: 2026-01-01)"),
    ({"included_hours": -1}, "included_hours: -1 is not possible here (allowed: a number, 0 or more)"),
    ({"included_hours": True}, "included_hours: True is not possible here (allowed: a number, 0 or more)"),
    ({"fee": 4200}, "fee: 4200 is no table (allowed: amount, currency)"),
    ({"fee": {"amount": "4200"}}, "fee.amount: '4200' is not possible here (allowed: a number, 0 or more)"),
    ({"fee": {"currency": ""}}, "fee.currency: '' is not possible here (allowed: text)"),
    ({"fee": {"amount": float("inf")}}, "fee.amount: inf is not possible here (allowed: a number, 0 or more)"),
    ({"included_hours": 1e308}, "included_hours: 1e+308 is not possible here (allowed: a number, 0 or more)"),
    ({"fee": {"sum": 1}}, "fee.sum: unknown key (allowed: amount, currency)"),
    ({"catalogue": ["erp"]},
     "catalogue: ['erp'] is not possible here (allowed: a table: network = \"Network\")"),
    ({"catalogue": {"erp": 1}}, "catalogue.erp: 1 is not possible here (allowed: text)"),
    ({"exclusions": ["customer"]}, "exclusions: ['customer'] is no table (allowed: reasons)"),
    ({"exclusions": {"reason": []}}, "exclusions.reason: unknown key (allowed: reasons)"),
    ({"exclusions": {"reasons": "customer"}},
     "exclusions.reasons: 'customer' is not possible here (allowed: a list of texts)"),
    ({"services": []}, "services: [] is not possible here (allowed: a table of services)"),
    ({"services": {"erp": SERVICE}}, "services.erp: is not in the catalogue (allowed: network, cloud)"),
    ({"services": {"network": "yes"}}, "services.network: 'yes' is no table (allowed: scope, clause, words, "
     "categories, cis, exceptions, uptime, period, calendar, rpo, rto, targets)"),
    ({"services": {"network": {}}}, "services.network.clause: is missing"),
    (services(colour="red"), "services.network.colour: unknown key (allowed: scope, clause, words, categories, "
     "cis, exceptions, uptime, period, calendar, rpo, rto, targets)"),
    (services(scope="maybe"), "services.network.scope: 'maybe' is not possible here (allowed: in, out)"),
    (services(clause=" "), "services.network.clause: ' ' is not possible here (allowed: text)"),
    (services(words="wifi"), "services.network.words: 'wifi' is not possible here (allowed: a list of texts)"),
    (services(cis=[1]), "services.network.cis: [1] is not possible here (allowed: a list of texts)"),
    (services(uptime=101), "services.network.uptime: 101 is not possible here (allowed: a number from 0 to 100)"),
    (services(uptime="99.9"),
     "services.network.uptime: '99.9' is not possible here (allowed: a number from 0 to 100)"),
    (services(period="week"),
     "services.network.period: 'week' is not possible here (allowed: month, quarter, year)"),
    (services(calendar="night"), "services.network.calendar: no calendar 'night' (allowed: 24x7, office)"),
    (services(rpo="1d"), "services.network.rpo: '1d' is no working time (allowed: 15m, 4h, 1h30m)"),
    (services(rto=""), "services.network.rto: '' is not possible here (allowed: text)"),
    (services(exceptions={}),
     "services.network.exceptions: {} is no list of tables (allowed: clause, words, categories, cis)"),
    (services(exceptions=["x"]),
     "services.network.exceptions: 'x' is no table (allowed: clause, words, categories, cis)"),
    (services(exceptions=[{"words": ["x"]}]), "services.network.exceptions.clause: is missing"),
    (services(exceptions=[{"clause": "x"}]),
     "services.network.exceptions: says of nothing that it is meant (allowed: words, categories, cis)"),
    (services(exceptions=[{"text": "x"}]),
     "services.network.exceptions.text: unknown key (allowed: clause, words, categories, cis)"),
    (services(targets=[]), "services.network.targets: [] is not possible here (allowed: a table by priority)"),
    (services(targets={"P5": {}}), "services.network.targets.P5: unknown key (allowed: P1, P2, P3, P4)"),
    (services(targets={"P1": {"response": "1d"}}),
     "services.network.targets.P1.response: '1d' is no working time (allowed: 15m, 4h, 1h30m)"),
    ({"credits": {"limit": 1}}, "credits.limit: unknown key (allowed: cap, period, uptime, breach)"),
    ({"credits": {"cap": 200}}, "credits.cap: 200 is not possible here (allowed: a number from 0 to 100)"),
    ({"credits": {"period": "day"}},
     "credits.period: 'day' is not possible here (allowed: month, quarter, year)"),
    ({"credits": {"uptime": 5}}, "credits.uptime: 5 is no list of tables (allowed: below, credit, service)"),
    ({"credits": {"uptime": [{"below": 99}]}}, "credits.uptime.credit: is missing"),
    ({"credits": {"uptime": [{"credit": 9}]}}, "credits.uptime.below: is missing"),
    ({"credits": {"uptime": [{"below": 99, "credit": 1, "service": "erp"}]}},
     "credits.uptime.service: no service 'erp'"),
    ({"credits": {"breach": [{"clock": "fix"}]}},
     "credits.breach.clock: 'fix' is not possible here (allowed: response, resolution, update)"),
    ({"credits": {"breach": [{"clock": "response"}]}}, "credits.breach.credit: is missing"),
    ({"credits": {"breach": [{"clock": "response", "credit": 1, "priority": 1}]}},
     "credits.breach.priority: 1 is not possible here (allowed: P1, P2, P3, P4)"),
    ({"calendars": {"office": {"country": "DE"}}},
     "calendars.office.country: its holidays are not known here: list their dates"),
    ({"calendars": {"office": {"country": 49}}},
     "calendars.office.country: 49 does not fit (allowed: a country's two letters)"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED, ids=[row[1][:50] for row in REFUSED])
def test_what_is_refused(data, message):
    with pytest.raises(ContractError) as refused:
        parse(data, "x.toml", BASE)
    assert str(refused.value) == f"x.toml: {message}"


def test_a_service_has_targets_of_its_own():
    told = services(categories=["LAN"], cis=["sw-1"], targets={"P1": {"response": "5m"}})
    contract = parse(told, "x", BASE)
    assert contract.policy.targets[1]["response"] == Target(900, "24x7")
    for category, cis in (("lan", ()), ("Network", ()), (None, ("SW-1",))):
        own = contract.serving(category, cis)
        assert own.policy.targets[1]["response"] == Target(300, "24x7")
        assert own.policy.targets[1]["resolution"] == Target(14_400, "24x7")  # the rest is the contract's
        assert own.policy.targets[2] == contract.policy.targets[2]
    assert contract.serving("cloud", ()) is contract
    assert contract.serving(None, ()) is contract


def test_the_version_in_force_when_the_ticket_started():
    old = parse({"customer": "N", "name": "2025", "effective": "2025-01-01"}, "x", BASE)
    new = parse({"customer": "N", "name": "2026", "effective": "2026-07-01"}, "x", BASE)
    default = parse({}, "default", BASE)
    rules = Rules({"N": new}, default, lambda: "v", {"N": (old, new)})

    def at(text: str) -> str:
        return rules.judging(make_ticket(customer="N", created=instant(text))).name

    assert at("2026-06-30T21:59:59Z") == "2025"
    assert at("2026-06-30T22:00:00Z") == "2026"
    assert at("2024-12-31T22:59:59Z") == default.name  # nothing had been agreed yet
    assert rules.of("N").name == "2026"
    assert (rules.dated("N"), rules.dated("M")) == (True, False)
    received = make_ticket(
        customer="N", created=instant("2026-07-01T09:00:00Z"), received=instant("2026-06-30T20:00:00Z")
    )
    assert rules.judging(received).name == "2025"
