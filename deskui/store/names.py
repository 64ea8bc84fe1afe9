"""A ticket's tags or CIs as one text, in which a filter looks for a name."""

import string
from collections.abc import Sequence

_BETWEEN = "\x1f"  # the unit separator of ASCII: no name that somebody reads has one
_SMALL = str.maketrans(string.ascii_uppercase + _BETWEEN, string.ascii_lowercase + " ")  # as COLLATE NOCASE


def listed(names: Sequence[str]) -> str | None:
    """The names in small letters, each with a separator on either side; None: there are none."""
    text = _BETWEEN.join([name.translate(_SMALL) for name in names])
    return f"{_BETWEEN}{text}{_BETWEEN}" if names else None
