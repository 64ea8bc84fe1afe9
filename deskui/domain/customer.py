"""Who the customers' people are and where: whom to call, how a caller is verified, what a visitor must know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deskui.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at the customer's; `verification` says how one who calls under that name is verified, `site` where
    they sit (the name of one).
    """

    name: str
    mail: tuple[str, ...] = ()
    phone: str = ""
    role: str = ""
    vip: bool = False
    verification: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the customer's; `access` is what somebody who goes there has to know."""

    name: str
    address: str = ""
    access: str = ""
    hours: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """One file; `zone` and `verification` hold where a site or a contact says nothing else.

    `not_on_laptops`: nothing of theirs is kept on a portable desk.
    """

    name: str
    zone: str = ""
    verification: str = ""
    contacts: tuple[Contact, ...] = ()
    sites: tuple[Site, ...] = ()
    not_on_laptops: bool = False

    def contact(self, address: str) -> Contact | None:
        """The one with this mail address, in any case."""
        wanted = address.casefold()
        return next((each for each in self.contacts if wanted in map(str.casefold, each.mail)), None)

    def site(self, name: str) -> Site | None:
        """The one of this name, in any case."""
        return next((each for each in self.sites if each.name.casefold() == name.casefold()), None)

    def verified_by(self, contact: Contact | None) -> str:
        """How a caller is verified: as their own entry says, else as the customer's does; "" if neither does."""
        return (contact.verification if contact else "") or self.verification


NOBODY = Customer("")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a ticket's people: each requestor's address with their contact, the site, and its zone.

    `told` are numbers that the ticket system knows, by address.  Who may edit them there is not known: they are good
    for a call, and not for verifying one.
    """

    customer: Customer
    people: tuple[tuple[str, Contact | None], ...]
    site: Site | None
    zone: str
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def phones(self) -> tuple[tuple[str, str], ...]:
        """Whom to call, by name, under which number: that on file, else that of the ticket system."""
        found = (
            (contact.name if contact else address, (contact.phone if contact else "") or self.told.get(address, ""))
            for address, contact in self.people
        )
        return tuple((name, phone) for name, phone in found if phone)

    @property
    def vip(self) -> bool:
        """Whether one of those who asked is a VIP."""
        return any(contact is not None and contact.vip for _, contact in self.people)


def known(
    customers: Iterable[Customer], customer: str | None, requestors: Iterable[str], sites: Iterable[str],
    told: Iterable[str] = (),
) -> Known:  # fmt: skip
    """What the files say of a ticket of `customer`; `sites` are those of its CIs, the nearest first; `told` as the
    ticket's `phones`.

    A ticket without a customer is that of the one who lists its requestor.
    """
    addresses = tuple(requestors)
    found = next(_of(customers, customer, addresses), NOBODY)
    people = tuple((address, found.contact(address)) for address in addresses)
    named = (*sites, *(contact.site for _, contact in people if contact))
    site = next(filter(None, map(found.site, filter(None, named))), None)
    if site is None and len(found.sites) == 1:
        site = found.sites[0]
    numbers = {address: number for address, _, number in (each.partition("\t") for each in told)}
    return Known(found, people, site, (site.zone if site else "") or found.zone, numbers)


def kept_away(customers: Iterable[Customer], ticket: Ticket) -> bool:
    """Whether a ticket may not be on a portable desk: its customer, or the one who lists its requestor, says so."""
    return any(each.not_on_laptops for each in _of(customers, ticket.customer, ticket.requestors))


def _of(customers: Iterable[Customer], name: str | None, addresses: tuple[str, ...]) -> Iterator[Customer]:
    for each in customers:
        if each.name.casefold() == name.casefold() if name else any(map(each.contact, addresses)):
            yield each


WAYS = ("file", "call-back", "question", "known", "not")


def ways(customer: Customer, contact: Contact | None) -> dict[str, str]:
    """How somebody who calls under this name can be verified, in words for a note: of WAYS, those that there are."""
    said = customer.verified_by(contact)
    phone = contact.phone if contact else ""
    return {
        **({"file": said} if said else {}),
        **({"call-back": f"call-back on the number on file, {phone}"} if phone else {}),
        "question": "answered the control question",
        "known": "known by voice or in person",
        "not": "COULD NOT BE VERIFIED",
    }


def verified(who: str, contact: Contact | None, way: str, words: str, when: str) -> str:
    """The note that is kept of it: `words` of `ways`, `when` as the desk's clock shows it."""
    name = f"{contact.name} ({who})" if contact and who else contact.name if contact else who or "somebody not on file"
    return f"Caller {name}: {words}, at {when}" if way == "not" else f"Caller verified: {name}, by: {words}, at {when}"
