"""Reads the contracts, the default policy and one TOML file for each customer, to the rules the store counts by."""

import json
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from deskui.domain import contractfile
from deskui.domain.contract import ENGINE, Contract, Rules
from deskui.domain.reading import ContractError
from deskui.lazy import dataclass
from deskui.services.holidays import Holidays


def load(default: Path, folder: Path | None = None, zone: str = "UTC") -> Rules:
    """The rules of `default` and of `folder/*.toml`, where there is one; `zone` counts where a file names none.

    Several files of one customer are versions of the contract.  ContractError names file, line, key and what is
    allowed.
    """
    holidays = Holidays(folder)
    base = {"zone": zone, **_read(default)}
    rest = _parse(default, base, {}, holidays)
    whole = [_expanded(base, str(default), holidays)]
    found: dict[str, list[tuple[Path, Contract]]] = {}
    for path in files(folder):
        contract, data = one(path, base, holidays)
        _only(found.setdefault(contract.customer, []), path, contract)
        whole.append(data)
    versions = {customer: tuple(each for _, each in _ordered(pairs)) for customer, pairs in found.items()}
    return Rules({name: each[-1] for name, each in versions.items()}, rest, cache(partial(version, whole)), versions)


def files(folder: Path | None) -> list[Path]:
    """The contracts' files, by name."""
    return sorted(folder.glob("*.toml")) if folder else []


def one(path: Path, base: Mapping[str, Any], holidays: Holidays) -> tuple[Contract, dict[str, Any]]:
    """The contract of a file on top of `base`, and what it says with its holidays as dates; ContractError."""
    data = {"name": path.stem, **_read(path)}
    found = _parse(path, data, base, holidays)
    if not found.customer:
        raise ContractError(str(path), "customer", "is missing: whose contract is this?")
    return found, _expanded(contractfile.merged(base, data), str(path), holidays)


def _only(others: list[tuple[Path, Contract]], path: Path, contract: Contract) -> None:
    for known, other in others:
        if other.effective == contract.effective:
            hint = " (a newer version says from when: effective = 2026-01-01)"
            raise ContractError(str(path), "customer", f"{contract.customer!r} already has {known}{hint}")
    others.append((path, contract))


def _ordered(pairs: list[tuple[Path, Contract]]) -> list[tuple[Path, Contract]]:
    return sorted(pairs, key=lambda pair: -1 if pair[1].effective is None else pair[1].effective)


@dataclass(frozen=True)
class Checked:
    """One file of contracts: the contract, or what is wrong with it."""

    path: Path
    contract: Contract | None
    error: ContractError | None = None


def check(default: Path, paths: Iterable[Path], zone: str = "UTC", folder: Path | None = None) -> list[Checked]:
    """Every file by itself, so that one that is wrong hides no other; `folder` is where the holidays are kept."""
    holidays = Holidays(folder, keep=False)
    base, out = {"zone": zone, **_read(default)}, list[Checked]()
    found: dict[str, list[tuple[Path, Contract]]] = {}
    for path in paths:
        try:
            contract, _ = one(path, base, holidays)
            _only(found.setdefault(contract.customer, []), path, contract)
            out.append(Checked(path, contract))
        except ContractError as error:
            out.append(Checked(path, None, error))
    return out


def version(whole: Iterable[Mapping[str, Any]]) -> str:
    """A hash of everything that can move a due time: the policies, the engine's rules and the zones' own."""
    import hashlib  # loads OpenSSL, which the first paint needs for nothing

    digest = hashlib.sha256(f"engine {ENGINE}".encode())
    for data in whole:
        digest.update(json.dumps(_counted(data), sort_keys=True, default=str).encode())
        for zone in sorted(_zones(data)):
            digest.update(zone.encode() + _zone_rules(zone))
    return digest.hexdigest()[:16]


_MOVE = ("customer", "effective", "zone", "policy", "targets", "calendars")
_MOVE_SERVICE = ("targets", "categories", "cis")


def _counted(data: Mapping[str, Any]) -> dict[str, Any]:
    """What can move a due time; a fee cannot."""
    services = {
        name: {key: spec[key] for key in _MOVE_SERVICE if key in spec}
        for name, spec in data.get("services", {}).items()
        if "targets" in spec
    }
    return {key: data[key] for key in _MOVE if key in data} | ({"services": services} if services else {})


def _zones(data: Mapping[str, Any]) -> set[str]:
    named = (spec.get("zone") for spec in data.get("calendars", {}).values())
    return {str(zone) for zone in (data.get("zone"), *named) if zone}


def _zone_rules(zone: str) -> bytes:
    """The compiled rules of a zone, from the system or from the tzdata package: a new edition moves due times."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, zone)
        if path.is_file():
            return path.read_bytes()
    from importlib import resources  # slow, and hardly ever needed

    try:
        return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    except (ModuleNotFoundError, OSError):
        return b""


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContractError(str(path), "TOML", str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(str(path), "file", f"cannot be read: {error}") from error


def _parse(path: Path, data: Mapping[str, Any], base: Mapping[str, Any], holidays: Holidays) -> Contract:
    try:
        contractfile.known(data, str(path))
        return contractfile.parse(_expanded(contractfile.merged(base, data), str(path), holidays), str(path))
    except ContractError as error:
        from deskui.tomllines import line_of  # only a mistake needs it

        line = line_of(path.read_text("utf-8"), error.key.split("."))
        where = f"{path}:{line}" if line else error.where
        raise ContractError(where, error.key, error.problem, error.allowed) from error


def _expanded(data: Mapping[str, Any], where: str, holidays: Holidays) -> dict[str, Any]:
    """`data` with the holidays of the countries that its calendars name as dates."""
    calendars: dict[str, Any] = {}
    for name, spec in data.get("calendars", {}).items():
        if isinstance(spec, Mapping) and "country" in spec:
            key = f"calendars.{name}"
            try:
                dates = holidays.dates(str(spec["country"]), str(spec.get("region", "")))
            except LookupError as error:
                raise ContractError(where, f"{key}.{error.args[0]}", str(error.args[1])) from error
            rest = {each: value for each, value in spec.items() if each not in ("country", "region")}
            calendars[name] = {**rest, "holidays": [*contractfile.listed(spec, where, key), *dates]}
        else:
            calendars[name] = spec
    return {**data, "calendars": calendars} if calendars else dict(data)
