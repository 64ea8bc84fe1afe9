"""The key of encrypted stores: where it is kept, the making of one, and that the right one is not written over."""

from pathlib import Path

from deskui import adapters, config, log
from deskui.secrets import NoSecret, Secrets, variable
from deskui.store import driver
from deskui.store.driver import Locked, StoreError
from deskui.store.lock import SyncLock

NAME = "store_key"  # of the secret; one for all desks of a person
WAIT_S = 10
BACK = f"put it back by `deskui secret set {NAME}`, or in the variable {variable(NAME)}"
LOST = f"`openssl rand -hex 32 | deskui secret set {NAME}` makes a new one, and `deskui restore FILE` takes a backup"


def ask(home: Path) -> str:
    """The key.  Locked: there is none here."""
    try:
        key = _secrets(home).get(NAME).strip()
    except NoSecret as none:
        raise Locked(f"the store is encrypted, and its key is not here: {none}", f"{BACK}; if lost, {LOST}") from None
    log.redact(key)
    return key


def ready(home: Path) -> str:
    """There is a key from now on; where it is kept.  NoSecret: no place for one.  Locked: that of the store is away."""
    secrets, path = _secrets(home), home / "desk.db"
    if path.exists() and driver.encrypted(path):
        ask(home)
    if secrets.given(NAME):
        return variable(NAME)
    with SyncLock(home, WAIT_S) as held:  # two who begin together make one key
        if not held:
            raise StoreError(f"the store in {home} is being synced", "try again when that is done")
        if not secrets.stored(NAME):
            from secrets import token_hex

            _keep(secrets, token_hex(32))
    return secrets.place() or ""


def fit(home: Path, key: str) -> str:
    """Why this may not become the key; "": it may.  The one that opens the store here is not written over."""
    from deskui.store import cipher

    path, old = home / "desk.db", _secrets(home).stored(NAME) or ""
    if not cipher.is_key(key):
        return "the key of a store is 64 hexadecimal digits"
    if not path.exists() or not driver.encrypted(path) or not cipher.is_key(old):
        return ""
    kept = cipher.fits(path, old) and not cipher.fits(path, key)
    return f"{path} is encrypted with the key that is kept: `deskui store decrypt` first" if kept else ""


def _secrets(home: Path) -> Secrets:
    """Where a configuration that cannot be read allows nothing more, the built-in places are asked all the same."""
    try:
        return adapters.secrets(config.load(home / "config.toml"))
    except config.ConfigError:  # `doctor` says what is wrong with it, and looks at the store
        return adapters.secrets(config.Settings())


def _keep(secrets: Secrets, key: str) -> None:
    log.redact(key)
    own = f"set the variable {variable(NAME)} to what `openssl rand -hex 32` says, and keep that in a safe"
    try:
        place = secrets.keep(NAME, key)
    except NoSecret as none:
        raise NoSecret(f"there is no place for the store's key: {none}", own) from None
    if secrets.stored(NAME) != key:
        raise NoSecret(f"the keyring {place} did not keep the store's key", own)
