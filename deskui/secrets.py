"""Passwords and tokens: from a variable, a credentials folder, an allowed keyring or an encrypted file; or typed."""

import json
import os
import re
import threading
from collections.abc import Callable, Mapping, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Any

SERVICE = "deskui"
PREFIX = "DESKUI_SECRET_"
FILE, AGAIN = "secrets_file", "secrets_file again"  # what opens the encrypted file; the same, where it is a new one
_taken: dict[str, str] = {}  # what the environment of this process gave
_typed: dict[str, str] = {}  # what somebody typed, for this run; "": they did not
_typing = threading.RLock()  # one question at a time
_ask: Callable[[str], str] | None = None
ALLOWED = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring_pass.PasswordStoreBackend",
)
# Plain text on disk, nothing at all, or a wrapper that may choose either.
_NEVER = re.compile(r"plaintext|\bnull\b|\bfail\b|chainer", re.IGNORECASE)


class NoSecret(Exception):
    """There is no secret under that name, or no place to keep one; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def variable(name: str) -> str:
    """The variable that holds the secret `name` (an upstream's name, or `ci_NAME`)."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def take(environ: MutableMapping[str, str]) -> None:
    """From now on what the environment gives is in this process alone: no editor, shell or ssh inherits it."""
    for name in [each for each in environ if each.startswith(PREFIX)]:
        _taken[name] = environ.pop(name)


def ask(how: Callable[[str], str] | None) -> None:
    """From now on `how` asks a person for what is missing where there is no keyring; None: nobody is there to ask."""
    global _ask
    _ask = how
    _typed.clear()


class Locker:
    """Secrets in an encrypted file, for hosts that have no keyring; a key is made of the passphrase (scrypt, AES-GCM).

    NoSecret: it does not open, be it the wrong passphrase or no such file.
    """

    def __init__(self, path: Path, passphrase: str) -> None:
        self.path, self._passphrase = path, passphrase

    def get_password(self, _service: str, name: str) -> str | None:
        """The secret, if it is in there."""
        return self._read().get(name)

    def set_password(self, _service: str, name: str, value: str) -> None:
        """Put it in; the file is whole at every moment."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        kept = json.dumps({**self._read(), name: value}).encode()
        salt, nonce = os.urandom(16), os.urandom(12)
        box = nonce + AESGCM(self._key(salt)).encrypt(nonce, kept, _MARK)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_MARK + salt + box)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def _read(self) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self.path.exists():
            return {}
        packed = self.path.read_bytes()
        salt, box = packed[len(_MARK) :][:16], packed[len(_MARK) + 16 :]
        try:
            kept: dict[str, str] = json.loads(AESGCM(self._key(salt)).decrypt(box[:12], box[12:], _MARK))
        except (InvalidTag, ValueError):
            hint = f"Is it the right passphrase ({variable(FILE)})? Lost, remove the file and put the secrets in anew."
            raise NoSecret(f"the secrets file {self.path} does not open", hint) from None
        return kept

    def _key(self, salt: bytes) -> bytes:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(self._passphrase.encode())


_MARK = b"deskui secrets 1\n"


class Secrets:
    """Where secrets are looked up; `keyrings` are backends that the configuration allows beyond the built-in list,
    `file` the encrypted one that it names.
    """

    def __init__(
        self, keyrings: tuple[str, ...] = (), environ: Mapping[str, str] | None = None, file: str = ""
    ) -> None:
        self._names = (*ALLOWED, *keyrings)
        self._file = Path(file).expanduser() if file else None
        self._environ = os.environ if environ is None else environ

    def __repr__(self) -> str:
        return "Secrets()"

    def get(self, name: str, asking: bool = False) -> str:
        """The secret `name`, if need be asked of a person (`asking`), once a run; NoSecret if there is none."""
        found = self.given(name) or self.stored(name) or (self._asked(name) if asking else "")
        if not found:
            raise NoSecret(f"there is no secret for {name}", self.hint(name, self._backend()))
        return found

    def stored(self, name: str) -> str | None:
        """The secret from the first allowed keyring, if there is one."""
        backend = self._backend()
        return (_call(backend, "get_password", SERVICE, name) or None) if backend else None

    def _asked(self, name: str) -> str:
        """What is typed is kept in memory alone; where there is a keyring it belongs there, and nobody is asked."""
        with _typing:
            if name not in _typed and _ask is not None and self._backend() is None:
                _typed[name] = _ask(name)
            return _typed.get(name, "")

    def given(self, name: str) -> str | None:
        """The secret from the environment: the variable, else the file of that name in $CREDENTIALS_DIRECTORY."""
        here = _taken if self._environ is os.environ else self._environ
        value = self._environ.get(variable(name)) or here.get(variable(name))
        if value:
            return value
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            return None
        try:
            return (Path(folder) / variable(name)).read_text(encoding="utf-8").rstrip("\r\n") or None
        except (OSError, UnicodeDecodeError):
            return None

    def keep(self, name: str, value: str) -> str:
        """Put a secret into the first allowed keyring, or the file, and name it; NoSecret if there is none."""
        backend = self._backend(new=True)
        if backend is None:
            raise NoSecret("no allowed keyring is available here", self.hint(name, None))
        _call(backend, "set_password", SERVICE, name, value)
        return self.place() or ""

    def place(self) -> str | None:
        """The name of the keyring or the file in use; None: there is none."""
        backend = self._backend()
        if isinstance(backend, Locker):
            return str(backend.path)
        return f"{type(backend).__module__}.{type(backend).__qualname__}" if backend else None

    def hint(self, name: str, backend: object | None) -> str:
        """What to do about a missing secret."""
        where = "or run `deskui init` again to store it in the keyring" if backend else "no allowed keyring is here"
        return f"Set the variable {variable(name)} ({where})."

    def _backend(self, new: bool = False) -> Any:
        """The first keyring, else the file if it can be opened (`new`: or made)."""
        # Each allowed class by its name: the keyring package's own choice may be one that writes plain text or prompts.
        for dotted in self._names:
            if _NEVER.search(dotted):
                continue
            backend = _viable(dotted)
            if backend is not None:
                return backend
        if self._file is None or not (new or self._file.exists()):
            return None
        passphrase = self.given(FILE) or self._passphrase(self._file)
        return Locker(self._file, passphrase) if passphrase else None

    @staticmethod
    def _passphrase(file: Path) -> str:
        """What is typed once a run; for a new file twice, and nothing if that was not the same."""
        with _typing:
            if FILE not in _typed and _ask is not None:
                said = _ask(FILE)
                _typed[FILE] = said if file.exists() or _ask(AGAIN) == said else ""
            return _typed.get(FILE, "")


def _viable(dotted: str) -> Any:
    """The backend of that name, if it works here."""
    module, _, name = dotted.rpartition(".")
    try:
        cls = getattr(import_module(module), name)
        return cls() if cls.viable else None
    except (ImportError, AttributeError, RuntimeError, ValueError, TypeError, OSError):
        return None


def _call(backend: Any, method: str, *args: str) -> Any:
    """Ask the keyring; its errors become ours, without the secret in them."""
    from keyring.errors import KeyringError

    try:
        return getattr(backend, method)(*args)
    except (KeyringError, RuntimeError, OSError) as error:
        name = type(backend).__module__
        raise NoSecret(
            f"the keyring {name} did not answer ({type(error).__name__})",
            f"Unlock it, or set the variable {variable(args[1])}.",
        ) from None
