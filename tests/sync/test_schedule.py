"""Jobs on their own workers: one that hangs or fails stops nobody, and a jump of the clock wakes all."""

import threading
import time

import pytest

from deskui.sync import schedule as schedules
from deskui.sync.schedule import Schedule


@pytest.fixture
def schedule():
    made = Schedule(time.time)
    yield made
    made.stop()


def counted():
    ran = threading.Semaphore(0)
    return ran, ran.release


def test_a_job_runs_at_once_and_a_hanging_one_delays_nobody(schedule):
    release, (ran, job) = threading.Event(), counted()
    schedule.add("hangs", lambda: release.wait(10), 60)
    schedule.add("works", job, 60)
    schedule.start()
    assert ran.acquire(timeout=5)
    release.set()


def test_a_failing_job_runs_again(schedule):
    ran, tick = counted()

    def job():
        tick()
        raise RuntimeError("no")

    schedule.add("fails", job, 60)
    schedule.start()
    assert ran.acquire(timeout=5)
    schedule.soon("fails")
    assert ran.acquire(timeout=5)


def test_a_turn_that_comes_while_the_job_runs_is_taken_when_it_ends(schedule):
    (began, start), release, (ended, end) = counted(), threading.Semaphore(0), counted()

    def job():
        start()
        release.acquire(timeout=5)
        end()

    schedule.add("job", job, 60)
    schedule.start()
    assert began.acquire(timeout=5)
    schedule.soon("job")
    time.sleep(0.2)  # the scheduler has found it running
    release.release(2)
    assert began.acquire(timeout=5)
    assert ended.acquire(timeout=5)


def test_soon_brings_a_run_forward_and_never_back(schedule):
    ran, job = counted()
    schedule.add("job", job, 60)
    schedule.start()
    assert ran.acquire(timeout=5)
    assert 50 < schedule.next_in("job") <= 60
    schedule.soon("job", 30)
    assert schedule.next_in("job") <= 30
    schedule.soon("job", 45)
    assert schedule.next_in("job") <= 30
    schedule.soon("job")
    assert ran.acquire(timeout=5)


def test_a_jump_of_the_clock_wakes_every_job(monkeypatch):
    monkeypatch.setattr(schedules, "BEAT_S", 0.05)
    shift, (ran, job), (jumps, jumped) = [0.0], counted(), counted()
    schedule = Schedule(lambda: time.time() + shift[0], jumped)
    schedule.add("job", job, 3600)
    schedule.start()
    try:
        assert ran.acquire(timeout=5)
        shift[0] = -3600.0
        assert jumps.acquire(timeout=5)
        assert ran.acquire(timeout=5)
    finally:
        schedule.stop()
