"""Holidays by country and region: looked up once, kept, and a newer list only taken when somebody says so."""

import json
import stat
from pathlib import Path

import pytest

from deskui.domain.reading import ContractError
from deskui.domain.when import parse
from deskui.services import contracts, holidays
from deskui.services.holidays import FILE, Holidays

DEFAULT = Path(__file__).parents[2] / "data" / "sla" / "default.toml"
BREMEN = 'customer = "N"\nzone = "Europe/Berlin"\n[calendars.office]\ncountry = "DE"\nregion = "HB"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "n.toml").write_text(BREMEN)
    return tmp_path / "contracts"


def worked(folder: Path, day: str) -> int:
    office = contracts.load(DEFAULT, folder).of("N").calendars["office"]
    return office.between(parse(f"{day}T00:00:00+01:00"), parse(f"{day}T23:59:59+01:00")) // 3600


def test_a_regions_holidays_are_dates(folder: Path):
    assert worked(folder, "2031-10-31") == 0  # Reformation Day, in Bremen a holiday
    assert worked(folder, "2031-11-03") == 9
    stored = json.loads((folder / FILE).read_text())
    assert stored["DE/HB"]["package"]
    assert "2031-10-31" in stored["DE/HB"]["dates"]
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_own_dates_come_on_top(folder: Path):
    (folder / "n.toml").write_text(BREMEN + 'holidays = ["11-03"]\n')
    assert (worked(folder, "2031-10-31"), worked(folder, "2031-11-03")) == (0, 0)


def test_a_changed_list_is_shown_before_it_applies(folder: Path, monkeypatch: pytest.MonkeyPatch):
    before = contracts.load(DEFAULT, folder).version
    known = holidays.looked_up("DE", "HB")
    monkeypatch.setattr(holidays, "looked_up", lambda country, region: sorted({*known, "2031-11-03"} - {"2031-10-31"}))
    assert contracts.load(DEFAULT, folder).version == before
    assert (worked(folder, "2031-10-31"), worked(folder, "2031-11-03")) == (0, 9)
    (moved,) = Holidays(folder).moved()
    assert (moved.country, moved.region, moved.added, moved.removed) == ("DE", "HB", ("2031-11-03",), ("2031-10-31",))
    assert Holidays(folder).take() == [moved]
    assert (worked(folder, "2031-10-31"), worked(folder, "2031-11-03")) == (9, 0)
    assert contracts.load(DEFAULT, folder).version != before
    assert Holidays(folder).take() == []


def test_a_list_in_use_needs_no_package(folder: Path, monkeypatch: pytest.MonkeyPatch):
    contracts.load(DEFAULT, folder)

    def broken(*_):
        raise AssertionError("not to be looked up")

    monkeypatch.setattr(holidays, "looked_up", broken)
    assert worked(folder, "2031-10-31") == 0


def test_a_country_that_the_package_dropped_stays(folder: Path, monkeypatch: pytest.MonkeyPatch):
    contracts.load(DEFAULT, folder)

    def gone(*_):
        raise LookupError("country", "gone")

    monkeypatch.setattr(holidays, "looked_up", gone)
    assert Holidays(folder).moved() == []


def test_a_check_writes_nothing(folder: Path):
    (found,) = contracts.check(DEFAULT, contracts.files(folder), folder=folder)
    assert found.error is None
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('country = "XX"\n', r":3: calendars\.office\.country: 'XX' is no country \(allowed: AD, AE, AF, .*ZW\)"),
        ('country = "DE"\nregion = "XY"\n', r":4: calendars\.office\.region: DE has no region 'XY' \(allowed: .*HB"),
        ('country = "DE"\nholidays = "05-01"\n', r":4: calendars\.office\.holidays: '05-01' does not fit"),
    ],
)
def test_what_is_no_country(folder: Path, text: str, message: str):
    (folder / "n.toml").write_text(f'customer = "N"\n[calendars.office]\n{text}')
    with pytest.raises(ContractError, match=message):
        contracts.load(DEFAULT, folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"DE": {"dates": 1, "package": "1"}}', '{"DE": 1}'])
def test_a_damaged_file_says_what_to_do(folder: Path, content: str):
    (folder / FILE).write_text(content)
    with pytest.raises(ContractError, match="remove the file to look the lists up anew"):
        contracts.load(DEFAULT, folder)


def test_a_list_that_cannot_be_kept(folder: Path):
    (folder / f"{FILE}.part").mkdir()
    with pytest.raises(ContractError, match="cannot be kept"):
        contracts.load(DEFAULT, folder)
