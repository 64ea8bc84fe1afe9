"""The command that is run for an alert: argv from the configuration, never a shell, and nobody waits for it."""

import logging
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from deskui import text
from deskui.domain import alert as alerting
from deskui.domain.alert import Alert

log = logging.getLogger(__name__)

DEADLINE_S = 20.0
WAITING = 50  # more alerts than that at once are one too many for any pager
CELLS = 200


def facts(alert: Alert) -> dict[str, str]:
    """What the command is told of it, in its environment; every text inert and short."""
    found = {
        "WHAT": alert.what, "TICKET": alert.ticket, "SUBJECT": alert.subject, "CUSTOMER": alert.customer,
        "PRIORITY": str(alert.priority) if alert.ticket else "", "CLOCK": alert.clock,
        "SHARE": str(alert.share) if alert.share else "", "DUE": "" if alert.due is None else str(alert.due),
        "AT": str(alert.at), "TEXT": alerting.sentence(alert),
    }  # fmt: skip
    return {f"DESKUI_ALERT_{name}": inert(value) for name, value in found.items()}


def inert(value: str) -> str:
    """No control character, one line, at most 200 cells."""
    return text.clip(text.line(value[:2000]), CELLS).encode("utf-8", "replace").decode()


class Hook:
    """Runs `argv` with the alert's line as its last argument, one at a time, each for at most `deadline_s`.

    `tell` hears of a failure, once until it works again.
    """

    def __init__(
        self, argv: Sequence[str], *, deadline_s: float = DEADLINE_S, environ: Mapping[str, str] | None = None
    ) -> None:
        self.argv, self._deadline_s = tuple(argv), deadline_s
        self._environ = os.environ if environ is None else environ
        self.tell: Callable[[str], None] = lambda _said: None
        self._queue: queue.Queue[Alert | None] = queue.Queue(WAITING)
        self._lock = threading.Lock()  # alerts come on another thread than the end
        self._thread: threading.Thread | None = None
        self._closed = self._failed = False

    def run(self, alert: Alert) -> None:
        """Puts it in line and returns at once."""
        with self._lock:
            if not self.argv or self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="alert command", daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait(alert)
        except queue.Full:
            self._said("is too slow: alerts are dropped")

    def close(self, wait_s: float = 2.0) -> None:
        """Takes no more; what is under way may end within `wait_s`, and is left to itself after that."""
        with self._lock:
            self._closed, thread = True, self._thread
        if thread is not None:
            with suppress(queue.Full):
                self._queue.put_nowait(None)
            thread.join(wait_s)

    def _work(self) -> None:
        while (alert := self._queue.get()) is not None:
            self._one(alert)

    def _one(self, alert: Alert) -> None:
        told = facts(alert)
        kept = {name: value for name, value in self._environ.items() if not name.startswith("DESKUI_SECRET")}
        try:
            process = subprocess.Popen(
                [*self.argv, told["DESKUI_ALERT_TEXT"]], env={**kept, **told}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            self._said(f"cannot be run: {error}")
            return
        try:
            code = process.wait(self._deadline_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._said(f"took longer than {self._deadline_s:.0f} s and was stopped")
            return
        if code:
            self._said(f"ended with {code}")
        else:
            self._failed = False

    def _said(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            said = f"the alert command {text.line(self.argv[0])} {text.line(why)}"
            log.warning("%s", said)
            self.tell(said)
