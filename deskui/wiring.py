"""The composition root: settings, store, upstreams, services, app.  Only this module knows every layer and the time."""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from deskui import config, lazy, log, plugins, resources
from deskui.config import Settings
from deskui.domain.ticket import Ticket
from deskui.services import contracts
from deskui.services.desk import Desk
from deskui.services.inventory import Inventory
from deskui.services.services import Services
from deskui.services.syncing import Syncing
from deskui.store.lock import SyncLock
from deskui.store.store import Store

if TYPE_CHECKING:
    from deskui import secrets as safe
    from deskui.domain.contract import Rules
    from deskui.services import diagnose
    from deskui.services.triage import Triage
    from deskui.sync import engine
    from deskui.sync.engine import Engine, Result
    from deskui.upstream import _away as away
    from deskui.upstream import base
    from deskui.upstream.base import Login, Options, Upstream
else:  # the first screen needs none of them
    safe = lazy.Module("deskui.secrets")
    diagnose = lazy.Module("deskui.services.diagnose")
    engine = lazy.Module("deskui.sync.engine")
    away = lazy.Module("deskui.upstream._away")
    base = lazy.Module("deskui.upstream.base")

FIRST_RUN_S = 0.3  # the first paint comes before the first sync

Clock = Callable[[], int]


def now() -> int:
    """The time of day in whole epoch seconds: everybody below is given this function."""
    return int(time.time())


def secrets(settings: Settings) -> "safe.Secrets":
    """Where this configuration looks for secrets."""
    return safe.Secrets(settings.secrets.keyrings)


# -- upstreams -------------------------------------------------------------------------------------------------------


def options(settings: Settings, name: str, cis: frozenset[str] = frozenset(), offline_events: str = "at") -> "Options":
    """What an adapter is told of the configuration."""
    told = settings.upstream[name]
    return base.Options(
        told.url, told.user, told.auth, told.service_account, told.ca_file, told.fields, told.queues,
        settings.customer, cis, offline_events,
    )  # fmt: skip


def adapter(home: Path, settings: Settings, name: str, secret: str, told: "Options | None" = None) -> "Upstream":
    """One upstream, ready to be asked; nothing is sent yet."""
    log.redact(secret)
    module = plugins.load("upstreams", settings.upstream[name].kind or name, home)
    return cast("Upstream", module.Adapter(name, told or options(settings, name), secret))


def check_adapters(home: Path, settings: Settings) -> None:
    """Every upstream must have an adapter.  ConfigError."""
    for name, told in settings.upstream.items():
        if not plugins.known("upstreams", told.kind or name, home):
            there = ", ".join(plugins.names("upstreams", home))
            raise config.ConfigError(
                f"{home / 'config.toml'}: [upstream.{name}]: there is no adapter {told.kind or name!r}",
                f"Set kind to one of: {there}.",
            )


def login(home: Path, settings: Settings, name: str, secret: str | None = None) -> "Login":
    """Log in to an upstream, with this secret or the one that is kept.  NoSecret, Unreachable."""
    if secret is None:
        secret = secrets(settings).get(name) if needs_secret(settings, name) else ""
    upstream = adapter(home, settings, name, secret)
    try:
        return upstream.login()
    finally:
        upstream.close()


class Engines(Mapping[str, "Engine"]):
    """The engine of each upstream, made (and its libraries imported, its secret asked for) when it is first used.

    `told` gives an upstream's options, `given` upstreams that exist already (the demo's).
    """

    def __init__(
        self, home: Path, settings: Settings, store: Store, clock: Clock, told: Callable[[str], "Options"],
        given: Mapping[str, "Upstream"], *, sends: bool,
    ) -> None:  # fmt: skip
        self._home, self._settings, self._told = home, settings, told
        self._store, self._clock, self._sends = store, clock, sends
        self._made = {name: self._engine(upstream) for name, upstream in given.items()}

    def _engine(self, upstream: "Upstream") -> "Engine":
        return engine.Engine(self._store, upstream, clock=self._clock, sends=self._sends)

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings.upstream)

    def __len__(self) -> int:
        return len(self._settings.upstream)

    def __getitem__(self, name: str) -> "Engine":
        if name in self._made:
            return self._made[name]
        try:
            secret = secrets(self._settings).get(name) if needs_secret(self._settings, name) else ""
            upstream = adapter(self._home, self._settings, name, secret, self._told(name))
        except safe.NoSecret as none:  # asked again next time: the secret may be there then
            return self._away(name, base.Unreachable(str(none), "auth", none.hint))
        except base.Unreachable as why:  # the authority's file cannot be read
            return self._away(name, why)
        self._made[name] = self._engine(upstream)
        return self._made[name]

    def _away(self, name: str, why: "base.Unreachable") -> "Engine":
        return self._engine(cast("Upstream", away.Away(name, prefix(self._settings, name), why)))

    def close(self) -> None:
        """Let every connection go."""
        for engine in self._made.values():
            engine.upstream.close()


