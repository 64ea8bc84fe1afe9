"""Three consoles and a system, anything in any order, then quiet: three rounds later all say the same."""

from collections import Counter
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.simulate import judge, size
from tests.simulate.play import Play
from tests.simulate.weather import FAULTS

GAMES = size.of(12, 2000)
STEPS = size.of(25, 50)
SHRINKING_S = 40  # so that a failure is told within a minute
who = st.integers(0, 2)
steps = st.integers(0, 60)


class Desks(RuleBasedStateMachine):
    """Hypothesis says what happens; the dice of the game only choose the words."""

    counted: ClassVar = Counter[str]()
    home: ClassVar = Path()

    @initialize(seed=st.integers(0, 2**32), skews=st.lists(st.integers(-600, 600), min_size=3, max_size=3))
    def begin(self, seed, skews):
        self.folder = Path(mkdtemp(dir=self.home))
        self.play = Play(self.folder, seed, tickets=3, skews=skews)

    def _console(self, number):
        self.counted["steps"] += 1
        return self.play.consoles[number]

    @rule(number=who, die=st.sampled_from((0, 0, 0, 0, 0, 1, 2, 3)))
    def edit(self, number, die):
        self.play.edit(self._console(number), die=die)

    @rule(number=who)
    def edit_some(self, number):
        for _ in range(3):
            self.play.edit(self._console(number))

    @rule(number=who)
    def create(self, number):
        self._console(number).create(self.play.new())

    @rule(number=who)
    def decide(self, number):
        self._console(number).decide()

    @rule()
    def others(self):
        self.counted["steps"] += 1
        self.play.others_act()

    @rule()
    def merge(self):
        self.counted["steps"] += 1
        self.play.others_merge(self.play.dice.choice(self.play.living()))

    @rule(seconds=st.sampled_from((0, 1, 60, 3600)))
    def pass_time(self, seconds):
        self.counted["steps"] += 1
        self.play.time += seconds

    @rule(number=who, away=st.booleans())
    def partition(self, number, away):
        self._console(number).weather.partition = away

    @rule(number=who, fault=st.sampled_from(FAULTS), wait=st.integers(1, 20))
    def fault(self, number, fault, wait):
        self._console(number).weather.coming.append((wait, fault))

    @rule(number=who)
    def sync(self, number):
        self._console(number).sync()

    @rule(number=who, die=steps)
    def sync_and_die(self, number, die):
        console = self._console(number)
        console.mortal(die, console.sync)

    @rule(number=who)
    def sync_all_anew(self, number):
        self._console(number).sync(full=True)

    def teardown(self):
        if not hasattr(self, "play"):
            return
        try:
            self.play.quiet()
            judge.acknowledged_survive(self.play)
            judge.ended(self.play)
            judge.one_effect(self.play)
            judge.nobody_written_over(self.play)
            judge.no_lost_edit(self.play)
            judge.converged(self.play)
            self.counted["kills"] += sum(console.deaths for console in self.play.consoles)
            self.counted["edits"] += sum(len(console.ops) for console in self.play.consoles)
            self.counted["games"] += 1
            self.counted["merges"] += self.play.merges
        finally:
            self.play.close()
            rmtree(self.folder, ignore_errors=True)


@pytest.mark.parametrize("part", range(4))
def test_after_three_quiet_rounds_all_say_the_same(part, tmp_path, monkeypatch, simulated):
    assert engine.MAX_SHRINKING_SECONDS > SHRINKING_S
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", SHRINKING_S)
    monkeypatch.setattr(Desks, "home", tmp_path)
    Desks.counted.clear()
    each = settings(
        max_examples=GAMES // 4, stateful_step_count=STEPS, deadline=None, database=None,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck), print_blob=False,
        report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(seed(size.SEED * 1000 + part)(Desks), settings=each)
    simulated(*(f"{number} {what}" for what, number in sorted(Desks.counted.items())))
