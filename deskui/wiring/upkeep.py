"""What is done to the store as a whole, while no desk is open: salvage and restore."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deskui import config, wiring
from deskui.domain.contract import Rules
from deskui.store import backups, quarantine, salvage
from deskui.store.backups import Restored
from deskui.store.salvage import Salvaged


def salvaged(home: Path, tell: Callable[[str], None] = lambda _: None) -> Salvaged:
    """Set the store aside, and make a new one of what can be read.  StoreError, ConfigError."""
    rules, prefixes = _known(home)
    return salvage.salvage(home / "desk.db", rules, wiring.now(), prefixes, tell)


def restored(home: Path, file: Path) -> Restored:
    """Put a backup in the store's place.  StoreError, ConfigError."""
    rules, prefixes = _known(home)
    return backups.restore(home / "desk.db", file, rules, wiring.now(), prefixes)


def damage(home: Path) -> str:
    """What is known to be wrong with the store; "": nothing."""
    return quarantine.noted(home / "desk.db")


def copies(home: Path) -> list[Path]:
    """The backups beside it, the newest first."""
    return backups.found(home / "desk.db")


def _known(home: Path) -> tuple[Rules, Mapping[str, str]]:
    settings = config.load(home / "config.toml")
    return wiring.rules(home, settings), {name: settings.prefix(name) for name in settings.upstream}
