"""Uptime of the services in the contracts, by what was recorded of them; and the service credits that follow."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace

from deskui.domain import credit, uptime, when
from deskui.domain.contract import DEFAULT, Contract
from deskui.domain.counting import Interval
from deskui.domain.credit import Credit, Miss
from deskui.domain.terms import Service
from deskui.domain.uptime import MONTHS, Outage, Uptime
from deskui.services.desk import Desk, Refused
from deskui.store import alarms, journal, tickets
from deskui.store.alarms import BreachRecord
from deskui.store.driver import Connection
from deskui.store.store import Tx

OUTAGE, CREDIT = "outage", "credit"
KINDS = ("down", "planned", "no_data", "excluded")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One record of a service; `end` None: it goes on."""

    uid: str
    author: str
    customer: str
    service: str
    start: int
    end: int | None
    kind: str
    cause: str = ""
    reason: str = ""
    approver: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A customer's service in a period."""

    customer: str
    service: str
    title: str
    period: str
    uptime: Uptime


@dataclass(frozen=True, slots=True)
class Claim:
    """A credit for a customer in the period that begins at `start`; `key` names it for good."""

    key: str
    customer: str
    start: int
    currency: str
    credit: Credit
    by: str = ""  # who approved
    before: bool = False  # of the period before, and still a draft


class Uptimes:
    """The services of the customers of `desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def record(
        self, customer: str, service: str, start: int, end: int | None, kind: str = "down", *, cause: str = "",
        reason: str = "", approver: str = "", note: str = "", replaces: str = "",
    ) -> "Future[Recorded]":  # fmt: skip
        """Keep that the service was down (or planned, no_data, excluded) in [start, end).

        `replaces` is the uid of a record that this one corrects.  The future raises Refused.
        """

        def work(tx: Tx) -> Recorded:
            author = self._desk.me(self._desk.default_upstream)
            if problem := self._refused(tx, customer, service, start, end, kind, reason, approver, replaces):
                raise Refused(problem)
            data = {
                "customer": customer, "service": service, "from": start, "to": end, "kind": kind, "cause": cause,
                "reason": reason, "approver": approver, "note": note, "replaces": replaces,
            }  # fmt: skip
            made = journal.append(tx, OUTAGE, f"service:{customer}/{service}", data, author=author)
            return next(each for each in _records(tx.db) if each.uid == made)

        return self._desk.store.write(work)

    def _refused(
        self, tx: Tx, customer: str, service: str, start: int, end: int | None, kind: str, reason: str, approver: str,
        replaces: str,
    ) -> str | None:  # fmt: skip
        if self._desk.read_only:
            return "this is a read-only session: nothing is changed"
        contract = self._desk.rules.contracts.get(customer)
        if contract is None:
            return f"there is no contract of {customer!r} (allowed: {', '.join(self._desk.rules.contracts) or 'none'})"
        terms = contract.terms
        if service not in terms.services:
            return f"{customer} has no service {service!r} (allowed: {', '.join(terms.services) or 'none'})"
        if end is not None and end <= start:
            return f"it ends ({when.iso(end)}) before it begins ({when.iso(start)})"
        if replaces and all(each.uid != replaces for each in _records(tx.db)):
            return f"there is no record {replaces}"
        return self._unapproved(contract, end, reason, approver) if kind == "excluded" else None

    def _unapproved(self, contract: Contract, end: int | None, reason: str, approver: str) -> str | None:
        allowed = contract.terms.reasons
        mine = {each.casefold() for each in (self._desk.me(self._desk.default_upstream), *self._desk.names())}
        if end is None or reason not in allowed:
            return f"an exclusion has an end, and a reason that the contract allows: {', '.join(allowed)}"
        if not approver.strip() or approver.strip().casefold() in mine:
            return "an exclusion needs an approver, who is somebody else"
        return None

    def records(self, customer: str | None = None) -> list[Recorded]:
        """What was recorded and not replaced, oldest first."""
        found = self._desk.store.read(_records)
        return [each for each in found if customer in (None, each.customer)]

    def show(self, customer: str | None, now: int) -> list[Figures]:
        """Every service of the customer (None: of all) in its period around `now`."""
        records = self.records(customer)
        out: list[Figures] = []
        for name, contract in self._contracts(customer, now):
            for service in contract.terms.services.values():
                span = uptime.period(contract.calendars[DEFAULT].zone, service.period, now)
                out.append(Figures(name, service.name, service.title, service.period,
                                   _measured(contract, service, span, now, records, name)))  # fmt: skip
        return out

    def credits(self, customer: str | None, now: int) -> list[Claim]:
        """The credits of the contracts' periods around `now`: approved ones as approved, the rest as drafts.

        Before them, what is still a draft of the period before: it could not be approved with its last figures sooner.
        """
        approved, known = self._desk.store.read(_approved), self._desk.store.read(alarms.all_)
        out: list[Claim] = []
        for name, contract in self._contracts(customer, now):
            first, _ = uptime.period(contract.calendars[DEFAULT].zone, contract.terms.credits.period, now)
            before = self._claims(name, first - 1, approved, known)
            out += [replace(each, before=True) for each in before if each.credit.state == "draft"]
            out += self._claims(name, now, approved, known)
        return out

    def _claims(self, name: str, now: int, approved: list[Claim], known: list[BreachRecord]) -> list[Claim]:
        """The credits of the customer's period around `now`."""
        contract = self._desk.rules.of(name, now)
        terms, zone = contract.terms, contract.calendars[DEFAULT].zone
        span = uptime.period(zone, terms.credits.period, now)
        fixed = [each for each in approved if each.customer == name and each.start == span[0]]
        misses = self._misses(name, contract, span, now, known)
        fee = terms.fee * MONTHS[terms.credits.period]
        drafts = credit.draft(terms.credits, fee, misses, [each.credit for each in fixed])
        of = f"{name}/{uptime.day(zone, span[0])}"
        return [*fixed, *(Claim(f"{of}/{each.cause}", name, span[0], terms.currency, each) for each in drafts)]

    def approve(self, key: str, now: int) -> "Future[Claim]":
        """Fix a draft with its figures of now; the future raises Refused where there is no such draft."""

        def work(tx: Tx) -> Claim:
            if self._desk.read_only:
                raise Refused("this is a read-only session: nothing is changed")
            found = next((each for each in self.credits(None, now) if each.key == key), None)
            if found is None or found.credit.state != "draft":
                raise Refused(f"there is no draft {key}" if found is None else f"{key} is approved, by {found.by}")
            given = found.credit
            data = {
                "customer": found.customer, "start": found.start, "currency": found.currency, "cause": given.cause,
                "what": given.what, "share": given.share, "amount": given.amount, "capped": given.capped,
            }  # fmt: skip
            author = self._desk.me(self._desk.default_upstream)
            journal.append(tx, CREDIT, f"credit:{key}", data, author=author)
            return next(each for each in _approved(tx.db) if each.key == key)

        return self._desk.store.write(work)

    def _contracts(self, customer: str | None, now: int) -> Iterator[tuple[str, Contract]]:
        for name in self._desk.rules.contracts:
            if customer in (None, name):
                yield name, self._desk.rules.of(name, now)

    def _misses(
        self, customer: str, contract: Contract, span: Interval, now: int, known: list[BreachRecord]
    ) -> list[Miss]:  # fmt: skip
        records, out = self.records(customer), list[Miss]()
        for service in contract.terms.services.values():
            if service.uptime is not None:
                found = _measured(contract, service, span, now, records, customer)
                causes = [
                    each.cause for each in records
                    if each.service == service.name and each.kind == "down" and each.start < span[1]
                    and (each.end is None or each.end > span[0])
                ]  # fmt: skip
                out += credit.misses_of(service.name, found, causes)
        return [*out, *self._desk.store.read(lambda db: list(_breaches(db, known, customer, span)))]


