"""RT's names, numbers and times as ours, and back."""

from typing import Any

from deskui.domain import when

SYSTEM = "RT_System"
NOBODY = "Nobody"


def band(number: int) -> int:
    """RT's priority (0-100) as P1 (1) to P4 (4)."""
    return 1 if number >= 90 else 2 if number >= 60 else 3 if number >= 30 else 4


def number_of(priority: int) -> int:
    """The number that we write for a band."""
    return (100, 75, 50, 10)[priority - 1]


def integer(text: str) -> int:
    """A number of RT's, 0 if it is none."""
    return int(text) if text.lstrip("-").isdigit() else 0


def plain(fact: str, value: str) -> str:
    """A field's value as we say it: levels and kinds are small letters with underscores."""
    return value.lower().replace(" ", "_") if fact in ("impact", "urgency", "kind") else value


def stamp(text: str | None) -> int:
    """Epoch seconds of RT's time; 0 for its 1970, which means unset."""
    return max(0, when.parse(text)) if text else 0


def name_of(value: Any) -> str:
    """The name in an expanded object."""
    return str(value.get("Name") or value.get("id") or "") if isinstance(value, dict) else str(value or "")
