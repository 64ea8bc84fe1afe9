"""`--send`: push one ticket's queue now, and wait a while for it to arrive."""

import threading
import time
from typing import Any

from deskui.cli import output

PAUSE_S = 1.0  # between two attempts at an upstream that does not answer
LATE = frozenset(("conflict", "rejected", "unknown", "dropped"))


def send(desk: Any, entry: Any, seconds: float) -> tuple[Any, int, str]:
    """The entry as it is then, the exit code, and what was in the way; waits `seconds` at most."""
    until = time.monotonic() + seconds
    trouble: list[str] = []
    sender = threading.Thread(target=_attempts, args=(desk, entry, until, trouble), name="send", daemon=True)
    sender.start()
    sender.join(max(0.0, until - time.monotonic()))
    now = desk.services.desk.entry(entry.uid) or entry
    if now.state == "sent":
        return now, output.DONE, ""
    if now.state in LATE:
        return now, output.NOT_SO, now.error or f"the change is now: {now.state}"
    return now, output.AWAY, trouble[-1] if trouble else f"not sent within {seconds:g} s: it stays queued"


def _attempts(desk: Any, entry: Any, until: float, trouble: list[str]) -> None:
    """Try until it is settled or the time is up; a login that is refused is not tried twice."""
    from deskui.services.syncing import Busy
    from deskui.store.driver import StoreError

    upstream = desk.services.desk.ticket(entry.ticket).upstream
    while time.monotonic() < until:
        try:
            result = desk.services.syncing.send(entry.ticket, upstream)
        except (Busy, StoreError) as error:
            trouble.append(str(error))
            return
        now = desk.services.desk.entry(entry.uid)
        if now is None or now.state not in ("queued", "sending", "unknown"):
            return
        if result.error:
            trouble.append(result.error)
        if result.kind in ("auth", "tls") or not result.offline:
            return
        time.sleep(min(PAUSE_S, max(0.0, until - time.monotonic())))
