"""The system is not what it was: restored from a backup with ids that come again, another one, or all but empty."""

import pytest

from deskui.domain.change import Create
from deskui.upstream.memory import World
from tests.simulate import size
from tests.simulate.play import START, Play

GAMES = size.of(6, 200)


def typed(play):
    """Each technician has typed something that waits."""
    for console in play.consoles:
        for _ in range(4):
            play.edit(console, clashing=False)


def by_users(world, play):
    users = {console.user for console in play.consoles}
    return [event.key for events in world.live.events.values() for event in events if event.author in users]


def test_a_restored_system_is_noticed_before_anything_is_written(tmp_path, simulated):
    ids = 0
    for number in range(GAMES):
        play = Play(tmp_path / str(number), size.SEED * 1000 + number, consoles=2, tickets=8)
        try:
            backup = play.world.last
            for _ in range(play.dice.randint(3, 6)):
                play.time += 60
                play.others_make()
            for console in play.consoles:
                assert console.sync().error is None
            typed(play)
            play.world.rewind(backup)
            for _ in range(play.dice.randint(0, 6)):  # their ids come again, for other tickets
                play.time += 60
                play.others_make()
                ids += 1
            known = [console.uids() for console in play.consoles]
            for _ in range(3):
                for console in play.consoles:
                    result = console.sync()
                    assert (result.kind, result.pushed) == ("epoch", 0), f"seed {play.seed}: {result}"
            assert by_users(play.world, play) == []
            assert [console.uids() for console in play.consoles] == known
            assert {entry.state for console in play.consoles for entry in console.entries()} == {"queued"}
        finally:
            play.close()
    simulated(f"{GAMES} restores with {ids} ids used again, all noticed, nothing written")


@pytest.mark.parametrize("strangers", [0, 40])
def test_another_system_takes_nothing_away_and_gets_nothing(tmp_path, simulated, strangers):
    play = Play(tmp_path, size.SEED, consoles=2, tickets=30)
    try:
        other = World(clock=lambda: play.time)
        for number in range(strangers):
            other.make(Create(f"strange {number}", requestor="x@y.example"), at=START - 10**6 + number)
        typed(play)
        known = [console.uids() for console in play.consoles]
        for console in play.consoles:
            console.adapter.world = other
        for _ in range(3):
            for console in play.consoles:
                assert console.sync().kind == "epoch"
        assert [console.uids() for console in play.consoles] == known
        assert by_users(other, play) == []
        for console in play.consoles:
            console.adapter.world = play.world
        play.quiet()
        assert {entry.state for console in play.consoles for entry in console.entries()} == {"sent"}
        simulated(f"{len(known[0])} tickets kept beside a system with {strangers} others; then all was sent")
    finally:
        play.close()
