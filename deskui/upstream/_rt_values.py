"""RT's names, numbers and times as ours, and back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deskui.domain import when
from deskui.upstream.base import Options

SYSTEM = "RT_System"
NOBODY = "Nobody"


BANDS = {"90": "P1", "60": "P2", "30": "P3", "0": "P4"}  # the least number of each
_WRITTEN = (100, 75, 50, 10)


def band(number: int, bands: Mapping[str, str] = MappingProxyType({})) -> int:
    """RT's priority (0-100, or as the configured `bands` say) as P1 (1) to P4 (4); below all bands it is the lowest."""
    least = sorted((int(low), meaning) for low, meaning in (bands or BANDS).items())
    fit = [meaning for low, meaning in least if low <= number] or [least[0][1]]
    return int(fit[-1][1:])


def number_of(priority: int, options: Options) -> int:
    """The number that we write for a band.  Rejected: the configured bands have none for it."""
    name = options.priority_name(priority)
    return _WRITTEN[priority - 1] if name is None else int(name)


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
