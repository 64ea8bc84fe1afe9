"""Contracts on the command line: exclusions, reasons, rebuilds, scope, uptime and credits; documents and exit codes."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskui.domain.change import Create, Resolve
from deskui.domain.when import end_time, iso, last_time, parse
from deskui.services import holidays
from deskui.upstream._world import World
from deskui.wiring import now
from tests.cli.conftest import Cli

CONTRACT = """\
customer = "Nordkauf"
name = "Nordkauf 2026"
effective = 2026-01-01
notice = 2026-09-30
fee = { amount = 4200.00 }
included_hours = 20

[services.network]
clause = "§ 3.2 Operation of switches"
words = ["wifi", "tills"]
exceptions = [{ clause = "§ 3.5 Not the printers", words = ["printer"] }]
uptime = 99.9
rpo = "4h"
rto = "30m"

[credits]
cap = 20
uptime = [{ below = 99.9, credit = 5 }]
breach = [{ clock = "response", priority = "P1", credit = 2 }]
"""


@pytest.fixture
def contract(home: Path) -> Path:
    (home / "contracts").mkdir()
    path = home / "contracts" / "nordkauf.toml"
    path.write_text(CONTRACT)
    return path


@pytest.fixture
def ticket(contract: Path, world: World, cli: Cli) -> str:
    """M-1, a P1 of Nordkauf that nobody has answered for half an hour."""
    world.make(Create("Tills offline", "x", customer="Nordkauf", priority=1), at=now() - 1800)
    assert cli("sync", "--once").code == 0
    return "M-1"


# exclusions


def test_an_exclusion_moves_the_clocks_and_is_listed(ticket: str, cli: Cli):
    late = cli("list", "--json").json["tickets"][0]
    assert late["breached"]
    start, end = iso(now() - 7200), iso(now() + 600)
    found = cli(
        "sla", "exclude", ticket, start, end, "--reason", "customer", "--approver", "kim", "-m", "asked", "--json"
    )
    assert found.code == 0
    excluded = found.json["exclusion"]
    assert {name: excluded[name] for name in ("from", "to", "reason", "approver", "author", "note")} == {
        "from": start, "to": end, "reason": "customer", "approver": "kim", "author": "anna", "note": "asked",
    }  # fmt: skip
    response = found.json["clocks"]["response"]
    assert (response["state"], response["breached"], response["elapsed_s"]) == ("paused", False, 0)
    assert cli("show", ticket, "--json").json["exclusions"] == [excluded]
    explained = cli("sla", "explain", ticket, "--json").json
    assert explained["exclusions"] == [excluded]
    assert explained["contract"] == {"name": "Nordkauf 2026", "effective": "2025-12-31T23:00:00Z"}
    assert [span["why"] for span in explained["clocks"]["response"]["spans"] if span["rule"] == "exclusion"] == [
        "excluded: customer, approved by kim"
    ]
    for words in (("show", ticket), ("sla", "explain", ticket)):
        assert "approved by kim" in cli(*words).out
    back = cli("sla", "exclude", ticket, "--take-back", excluded["exclusion"], "--approver", "kim")
    assert (back.code, "counts again" in back.out) == (0, True)
    assert cli("show", ticket, "--json").json["exclusions"] == []
    assert cli("list", "--json").json["tickets"][0]["breached"]


@pytest.mark.parametrize(
    ("words", "code", "kind", "message"),
    [
        (["M-9", "A", "B", "--reason", "customer", "--approver", "kim"], 1, "unknown_ticket", "there is no ticket M-9"),
        (["M-1", "A", "B", "--reason", "customer", "--approver", "anna"], 1, "refused", "anna asks for it and cannot"),
        (["M-1", "A", "B", "--reason", "customer", "--approver", "ANNA "], 1, "refused", "cannot approve it too"),
        (["M-1", "A", "B", "--reason", "customer", "--approver", " "], 1, "refused", "needs an approver"),
        (["M-1", "A", "B", "--reason", "weather", "--approver", "kim"], 1, "refused",
         "allows no exclusion for 'weather' (allowed: customer, third_party, force_majeure, planned_maintenance, "),
        (["M-1", "B", "A", "--reason", "customer", "--approver", "kim"], 1, "refused", "before it begins"),
        (["M-1", "A", "--approver", "kim"], 2, "usage", "an exclusion goes FROM"),
        (["M-1", "yesterday", "B", "--approver", "kim"], 2, "usage", "yesterday"),
        (["M-1", "A", "B", "--reason", "customer"], 2, "usage", "--approver"),
        (["M-1", "--take-back", "x", "--approver", "kim"], 1, "refused", "M-1 has no exclusion x"),
        (["M-1", "A", "B", "--reason", "customer", "--approver", "kim", "--read-only"], 1, "refused", "read-only"),
    ],
)  # fmt: skip
def test_exclusions_that_are_refused(ticket: str, cli: Cli, words: list[str], code: int, kind: str, message: str):
    times = {"A": "2026-11-24T02:00:00Z", "B": "2026-11-24T03:00:00Z"}
    said = cli("sla", "exclude", *(times.get(word, word) for word in words), "--json")
    assert (said.code, said.error) == (code, kind)
    assert message in said.json["error"]["message"]


def test_a_time_of_day_is_the_last_such_time_and_its_end_the_first_after_it(ticket: str, cli: Cli):
    zone, at = "Europe/Berlin", now()
    start, end = (f"{datetime.fromtimestamp(at - hours * 3600, ZoneInfo(zone)):%H:%M}" for hours in (2, 20))
    expected = (iso(begun := last_time(start, zone, at)), iso(end_time(end, zone, at, begun)))
    approved = ("--reason", "customer", "--approver", "kim", "--json")
    found = cli("sla", "exclude", ticket, start, end, *approved).json["exclusion"]
    assert (found["from"], found["to"]) == expected
    down = cli("uptime", "record", "network", start, end, "--customer", "Nordkauf", "--json").json
    assert (down["from"], down["to"]) == expected
    ended = cli("sla", "exclude", ticket, start, "now", *approved).json["exclusion"]
    assert (ended["from"], at <= parse(ended["to"]) <= now()) == (expected[0], True)
    soon = cli("sla", "exclude", ticket, "soon", "now", *approved)
    assert (soon.code, soon.json["error"]["hint"]) == (2, "Write it as 2026-11-24T02:07:00Z, HH:MM, or now.")


# breaches


def test_a_breach_has_a_reason(ticket: str, cli: Cli):
    said = cli("sla", "reason", ticket, "response", "nobody on call", "--json")
    assert (said.code, said.json["reason"], said.json["by"]) == (0, "nobody on call", "anna")
    (found,) = cli("sla", "breaches", "--json").json["breaches"]
    assert (found["ticket"], found["clock"], found["priority"], found["target_s"]) == ("M-1", "response", "P1", 900)
    assert 890 < found["overrun_s"] < 960
    assert (found["reason"], found["stopped_at"], found["lifted"]) == ("nobody on call", None, False)
    assert parse(found["due"]) - parse(found["since"]) == 900
    assert "nobody on call" in cli("sla", "breaches").out
    assert cli("sla", "breaches", "--customer", "Kranz", "--json").json == {"breaches": []}


@pytest.mark.parametrize(
    ("words", "code", "kind", "message"),
    [
        (["M-1", "resolution", "x"], 1, "refused", "the resolution clock of M-1 is not breached"),
        (["M-1", "response", " "], 1, "refused", "a reason has a text"),
        (["M-9", "response", "x"], 1, "unknown_ticket", "M-9"),
        (["M-1", "fix", "x"], 2, "usage", "fix"),
        (["M-1", "response", "x", "--read-only"], 1, "refused", "read-only"),
    ],
)
def test_reasons_that_are_refused(ticket: str, cli: Cli, words: list[str], code: int, kind: str, message: str):
    said = cli("sla", "reason", *words, "--json")
    assert (said.code, said.error) == (code, kind)
    assert message in said.json["error"]["message"]


# rebuild


def test_stopped_clocks_change_only_when_told(ticket: str, contract: Path, world: World, cli: Cli):
    world.change_as("anna", "1", Resolve("done"))
    cli("sync", "--once")
    assert cli("show", ticket, "--json").json["clocks"]["resolution"]["target_s"] == 4 * 3600
    contract.write_text(CONTRACT + '\n[targets.P1]\nresolution = "10m"\n')
    said = cli("sla", "rebuild", "--json")
    assert (said.code, said.json["rewritten"]) == (1, False)
    (altered,) = said.json["altered"]
    assert (altered["ticket"], altered["clock"]) == ("M-1", "resolution")
    assert (altered["old"]["target_s"], altered["old"]["breached"]) == (4 * 3600, False)
    assert (altered["new"]["target_s"], altered["new"]["breached"]) == (600, True)
    assert cli("show", ticket, "--json").json["clocks"]["resolution"]["target_s"] == 4 * 3600
    assert cli("sla", "explain", ticket, "--json").json["clocks"]["resolution"]["kept"]
    assert "kept from before a change of the rules" in cli("sla", "explain", ticket).out
    assert "met, 30m of 4h00  missed, 30m of 10m" in cli("sla", "rebuild").out
    said = cli("sla", "rebuild", "--rewrite", "--json")
    assert (said.code, said.json["rewritten"], len(said.json["altered"])) == (0, True, 1)
    assert cli("show", ticket, "--json").json["clocks"]["resolution"]["target_s"] == 600
    assert cli("sla", "rebuild", "--json").json["altered"] == []


def test_a_running_clock_follows_the_contract(ticket: str, contract: Path, cli: Cli):
    contract.write_text(CONTRACT + '\n[targets.P1]\nresponse = "2h"\n')
    said = cli("sla", "rebuild", "--json")
    assert (said.code, said.json["rebuilt"], said.json["altered"]) == (0, 1, [])
    assert cli("show", ticket, "--json").json["clocks"]["response"]["target_s"] == 7200
    assert cli("sla", "rebuild", "--read-only", "--json").error == "refused"


def test_a_newer_list_of_holidays_waits_for_a_rebuild(
    ticket: str, contract: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    contract.write_text(CONTRACT + '\n[calendars.office]\ncountry = "DE"\nregion = "HB"\n')
    known = holidays.looked_up("DE", "HB")
    assert cli("list").code == 0  # the list is in use from here on
    monkeypatch.setattr(holidays, "looked_up", lambda *_: [*known, "2031-02-03"])
    shown = cli("contract", "check", "--json").json["holidays"]
    assert [(each["country"], each["region"], each["added"], each["removed"]) for each in shown] == [
        ("DE", "HB", ["2031-02-03"], [])
    ]
    assert "+2031-02-03 (`deskui sla rebuild --holidays` takes it)" in cli("contract", "check").out
    (warned,) = [each for each in cli("doctor", "--json").json["checks"] if each["name"] == "holidays"]
    assert warned["status"] == "warn"
    assert "+2031-02-03: `deskui sla rebuild --holidays` takes it" in warned["detail"]
    rebuilt = cli("sla", "rebuild", "--json").json
    assert (rebuilt["holidays"], rebuilt["holidays_taken"]) == (shown, False)
    assert ": not taken over; --holidays does it" in cli("sla", "rebuild").out
    assert cli("contract", "check", "--json").json["holidays"] == shown
    rebuilt = cli("sla", "rebuild", "--holidays", "--json").json
    assert (rebuilt["holidays"], rebuilt["holidays_taken"]) == (shown, True)
    assert cli("contract", "check", "--json").json["holidays"] == []
    assert all(each["name"] != "holidays" for each in cli("doctor", "--json").json["checks"])


# contracts


def test_contracts_are_listed(contract: Path, cli: Cli):
    (found,) = cli("contract", "list", "--json").json["contracts"]
    assert (found["customer"], found["name"], found["effective"]) == (
        "Nordkauf", "Nordkauf 2026", "2025-12-31T23:00:00Z",
    )  # fmt: skip
    assert (found["fee"], found["currency"], found["included_hours"], found["notice"]) == (
        4200.0, "EUR", 20.0, "2026-09-30",
    )  # fmt: skip
    assert found["services"]["network"]["uptime"] == 99.9
    people = [line.split() for line in cli("contract", "list").out.splitlines()]
    assert people[1] == ["Nordkauf", "Nordkauf", "2026", "2025-12-31T23:00:00Z", "4200.00", "EUR", "20", "2026-09-30"]
    assert people[4][:7] == ["Nordkauf", "network", "in", "99.9", "month", "4h00", "30m"]
    assert people[4][7:] == ["§", "3.2", "Operation", "of", "switches"]


def test_no_contracts_is_no_error(cli: Cli):
    assert cli("contract", "list", "--json").json == {"contracts": []}
    assert "default policy" in cli("contract", "list").out
    assert cli("contract", "check", "--json").json == {"ok": True, "files": [], "holidays": []}


def test_a_check_names_every_wrong_file(contract: Path, cli: Cli, tmp_path: Path):
    wrong = contract.with_name("kranz.toml")
    wrong.write_text('customer = "Kranz"\ncolour = 1\n')
    said = cli("contract", "check", "--json")
    assert (said.code, said.json["ok"]) == (1, False)
    assert [each["ok"] for each in said.json["files"]] == [False, True]
    assert f"{wrong}:2: colour: unknown key (allowed: name, " in said.json["files"][0]["error"]
    assert "wrong: " in cli("contract", "check").out
    one = cli("contract", "check", str(contract), "--json")
    assert (one.code, [each["customer"] for each in one.json["files"]]) == (0, ["Nordkauf"])
    assert cli("contract", "check", str(tmp_path / "none.toml")).code == 1
    assert cli("contract", "list", "--json").error == "config"
    assert cli("list", "--json").error == "config"


# scope


def test_in_scope_by_its_clause(ticket: str, cli: Cli):
    said = cli("scope", ticket, "--json")
    assert said.code == 0
    assert said.json == {
        "ticket": "M-1", "verdict": "in", "contract": "Nordkauf 2026", "says": "in", "service": "network",
        "clause": "§ 3.2 Operation of switches", "why": "the subject says tills", "decision": None,
    }  # fmt: skip
    assert "“§ 3.2 Operation of switches”" in cli("scope", ticket).out
    refused = cli("scope", ticket, "out", "-m", "x", "--json")
    assert (refused.code, refused.error) == (1, "refused")


def test_out_of_scope_is_said_before_time_is_booked(contract: Path, world: World, cli: Cli):
    world.make(Create("Printer jams", "x", customer="Nordkauf", priority=3))
    cli("sync", "--once")
    said = cli("scope", "M-1", "--json")
    assert (said.code, said.json["verdict"], said.json["clause"]) == (1, "out", "§ 3.5 Not the printers")
    booked = cli("do", "M-1", "note", "-m", "looked", "--minutes", "5")
    assert (booked.code, "M-1 is OUT of scope: “§ 3.5 Not the printers”" in booked.err) == (0, True)
    assert cli("do", "M-1", "note", "-m", "looked").err == ""


def test_what_is_not_said_is_decided_and_kept(contract: Path, world: World, cli: Cli):
    world.make(Create("Coffee machine", "x", customer="Nordkauf", priority=4))
    cli("sync", "--once")
    said = cli("scope", "M-1", "--json")
    assert (said.code, said.json["verdict"], said.json["decision"]) == (1, "not_said", None)
    assert "deskui scope M-1 in|out -m TEXT" in cli("scope", "M-1").out
    assert cli("scope", "M-1", "out", "--json").error == "refused"  # without a reason
    assert cli("scope", "M-1", "out", "-m", "x", "--read-only", "--json").error == "refused"
    assert cli("scope", "M-1", "out", "-m", "not IT").code == 0
    decided = cli("scope", "M-1", "--json")
    assert (decided.code, decided.json["verdict"], decided.json["says"]) == (1, "out", "not_said")
    assert (decided.json["decision"]["by"], decided.json["decision"]["why"]) == ("anna", "not IT")
    assert "decided OUT by anna: not IT" in cli("scope", "M-1").out
    assert "decided by anna: not IT" in cli("do", "M-1", "note", "-m", "x", "--minutes", "5").err
    assert cli("--as", "kim", "scope", "M-1", "in", "-m", "it has an IP").code == 0
    assert cli("scope", "M-1").code == 0
    assert cli("scope", "M-9", "--json").error == "unknown_ticket"


def test_without_services_nobody_is_warned(world: World, cli: Cli):
    world.make(Create("Coffee machine", "x", priority=4))
    cli("sync", "--once")
    assert cli("scope", "M-1", "--json").json["why"] == "the contract lists no services"
    assert cli("do", "M-1", "note", "-m", "x", "--minutes", "5").err == ""


# uptime and credits

AT = ("--at", "2026-11-30T12:00:00Z")
DOWN = ("2026-11-10T00:00:00Z", "2026-11-10T09:00:00Z", "--customer", "Nordkauf")


def test_uptime_of_a_service(contract: Path, cli: Cli):
    said = cli("uptime", "record", "network", *DOWN, "--cause", "M-7", "-m", "core switch", "--json")
    assert (said.code, said.json["kind"], said.json["by"], said.json["note"]) == (0, "down", "anna", "core switch")
    (found,) = cli("uptime", "show", *AT, "--json").json["services"]
    assert (found["from"], found["to"]) == ("2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")
    assert (found["down_s"], found["used_s"], found["budget_s"], found["missed"]) == (32_400, 32_400, 2592, True)
    assert found["availability"] == 98.7306
    assert (found["left_s"], found["gone_at"]) == (2592 - 32_400, "2026-11-10T00:43:12Z")
    assert "98.7306" in cli("uptime", "show", "Nordkauf", *AT).out
    assert cli("uptime", "show", "Kranz", "--json").error == "usage"


def test_a_correction_replaces(contract: Path, cli: Cli):
    first = cli("uptime", "record", "network", *DOWN, "--json").json["record"]
    cli("uptime", "record", "network", *DOWN, "--planned", "--replaces", first)
    (found,) = cli("uptime", "list", "--json").json["records"]
    assert found["kind"] == "planned"
    assert cli("uptime", "show", *AT, "--json").json["services"][0]["availability"] == 100.0
    assert "planned" in cli("uptime", "list", "Nordkauf").out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["erp", *DOWN], "Nordkauf has no service 'erp' (allowed: network)"),
        (["network", *DOWN[:3], "Kranz"], "there is no contract of 'Kranz' (allowed: Nordkauf)"),
        (["network", DOWN[1], DOWN[0], *DOWN[2:]], "before it begins"),
        (["network", *DOWN, "--replaces", "x"], "there is no record x"),
        (["network", *DOWN, "--exclude", "weather", "--approver", "kim"], "a reason that the contract allows"),
        (["network", *DOWN, "--exclude", "customer", "--approver", "anna"], "an approver, who is somebody else"),
        (["network", DOWN[0], "-", *DOWN[2:], "--exclude", "customer", "--approver", "kim"], "an exclusion has an end"),
        (["network", *DOWN, "--read-only"], "read-only"),
    ],
)
def test_records_that_are_refused(contract: Path, cli: Cli, more: list[str], message: str):
    said = cli("uptime", "record", *more, "--json")
    assert (said.code, said.error) == (1, "refused")
    assert message in said.json["error"]["message"]


def test_excluded_and_unknown_time(contract: Path, cli: Cli):
    assert cli("uptime", "record", "network", *DOWN).code == 0
    assert cli("uptime", "record", "network", *DOWN, "--exclude", "customer", "--approver", "kim").code == 0
    assert cli("uptime", "record", "network", "2026-11-20T00:00:00Z", "-", *DOWN[2:], "--no-data").code == 0
    (found,) = cli("uptime", "show", *AT, "--json").json["services"]
    assert (found["down_s"], found["availability"]) == (0, 100.0)
    assert found["no_data_s"] == 10.5 * 86_400


def test_a_credit_is_a_draft_until_it_is_approved(contract: Path, cli: Cli):
    assert cli("credit", "list", *AT, "--json").json == {"credits": []}
    cli("uptime", "record", "network", *DOWN)
    (found,) = cli("credit", "list", *AT, "--json").json["credits"]
    assert (found["credit"], found["state"]) == ("Nordkauf/2026-11-01/uptime:network", "draft")
    assert (found["percent"], found["amount"], found["currency"], found["by"]) == (5.0, 210.0, "EUR", None)
    said = cli("credit", "approve", found["credit"], *AT, "--json")
    assert (said.code, said.json["state"], said.json["by"]) == (0, "approved", "anna")
    contract.write_text(CONTRACT.replace("credit = 5", "credit = 15"))  # later: it stays what was approved
    (kept,) = cli("credit", "list", "Nordkauf", *AT, "--json").json["credits"]
    assert (kept["state"], kept["amount"]) == ("approved", 210.0)
    assert "approved" in cli("credit", "list", *AT).out
    again = cli("credit", "approve", found["credit"], *AT, "--json")
    assert (again.code, again.json["error"]["message"]) == (1, f"{found['credit']} is approved, by anna")
    assert cli("credit", "approve", "x", *AT, "--json").error == "refused"
    assert cli("credit", "approve", "x", "--read-only", "--json").error == "refused"


def test_a_draft_of_the_period_before_waits_for_its_approval(contract: Path, cli: Cli):
    cli("uptime", "record", "network", *DOWN)
    later = ("--at", "2026-12-01T12:00:00Z")
    (found,) = cli("credit", "list", *later, "--json").json["credits"]
    assert (found["credit"], found["state"]) == ("Nordkauf/2026-11-01/uptime:network", "draft")
    assert cli("credit", "list", "--at", "2027-01-01T12:00:00Z", "--json").json["credits"] == []
    assert cli("credit", "approve", found["credit"], *later, "--json").json["state"] == "approved"
    assert cli("credit", "list", *later, "--json").json["credits"] == []


def test_breach_and_downtime_of_one_cause_give_one_credit(ticket: str, cli: Cli):
    cli("sla", "breaches")
    (late,) = cli("credit", "list", "--json").json["credits"]
    assert (late["cause"], late["percent"]) == ("M-1", 2.0)
    start, end = iso(now() - 7200), iso(now())
    cli("uptime", "record", "network", start, end, "--customer", "Nordkauf", "--cause", "M-1")
    (one,) = cli("credit", "list", "--json").json["credits"]
    assert (one["cause"], one["percent"]) == ("M-1", 5.0)
