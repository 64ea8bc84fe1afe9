"""The adapter of each configured upstream with what it needs: what it is told, its secret, and the login."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deskui import config, lazy, log, plugins
from deskui.config import Settings

if TYPE_CHECKING:
    from deskui import secrets as safe
    from deskui.upstream import base
    from deskui.upstream.base import Login, Options, Upstream
else:  # the first screen needs none of them
    safe = lazy.Module("deskui.secrets")
    base = lazy.Module("deskui.upstream.base")


def secrets(settings: Settings) -> "safe.Secrets":
    """Where this configuration looks for secrets."""
    return safe.Secrets(settings.secrets.keyrings, file=settings.secrets.file)


def options(settings: Settings, name: str, cis: frozenset[str] = frozenset(), offline_events: str = "at") -> "Options":
    """What an adapter is told of the configuration."""
    told = settings.upstream[name]
    return base.Options(
        told.url, told.user, told.auth, told.service_account, told.ca_file, told.fields, told.queues,
        settings.customer, cis, offline_events, told.states, told.priorities, told.proxy, told.proxy_user,
    )  # fmt: skip


def cls(home: Path, settings: Settings, name: str) -> "type[Upstream]":
    """The class that speaks to an upstream.  PluginError: there is none, or it cannot be loaded."""
    kind = settings.kind(name)
    module = plugins.load("upstreams", kind, home)
    found = getattr(module, "Adapter", None)
    if not isinstance(found, type) or not issubclass(found, base.Upstream):
        raise plugins.PluginError(f"{module.__file__}: the upstream {kind!r} has no class Adapter(Upstream)")
    return found


def adapter(home: Path, settings: Settings, name: str, secret: str, told: "Options | None" = None) -> "Upstream":
    """One upstream, ready to be asked; nothing is sent yet.  ConfigError, PluginError."""
    log.redact(secret, settings.upstream[name].user)
    made, told = cls(home, settings, name), _proxied(settings, name, told or options(settings, name))
    for fault in made.amiss(told):
        raise config.wrong(home / "config.toml", ("upstream", name, *fault.key), fault.problem, fault.remedy)
    return made(name, told, secret)


def _proxied(settings: Settings, name: str, told: "Options") -> "Options":
    """With the password for the proxy, which is a secret of its own.  NoSecret."""
    if not told.proxy_user:
        return told
    password = secrets(settings).get(f"proxy_{name}", asking=True)
    log.redact(password, told.proxy_user)
    return replace(told, proxy_secret=password)


def check(home: Path, settings: Settings) -> None:
    """Every upstream must have an adapter.  ConfigError."""
    for name in settings.upstream:
        if not plugins.known("upstreams", settings.kind(name), home):
            there = ", ".join(plugins.names("upstreams", home))
            raise config.ConfigError(
                f"{home / 'config.toml'}: [upstream.{name}]: there is no adapter {settings.kind(name)!r}",
                f"Set kind to one of: {there}.",
            )


def login(home: Path, settings: Settings, name: str, secret: str | None = None) -> "Login":
    """Log in to an upstream, with this secret or the one that is kept.  NoSecret, Unreachable."""
    asked = adapter(home, settings, name, _secret(settings, name) if secret is None else secret)
    try:
        return asked.login()
    finally:
        asked.close()


@contextmanager
def opened(home: Path, settings: Settings, name: str, told: "Options | None" = None) -> "Iterator[Upstream]":
    """One with the secret that is kept, logged in.  NoSecret, ConfigError, PluginError, Unreachable."""
    found = adapter(home, settings, name, _secret(settings, name), told)
    try:
        found.login()
        yield found
    finally:
        found.close()


def upstream(home: Path, settings: Settings, name: str, told: "Options") -> "Upstream":
    """One with the secret that is kept.  Unreachable: what is wrong with it, which is no business of the others."""
    try:
        return adapter(home, settings, name, _secret(settings, name), told)
    except safe.NoSecret as none:
        raise base.Unreachable(str(none), "auth", none.hint) from none
    except (config.ConfigError, plugins.PluginError) as error:
        raise base.Unreachable(str(error), "config", getattr(error, "hint", "")) from error


def needs_secret(settings: Settings, name: str) -> bool:
    """Whether that upstream has a login at all."""
    return settings.kind(name) != "memory"


def _secret(settings: Settings, name: str) -> str:
    return secrets(settings).get(name, asking=True) if needs_secret(settings, name) else ""
