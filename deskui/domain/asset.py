"""The configuration item (CI): what can be diagnosed, where it is and how much the business hangs on it."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

COLUMNS = ("name", "kind", "address", "port", "user", "key", "jump", "customer", "site", "criticality")
CI_KINDS = ("server", "network", "endpoint", "service")
CRITICALITIES = ("high", "medium", "low")

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f.]{0,15}){2,8}")  # IPv6, judged again when it is resolved
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@$-]{0,63}")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)(?:i?B)?")
_FACTOR = {"": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class AssetError(ValueError):
    """A CI that cannot be; the message names the row, the column and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A directory whose size is measured on each run, against `limit` (bytes)."""

    path: str
    limit: int


@dataclass(frozen=True, slots=True)
class Asset:
    """One CI; empty text is "not said" (then `ssh -G` decides for user, port and key).

    `port` 0 is "not said" too; `address` "local" is this machine through the local shell.
    """

    name: str
    kind: str = "server"
    address: str = ""
    port: int = 0
    user: str = ""
    key: str = ""
    jump: str = ""
    customer: str = ""
    site: str = ""
    criticality: str = "medium"
    watch: tuple[Watch, ...] = ()


def is_host(text: str) -> bool:
    """Whether it is safe as a host name: letters, digits, dots, hyphens, none at the front but a letter or digit."""
    return bool(_HOST.fullmatch(text))


def is_address(text: str) -> bool:
    """A host name or an IPv6 address."""
    return is_host(text) or bool(_ADDRESS.fullmatch(text))


def size(value: int | str) -> int:
    """Bytes of `512M`, `2 GiB` or a plain number; ValueError if it is none of these."""
    found = _SIZE.fullmatch(str(value).strip())
    if not found:
        raise ValueError(f"{value!r} is no size: write bytes, or a number with k, M, G or T")
    return int(float(found[1]) * _FACTOR[found[2]])


def _printable(value: str) -> bool:
    return value.isprintable() and not value.startswith("-")


_RULES: Mapping[str, tuple[Any, str]] = {
    "name": (lambda v: _HOST.fullmatch(v), "letters, digits, dots and hyphens, a letter or digit first"),
    "kind": (lambda v: v in CI_KINDS, "one of " + ", ".join(CI_KINDS)),
    "address": (lambda v: not v or is_address(v), "a host name (letters, digits, dots, hyphens) or an IP address"),
    "port": (lambda v: not v or (v.isdecimal() and 0 < int(v) < 65536), "a number from 1 to 65535, or nothing"),
    "user": (lambda v: not v or _USER.fullmatch(v), "a user name, or nothing"),
    "key": (_printable, "the path of a private key file, or nothing"),
    "jump": (lambda v: not v or is_host(v), "the name of the jump host, or nothing"),
    "customer": (str.isprintable, "one line of printable text"),
    "site": (str.isprintable, "one line of printable text"),
    "criticality": (lambda v: v in CRITICALITIES, "one of " + ", ".join(CRITICALITIES)),
}
_DEFAULTS = {"kind": "server", "criticality": "medium"}


def from_row(row: Mapping[str, str], where: str = "") -> Asset:
    """The CI of one CSV row (all values text); AssetError names `where` and the column."""
    values: dict[str, Any] = {}
    for column, (allowed, words) in _RULES.items():
        value = (row.get(column) or "").strip() or _DEFAULTS.get(column, "")
        if not allowed(value):
            raise AssetError(f"{where}column {column}: {value!r} is not allowed; it must be {words}")
        values[column] = value
    values["port"] = int(values["port"] or 0)
    return Asset(**values)


def parse_csv(text: str) -> list[Asset]:
    """The CIs of a CSV text with a header line; rows are counted as a spreadsheet does, the header being row 1."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise AssetError(f"row {reader.line_num}: not CSV ({error})") from None
    if not rows:
        raise AssetError("the file is empty: row 1 must name the columns " + ",".join(COLUMNS))
    header = _header(rows[0][1])
    assets: dict[str, Asset] = {}
    for number, cells in rows[1:]:
        if len(cells) > len(header):
            raise AssetError(f"row {number}: {len(cells)} values, but row 1 names {len(header)} columns")
        asset = from_row(dict(zip(header, cells, strict=False)), f"row {number}, ")
        if asset.name in assets:
            raise AssetError(f"row {number}, column name: {asset.name!r} is there twice")
        assets[asset.name] = asset
    return list(assets.values())


def _header(cells: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for column in header:
        if column not in COLUMNS:
            raise AssetError(f"row 1: unknown column {column!r}; the columns are {', '.join(COLUMNS)}")
    if "name" not in header:
        raise AssetError("row 1: the column name is missing")
    if len(set(header)) != len(header):
        raise AssetError("row 1: a column is there twice")
    return header


def to_json(asset: Asset) -> dict[str, Any]:
    """The CI as plain JSON values."""
    return asdict(asset)


def from_json(data: Mapping[str, Any]) -> Asset:
    """The inverse of `to_json`; also takes `watch = [{path, limit}]` with limits like "512M" (ValueError if bad)."""
    watch = tuple(Watch(str(item["path"]), size(item["limit"])) for item in data.get("watch", ()))
    return Asset(**{**data, "watch": watch})
