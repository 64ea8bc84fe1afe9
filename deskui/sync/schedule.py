"""When things run: named callables on APScheduler, one worker each, so that no job waits for another."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

BEAT_S = 1.0
GAP_S = 2.0  # wall and monotonic time further apart than this in one beat: the machine slept, or its clock was set


class Schedule:
    """Runs each job every so many seconds until `stop`.

    `wall` gives the time of day in epoch seconds; `jumped` is called when it made a jump.
    """

    def __init__(self, wall: Callable[[], float], jumped: Callable[[], None] | None = None) -> None:
        self._wall = wall
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._jumped = jumped
        self._ending = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def add(self, name: str, job: Callable[[], object], every_s: float) -> None:
        """Run `job` now and then every `every_s` seconds; runs missed while asleep are one run, not many.

        One worker, so never two runs at once; one more may wait: a turn that comes while the job runs is not lost.
        """
        self._scheduler.add_executor(ThreadPoolExecutor(max_workers=1), alias=name)
        self._scheduler.add_job(
            _guarded(name, job, self._ending), "interval", seconds=every_s, id=name, executor=name, max_instances=2,
            coalesce=True, misfire_grace_time=None, next_run_time=self._now(),
        )  # fmt: skip

    def start(self) -> None:
        """Begin; the jobs added so far run at once."""
        self._scheduler.start()
        self._heart.start()

    def soon(self, name: str, in_s: float = 0.0) -> None:
        """Bring the job's next run forward to `in_s` seconds from now; one that comes earlier anyway stays.

        A job that is running when its turn comes runs once more when it ends.
        """
        planned = self.next_in(name)
        if planned is None or in_s < planned:
            self._scheduler.modify_job(name, next_run_time=self._now() + timedelta(seconds=in_s))

    def next_in(self, name: str) -> float | None:
        """The seconds until the job's next run; None while it is not scheduled."""
        job = self._scheduler.get_job(name)
        at = job and getattr(job, "next_run_time", None)
        return (at - self._now()).total_seconds() if at else None

    def stop(self) -> None:
        """Take no new run; a run under way ends by its own deadlines."""
        self._ending.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)

    def _beat(self) -> None:
        """Wake the scheduler after a jump: it sleeps until a wall time that may now be an hour away."""
        ahead = self._wall() - time.monotonic()
        while not self._ending.wait(BEAT_S):
            now = self._wall() - time.monotonic()
            if abs(now - ahead) > GAP_S:
                log.warning("the clock jumped by %+.0f s", now - ahead)
                for job in self._scheduler.get_jobs():
                    self.soon(job.id)
                if self._jumped:
                    self._jumped()
            ahead = now


def _guarded(name: str, job: Callable[[], object], ending: threading.Event) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except Exception:  # one of the three allowed: a job that fails must run again at its next time
            if ending.is_set():
                log.info("the job %s was cut off by the end", name)
            else:
                log.exception("the job %s failed", name)

    return run
