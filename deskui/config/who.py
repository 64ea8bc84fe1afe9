"""Who works here: said on the command line or by DESKUI_USER, else `[me]`, else the login."""

from collections.abc import Callable

from deskui.config.reading import ConfigError
from deskui.config.settings import Settings


def who(settings: Settings, given: str | None) -> Callable[[str], str]:
    """Our name in each upstream; ConfigError where a shared login leaves it open."""
    for name, upstream in settings.upstream.items():
        if upstream.service_account and not (given or settings.me.get(name) or settings.me.get("name")):
            raise ConfigError(
                f"[upstream.{name}] is a shared login (service_account): who works here?",
                "Set DESKUI_USER, give --as NAME, or add [me] with name = … to config.toml.",
            )

    def me(upstream: str) -> str:
        login = settings.upstream[upstream].user if upstream in settings.upstream else ""
        return given or settings.me.get(upstream) or settings.me.get("name") or login or "me"

    return me