def needs_secret(settings: Settings, name: str) -> bool:
    """Whether that upstream has a login at all."""
    return (settings.upstream[name].kind or name) != "memory"


def prefix(settings: Settings, name: str) -> str:
    """What the ticket ids of an upstream begin with."""
    return settings.upstream[name].prefix or f"{name.upper()}-"


# -- who works here --------------------------------------------------------------------------------------------------


def who(settings: Settings, given: str | None) -> Callable[[str], str]:
    """Our name in each upstream: said on the command line or by DESKUI_USER, else `[me]`, else the login."""
    for name, upstream in settings.upstream.items():
        if upstream.service_account and not (given or settings.me.get(name) or settings.me.get("name")):
            raise config.ConfigError(
                f"[upstream.{name}] is a shared login (service_account): who works here?",
                "Set DESKUI_USER, give --as NAME, or add [me] with name = … to config.toml.",
            )

    def me(upstream: str) -> str:
        login = settings.upstream[upstream].user if upstream in settings.upstream else ""
        return given or settings.me.get(upstream) or settings.me.get("name") or login or "me"

    return me


# -- the desk --------------------------------------------------------------------------------------------------------


def rules(home: Path, settings: Settings, folder: Path | None = None) -> "Rules":
    """The contracts: the default policy and `<home>/contracts`.  ContractError."""
    return contracts.load(resources.data() / "sla" / "default.toml", folder or home / "contracts", settings.desk.zone)


@dataclass(slots=True)
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
        for name, upstream in self.settings.upstream.items():
            schedule.add(name, partial(_run, syncing, name, tell), upstream.every_s)
        thresholds = Thresholds(self.services.desk)
        self.ending.callback(thresholds.leave)
        schedule.add("thresholds", thresholds.turn, EVERY_S)
        syncing.next_in, syncing.soon = schedule.next_in, schedule.soon
        self.ending.callback(schedule.stop)
        schedule.start()
        self.store.subscribe(syncing.committed)

    def console(self) -> int:
        """The screen, until it is left; the exit code."""
        from deskui.ui.app import DeskApp

        later = threading.Timer(FIRST_RUN_S, self._begin)
        later.daemon = True
        self.ending.callback(later.cancel)
        shown = self.settings.ui.theme
        app = DeskApp(
            self.services, themes=themes(), theme=background() if shown == "auto" else shown,
            plain="NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb", poll=self._look,
            painted=later.start,
        )  # fmt: skip
        app.run(mouse=False)
        return app.return_code or 0

    def _begin(self) -> None:
        gc.freeze()  # what is loaded by now stays: a collection need not walk through it while a key waits
        gc.enable()
        self.start()

    def _look(self) -> None:
        """Whether another process committed something."""
        self.store.poll()


def _run(syncing: Syncing, name: str, tell: Callable[[str, "Result"], None] | None) -> None:
    result = syncing.scheduled(name)
    if tell and result is not None:
        tell(name, result)


