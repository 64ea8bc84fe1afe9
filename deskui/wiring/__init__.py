"""The composition root: settings, store, upstreams, services, app.  Only it knows every layer and the time."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from deskui import adapters, config, lazy, log, resources
from deskui.config import Settings
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass
from deskui.services import contracts
from deskui.services.desk import Desk
from deskui.services.engines import Engines
from deskui.services.inventory import Inventory
from deskui.services.services import Services
from deskui.services.syncing import Syncing
from deskui.store import driver
from deskui.store.lock import SyncLock
from deskui.store.store import Store

if TYPE_CHECKING:
    from deskui import secrets as safe
    from deskui.domain.contract import Rules
    from deskui.services import diagnose
    from deskui.services.alerts import Alerts
    from deskui.services.attachments import Attachments
    from deskui.services.customers import Customers
    from deskui.services.knowledge import Knowledge
    from deskui.services.since import Since
    from deskui.services.triage import Triage
    from deskui.services.views import Views
    from deskui.services.writing import Writing
    from deskui.sync.customs import Customs
    from deskui.sync.result import Result
    from deskui.upstream.base import Upstream
    from deskui.wiring import outside
else:  # the first screen needs none of them
    safe = lazy.Module("deskui.secrets")
    diagnose = lazy.Module("deskui.services.diagnose")
    outside = lazy.Module("deskui.wiring.outside")

Clock = Callable[[], int]
ARCHIVE_S = 3600  # so often it is looked whether a day has gone by


def now() -> int:
    """The time of day in whole epoch seconds: everybody below is given this function."""
    return int(time.time())


def rules(home: Path, settings: Settings, folder: Path | None = None) -> "Rules":
    """The contracts: the default policy and `<home>/contracts`.  ContractError."""
    return contracts.load(resources.data() / "sla" / "default.toml", folder or home / "contracts", settings.desk.zone)


@dataclass
class Opened:
    """An open desk: what the command line works with; `close` by leaving the `with`."""

    home: Path
    settings: Settings
    store: Store
    services: Services
    clock: Clock
    ending: ExitStack = field(repr=False)

    @property
    def zone(self) -> str:
        """The desk's time zone."""
        return self.settings.desk.zone

    def now(self) -> int:
        """Epoch seconds."""
        return self.clock()

    def start(self, tell: Callable[[str, "Result"], None] | None = None) -> None:
        """Begin to sync by the schedule; `tell` hears of each run."""
        from deskui.services.thresholds import EVERY_S, Thresholds
        from deskui.sync.schedule import Schedule

        syncing = self.services.syncing
        schedule = Schedule(time.time, lambda: self.store.announce("clock"))
        if self.settings.store.archive_days:
            schedule.add("archive", partial(_archive, self.store, self.settings.store.archive_days), ARCHIVE_S)
        for name, upstream in self.settings.upstream.items():
            schedule.add(name, partial(_run, syncing, name, tell), upstream.every_s)
        alerts = self.services.alerts
        assert alerts is not None
        schedule.add("alerts", alerts.turn, EVERY_S)
        thresholds = Thresholds(self.services.desk)
        self.ending.callback(thresholds.leave)
        schedule.add("thresholds", thresholds.turn, EVERY_S)
        syncing.next_in, syncing.soon = schedule.next_in, schedule.soon
        self.ending.callback(schedule.stop)
        schedule.start()
        self.store.subscribe(syncing.committed)

    def console(self) -> int:
        """The screen, until it is left; the exit code."""
        from deskui.wiring.console import Console

        return Console(self).run()


def _archive(store: Store, days: int) -> None:
    """Once a day, in the background."""
    from deskui.store import archive

    if store.read(lambda db: archive.due(db, store.clock())):
        store.write_each(archive.steps(days))


def _run(syncing: Syncing, name: str, tell: Callable[[str, "Result"], None] | None) -> None:
    result = syncing.scheduled(name)
    if tell and result is not None:
        tell(name, result)


def unlock(home: Path) -> None:
    """Where its store turns out to be encrypted, the key is where the configuration of this home says."""

    def ask() -> str:
        from deskui.wiring import keys

        return keys.ask(home)

    driver.key_from(ask)


@contextmanager
def desk(
    home: Path, *, me: str | None = None, read_only: bool = False, clock: Clock = now,
    given: Mapping[str, "Upstream"] | None = None, contracts_in: Path | None = None, demo: bool = False,
    at_once: bool = False,
) -> Iterator[Opened]:  # fmt: skip
    """The desk in `home`, open until the end of the `with`; `at_once`: what can wait is left to `console`."""
    settings = config.load(home / "config.toml")
    name = config.who(settings, me)
    adapters.check(home, settings)
    with ExitStack() as ending:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        ending.callback(log.stop, log.start(home))
        law = rules(home, settings, contracts_in)
        prefixes = {upstream: settings.prefix(upstream) for upstream in settings.upstream}
        unlock(home)
        sealed = settings.store.encrypted
        if sealed and not (home / "desk.db").exists():
            from deskui.wiring import keys

            keys.ready(home)
        store = Store(home / "desk.db", law, clock, prefixes, sealed=sealed)
        ending.enter_context(store.open(later=at_once))
        read_only = read_only or store.readonly
        services, engines = _services(home, settings, store, law, name, clock, read_only, given or {}, demo)
        ending.callback(engines.close)
        yield Opened(home, settings, store, services, clock, ending)


