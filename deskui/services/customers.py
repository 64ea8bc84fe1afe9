"""Customers: TOML files, one a customer, that name their contacts and sites.

A file says `customer`, as tickets name it, and may say `zone`, `verification`, `not_on_laptops`, and any number of
`[[contact]]` and `[[site]]`.  They are read anew when one has changed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deskui.domain import customer as customers
from deskui.domain.customer import Contact, Customer, Known, Site
from deskui.domain.ticket import Ticket
from deskui.services import tomlfiles
from deskui.store.driver import StoreError

KEYS = ("customer", "zone", "verification", "not_on_laptops", "contact", "site")
CONTACT = ("name", "mail", "phone", "role", "vip", "verification", "site")
SITE = ("name", "address", "access", "hours", "zone")
Problems = Iterator[tuple[str, str]]


class CustomerError(ValueError):
    """A file cannot be used; the message names it, the line and the key."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those that can be used, and of each of the others what is wrong with it."""

    customers: tuple[Customer, ...] = ()
    wrong: tuple[str, ...] = ()


class Customers:
    """What is in `folder`; `site` gives the site of a CI by its name, "" if it says none."""

    def __init__(self, folder: Path, site: Callable[[str], str]) -> None:
        self._folder, self._site = folder, site
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._found = Found()

    def all(self) -> Found:
        """Every customer, by name of its file."""
        seen = tuple(_stamps(self._folder))
        if seen != self._seen:
            self._found, self._seen = _read(self._folder), seen
        return self._found

    def get(self, name: str) -> Customer | None:
        """The one that tickets call so, in any case."""
        return next((each for each in self.all().customers if each.name.casefold() == name.casefold()), None)

    def vips(self) -> frozenset[str]:
        """The addresses of all VIPs."""
        contacts = (contact for each in self.all().customers for contact in each.contacts if contact.vip)
        return frozenset(mail for contact in contacts for mail in contact.mail)

    def kept_away(self, ticket: Ticket) -> bool:
        """Whether it may not be on a portable desk.  StoreError: a file is wrong, and nobody knows what it forbids."""
        found = self.all()
        if found.wrong:
            raise StoreError(f"{found.wrong[0]}; on a portable desk nothing is read before that is right")
        return customers.kept_away(found.customers, ticket)

    def of(self, ticket: Ticket) -> Known:
        """What is known of the people of a ticket."""
        sites = [self._site(name) for name in ticket.cis]
        return customers.known(self.all().customers, ticket.customer, ticket.requestors, sites, ticket.phones)


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in files(folder):
        try:
            stat = path.stat()
        except OSError:
            yield str(path), 0, 0
        else:
            yield str(path), stat.st_mtime_ns, stat.st_size


def files(folder: Path) -> list[Path]:
    """The customers' files, by name."""
    return sorted(folder.glob("*.toml"))


def _read(folder: Path) -> Found:
    taken: dict[str, Path] = {}
    return Found(*tomlfiles.every((folder,), partial(only, taken=taken), CustomerError))


def only(path: Path, taken: dict[str, Path]) -> Customer:
    """One file, whose customer none of `taken` may have; it is added there.  CustomerError."""
    source = tomlfiles.text(path, CustomerError)
    found = parse(source, path)
    other = taken.setdefault(found.name.casefold(), path)
    if other != path:
        at = tomlfiles.line(source, "customer")
        raise CustomerError(f"{path}, line {at}: customer: {found.name!r} is in {other.name} already: join the two")
    return found


def parse(source: str, path: Path) -> Customer:
    """A customer from the text of its file.  CustomerError."""
    data = tomlfiles.data(source, path, _problems, CustomerError)
    contacts = tuple(Contact(**{**each, "mail": _mail(each)}) for each in data.get("contact", ()))
    sites = tuple(Site(**each) for each in data.get("site", ()))
    return Customer(
        data["customer"], data.get("zone", ""), data.get("verification", ""), contacts, sites,
        data.get("not_on_laptops", False),
    )  # fmt: skip


def _mail(contact: Mapping[str, Any]) -> tuple[str, ...]:
    said = contact.get("mail", ())
    return (said,) if isinstance(said, str) else tuple(said)


def _problems(data: Mapping[str, Any]) -> Problems:
    """What is wrong with the keys, as (key, problem)."""
    yield from tomlfiles.unknown(data, KEYS)
    yield from tomlfiles.words(data, "customer")
    yield from _texts(data, ("customer", "zone", "verification"), "")
    yield from _zone(data, "")
    if not isinstance(data.get("not_on_laptops", False), bool):
        yield "not_on_laptops", "must be true or false"
    for table, known in (("contact", CONTACT), ("site", SITE)):
        yield from _entries(data.get(table, []), table, known)
    yield from _clashes(data)


def _entries(entries: Any, table: str, known: tuple[str, ...]) -> Problems:
    if not isinstance(entries, list) or not all(isinstance(each, Mapping) for each in entries):
        yield table, f"must be tables, each under [[{table}]]"
        return
    for number, each in enumerate(entries, 1):
        where = f"{table}[{number}]."
        for key, problem in (*tomlfiles.unknown(each, known), *tomlfiles.words(each, "name")):
            yield where + key, problem
        yield from _texts(each, [key for key in known if key not in ("mail", "vip")], where)
        yield from _zone(each, where)
        if not isinstance(each.get("vip", False), bool):
            yield f"{where}vip", "must be true or false"
        if not all(isinstance(mail, str) and "@" in mail and mail.isprintable() for mail in _listed(each)):
            yield f"{where}mail", "must be a mail address, or a list of them"


def _listed(contact: Mapping[str, Any]) -> Any:
    said = contact.get("mail", [])
    return said if isinstance(said, list) else [said]


def _texts(data: Mapping[str, Any], keys: Any, where: str) -> Problems:
    """A phone number is copied into other programs: not a letter that cannot be seen may be in it."""
    for key in keys:
        if not isinstance(data.get(key, ""), str) or not data.get(key, "").isprintable():
            yield where + key, "must be one line of printable text"


def _zone(data: Mapping[str, Any], where: str) -> Problems:
    zone = data.get("zone", "")
    if isinstance(zone, str) and zone:
        try:
            ZoneInfo(zone)
        except (LookupError, ValueError, OSError):
            yield f"{where}zone", f"{zone!r} is no time zone; write it like Europe/Berlin"


def _clashes(data: Mapping[str, Any]) -> Problems:
    """Contacts that share an address, and those at a site that is not there."""
    sites = {str(each["name"]).casefold() for each in data.get("site", [])}
    owner: dict[str, str] = {}
    for number, each in enumerate(data.get("contact", []), 1):
        for mail in map(str.casefold, _mail(each)):
            if owner.setdefault(mail, each["name"]) != each["name"]:
                yield f"contact[{number}].mail", f"{mail} is that of {owner[mail]} already"
        if each.get("site") and each["site"].casefold() not in sites:
            yield f"contact[{number}].site", f"there is no [[site]] with the name {each['site']!r} in this file"
