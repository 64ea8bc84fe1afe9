"""A proxy that delivers each write twice and gives the second answer: no console takes its own echo for a rival."""

from collections import Counter

from deskui.domain.change import Acknowledge, Assign, Hold, Note, Reply, Resume
from deskui.domain.event import MESSAGES
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority
from tests.simulate import judge, size
from tests.simulate.play import LEVELS, Play

GAMES = size.of(3, 100)
EDITS = size.of(20, 60)


def moves(play, ticket):
    """What sets a field, and can be told from any other edit by what it says."""
    dice = play.dice
    choices = [
        Assign(play.word("who")), SetCategory(play.word("cat")), SetPriority(dice.randint(1, 4)), Acknowledge(),
        SetImpact(dice.choice(LEVELS)), SetCi(play.word("ci")), Hold("parts"), Resume(),
    ]  # fmt: skip
    return dice.choice([change for change in choices if change.refused(ticket) is None])


def test_a_write_that_is_delivered_twice_clashes_with_nobody_and_is_not_sent_again(tmp_path, simulated):
    total = Counter[str]()
    for number in range(GAMES):
        play = Play(tmp_path / str(number), size.SEED * 1000 + 700 + number, consoles=2, tickets=6)
        try:
            for console in play.consoles:
                console.weather.doubling = True
            for _ in range(EDITS):
                console = play.dice.choice(play.consoles)
                console.sync()  # what is typed is typed on what is so: every clash would be one with oneself
                uid = play.dice.choice(console.uids())
                change = moves(play, console.shown(uid)) if play.dice.random() < 0.7 else play.harmless()
                console.do(uid, change)
                play.time += play.dice.choice((0, 1, 60))
                console.sync()
            play.quiet()
            entries = [entry for console in play.consoles for entry in console.entries()]
            assert {entry.state for entry in entries} == {"sent"}, [e for e in entries if e.state != "sent"]
            judge.acknowledged_survive(play)
            judge.converged(play)
            total += effects(play, entries)
        finally:
            play.close()
    simulated(f"{GAMES} games, " + ", ".join(f"{total[what]} {what}" for what in sorted(total)))


def effects(play, entries):
    """Each move is there once; of each message the proxy's copy lies beside it, and no third one."""
    users = {console.user for console in play.consoles}
    there = [event for events in play.world.live.events.values() for event in events if event.author in users]
    said = Counter(event.text for event in there if event.type in MESSAGES)
    assert set(said.values()) <= {2}, said
    claimed = Counter(key for entry in entries for key in entry.event_keys)
    assert set(claimed.values()) <= {1}
    messages = sum(isinstance(entry.change, Note | Reply) for entry in entries)
    words = Counter(str(event.data["to"]) for event in there if "-" in str(event.data.get("to")))
    assert set(words.values()) <= {1}, words
    return Counter(
        {"moves sent twice, done once": len(entries) - messages, "messages that the proxy doubled": messages}
    )
