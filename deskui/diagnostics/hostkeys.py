"""Whether a host's key is the one we know: known_hosts read line by line, strictly, as sshd(8) describes the file."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from deskui.diagnostics.base import Problem, ShellError

MARKERS = ("@revoked", "@cert-authority")


class HostKeyUnknown(ShellError):
    """No key is known for this host; nothing was sent to it."""


class HostKeyChanged(ShellError):
    """The host showed another key than the known one, or a revoked one; nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One usable line of a known_hosts file."""

    hosts: str
    keytype: str
    blob: bytes
    marker: str = ""
    where: str = ""  # file:line

    def matches(self, name: str) -> bool:
        """Whether it speaks of `name` (`host`, or `[host]:port` for a port other than 22)."""
        if self.hosts.startswith("|1|"):
            return _hashed(self.hosts, name)
        patterns = self.hosts.lower().split(",")
        if any(_glob(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
            return False
        return any(_glob(name, pattern) for pattern in patterns if not pattern.startswith("!"))


def _glob(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]"))  # only * and ? are special in this file


def _hashed(field: str, name: str) -> bool:
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in field[3:].split("|"))
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode(), hashlib.sha1).digest(), digest)


def fingerprint(blob: bytes) -> str:
    """As OpenSSH shows it: `SHA256:` and base64 without padding."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def read(text: str, where: str) -> tuple[list[Line], list[str]]:
    """(usable lines, one warning for each odd line); an odd line never spoils the others."""
    lines, warnings = [], []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            lines.append(_line(words, f"{where}:{number}"))
        except ValueError as error:
            warnings.append(f"{where}:{number} is ignored: {error}")
    return lines, warnings


def _line(words: list[str], where: str) -> Line:
    marker = words.pop(0) if words[0].startswith("@") else ""
    if marker and marker not in MARKERS:
        raise ValueError(f"unknown marker {marker}")
    if len(words) < 3:
        raise ValueError("it needs host, key type and key")
    try:
        blob = base64.b64decode(words[2], validate=True)
    except binascii.Error:
        raise ValueError("the key is no base64") from None
    inner = blob[4 : 4 + int.from_bytes(blob[:4], "big")].decode("ascii", "replace")
    if inner != words[1]:
        raise ValueError(f"it says {words[1]}, the key says {inner[:40]!r}")
    return Line(words[0], words[1], blob, marker, where)


class KnownHosts:
    """What the files say of one host; `warnings` are for the log and `doctor`."""

    def __init__(self, texts: Iterable[tuple[str, str]], host: str, port: int) -> None:
        self.label = host if port == 22 else f"[{host}]:{port}"
        self.warnings: list[str] = []
        lines: list[Line] = []
        for where, text in texts:
            more, odd = read(text, where)
            lines += more
            self.warnings += odd
        host = host.lower()
        exact = [line for line in lines if line.matches(host if port == 22 else f"[{host}]:{port}")]
        plain = [] if port == 22 else [line for line in lines if line.matches(host)]
        self._known = [line for line in exact if not line.marker]
        self._revoked = [line for line in (*exact, *plain) if line.marker == "@revoked"]
        self._signed = [line for line in (*exact, *plain) if line.marker == "@cert-authority"]
        # Like OpenSSH: a key known for the host without its port is good too, but a different one proves nothing.
        self._maybe = [line for line in plain if not line.marker]

    def types(self) -> list[str]:
        """The key types that are known, so that the host is asked for one of them first."""
        return list(dict.fromkeys(line.keytype for line in (*self._known, *self._maybe)))

    def check(self, blob: bytes) -> None:
        """Return if this key is known to be the host's; else HostKeyChanged or HostKeyUnknown."""
        offered = fingerprint(blob)
        revoked = next((line for line in self._revoked if line.blob == blob), None)
        if revoked:
            raise HostKeyChanged(Problem(
                "host_key_changed", f"{self.label} shows the key {offered}, which {revoked.where} has revoked; "
                "nothing was sent to it", "do not connect: somebody holds a key that was given up", (offered,), offered,
            ))  # fmt: skip
        if any(line.blob == blob for line in (*self._known, *self._maybe)):
            return
        if self._known:
            raise self._changed(offered)
        hint = "compare the fingerprint with the host's own (ssh-keygen -lf on its console), then add it to known_hosts"
        if self._signed:
            hint = f"{self._signed[0].where} trusts a certificate authority for it: host certificates are not read yet"
        raise HostKeyUnknown(Problem(
            "host_key_unknown", f"the key of {self.label} is not known: it shows {offered}; nothing was sent to it",
            hint, (), offered,
        ))  # fmt: skip

    def _changed(self, offered: str) -> HostKeyChanged:
        known = tuple(dict.fromkeys(fingerprint(line.blob) for line in self._known))
        places = ", ".join(line.where for line in self._known)
        message = f"the key of {self.label} has changed: known is {', '.join(known)}, it shows {offered}"
        hint = f"find out why before anything else; the known key is in {places}"
        return HostKeyChanged(Problem("host_key_changed", f"{message}; nothing was sent to it", hint, known, offered))
