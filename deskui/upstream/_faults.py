"""What can be made to go wrong with the upstream in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from deskui.domain.outgoing import Entry


@dataclass(slots=True)
class Faults:
    """What goes wrong between one console and the system; set and unset at will."""

    offline: bool = False  # no call gets through
    login_refused: str = ""  # the words of the refusal
    offset_s: float = 0.0  # how far the console's clock is ahead
    drop_next_request: bool = False  # the next push never arrives
    drop_next_response: bool = False  # the next push is done, but its answer is lost
    reject_next: str = ""  # the next push is refused with these words
    late: set[int] = field(default_factory=set)  # transactions that are made and not yet committed
    stale: int | None = None  # readings show the system as of this transaction (a lagging replica)
    pages_left: int | None = None  # the line dies after so many pages
    repeat_pages: bool = False  # each page arrives twice
    hidden: Callable[[str], bool] | None = None  # tickets that are not shown to us (any more): a reading is refused
    before: Callable[[str], None] | None = None  # called with each method's name
    rival: Callable[[Entry, str], None] | None = None  # called with what is to be pushed on which ticket: a race
