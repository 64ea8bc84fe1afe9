"""A system that gives no answer is asked again within a growing window, and never before the time it asked for."""

import random

import pytest

from deskui.services.syncing import Syncing
from deskui.store import syncstate
from deskui.store.lock import SyncLock
from deskui.sync.backoff import ASKED_CAP_S, CAP_S, wait_s
from deskui.sync.engine import Engine
from deskui.upstream.base import Options, Unreachable
from deskui.upstream.memory import Adapter, World
from tests.make import Clock, make_store, make_ticket, pull

EVERY_S = 60


@pytest.mark.parametrize(("failures", "window"), [(1, 60), (2, 120), (3, 240), (4, CAP_S), (5, CAP_S), (10**6, CAP_S)])
def test_the_window_doubles_up_to_five_minutes_and_all_of_it_is_used(failures, window):
    dice = random.Random(1)
    waits = [wait_s(failures, EVERY_S, 0, dice.random) for _ in range(500)]
    assert max(waits) <= window
    assert min(waits) < window * 0.05
    assert max(waits) > window * 0.95


@pytest.mark.parametrize(("asked", "least"), [(7, 7), (120, 120), (10**9, ASKED_CAP_S), (-5, 1)])
def test_what_the_system_asks_for_comes_before_the_jitter(asked, least):
    assert wait_s(1, EVERY_S, asked, lambda: 0.0) == least
    assert wait_s(1, EVERY_S, asked, lambda: 0.5) == max(0, min(asked, ASKED_CAP_S)) + 30


class Desk:
    """A process on one desk, whose system answers as `gone` says; its turns come each second."""

    def __init__(self, home, clock):
        self.clock, self.gone, self.soon = clock, None, []
        self.store = make_store(home, clock, prefixes={"mem": "M-"})
        self.adapter = Adapter("mem", Options(user="anna"), world=World(clock=clock))
        self.adapter.faults.before = self._answer
        engine = Engine(self.store, self.adapter, clock)
        self.syncing = Syncing(self.store, {"mem": engine}, SyncLock(home), clock, {"mem": EVERY_S})
        self.syncing.soon = lambda _name, in_s: self.soon.append(in_s)
        self.syncing.next_in = lambda _name: 3.0

    def _answer(self, _method):
        if self.gone:
            raise self.gone

    def waited(self):
        """The seconds until the schedule's next run."""
        for seconds in range(5000):
            if self.syncing.scheduled("mem") is not None:
                return seconds
            self.clock.now += 1
        raise AssertionError("it never runs again")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    made = Desk(tmp_path, clock)
    yield made
    made.store.close()


def test_a_busy_system_is_left_alone_as_long_as_it_asks(desk, tmp_path, clock):
    desk.gone = Unreachable("busy", "busy", maybe_written=False, wait_s=200)
    assert desk.syncing.scheduled("mem").offline
    planned = desk.soon[-1]
    assert 200 <= planned <= 200 + EVERY_S
    assert desk.syncing.status().upstreams[0].next_try == clock.now + planned
    desk.soon.clear()
    other = Desk(tmp_path, clock)  # another process on this desk leaves it alone as well
    try:
        assert other.syncing.scheduled("mem") is None
        assert other.soon == [planned]
    finally:
        other.store.close()
    assert desk.waited() == planned


def test_it_comes_back_within_five_minutes_each_time_and_is_forgiven_by_one_answer(desk):
    desk.gone = Unreachable("failed", maybe_written=True)
    desk.syncing.scheduled("mem")
    waits = [desk.waited() for _ in range(30)]
    assert max(waits) <= CAP_S
    assert len(set(waits)) > 15, "it comes in step"
    desk.gone = None
    desk.waited()
    state = desk.store.read(lambda db: syncstate.get(db, "mem"))
    assert (state.failures, state.retry_at) == (0, None)
    assert EVERY_S * 0.9 <= desk.waited() <= EVERY_S


def test_a_person_who_wants_it_now_gets_it_now(desk):
    desk.gone = Unreachable("busy", "busy", maybe_written=False, wait_s=200)
    desk.syncing.scheduled("mem")
    desk.syncing.sync_now()
    assert desk.syncing.status().upstreams[0].next_try == desk.clock.now + 3
    assert desk.waited() == 0


def test_a_ticket_that_is_opened_does_not_hurry_a_system_that_is_away(desk):
    pulled = pull(desk.store, make_ticket(1, upstream="mem", state="resolved"), history="facts")
    desk.gone = Unreachable("busy", "busy", maybe_written=False, wait_s=200)
    desk.syncing.scheduled("mem")
    desk.syncing.opened(pulled, "mem")
    assert desk.waited() >= 200


def test_a_clock_that_is_set_back_keeps_nobody_waiting(desk):
    desk.gone = Unreachable("failed")
    desk.syncing.scheduled("mem")
    desk.clock.now -= 86_400
    assert desk.waited() == 0
