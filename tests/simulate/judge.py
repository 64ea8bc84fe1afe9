"""What has to be true after a game: nothing lost, nothing twice, all the same."""

from collections import Counter
from collections.abc import Container

from deskui.domain.change import Acknowledge, Create
from deskui.domain.event import MESSAGES, Event, field_of
from deskui.domain.merge import FIELDS
from deskui.domain.outgoing import Entry
from tests.simulate.console import Console, Op
from tests.simulate.play import Play

ENDED = ("sent", "conflict", "rejected", "dropped")


def acknowledged_survive(play: Play) -> int:
    """Every promised edit is in the outbox of the console that promised it; how many there are."""
    for console in play.consoles:
        kept = {entry.uid for entry in console.entries()}
        lost = [op for op in console.ops if op.acknowledged and op.entry not in kept]
        assert not lost, f"acknowledged and gone: {lost}"
    return sum(op.acknowledged for console in play.consoles for op in console.ops)


def one_effect(play: Play) -> int:
    """What the consoles' people did upstream is exactly what their entries say, each once; how many entries landed."""
    users = {console.user for console in play.consoles}
    there = {event.key: event for events in play.world.live.events.values() for event in events}
    claims = Counter[str]()
    landed = 0
    for console in play.consoles:
        for entry in console.entries():
            mine = [key for key in entry.event_keys if there[key].author in users]
            claims.update(mine)
            assert all(there[key].author == console.user for key in mine), f"claimed another's: {entry}"
            strange = [there[key] for key in entry.event_keys if there[key].author not in users]
            assert all(event.automatic for event in strange), f"{entry} claims {strange}"
            landed += bool(mine)
    twice = [there[key] for key, times in claims.items() if times > 1]
    assert not twice, f"one effect for two edits: {twice}"
    orphans = [event for event in there.values() if event.author in users and event.key not in claims]
    shown = _asked_after_merge(play)
    orphans = [event for event in orphans if not _beside(event) and event.key not in shown]
    assert not orphans, f"effects that no edit accounts for: {orphans}"
    return landed


def _beside(event: Event) -> bool:
    """The move that an acknowledgement makes besides; where its answer was lost, anybody may have made it."""
    return event.type == "field" and event.data.get("field") == "state"


def _asked_after_merge(play: Play) -> set[str]:
    """What was done on a ticket that was merged before the answer came: a person was asked, or it is the survivor's."""
    found = set[str]()
    for console in play.consoles:
        made = {op.change.text for op in console.ops if isinstance(op.change, Create)}
        open_ones = {entry.uid for entry in console.unsure()} | {each.entry for each in console.conflicts()}
        asked = [op.change for op in console.ops if op.given_up or op.insisted or op.entry in open_ones]
        fields = {change.field for change in asked}
        words = {getattr(change, name, "") for change in asked for name in ("text", "why")} - {""}
        for remote in play.world.live.into:
            mine = [event for event in play.world.live.events[remote] if event.author == console.user]
            found |= {event.key for event in mine if field_of(event) in fields}
            if any(isinstance(change, Acknowledge) for change in asked):  # its own fact is no field's
                found |= {event.key for event in mine if event.type == "acknowledge"}
            found |= {event.key for event in mine if event.type in MESSAGES and event.text in words}
            found |= {event.key for event in mine if event.type == "created" and event.text in made}
    return found


def ended(play: Play) -> Counter[str]:
    """Nothing waits any more, but what waits behind an open conflict of its field; how many entries ended how."""
    states = Counter[str]()
    for console in play.consoles:
        entries = console.entries()
        held = {(entry.ticket, entry.change.field) for entry in entries if entry.state == "conflict"}
        states.update(entry.state for entry in entries)
        unsure = {entry.ticket for entry in console.unsure()}  # nothing goes before a person has looked
        moving = [entry for entry in entries if entry.state not in ENDED and entry.ticket not in unsure]
        stuck = [entry for entry in moving if (entry.ticket, entry.change.field) not in held]
        assert not stuck, f"still on their way: {stuck}"
    return states


