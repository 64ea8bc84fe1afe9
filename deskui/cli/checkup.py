"""The checks of `deskui doctor`; each one says what is, and what to do where that is not enough."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deskui import adapters, config, wiring
from deskui.cli.context import Context
from deskui.config import Settings

LEAST = (80, 24)
SKEW_WARN_S, SKEW_FAIL_S = 5.0, 30.0


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: `ok`, `warn` or `fail`; `away`: because something cannot be reached."""

    name: str
    status: str
    detail: str
    away: bool = field(default=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """As DESIGN has it."""
        values = asdict(self)
        del values["away"]
        return values


def checks(context: Context) -> list[Check]:
    """All of them; without a usable configuration the ones that need it are left out."""
    found = [_terminal()]
    if sys.stdout.isatty():
        from deskui.cli import checkterm

        found.extend(Check(*each) for each in checkterm.lacks(os.environ))
    told, said = _config(context.home)
    found.append(said)
    found.extend(_contracts(context.home, told))
    wiring.unlock(context.home)
    found.append(_store(context.home, told.store.encrypted))
    if told.desk.portable:
        found.append(_portable(context))
    found.append(_keyring(told))
    for name in told.upstream:
        found.extend(_upstream(context.home, told, name))
    found.append(_ssh(told))
    return found


def settings(home: Path) -> Settings:
    """The configuration as far as there is a usable one."""
    return _config(home)[0]


def _terminal() -> Check:
    size = shutil.get_terminal_size((0, 0))
    term = os.environ.get("TERM", "")
    said = f"TERM={term or 'not set'}, {size.columns}x{size.lines}, {sys.stdout.encoding}"
    if not sys.stdout.isatty():
        return Check("terminal", "ok", "output goes to a file or pipe: nothing to check")
    if not term or term == "dumb":
        return Check("terminal", "warn", f"{said}: set TERM to what the terminal is, as in xterm-256color")
    if size.columns < LEAST[0] or size.lines < LEAST[1]:
        return Check("terminal", "warn", f"{said}: the console needs {LEAST[0]}x{LEAST[1]}, make it larger")
    if "utf" not in (sys.stdout.encoding or "").lower():
        return Check("terminal", "warn", f"{said}: use a UTF-8 locale (LANG=C.UTF-8) to see every character")
    return Check("terminal", "ok", said)


def _config(home: Path) -> tuple[Settings, Check]:
    path = home / "config.toml"
    if not path.exists():
        return Settings(), Check("config", "warn", f"{path} does not exist yet: run `deskui init`")
    try:
        settings = config.load(path)
    except config.ConfigError as error:
        return Settings(), Check("config", "fail", f"{error} {error.hint}")
    if not settings.upstream:
        return settings, Check("config", "warn", f"{path} names no upstream: run `deskui init` or add [upstream.rt]")
    if path.stat().st_mode & 0o077:
        return settings, Check("config", "warn", f"{path} can be read by others: run `chmod 600 {path}`")
    return settings, Check("config", "ok", f"{path}: {', '.join(settings.upstream)}")


def _contracts(home: Path, settings: Settings) -> Iterator[Check]:
    from deskui.domain.reading import ContractError

    try:
        rules = wiring.rules(home, settings)
    except ContractError as error:
        yield Check("contracts", "fail", str(error))
    else:
        yield Check("contracts", "ok", f"{len(rules.contracts)} beside the default policy")
        yield from _holidays(home / "contracts")


def _holidays(folder: Path) -> Iterator[Check]:
    """A newer package may have other days than the lists that the clocks count by."""
    from deskui.cli import slawork
    from deskui.services.holidays import Holidays

    for each in Holidays(folder).moved():
        said = slawork.moved(slawork.holidays(each))
        yield Check("holidays", "warn", f"{said}: `deskui sla rebuild --holidays` takes it, clocks that run follow")


def _store(home: Path, wanted: bool) -> Check:
    from deskui.store.driver import StoreError, encrypted
    from deskui.store.health import whole
    from deskui.store.seal import plain_beside

    path = home / "desk.db"
    try:
        said = whole(path)
    except StoreError as error:
        return Check("store", "fail", f"{error}: {error.hint}")
    if said:
        remedy = "`deskui store salvage` sets it aside and saves what was written here"
        return Check("store", "fail", f"{path} is damaged ({said}): {remedy}; or `deskui restore FILE`")
    if not path.exists():
        return Check("store", "ok", f"{path} is made at the first use")
    sealed = encrypted(path)
    if wanted and not sealed:
        return Check("store", "fail", f"{path} is not encrypted, as config.toml wants it: run `deskui store encrypt`")
    if path.stat().st_mode & 0o077:
        return Check("store", "warn", f"{path} can be read by others: run `chmod 600 {path}`")
    if sealed and (plain := plain_beside(path)):
        names = ", ".join(file.name for file in plain)
        return Check(
            "store", "warn", f"{path} is encrypted, {names} beside it is not: run `deskui store encrypt` again"
        )
    return Check("store", "ok", f"{path}, {path.stat().st_size >> 10} KiB, intact{', encrypted' if sealed else ''}")


def _portable(context: Context) -> Check:
    """What may not be on this machine, and is."""
    from deskui.services.customers import Customers
    from deskui.store import purge
    from deskui.store.driver import StoreError

    customers, path = Customers(context.home / "customers", lambda _: ""), context.home / "desk.db"
    try:
        there, unwiped = purge.look(path, customers.kept_away) if path.exists() else ([], False)
    except StoreError as error:
        return Check("portable", "fail", f"{error} {error.hint}".strip())
    names = ", ".join(each.id for each in there)
    if any(each.waits for each in there):
        return Check("portable", "warn", f"{names}: not for laptops, and changes or drafts wait: send or drop them")
    if there:
        return Check("portable", "warn", f"{names}: not for laptops; the next sync takes them out")
    if unwiped:
        return Check("portable", "warn", f"{path} may still hold bytes of what was taken out; the next sync wipes them")
    if old := purge.older(path):
        return Check("portable", "warn", f"{old[0]} was set aside and may have such tickets: look, then remove it")
    return Check("portable", "ok", "nothing of customers that are not for laptops is here")


def _keyring(settings: Settings) -> Check:
    secrets = adapters.secrets(settings)
    wanted = [name for name in settings.upstream if adapters.needs_secret(settings, name)]
    if settings.upstream and all(secrets.given(name) for name in wanted):
        return Check("keyring", "ok", "not needed: the environment has the secrets")
    place = secrets.place()
    if place:
        return Check("keyring", "ok", place)
    missing = ", ".join(secrets.hint(name, None) for name in wanted if not secrets.given(name))
    return Check("keyring", "warn", f"no allowed keyring is here. {missing}".strip())


def _upstream(home: Path, settings: Settings, name: str) -> Iterator[Check]:
    """The login, and the difference between the clocks that it showed."""
    from deskui.plugins import PluginError
    from deskui.secrets import NoSecret
    from deskui.upstream.base import Unreachable

    try:
        login = adapters.login(home, settings, name)
    except NoSecret as error:
        yield Check(f"upstream {name}", "fail", f"{error}. {error.hint}")
    except (config.ConfigError, PluginError) as error:
        yield Check(f"upstream {name}", "fail", f"{error} {getattr(error, 'hint', '')}".strip())
    except Unreachable as error:
        yield Check(f"upstream {name}", "fail", f"{error} {error.hint}".strip(), away=True)
    else:
        yield Check(f"upstream {name}", "ok", f"{settings.upstream[name].url}: logged in as {login.user}")
        yield _clock(name, login.offset_s)


def _clock(name: str, offset_s: float) -> Check:
    said = f"this machine is {abs(offset_s):.0f} s {'ahead of' if offset_s > 0 else 'behind'} {name}"
    if abs(offset_s) > SKEW_FAIL_S:
        return Check(f"clock {name}", "fail", f"{said}: set the clock right (NTP), due times are off by as much")
    if abs(offset_s) > SKEW_WARN_S:
        return Check(f"clock {name}", "warn", f"{said}: set the clock right (NTP)")
    return Check(f"clock {name}", "ok", said if round(offset_s) else f"agrees with {name}")


def _ssh(settings: Settings) -> Check:
    known = Path(settings.ssh.known_hosts).expanduser()
    if not shutil.which("ssh"):
        return Check("ssh", "warn", "no ssh program is here: install OpenSSH, host aliases are read through it")
    if not known.exists():
        return Check(
            "ssh", "warn", f"{known} does not exist: no host is trusted until you have connected to it with ssh"
        )
    if not os.access(known, os.R_OK):
        return Check("ssh", "fail", f"{known} cannot be read: check its owner and mode")
    return Check("ssh", "ok", f"host keys from {known}")
