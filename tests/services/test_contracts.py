"""Contracts read from files: the shipped default, what a customer's file changes, and errors with file and line."""

from pathlib import Path

import pytest

from deskui.domain.contract import Policy
from deskui.domain.reading import ContractError
from deskui.services import contracts

DEFAULT = Path(__file__).parents[2] / "data" / "sla" / "default.toml"

GOLD = """
name = "Gold"
customer = "Nordkauf"
zone = "Europe/Istanbul"

[policy]
offline_events = "made"

[targets.P1]
response = "10m"

[calendars.office]
holidays = ["10-29", 2026-12-24]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "contracts").mkdir()
    return tmp_path / "contracts"


def write(folder, text, name="gold.toml"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_policy_is_the_one_of_sla_md():
    default = contracts.load(DEFAULT, zone="Europe/Berlin").default
    minutes = {
        number: [(target.seconds // 60, target.calendar) for target in (plan["response"], plan["resolution"])]
        for number, plan in default.policy.targets.items()
    }
    assert minutes == {
        1: [(15, "24x7"), (240, "24x7")],
        2: [(60, "24x7"), (480, "24x7")],
        3: [(240, "office"), (1440, "office")],
        4: [(480, "office"), (4320, "office")],
    }
    assert default.policy == Policy(default.policy.targets)  # every other rule as in SLA.md
    office = default.calendars["office"]
    assert (office.zone.key, default.calendars["24x7"].plain) == ("Europe/Berlin", True)
    assert office.weekly == (((9 * 3600, 18 * 3600),),) * 5 + ((),) * 2


def test_a_customer_has_a_contract(folder):
    write(folder, GOLD)
    write(folder, 'customer = "Kranz"\n', "kranz.toml")
    rules = contracts.load(DEFAULT, folder, "Europe/Berlin")
    gold = rules.of("Nordkauf")
    assert (gold.name, gold.policy.offline_events) == ("Gold", "made")
    assert gold.policy.targets[1]["response"].seconds == 600
    assert gold.policy.targets[1]["resolution"].seconds == 14400
    assert gold.calendars["office"].zone.key == "Europe/Istanbul"
    assert gold.calendars["office"].yearly == {(10, 29)}
    assert len(gold.calendars["office"].fixed) == 1
    assert rules.of("Kranz").name == "kranz"
    assert rules.of("Kranz").calendars["office"].zone.key == "Europe/Berlin"
    assert rules.of("somebody else") is rules.default


def test_no_folder_is_no_contract(tmp_path):
    assert contracts.load(DEFAULT, tmp_path / "none").contracts == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('customer = "N"\ncolour = 1\n', "{path}:2: colour: unknown key (allowed: name, customer, effective, zone, "
         "policy, targets, calendars, catalogue, services, exclusions, credits, fee, included_hours, notice)"),
        ('customer = "N"\n[policy]\nupdate_mode = "x"\n', "{path}:3: policy.update_mode: 'x' is not possible here "
         "(allowed: next_reply, between_updates)"),
        ('customer = "N"\n\n[targets.P1]\n# fast\nresponse = "1d"\n', "{path}:5: targets.P1.response: '1d' is no "
         "working time (allowed: 15m, 4h, 1h30m)"),
        ('customer = "N"\n[targets]\nP1 = { fix = "4h" }\n', "{path}:3: targets.P1.fix: unknown key "
         "(allowed: calendar, response, resolution, update)"),
        ('customer = "N"\n[calendars."office"]\nzone = "Berlin"\n', "{path}:2: calendars.office: 'Berlin' is no time "
         "zone (write it like Europe/Berlin)"),
        ('customer = "N"\nzone = "Berlin"\n', "{path}:2: zone: 'Berlin' is no time zone (write it like Europe/Berlin)"),
        ('name = "x"\n', "{path}: customer: is missing: whose contract is this?"),
        ("customer = \n", "{path}: TOML: Invalid value (at line 1, column 12)"),
    ],
)  # fmt: skip
def test_errors_name_file_line_key_and_what_is_allowed(folder, text, message):
    path = write(folder, text)
    with pytest.raises(ContractError) as refused:
        contracts.load(DEFAULT, folder)
    assert str(refused.value) == message.format(path=path)


def test_two_files_for_one_customer(folder):
    write(folder, 'customer = "N"\n', "a.toml")
    write(folder, 'customer = "N"\n', "b.toml")
    with pytest.raises(ContractError, match=r"b\.toml: customer: 'N' already has .*a\.toml"):
        contracts.load(DEFAULT, folder)


def test_an_error_in_the_default_is_not_blamed_on_a_customer(folder, tmp_path):
    wrong = write(tmp_path, DEFAULT.read_text("utf-8").replace('"segmented"', '"sometimes"'), "default.toml")
    write(folder, 'customer = "N"\n')
    with pytest.raises(ContractError, match=r"default\.toml:49: policy\.priority_change: 'sometimes'"):
        contracts.load(wrong, folder)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ContractError, match=r"none\.toml: file: cannot be read"):
        contracts.load(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContractError, match=r"odd\.toml: file: cannot be read"):
        contracts.load(tmp_path / "odd.toml")


def test_the_version_moves_with_whatever_moves_a_due_time(folder):
    def version(zone="UTC"):
        return contracts.load(DEFAULT, folder, zone).version

    bare = version()
    assert version() == bare
    assert version("Europe/Berlin") != bare
    write(folder, 'customer = "N"\n[targets.P1]\nresponse = "10m"\n')
    one = version()
    assert one != bare
    write(folder, 'name = "N gold"\ncustomer = "N"\n[targets.P1]\nresponse = "10m" # fast\n')
    assert version() == one  # a name and a comment move nothing
    write(folder, 'customer = "M"\n[targets.P1]\nresponse = "10m"\n')
    assert version() not in (one, bare)


def test_the_version_moves_with_the_zones_rules(monkeypatch):
    before = contracts.load(DEFAULT).version
    monkeypatch.setattr(contracts, "_zone_rules", lambda zone: b"a new edition")
    assert contracts.load(DEFAULT).version != before


def test_the_version_moves_with_the_engine(monkeypatch):
    before = contracts.load(DEFAULT).version
    monkeypatch.setattr(contracts, "ENGINE", 99)
    assert contracts.load(DEFAULT).version != before


def test_a_zone_comes_from_the_package_where_the_system_has_none(monkeypatch):
    monkeypatch.setattr(contracts.zoneinfo, "TZPATH", ())
    assert contracts._zone_rules("Europe/Berlin").startswith(b"TZif")
    assert contracts._zone_rules("Mars/Base") == b""


def test_two_versions_of_a_contract(folder):
    write(folder, 'customer = "N"\nname = "old"\n', "b.toml")
    write(folder, 'customer = "N"\nname = "new"\neffective = 2026-07-01\n', "a.toml")
    rules = contracts.load(DEFAULT, folder)
    assert [each.name for each in rules.versions["N"]] == ["old", "new"]
    assert rules.of("N").name == "new"
    assert rules.of("N", 0).name == "old"


def test_two_versions_from_the_same_day(folder):
    write(folder, 'customer = "N"\neffective = 2026-07-01\n', "a.toml")
    write(folder, 'customer = "N"\neffective = "2026-07-01"\n', "b.toml")
    with pytest.raises(ContractError, match=r"b\.toml: customer: 'N' already has .*a\.toml .*effective = 2026-01-01"):
        contracts.load(DEFAULT, folder)


def test_a_fee_moves_no_due_time_and_a_services_targets_do(folder):
    def version(more=""):
        write(folder, f'customer = "N"\n{more}')
        return contracts.load(DEFAULT, folder).version

    bare = version()
    assert version("fee = { amount = 1 }\nnotice = 2026-01-01\n") == bare
    assert version('[services.network]\nclause = "x"\nuptime = 99\n') == bare
    assert version('[services.network]\nclause = "x"\n[services.network.targets.P1]\nresponse = "1m"\n') != bare
    assert version("effective = 2026-01-01\n") != bare


def test_a_check_goes_on_after_a_wrong_file(folder):
    write(folder, 'customer = "A"\ncolour = 1\n', "a.toml")
    write(folder, 'customer = "B"\n', "b.toml")
    write(folder, 'customer = "B"\n', "c.toml")
    found = contracts.check(DEFAULT, contracts.files(folder))
    assert [each.error is None for each in found] == [False, True, False]
    assert "a.toml:2: colour: unknown key" in str(found[0].error)
    assert "already has" in str(found[2].error)


def test_an_error_in_a_list_of_tables_is_found_by_its_line(folder):
    path = write(folder, 'customer = "N"\n[[credits.breach]]\nclock = "fix"\n')
    with pytest.raises(ContractError) as refused:
        contracts.load(DEFAULT, folder)
    assert str(refused.value).startswith(f"{path}:3: credits.breach.clock: 'fix' is not possible here")
