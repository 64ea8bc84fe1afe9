"""Limits and rights: busy systems, expired tokens, an account that may do nothing any more; nothing is lost by it."""

from collections import Counter

from deskui.store import syncstate
from deskui.sync.backoff import CAP_S
from tests.simulate import judge, size
from tests.simulate.console import NAME
from tests.simulate.play import Play
from tests.simulate.session import Session
from tests.simulate.weather import ANSWERS, WAIT_S

GAMES = size.of(2, 20)
HOURS = size.of(1, 6)


def state(console):
    return console.store.read(lambda db: syncstate.get(db, NAME))


def test_who_gets_no_answer_comes_back_in_time_and_never_too_early(tmp_path, simulated):
    """Each console by its own schedule, second by second; some requests, or most, get no answer."""
    waits, busy = list[int](), 0
    for number in range(GAMES):
        play = Play(tmp_path / str(number), size.SEED * 1000 + 800 + number, desk=Session, tickets=4)
        try:
            for console in play.consoles:
                console.weather.rate = play.dice.choice((0.2, 0.7))
                console.weather.only = tuple(ANSWERS)
            asked = dict.fromkeys(map(id, play.consoles), 0)
            last = dict.fromkeys(map(id, play.consoles), play.time)
            for _ in range(HOURS * 3600):
                play.time += 1
                for console in play.consoles:
                    if play.dice.random() < 0.003:
                        play.edit(console, clashing=False)
                    if (result := console.turn()) is None:
                        continue
                    waited, last[id(console)] = play.time - last[id(console)], play.time
                    waits.append(waited)
                    assert waited >= asked[id(console)], f"seed {play.seed}: it had asked for {asked[id(console)]} s"
                    assert waited <= CAP_S + WAIT_S, f"seed {play.seed}: {waited} s without a try"
                    asked[id(console)] = result.wait_s
                    busy += result.wait_s > 0
            play.quiet()
            assert set(judge.ended(play)) <= {"sent"}, "marked as failed"
            judge.acknowledged_survive(play)
            judge.one_effect(play)
            judge.converged(play)
        finally:
            play.close()
    assert busy
    simulated(f"{len(waits)} runs, {busy} told when to come back, none sooner, none later than {max(waits)} s")


def test_an_account_that_lost_its_rights_loses_nothing(tmp_path, simulated):
    """Nothing is shown any more, and what is asked for by its id is refused (403); then the rights are back."""
    ended, kept = Counter[str](), 0
    for number in range(GAMES):
        play = Play(tmp_path / str(number), size.SEED * 1000 + 900 + number, consoles=2, tickets=40)
        try:
            for console in play.consoles:
                for _ in range(4):
                    play.edit(console, clashing=False)
                console.adapter.faults.hidden = lambda _remote: True
            known = [console.uids() for console in play.consoles]
            for _ in range(5):
                play.time += 3600
                for console in play.consoles:
                    result = console.sync(full=play.dice.random() < 0.5)
                    assert result.pushed == 0
            assert [console.uids() for console in play.consoles] == known
            kept += sum(map(len, known))
            for console in play.consoles:
                console.adapter.faults.hidden = None
            play.quiet()
            judge.acknowledged_survive(play)
            judge.one_effect(play)
            judge.no_lost_edit(play)
            judge.converged(play)
            ended += judge.ended(play)
        finally:
            play.close()
    simulated(f"{GAMES} games, {kept} tickets hidden and kept; edits afterwards: {dict(sorted(ended.items()))}")
