"""Two processes on one desk: they push from one store, and where one is killed in its run the other takes over."""

import random

from deskui.store import syncstate
from tests.simulate import judge, size
from tests.simulate.console import NAME
from tests.simulate.play import Play
from tests.simulate.session import EVERY_S, Session
from tests.simulate.weather import FAULTS

GAMES = size.of(2, 30)
STEPS = size.of(40, 120)
GRACE_S = 10


class Pair:
    """anna has deskui open twice; while one waits for an answer, the other types and tries to sync."""

    def __init__(self, folder, seed):
        self.play = Play(folder, seed, consoles=1, desk=Session)
        self.dice, [one] = self.play.dice, self.play.consoles
        two = Session(one.home, self.play.world, random.Random(self.dice.random()), one.user, one.skew)
        two.ops, two.weather.rival = one.ops, self.play.others_move
        self.pair, self.met = (one, two), 0
        for here, there in ((one, two), (two, one)):
            here.weather.meanwhile = lambda there=there: self.beside(there)

    def beside(self, other):
        if self.dice.random() < 0.3:
            self.play.edit(other, clashing=False)
        elif self.dice.random() < 0.3:
            other.syncing._asked.add(NAME)
            assert other.syncing.scheduled(NAME) is None, "two runs at once"
            self.met += 1

    def close(self):
        for each in self.pair:
            each.store.close()


def test_two_sessions_push_from_one_store_and_each_edit_arrives_once(tmp_path, simulated):
    edits = kills = met = 0
    for number in range(GAMES):
        pair = Pair(tmp_path / str(number), size.SEED * 1000 + number)
        play, dice = pair.play, pair.dice
        try:
            for _ in range(STEPS):
                each = dice.choice(pair.pair)
                play.edit(each, clashing=False, die=dice.choice((0, 0, 0, 1, 2, 3)))
                each.weather.coming = [(dice.randint(1, 30), dice.choice(FAULTS)) for _ in range(dice.randint(0, 2))]
                play.time += dice.choice((0, 1, 7, 60))
                each.syncing._asked.add(NAME)
                each.mortal(dice.choice((0, 0, dice.randint(1, 80))), each.syncing.scheduled, NAME)
            for each in pair.pair:
                each.weather.clear()
                each.weather.meanwhile = lambda: None
            play.quiet()
            judge.acknowledged_survive(play)
            assert set(judge.ended(play)) == {"sent"}
            judge.one_effect(play)
            judge.no_lost_edit(play)
            judge.converged(play)
            edits, met = edits + len(pair.pair[0].ops), met + pair.met
            kills += sum(each.deaths for each in pair.pair)
        finally:
            pair.close()
    assert met
    simulated(f"{GAMES} games of 2 processes on one desk: {edits} edits, {kills} kills, {met} second runs refused")


def test_where_one_is_killed_in_its_run_another_runs_in_time(tmp_path, simulated):
    waits = []
    for number in range(GAMES):
        pair = Pair(tmp_path / str(number), size.SEED * 1000 + 300 + number)
        play, dice = pair.play, pair.dice
        for each in pair.pair:
            each.weather.meanwhile = lambda: None
        try:
            for _ in range(STEPS // 4):
                one, two = dice.sample(pair.pair, 2)
                died = one.deaths
                play.edit(two, clashing=False)
                one.syncing._asked.add(NAME)
                one.mortal(dice.randint(1, 15), one.syncing.scheduled, NAME)
                if one.deaths == died:
                    continue
                one.turns.at += 10**6  # nobody starts that one again
                assert two.store.read(lambda db: syncstate.get(db, NAME)).retry_at is None
                waited = 0
                while two.turn() is None:
                    play.time, waited = play.time + 1, waited + 1
                    assert waited <= EVERY_S + GRACE_S, f"seed {play.seed}: nobody runs"
                waits.append(waited)
                play.time += dice.randint(0, 2 * EVERY_S)
                one.turns.at = one.now() + dice.randint(0, EVERY_S)
        finally:
            pair.close()
    assert waits
    simulated(f"{len(waits)} killed in a run: another ran within {max(waits)} s (every_s {EVERY_S})")
