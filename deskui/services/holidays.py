"""Holidays of countries and regions as dates, by the package `holidays`; a list in use stays until one is taken."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deskui.domain.reading import ContractError
from deskui.lazy import dataclass

FILE = ".holidays.json"
YEARS = range(2015, 2046)


@dataclass(frozen=True)
class Moved:
    """A list that the installed package has otherwise than the one in use; dates are ISO texts."""

    country: str
    region: str
    was: str  # version of the package it was taken from
    now: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Holidays:
    """The lists in use, kept in `folder`; without one, or with `keep` off, nothing is written."""

    def __init__(self, folder: Path | None, *, keep: bool = True) -> None:
        self._path, self._keep = None if folder is None else folder / FILE, keep
        self._lists: dict[str, Any] | None = None

    def dates(self, country: str, region: str) -> list[str]:
        """The list in use; a country named for the first time is looked up.  ContractError, LookupError."""
        lists, name = self._read(), _name(country, region)
        if name not in lists:
            lists[name] = {"package": _package(), "dates": looked_up(country, region)}
            self._write(lists)
        return list(lists[name]["dates"])

    def moved(self) -> list[Moved]:
        """What an update of the package would change; it does so only when it is taken."""
        return [change for name, known in sorted(self._read().items()) if (change := _compared(name, known))]

    def take(self) -> list[Moved]:
        """Take every list as the package has it now; what that changed."""
        changes = self.moved()
        if changes:
            lists = self._read()
            for change in changes:
                name = _name(change.country, change.region)
                lists[name] = {"package": change.now, "dates": looked_up(change.country, change.region)}
            self._write(lists)
        return changes

    def _read(self) -> dict[str, Any]:
        if self._lists is None:
            self._lists = {} if self._path is None or not self._path.exists() else _stored(self._path)
        return self._lists

    def _write(self, lists: dict[str, Any]) -> None:
        if self._path is None or not self._keep:
            return
        part = self._path.with_name(FILE + ".part")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                json.dump(lists, file, indent=1, sort_keys=True)
            part.replace(self._path)
        except OSError as error:
            raise ContractError(str(self._path), "holidays", f"cannot be kept: {error}") from error


def _stored(path: Path) -> dict[str, Any]:
    try:
        lists = json.loads(path.read_text("utf-8"))
        if all(isinstance(each["dates"], list) and isinstance(each["package"], str) for each in lists.values()):
            return dict(lists)
        problem = "is damaged"
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"cannot be read: {error}"
    raise ContractError(str(path), "holidays", f"{problem}; remove the file to look the lists up anew")


def looked_up(country: str, region: str) -> list[str]:
    """The public holidays of all YEARS as the package has them.

    LookupError: the key that is wrong (country, region), and what is allowed there.
    """
    import holidays  # 200 ms, and only contracts that name a country need it

    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise LookupError("country", f"{country!r} is no country (allowed: {', '.join(sorted(known))})")
    if region and region not in known[country]:
        regions = ", ".join(known[country]) or "none"
        raise LookupError("region", f"{country} has no region {region!r} (allowed: {regions})")
    return _texts(holidays.country_holidays(country, subdiv=region or None, years=YEARS))


def _texts(days: Iterable[Any]) -> list[str]:
    return sorted(day.isoformat() for day in days if day.year in YEARS)


def _package() -> str:
    from importlib.metadata import version

    return version("holidays")


def _compared(name: str, known: dict[str, Any]) -> Moved | None:
    country, _, region = name.partition("/")
    was = set(known["dates"])
    try:
        now = set(looked_up(country, region))
    except LookupError:  # the package has dropped it: what is in use stays
        return None
    if was == now:
        return None
    return Moved(country, region, known["package"], _package(), tuple(sorted(now - was)), tuple(sorted(was - now)))


def _name(country: str, region: str) -> str:
    return f"{country}/{region}" if region else country
