"""When it is night: a window in minutes of the local day, which may go over midnight.  Pure, and light to import."""

TYPE_CHECKING = False  # `typing` costs the first frame more than this; checkers know the name
if TYPE_CHECKING:
    from typing import Any

NIGHT = (22 * 60, 6 * 60)


def is_night(here: "Any", night: tuple[int, int] | None = NIGHT) -> bool:
    """Whether the local time `here` (anything with hour and minute) is in the window; None: it never is."""
    if night is None:
        return False
    now, (begin, end) = int(here.hour) * 60 + int(here.minute), night
    return begin <= now < end if begin <= end else now >= begin or now < end