@contextmanager
def desk(
    home: Path, *, me: str | None = None, read_only: bool = False, clock: Clock = now,
    given: Mapping[str, "Upstream"] | None = None, contracts_in: Path | None = None, demo: bool = False,
) -> Iterator[Opened]:  # fmt: skip
    """The desk in `home`, open until the end of the `with`."""
    settings = config.load(home / "config.toml")
    name = who(settings, me)
    check_adapters(home, settings)
    with ExitStack() as ending:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        ending.callback(log.stop, log.start(home))
        law = rules(home, settings, contracts_in)
        store = ending.enter_context(
            Store(home / "desk.db", law, clock, {up: prefix(settings, up) for up in settings.upstream}).open()
        )
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
    when = "made" if any(each.policy.offline_events == "made" for each in _contracts(law)) else "at"

    def told(name: str) -> "Options":
        return options(settings, name, frozenset(item.name for item in inventory.all()), when)

    def triage() -> "Triage":
        from deskui.services.triage import Triage

        return Triage(tickets, partial(_criticality, inventory), partial(_entries, tickets))

    def diagnosing() -> "diagnose.Diagnose":
        return (diagnose.WithoutSsh if read_only else diagnose.Diagnose)(
            store, tickets, (resources.data() / "runbooks", home / "runbooks"), author=author,
            secret=partial(_host_secret, settings), known_hosts=_known_hosts(settings),
        )  # fmt: skip

    engines = Engines(home, settings, store, clock, told, given, sends=not read_only)
    tickets = Desk(store, law, me, settings.desk.zone, first, settings.desk.undo_seconds, read_only=read_only)
    every_s = {name: upstream.every_s for name, upstream in settings.upstream.items()}
    services = Services(
        desk=tickets,
        triage=cast("Triage", lazy.Later(triage)),
        diagnose=cast("diagnose.Diagnose", lazy.Later(diagnosing)),
        syncing=Syncing(store, engines, SyncLock(home), clock, every_s, read_only=read_only),
        inventory=inventory,
        clock=clock,
        zone=settings.desk.zone,
        me=me,
        listen=store.subscribe,
        mine=tickets.names,
        demo=demo,
        url=partial(_url, settings),
    )  # fmt: skip
    return services, engines


def _contracts(law: "Rules") -> tuple[Any, ...]:
    return (law.default, *law.contracts.values())


def _criticality(inventory: Inventory, name: str) -> str | None:
    item = inventory.get(name)
    return item.criticality if item else None


def _entries(tickets: Desk, uid: str) -> list[Any]:
    return [entry for entry in tickets.outbox() if entry.ticket == uid]


def _host_secret(settings: Settings, name: str) -> str | None:
    """A CI's password or passphrase, if there is one; never a question in the middle of a run."""
    try:
        secret = secrets(settings).get(f"ci_{name}")
    except safe.NoSecret:
        return None
    log.redact(secret)
    return secret


def _known_hosts(settings: Settings) -> str:
    """The configured file; "" for the user's own, as `ssh -G` names them."""
    return "" if settings.ssh.known_hosts == config.Ssh().known_hosts else settings.ssh.known_hosts


def _url(settings: Settings, ticket: Ticket) -> str:
    """Where a browser shows the ticket; "" where that is not known."""
    upstream = settings.upstream.get(ticket.upstream)
    if upstream is None or not ticket.remote_id or (upstream.kind or ticket.upstream) != "rt":
        return ""
    return f"{upstream.url.rstrip('/')}/Ticket/Display.html?id={ticket.remote_id}"


# -- the demo --------------------------------------------------------------------------------------------------------


@contextmanager
def demo(*, me: str | None = None, read_only: bool = False) -> Iterator[Opened]:
    """The demo desk in a scratch home that is removed at the end; its clock begins at 02:07."""
    import tempfile

    from deskui.services.demo import Demo, start

    folder = resources.data() / "demo"
    ahead = start(folder) - now()
    with tempfile.TemporaryDirectory(prefix="deskui-demo-") as scratch:
        home = Path(scratch)
        play = Demo(home, folder, lambda: now() + ahead, me or "").prepare()
        given = {play.upstream.name: play.upstream}
        opened = desk(
            home, me=me, read_only=read_only, clock=play.clock, given=given, contracts_in=play.contracts, demo=True
        )
        with opened as here, _playing(play):
            here.services.inventory.put(play.assets()).result()
            here.services.syncing.run_once()
            yield here


@contextmanager
def _playing(play: Any) -> Iterator[None]:
    """What happens in the demo, on a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=play.run, args=(stop,), name="demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


# -- the look --------------------------------------------------------------------------------------------------------


def themes() -> tuple[Mapping[str, Any], ...]:
    """The tables of every theme file."""
    import tomllib

    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted(resources.themes().glob("*.toml")))


def background() -> str:
    """`light` if the terminal says that its background is light (COLORFGBG), else `dark`."""
    last = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if last in ("7", "15") else "dark"
