"""Nothing is missed on a pull, whatever the line does to it; and a system that seems emptied empties no desk."""

import pytest

from tests.simulate import judge, size
from tests.simulate.play import Play

GAMES = size.of(6, 300)
LINE = ("cut", "500", "503", "429", "429 wait", "401", "twice", "shuffled", "lagging")


def test_every_fact_arrives_through_cut_doubled_and_lagging_pages(tmp_path, simulated):
    facts = met = 0
    for number in range(GAMES):
        play = Play(tmp_path / str(number), size.SEED * 1000 + number, consoles=2)
        try:
            for _ in range(12):
                for _ in range(play.dice.randint(0, 12)):  # many in one second: the clock stands
                    play.others_act()
                play.time += play.dice.choice((0, 1, 60))
                console = play.dice.choice(play.consoles)
                console.weather.coming = [(play.dice.randint(1, 8), play.dice.choice(LINE)) for _ in range(4)]
                console.mortal(play.dice.choice((0, 0, play.dice.randint(1, 40))), console.sync)
            play.quiet()
            judge.converged(play)
            facts += sum(len(events) for events in play.world.live.events.values())
            met += sum(sum(console.weather.met.values()) for console in play.consoles)
        finally:
            play.close()
    simulated(f"{GAMES} games, {facts} facts, {met} faults, none missed")


@pytest.mark.parametrize(("tickets", "lost"), [(60, 30), (30, 22)])
def test_a_mass_disappearance_takes_nothing_away_before_a_person_has_looked(tmp_path, simulated, tickets, lost):
    play = Play(tmp_path, size.SEED, consoles=1, tickets=tickets)
    try:
        [console] = play.consoles
        known = console.uids()
        for remote in play.living()[5 : 5 + lost]:
            del play.world.live.tickets[remote]  # no feed tells of it
        for _ in range(4):
            play.time += 3600
            result = console.sync(full=True)
            assert console.uids() == known
            assert result.pushed == 0
        assert result.frozen
        simulated(f"{lost} of {tickets} tickets vanished, {len(known)} kept")
    finally:
        play.close()
