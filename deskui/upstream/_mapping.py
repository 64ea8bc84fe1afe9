"""What the configured mapping makes of a system's values, whichever the system."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskui.upstream.base import Options


def customer_of(emails: Sequence[str], options: Options) -> str | None:
    """The customer whose domain the first address has."""
    domain = emails[0].rpartition("@")[2].lower() if emails else ""
    return next((name for known, name in options.customers.items() if known.lower() == domain), None)


def cis_of(mapped: Iterable[Any], values: Mapping[str, Any], options: Options) -> tuple[str, ...]:
    """The CIs in the mapped field, else those of desk lines; only such as are known here, if any are."""
    given = tuple(map(str, mapped)) or tuple(values.get("cis", ()))
    return tuple(each for each in given if not options.cis or each in options.cis)


def received_of(said: int | None, created: int) -> int | None:
    """When it was phoned in, which was not after the system had it: a time to come would stop every clock."""
    return None if said is None else max(0, min(said, created))