def _measured(
    contract: Contract, service: Service, span: Interval, now: int, records: list[Recorded], customer: str
) -> Uptime:
    mine = [each for each in records if (each.customer, each.service) == (customer, service.name)]
    outages = [Outage(each.start, each.end, each.kind, each.cause) for each in mine if each.kind != "excluded"]
    excluded = [(each.start, each.end) for each in mine if each.kind == "excluded" and each.end is not None]
    return uptime.measure(contract.calendars[service.calendar], span, now, outages, excluded, service.uptime)


def _records(db: Connection) -> list[Recorded]:
    found: dict[str, Recorded] = {}
    for row in journal.rows(db, OUTAGE):
        data = row.data
        found.pop(str(data.get("replaces", "")), None)
        found[row.uid] = Recorded(
            row.uid, row.author, data["customer"], data["service"], data["from"], data["to"], data["kind"],
            *(str(data.get(name, "")) for name in ("cause", "reason", "approver", "note")),
        )  # fmt: skip
    return list(found.values())


def _approved(db: Connection) -> list[Claim]:
    out: dict[str, Claim] = {}
    for row in journal.rows(db, CREDIT):
        data, key = row.data, row.subject.removeprefix("credit:")
        given = Credit(data["cause"], data["what"], data["share"], data["amount"], "approved", data["capped"])
        out.setdefault(key, Claim(key, data["customer"], data["start"], data["currency"], given, row.author))
    return list(out.values())


def _breaches(db: Connection, known: list[BreachRecord], customer: str, span: Interval) -> Iterator[Miss]:
    """The clocks that the customer's tickets missed in the period; a cancelled ticket counts in no figure."""
    for each in known:
        missed, at = each.breach, each.at if each.breach.due is None else each.breach.due
        if each.customer != customer or not missed.overrun or not span[0] <= at < span[1]:
            continue
        uid = tickets.uid_of(db, each.ticket)
        ticket = None if uid is None else tickets.shown(db, uid)
        if ticket is None or ticket.state != "cancelled":
            what = f"{each.ticket} missed its {missed.clock} target as P{missed.priority}"
            yield Miss(each.ticket, what, missed.clock, missed.priority)