def no_lost_edit(play: Play) -> None:
    """Every typed value is live or in the history upstream, or lies before a person: as a conflict, or as a draft."""
    for console in play.consoles:
        entries = {entry.uid: entry for entry in console.entries()}
        asked = {conflict.entry for conflict in console.conflicts()}
        words = [draft.text for draft in console.drafts()]
        said, alive = _said(play, console), _said(play, console, without=play.world.live.into)
        for op in console.ops:
            entry = entries.get(op.entry)
            if entry is None:
                assert not op.acknowledged, f"lost: {op}"
                assert not [value for value in _typed(op) if value in said], f"never promised, yet there: {op}"
            elif entry.state == "unknown":
                assert not [value for value in _typed(op) if said[value] > 1], f"sent blindly: {op}"
            elif op.given_up or entry.state == "queued":
                assert not [value for value in _typed(op) if value in alive], f"given up or waiting, yet there: {op}"
            elif entry.state == "conflict":
                assert entry.uid in asked, f"a conflict that nobody is shown: {entry}"
                assert _kept(op, entry), f"{op} became {entry}"
            elif entry.state == "rejected":
                text = getattr(op.change, "text", "")
                assert not text or op.change.verb not in ("note", "reply") or text in words, f"no draft of {entry}"
            else:
                times = (1, 2) if op.insisted and play.merges else (1,)  # on the survivor once more, knowingly
                missing = [value for value in _typed(op) if said[value] not in times]
                assert not missing or _needless(entry), f"{missing} of {entry}"


def nobody_written_over(play: Play) -> int:
    """No edit replaced what somebody else set after it was typed, unless a person said so; how many were looked at."""
    knowingly, looked = set[str](), 0
    for console in play.consoles:
        insisted = {op.entry for op in console.ops if op.insisted}
        knowingly |= {key for entry in console.entries() if entry.uid in insisted for key in entry.event_keys}
    users = {console.user for console in play.consoles}
    for events in play.world.live.events.values():
        for place, event in enumerate(events):
            if event.author in users and field_of(event) in ("owner", "category") and event.key not in knowingly:
                looked += 1
                unseen = [
                    each for each in events[:place]
                    if field_of(each) == field_of(event) and each.author != event.author and each.at > event.made_at
                ]  # fmt: skip
                assert not unseen, f"{event} over {unseen}"
    return looked


def _needless(entry: Entry) -> bool:
    """Sent as part of a later change of its field, or done by somebody else: it became nothing, and stays as typed."""
    return not entry.event_keys and bool(entry.error)


def _typed(op: Op) -> list[str]:
    """The values of an edit that nobody else has typed."""
    change, found = op.change, []
    if isinstance(change, Create):
        return [change.text]
    for name in ("text", "why", "to", "who"):
        value = getattr(change, name, None)
        if isinstance(value, str) and "-" in value:
            found.append(value)
    return found


def _kept(op: Op, entry: Entry) -> bool:
    return type(op.change) is type(entry.change) or not _typed(op)


def _said(play: Play, console: Console, without: Container[str] = ()) -> Counter[str]:
    """How often each word was said, and each value set, by this technician upstream; but on these tickets."""
    found = Counter[str]()
    for remote, events in play.world.live.events.items():
        for event in events:
            if event.author != console.user or remote in without:
                continue
            if event.type in MESSAGES or event.type == "created":
                found[event.text or ""] += 1
            value = event.data.get("to")
            for each in value if isinstance(value, list) else [value]:
                found[str(each)] += 1
    return found


def converged(play: Play) -> int:
    """Every console knows every ticket as the system has it, and all that happened to it; how many tickets."""
    for console in play.consoles:
        held = {conflict.ticket for conflict in console.conflicts()}
        for remote in play.living():
            _same(play, console, remote, held)
    return len(play.living())


def _same(play: Play, console: Console, remote: str, held: set[str]) -> None:
    theirs, uid = play.world.live.tickets[remote], console.uid(remote)
    if uid is None:
        assert not theirs.is_open, f"{console.user} has never heard of {remote}"
        return
    base, shown = console.base(uid), console.shown(uid)
    assert base is not None
    assert shown is not None
    for name in FIELDS:
        said = f"{console.user} {remote} {name}"
        assert getattr(base, name) == getattr(theirs, name), said
        assert uid in held or getattr(shown, name) == getattr(theirs, name), said
    known = sorted((event.key, event.type, event.text) for event in console.events(uid))
    facts = sorted((event.key, event.type, event.text) for event in play.world.live.events[remote])
    assert known == facts, f"{console.user} {remote}: {set(facts) ^ set(known)}"
