"""What a contract says beside its clocks: services and their clauses, guarantees, exclusions, credits, fee, dates."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from deskui.domain import reading
from deskui.domain.reading import AMOUNT, ANY, PERCENT, TEXT, TEXTS, ContractError, one_of

REASONS = ("customer", "third_party", "force_majeure", "planned_maintenance", "out_of_scope")
PERIODS = ("month", "quarter", "year")
PPM = 1_000_000  # a guarantee is kept in parts of a million: 99.999 % is 999,990

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Clause(NamedTuple):
    """A sentence of the contract, and by what a ticket is known to be meant: words of its subject, category, CI."""

    covered: bool
    text: str
    words: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()


class Service(NamedTuple):
    """A service of the catalogue; `uptime` in parts of a million, `rpo` and `rto` in seconds; None: no promise."""

    name: str
    title: str
    clause: Clause
    exceptions: tuple[Clause, ...] = ()
    uptime: int | None = None
    period: str = "month"
    calendar: str = "24x7"
    rpo: int | None = None
    rto: int | None = None


class UptimeCredit(NamedTuple):
    """`share` (hundredths of a percent of the fee) is due when `service` ("": any) was up less than `below` (ppm)."""

    below: int
    share: int
    service: str = ""


class BreachCredit(NamedTuple):
    """`share` (hundredths of a percent of the fee) for each ticket of `priority` (0: any) that missed `clock`."""

    clock: str
    share: int
    priority: int = 0


class Schedule(NamedTuple):
    """The service credits; `cap` is the most that a period gives, in hundredths of a percent of the fee."""

    period: str = "month"
    cap: int = 10_000
    uptime: tuple[UptimeCredit, ...] = ()
    breach: tuple[BreachCredit, ...] = ()


class Terms(NamedTuple):
    """`fee` in hundredths of the currency for each month, `included` in minutes a month, `notice` the last day."""

    services: Mapping[str, Service] = _EMPTY
    reasons: tuple[str, ...] = REASONS
    credits: Schedule = Schedule()
    fee: int = 0
    currency: str = "EUR"
    included: int = 0
    notice: date | None = None

    def service_of(self, category: str | None, cis: Iterable[str]) -> str:
        """The service that a ticket of this category, on these CIs, belongs to; "" where nothing says so."""
        wanted, there = (category or "").casefold(), {name.casefold() for name in cis}
        for name, service in self.services.items():
            said = {name.casefold(), service.title.casefold(), *map(str.casefold, service.clause.categories)}
            if wanted and wanted in said:
                return name
        for name, service in self.services.items():
            if there & set(map(str.casefold, service.clause.cis)):
                return name
        return ""


_SERVICE = {
    "scope": one_of("in", "out"), "clause": TEXT, "words": TEXTS, "categories": TEXTS, "cis": TEXTS, "exceptions": ANY,
    "uptime": PERCENT, "period": one_of(*PERIODS), "calendar": TEXT, "rpo": TEXT, "rto": TEXT, "targets": ANY,
}  # fmt: skip
_EXCEPTION = {"clause": TEXT, "words": TEXTS, "categories": TEXTS, "cis": TEXTS}
_FEE = {"amount": AMOUNT, "currency": TEXT}
_CREDITS = {"cap": PERCENT, "period": one_of(*PERIODS), "uptime": ANY, "breach": ANY}
_UPTIME = {"below": PERCENT, "credit": PERCENT, "service": TEXT}
_BREACH = {
    "clock": one_of("response", "resolution", "update"), "credit": PERCENT,
    "priority": one_of("P1", "P2", "P3", "P4"),
}  # fmt: skip
KEYS = ("catalogue", "services", "exclusions", "credits", "fee", "included_hours", "notice")


def parse(data: Mapping[str, Any], calendars: Iterable[str], where: str) -> Terms:
    """The terms of a contract from its TOML; ContractError."""
    catalogue = _catalogue(data.get("catalogue", {}), where)
    services: dict[str, Service] = {}
    told = data.get("services", {})
    reading.checked(told, isinstance(told, Mapping), where, "services", ("a table of services",))
    for name, spec in told.items():
        if name not in catalogue:
            raise ContractError(where, f"services.{name}", "is not in the catalogue", catalogue)
        services[name] = _service(name, catalogue[name], spec, tuple(calendars), where)
    excluded = reading.table(data.get("exclusions", {}), {"reasons": TEXTS}, where, "exclusions")
    fee = reading.table(data.get("fee", {}), _FEE, where, "fee")
    hours = data.get("included_hours", 0)
    reading.checked(hours, AMOUNT.fits(hours), where, "included_hours", AMOUNT.allowed)
    notice = reading.day(data["notice"], where, "notice") if "notice" in data else None
    return Terms(
        services, tuple(excluded.get("reasons", REASONS)), _credits(data.get("credits", {}), services, where),
        round(fee.get("amount", 0) * 100), fee.get("currency", "EUR"), round(hours * 60), notice,
    )  # fmt: skip


def _catalogue(data: Any, where: str) -> dict[str, str]:
    reading.checked(data, isinstance(data, Mapping), where, "catalogue", ('a table: network = "Network"',))
    for name, title in data.items():
        reading.checked(title, TEXT.fits(title), where, f"catalogue.{name}", TEXT.allowed)
    return dict(data)


def _service(name: str, title: str, data: Any, calendars: tuple[str, ...], where: str) -> Service:
    key = f"services.{name}"
    spec = reading.table(data, _SERVICE, where, key)
    reading.needed(spec, ("clause",), where, key)
    chosen = spec.get("calendar", "24x7")
    if chosen not in calendars:
        raise ContractError(where, f"{key}.calendar", f"no calendar {chosen!r}", sorted(calendars))
    covered = spec.get("scope", "in") == "in"
    exceptions = reading.tables(spec.get("exceptions", []), _EXCEPTION, where, f"{key}.exceptions")
    for each in exceptions:
        reading.needed(each, ("clause",), where, f"{key}.exceptions")
        if not {"words", "categories", "cis"} & set(each):
            raise ContractError(where, f"{key}.exceptions", "says of nothing that it is meant", tuple(_EXCEPTION)[1:])
    return Service(
        name, title, _clause(covered, spec), tuple(_clause(not covered, each) for each in exceptions),
        _ppm(spec["uptime"]) if "uptime" in spec else None, spec.get("period", "month"), chosen,
        *(reading.seconds(spec[goal], where, f"{key}.{goal}") if goal in spec else None for goal in ("rpo", "rto")),
    )  # fmt: skip


def _clause(covered: bool, spec: Mapping[str, Any]) -> Clause:
    words, categories, cis = (tuple(spec.get(name, ())) for name in ("words", "categories", "cis"))
    return Clause(covered, spec["clause"], words, categories, cis)


def _credits(data: Any, services: Mapping[str, Service], where: str) -> Schedule:
    spec = reading.table(data, _CREDITS, where, "credits")
    uptime = reading.tables(spec.get("uptime", []), _UPTIME, where, "credits.uptime")
    breach = reading.tables(spec.get("breach", []), _BREACH, where, "credits.breach")
    for each in uptime:
        reading.needed(each, ("below", "credit"), where, "credits.uptime")
        if "service" in each and each["service"] not in services:
            raise ContractError(where, "credits.uptime.service", f"no service {each['service']!r}", sorted(services))
    for each in breach:
        reading.needed(each, ("clock", "credit"), where, "credits.breach")
    return Schedule(
        spec.get("period", "month"), round(spec.get("cap", 100) * 100),
        tuple(UptimeCredit(_ppm(each["below"]), _share(each), each.get("service", "")) for each in uptime),
        tuple(BreachCredit(each["clock"], _share(each), int(each.get("priority", "P0")[1:])) for each in breach),
    )  # fmt: skip


def _ppm(percent: float) -> int:
    return round(percent * PPM / 100)


def _share(spec: Mapping[str, Any]) -> int:
    return round(float(spec["credit"]) * 100)