def _services(
    home: Path, settings: Settings, store: Store, law: "Rules", me: Callable[[str], str], clock: Clock,
    read_only: bool, given: Mapping[str, "Upstream"], demo: bool,
) -> tuple[Services, Engines]:  # fmt: skip
    first = next(iter(settings.upstream), "")
    author = me(first)
    inventory = Inventory(store, author)
    policies = [contract.policy for contract in (law.default, *law.contracts.values())]
    when = "made" if any(policy.offline_events == "made" for policy in policies) else "at"

    def upstream(name: str) -> "Upstream":
        cis = frozenset(item.name for item in inventory.all())
        return adapters.upstream(home, settings, name, adapters.options(settings, name, cis, when))

    def triage() -> "Triage":
        from deskui.services.triage import Triage

        return Triage(tickets, inventory.criticality, tickets.outbox)

    def diagnosing() -> "diagnose.Diagnose":
        return (diagnose.WithoutSsh if read_only else diagnose.Diagnose)(
            store, tickets, (resources.data() / "runbooks", home / "runbooks"), author=author,
            secret=partial(_host_secret, settings), known_hosts=_known_hosts(settings),
            find=partial(outside.check, home),
        )  # fmt: skip

    def customs(name: str) -> "Customs":
        from deskui.sync.customs import Customs

        return Customs(settings.desk.acknowledge_on_open, settings.desk.resume_on_customer_reply, me(name))

    customers = cast("Customers", lazy.Later(partial(_customers, home, inventory)))
    barred = (lambda ticket: customers.kept_away(ticket)) if settings.desk.portable else None
    engines = Engines(
        store, settings.upstream, upstream, given, clock, customs, sends=not read_only, days=settings.history.days,
        barred=barred,
    )  # fmt: skip
    tickets = Desk(
        store, law, me, settings.desk.zone, first, settings.desk.undo_seconds, read_only=read_only,
        vips=lambda: customers.vips(), barred=barred,
    )  # fmt: skip
    every_s = {name: told.every_s for name, told in settings.upstream.items()}
    syncing = Syncing(store, engines, SyncLock(home), clock, every_s, read_only=read_only)

    def writing() -> "Writing":
        from deskui.services.writing import Writing

        shared = {name for name, told in settings.upstream.items() if told.service_account}
        return Writing(tickets, syncing, home, resources.data(), shared.__contains__, customers)

    def views() -> "Views":
        from deskui.services.views import Views

        return Views(tickets, resources.data() / "views.toml", home / "views.toml", author)

    services = Services(
        desk=tickets,
        triage=cast("Triage", lazy.Later(triage)),
        diagnose=cast("diagnose.Diagnose", lazy.Later(diagnosing)),
        syncing=syncing,
        inventory=inventory,
        clock=clock,
        zone=settings.desk.zone,
        me=me,
        listen=store.subscribe,
        mine=tickets.names,
        writing=cast("Writing", lazy.Later(writing)),
        views=cast("Views", lazy.Later(views)),
        demo=demo,
        night=config.hours(settings.alerts.night),
        alerts=cast("Alerts", lazy.Later(partial(_alerts, tickets, author, home, settings))),
        attachments=cast("Attachments", lazy.Later(partial(_attachments, syncing, home))),
        since=cast("Since", lazy.Later(partial(_since, tickets, author, home))),
        knowledge=cast("Knowledge", lazy.Later(partial(_knowledge, tickets, home))),
        customers=customers,
        url=partial(_url, settings),
        home=home,
    )  # fmt: skip
    return services, engines


def _alerts(tickets: Desk, author: str, home: Path, settings: Settings) -> "Alerts":
    from zoneinfo import ZoneInfo

    from deskui.services import alerts, hook

    said = settings.alerts
    how = alerts.Manner(said.bell, said.notify, config.hours(said.night), said.mute_minutes * 60, said.pager)
    return alerts.Alerts(tickets, author, home, how, ZoneInfo(settings.desk.zone), hook.Hook(said.command))


def _attachments(syncing: Syncing, home: Path) -> "Attachments":
    from deskui.services.attachments import Attachments

    return Attachments(syncing, home / "attachments")


def _since(tickets: Desk, author: str, home: Path) -> "Since":
    from deskui.services.since import Since

    return Since(tickets, author, home)


def _knowledge(tickets: Desk, home: Path) -> "Knowledge":
    from deskui.services.knowledge import Knowledge

    return Knowledge(tickets, home / "kb")


def _customers(home: Path, inventory: Inventory) -> "Customers":
    from deskui.services.customers import Customers

    return Customers(home / "customers", inventory.site)


def _host_secret(settings: Settings, name: str) -> str | None:
    """A CI's password or passphrase, if there is one; never a question in the middle of a run."""
    try:
        secret = adapters.secrets(settings).get(f"ci_{name}")
    except safe.NoSecret:
        return None
    log.redact(secret)
    return secret


def _known_hosts(settings: Settings) -> str:
    """The configured file; "" for the user's own, as `ssh -G` names them."""
    return "" if settings.ssh.known_hosts == config.Ssh().known_hosts else settings.ssh.known_hosts


_PAGES = {"rt": "/Ticket/Display.html?id=", "redmine": "/issues/"}


def _url(settings: Settings, ticket: Ticket) -> str:
    """Where a browser shows the ticket; "" where that is not known."""
    upstream = settings.upstream.get(ticket.upstream)
    path = upstream and ticket.remote_id and _PAGES.get(settings.kind(ticket.upstream))
    return f"{upstream.url.rstrip('/')}{path}{ticket.remote_id}" if upstream and path else ""
