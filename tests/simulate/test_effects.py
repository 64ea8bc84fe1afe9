"""Ten thousand edits through bad weather, with a kill now and then: each arrives once."""

import pytest

from deskui.domain.change import Create
from tests.simulate import judge, size
from tests.simulate.play import Play
from tests.simulate.weather import FAULTS

GAMES = size.of(2, 10)
OPS = size.of(300, 1000)


def game(folder, seed, ops, *, clashing):
    """A game of so many edits; its faults and kills by the dice of the seed."""
    play = Play(folder, seed)
    dice = play.dice
    while sum(len(console.ops) for console in play.consoles) < ops:
        console = dice.choice(play.consoles)
        for _ in range(dice.randint(1, 6)):
            play.edit(console, clashing=clashing, die=dice.choice((0,) * 30 + (1, 2, 3)))
        if dice.random() < 0.4:
            play.others_act()
        play.pass_time()
        console.weather.partition = dice.random() < 0.05
        console.weather.rate = dice.choice((0, 0, 0.02, 0.1))
        console.weather.coming = [(dice.randint(1, 30), dice.choice(FAULTS)) for _ in range(dice.randint(0, 3))]
        console.mortal(dice.choice((0, 0, 0, dice.randint(1, 80))), console.sync)
    play.quiet()
    return play


def totals(play):
    met = {name: sum(console.weather.met.get(name, 0) for console in play.consoles) for name in FAULTS}
    kills = sum(console.deaths for console in play.consoles)
    return f"{kills} kills, {sum(met.values())} faults, {sum(console.syncs for console in play.consoles)} runs"


@pytest.mark.parametrize("number", range(GAMES))
def test_each_acknowledged_edit_has_exactly_one_effect(tmp_path, number, simulated):
    seed = size.SEED * 1000 + number
    play = game(tmp_path, seed, OPS, clashing=False)
    try:
        promised = judge.acknowledged_survive(play)
        judge.ended(play)
        effects = judge.one_effect(play)
        judge.no_lost_edit(play)
        judge.converged(play)
        asked = play.decided()  # of what was lost on its way to a ticket that was merged meanwhile, if that happened
        states = judge.ended(play)
        assert set(states) <= {"sent", "dropped"}
        assert states["dropped"] == asked <= play.merges
        entries = [entry for console in play.consoles for entry in console.entries()]
        bare = [entry for entry in entries if entry.state == "sent" and not entry.event_keys]
        assert {type(entry.change) for entry in bare} <= {Create}, "only a ticket that was merged at once has none"
        assert len(bare) <= play.merges
        assert effects + len(bare) == states["sent"] >= promised - asked
        simulated(f"{promised} edits acknowledged, {effects} effects", totals(play))
    finally:
        play.close()


@pytest.mark.parametrize("number", range(GAMES))
def test_no_typed_value_is_lost_where_others_move_the_same(tmp_path, number, simulated):
    seed = size.SEED * 1000 + 500 + number
    play = game(tmp_path, seed, OPS, clashing=True)
    try:
        promised = judge.acknowledged_survive(play)
        states = judge.ended(play)
        judge.one_effect(play)
        judge.no_lost_edit(play)
        judge.converged(play)
        settled = play.decided()
        assert set(judge.ended(play)) <= {"sent", "rejected", "dropped"}
        judge.one_effect(play)
        judge.nobody_written_over(play)
        judge.no_lost_edit(play)
        judge.converged(play)
        simulated(
            f"{promised} edits acknowledged: {dict(sorted(states.items()))}; {settled} conflicts settled", totals(play)
        )
    finally:
        play.close()
