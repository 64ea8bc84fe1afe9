"""What is done to the store as a whole, while no desk is open: salvage, restore, encryption."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deskui import config, wiring
from deskui.domain.contract import Rules
from deskui.store import backups, quarantine, salvage
from deskui.store.backups import Restored
from deskui.store.salvage import Salvaged

if TYPE_CHECKING:
    from deskui.store import seal


def salvaged(home: Path, tell: Callable[[str], None] = lambda _: None) -> Salvaged:
    """Set the store aside, and make a new one of what can be read.  StoreError, ConfigError."""
    rules, prefixes, _ = _known(home)
    return salvage.salvage(home / "desk.db", rules, wiring.now(), prefixes, tell)


def restored(home: Path, file: Path) -> Restored:
    """Put a backup in the store's place.  StoreError, ConfigError."""
    rules, prefixes, sealed = _known(home)
    return backups.restore(home / "desk.db", file, rules, wiring.now(), prefixes, sealed=sealed)


def encrypted(home: Path) -> "tuple[seal.Changed, str]":
    """Make the store an encrypted one; what was done, and where the key is.  StoreError, NoSecret, ConfigError."""
    from deskui.store import cipher, seal
    from deskui.wiring import keys

    wiring.unlock(home)
    cipher.library()
    place = keys.ready(home)
    return seal.change(home / "desk.db", sealed=True), place


def decrypted(home: Path) -> "seal.Changed":
    """Make the store a plain one.  StoreError, ConfigError."""
    from deskui.store import seal

    if config.load(home / "config.toml").store.encrypted:
        problem = "says that the store is encrypted"
        raise config.wrong(home / "config.toml", ("store", "encrypted"), problem, "Take that line out first.")
    wiring.unlock(home)
    return seal.change(home / "desk.db", sealed=False)


def whole(home: Path) -> str:
    """What is wrong with the store, page by page; "" if nothing.  StoreError: it cannot be looked at."""
    from deskui.store import health

    wiring.unlock(home)
    return health.whole(home / "desk.db")


def damage(home: Path) -> str:
    """What is known to be wrong with the store; "": nothing."""
    return quarantine.noted(home / "desk.db")


def copies(home: Path) -> list[Path]:
    """The backups beside it, the newest first."""
    return backups.found(home / "desk.db")


def _known(home: Path) -> tuple[Rules, Mapping[str, str], bool]:
    settings = config.load(home / "config.toml")
    wiring.unlock(home)
    prefixes = {name: settings.prefix(name) for name in settings.upstream}
    return wiring.rules(home, settings), prefixes, settings.store.encrypted
