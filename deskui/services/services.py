"""Everything a screen or a command may ask for, as one value."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskui.domain.event import StoreChanged
from deskui.domain.night import NIGHT
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass
from deskui.services.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from deskui.services.alerts import Alerts
    from deskui.services.attachments import Attachments
    from deskui.services.customers import Customers
    from deskui.services.diagnose import Diagnose
    from deskui.services.knowledge import Knowledge
    from deskui.services.since import Since
    from deskui.services.syncing import Syncing
    from deskui.services.triage import Triage
    from deskui.services.views import Views
    from deskui.services.writing import Writing

Listener = Callable[[StoreChanged], None]


@dataclass(frozen=True)
class Services:
    """Handed down by wiring; `clock` is the time in epoch seconds, `zone` the desk's, `me` our name in an upstream.

    `inventory` answers `all()` and `get(name)` with the configuration items; `url` gives a ticket's web page, "" if it
    has none; `listen` calls a listener after each commit, on another thread, and returns what ends that.  `night` is
    a window in minutes of the local day; `home` has the log and the settings.
    """

    desk: Desk
    triage: "Triage"
    diagnose: "Diagnose"
    syncing: "Syncing"
    inventory: Any
    clock: Callable[[], int]
    zone: str
    me: Callable[[str], str]
    listen: Callable[[Listener], Callable[[], None]]
    mine: Callable[[], frozenset[str]]
    writing: "Writing"
    views: "Views"
    url: Callable[[Ticket], str] = lambda ticket: ""
    demo: bool = False
    night: tuple[int, int] | None = NIGHT
    alerts: "Alerts | None" = None
    attachments: "Attachments | None" = None
    since: "Since | None" = None
    knowledge: "Knowledge | None" = None
    customers: "Customers | None" = None
    home: "Path | None" = None
