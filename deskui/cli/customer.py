"""`deskui customer`: whom to call at a customer's, how they are verified, what to know of their sites."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain.customer import WAYS

if TYPE_CHECKING:
    from deskui.domain.customer import Contact, Customer
    from deskui.services.customers import Customers


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    customer = add("customer", help="contacts and sites: list, show, check, verified")
    commands = customer.add_subparsers(metavar="list|show|check|verified", required=True)
    commands.add_parser("list", parents=[shared], help="every customer with a file").set_defaults(run=run_list)
    show = commands.add_parser("show", parents=[shared], help="the contacts and sites of one")
    show.add_argument("name", metavar="NAME", help="as tickets name it")
    show.set_defaults(run=run_show)
    check = commands.add_parser("check", parents=[shared], help="what is wrong with the files; 1 if something is")
    check.add_argument("file", metavar="FILE", nargs="?", type=Path, help="only this one; left out: all of them")
    check.set_defaults(run=run_check)
    verified = commands.add_parser("verified", parents=[shared], help="keep as a note by what a caller was verified")
    verified.add_argument("id", metavar="ID")
    verified.add_argument("way", metavar="|".join(WAYS), choices=WAYS, help="file: in the way that the file says")
    verified.add_argument("--who", metavar="ADDRESS", default="", help="of the requestors; left out: the first")
    verified.set_defaults(run=run_verified)


def run_list(context: Context) -> int:
    """Every customer; of a file that is wrong it is said on stderr."""
    with context.desk() as desk:
        found = _customers(desk).all()
    for wrong in found.wrong:
        output.say(f"deskui: {wrong}")
    rows = [(each.name, len(each.contacts), len(each.sites), each.zone or "-") for each in found.customers]
    people = output.table(("CUSTOMER", "CONTACTS", "SITES", "ZONE"), rows) if rows else ["no customers/NAME.toml yet"]
    context.show({"customers": [_document(each) for each in found.customers], "wrong": list(found.wrong)}, people)
    return output.DONE


def run_show(context: Context) -> int:
    """All of one."""
    with context.desk() as desk:
        found = _customers(desk).get(context.args.name)
        now, zone = desk.now(), desk.zone
    if found is None:
        hint = "See `deskui customer list`, and `deskui customer check` for files that cannot be used."
        raise output.Failure("unknown_name", f"no file names the customer {context.args.name!r}", hint)
    context.show(_document(found), map(output.inert, _people(found, now, zone)))
    return output.DONE


def run_check(context: Context) -> int:
    """Each file by itself; 1 if one is wrong."""
    from deskui.services import customers

    one, taken = context.args.file, dict[str, Path]()
    checked = []
    for path in customers.files(context.home / "customers") if one is None else [one]:
        try:
            found = customers.only(path, taken)
            checked.append({"file": str(path), "ok": True, "customer": found.name, "error": None})
        except customers.CustomerError as error:
            checked.append({"file": str(path), "ok": False, "customer": None, "error": str(error)})
    ok = all(each["ok"] for each in checked)
    said = [f"{each['file']}: ok, {each['customer']}" if each["ok"] else f"wrong: {each['error']}" for each in checked]
    context.show({"ok": ok, "files": checked}, map(output.inert, said or ["no customers/NAME.toml yet"]))
    return output.DONE if ok else output.NOT_SO


def run_verified(context: Context) -> int:
    """A work note on the ticket, queued."""
    from deskui.domain import customer
    from deskui.domain.change import Note
    from deskui.services.present import done
    from deskui.services.writing import at

    args = context.args
    context.writable()
    with context.desk() as desk:
        ticket = context.find(desk, args.id)
        known = _customers(desk).of(ticket)
        people = {address.casefold(): (address, contact) for address, contact in known.people}
        if args.who and args.who.casefold() not in people:
            asked = ", ".join(ticket.requestors) or "nobody"
            raise output.Failure("usage", f"{args.who} has not asked for {ticket.id}; it was: {asked}")
        who, contact = people[args.who.casefold()] if args.who else next(iter(known.people), ("", None))
        ways = customer.ways(known.customer, contact)
        if args.way not in ways:
            hint = f"What there is: {', '.join(ways)}. See `deskui customer show NAME`."
            raise output.Failure("refused", f"nothing on file says how: {args.way}", hint)
        note = customer.verified(who, contact, args.way, ways[args.way], f"{at(desk.now(), desk.zone)} {desk.zone}")
        entry = desk.services.desk.do(ticket.id, Note(note)).result()
    context.show(done(ticket.id, entry), [output.inert(f"{ticket.id}: {note}")])
    return output.DONE


def _customers(desk: Any) -> "Customers":
    found: Customers = desk.services.customers
    return found


def _document(of: "Customer") -> dict[str, Any]:
    return {
        "customer": of.name, "zone": of.zone or None, "verification": of.verification or None,
        "contacts": [
            {
                "name": each.name, "mail": list(each.mail), "phone": each.phone or None, "role": each.role or None,
                "vip": each.vip, "verification": of.verified_by(each) or None, "site": each.site or None,
            }
            for each in of.contacts
        ],
        "sites": [
            {
                "name": each.name, "address": each.address or None, "access": each.access or None,
                "hours": each.hours or None, "zone": each.zone or of.zone or None,
            }
            for each in of.sites
        ],
    }  # fmt: skip


def _people(of: "Customer", now: int, zone: str) -> Iterator[str]:
    yield of.name
    for contact in of.contacts:
        yield from _contact(of, contact)
    for site in of.sites:
        yield ""
        yield f"  site {site.name}" + (f", {site.address}" if site.address else "")
        there = site.zone or of.zone
        local = f"{_local(now, there)} ({there})" if there and there != zone else ""
        for name, value in (("access", site.access), ("hours", site.hours), ("there", local)):
            if value:
                yield f"    {name:7} {value}"


def _contact(of: "Customer", contact: "Contact") -> Iterator[str]:
    yield ""
    yield f"  {'VIP ' if contact.vip else ''}{contact.name}" + (f", {contact.role}" if contact.role else "")
    values = (
        ("phone", contact.phone), ("mail", ", ".join(contact.mail)), ("verify", of.verified_by(contact)),
        ("site", contact.site),
    )  # fmt: skip
    for name, value in values:
        if value:
            yield f"    {name:7} {value}"


def _local(now: int, zone: str) -> str:
    from deskui.services.writing import at

    return at(now, zone)
