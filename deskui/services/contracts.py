"""Reads the contracts, the default policy and one TOML file for each customer, to the rules the store counts by."""

import hashlib
import json
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from deskui.domain import contract as domain
from deskui.domain.contract import Contract, ContractError, Rules
from deskui.domain.sla import ENGINE


def load(default: Path, folder: Path | None = None, zone: str = "UTC") -> Rules:
    """The rules of `default` and of `folder/*.toml`, where there is one; `zone` counts where a file names none.

    ContractError names file, line, key and what is allowed.
    """
    base = {"zone": zone, **_read(default)}
    rest = _parse(default, base, {})
    whole = [base]
    contracts: dict[str, Contract] = {}
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.toml")) if folder else ():
        data = _read(path)
        found = _parse(path, {"name": path.stem, **data}, base)
        if not found.customer:
            raise ContractError(str(path), "customer", "is missing: whose contract is this?")
        if found.customer in files:
            raise ContractError(str(path), "customer", f"{found.customer!r} already has {files[found.customer]}")
        contracts[found.customer], files[found.customer] = found, path
        whole.append(domain.merged(base, data))
    return Rules(contracts, rest, version(whole))


def version(whole: Iterable[Mapping[str, Any]]) -> str:
    """A hash of everything that can move a due time: the policies, the engine's rules and the zones' own."""
    digest = hashlib.sha256(f"engine {ENGINE}".encode())
    for data in whole:
        counted = {key: value for key, value in data.items() if key != "name"}
        digest.update(json.dumps(counted, sort_keys=True, default=str).encode())
        for zone in sorted(_zones(data)):
            digest.update(zone.encode() + _zone_rules(zone))
    return digest.hexdigest()[:16]


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


def _parse(path: Path, data: Mapping[str, Any], base: Mapping[str, Any]) -> Contract:
    try:
        return domain.parse(data, str(path), base)
    except ContractError as error:
        line = line_of(path.read_text("utf-8"), error.key)
        where = f"{path}:{line}" if line else str(path)
        raise ContractError(where, error.key, error.problem, error.allowed) from error


def line_of(text: str, key: str) -> int | None:
    """The line where the dotted `key` is set or its table begins; for a part of an inline value, the value's line."""
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None  # how many parts of the key, the line
    wanted = tuple(key.split("."))
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = said = _parts(header[1])
        elif setting := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            said = (*table, *_parts(setting[1]))
        else:
            continue
        if said == wanted[: len(said)] and (best is None or len(said) > best[0]):
            best = (len(said), number)
    return best[1] if best else None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
