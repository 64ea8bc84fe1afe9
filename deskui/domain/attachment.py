"""Files at messages: what is known of one, how large it may be, and the name under which a stranger's file is saved."""

import unicodedata

from deskui.lazy import dataclass

READ_CAP = 20_000_000  # bytes of a file that is fetched
SEND_CAP = 7_000_000  # of one that is sent: RT takes 10 MiB by default, and keeps a quarter of it for its own encoding
NAME_BYTES = 120  # of a saved name, in UTF-8: with a number and a folder no file system refuses it
_ENDING_BYTES = 16
_BAD = frozenset('<>:"|?*')
_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/html": ".html", "message/rfc822": ".eml",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file at a message; its content is elsewhere.

    `id` is the upstream's own, or of a file that waits here the store's; `kind` the MIME type that somebody
    claims; `size` in bytes.
    """

    id: str
    name: str
    kind: str
    size: int


def clean(name: str, kind: str = "") -> str:
    """A name to save it under: one path component that no file system, shell or terminal takes for anything else."""
    name = unicodedata.normalize("NFC", name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(_char(char) for char in base)
    kept = " ".join(kept.split()).lstrip(".- ").rstrip(". ")
    if not kept:
        return f"attachment{_ENDINGS.get(kind, '')}"
    if kept.partition(".")[0].strip().casefold() in _RESERVED:
        kept = f"_{kept}"
    return _short(kept)


def _char(char: str) -> str:
    kind = unicodedata.category(char)
    if kind[0] == "Z" or char in "\t\n\r\v\f":
        return " "
    if kind[0] == "C":  # control, bidi and other invisible characters, halves of characters, private ones
        return ""
    return "_" if char in _BAD else char


def _short(name: str) -> str:
    """At most NAME_BYTES, cut before the ending."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _ENDING_BYTES:
        stem, dot, ending = name, "", ""
    room = NAME_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + ending


def numbered(name: str, number: int) -> str:
    """The name for the `number`-th file of that name: `report.pdf`, `report-1.pdf`."""
    if not number:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"


def size(count: int) -> str:
    """Bytes as people read them: 812 B, 14 kB, 5.2 MB."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 999_500 else f"{count / 1_000_000:.1f} MB"
