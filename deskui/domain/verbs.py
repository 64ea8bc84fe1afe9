"""The words of `deskui do ID …` and of the console's `:command`: one table, parsed into changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deskui.domain import people, when
from deskui.domain.attachment import File
from deskui.domain.change import Acknowledge, Assign, Cancel, Change, Close, Hold, Note, Reopen, Reply, Resolve, Resume
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.links import KINDS, Link, Unlink
from deskui.domain.sets import SetCc, SetTags
from deskui.domain.sets import wrong as wrong_tag

HOLD_REASONS = ("customer", "vendor", "change_window", "parts", "other", "unspecified")
LEVELS = ("high", "medium", "low")
VALUED = frozenset(
    ("-m", "--message", "--minutes", "--until", "--reason", "--why", "--to", "--cc", "--attach")
)  # that take a word


class VerbError(ValueError):
    """The words make no change; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What was typed after the verb: plain words and options; `now` and `zone` for times, `me` for assign."""

    verb: str
    plain: tuple[str, ...]
    options: Mapping[str, str]
    now: int
    zone: str
    me: str

    def one(self, what: str) -> str:
        """The single word that the verb needs."""
        if len(self.plain) != 1:
            raise VerbError(f"{self.verb} needs {what}: {VERB_HELP[self.verb][0]}")
        return self.plain[0]

    def none(self) -> None:
        if self.plain:
            raise VerbError(f"{self.verb} takes no {self.plain[0]!r}: {VERB_HELP[self.verb][0]}")

    def text(self, *, needed: bool = True) -> str:
        """The message: `-m TEXT`, or the rest of the line."""
        if self.plain and "-m" in self.options:
            raise VerbError(f"{self.verb} takes either -m TEXT or words, not both")
        text = self.options.get("-m", " ".join(self.plain)).strip()
        if needed and not text:
            raise VerbError(f"{self.verb} needs a text: {VERB_HELP[self.verb][0]}")
        return text

    def minutes(self) -> int:
        """The minutes worked, 0 without."""
        text = self.options.get("--minutes", "0")
        if not text.isascii() or not text.isdigit() or int(text) > 24 * 60:
            raise VerbError(f"--minutes needs a whole number of at most 1440, not {text!r}")
        return int(text)

    def people(self, option: str) -> tuple[str, ...]:
        """The moves given with --to or --cc."""
        moves = people.parse(self.options.get(option, ""))
        if problem := people.wrong(moves):
            raise VerbError(f"{option}: {problem}: write +ADDR, -ADDR, or several with commas")
        return moves

    def files(self) -> tuple[File, ...]:
        """The paths given with --attach, not looked at yet."""
        paths = filter(None, self.options.get("--attach", "").split("\0"))
        return tuple(File("", path, "", 0) for path in paths)

    def until(self) -> int | None:
        """The time given with --until."""
        return time(self.options["--until"], self.zone, self.now) if "--until" in self.options else None


def time(text: str, zone: str, now: int) -> int:
    """A typed time that is to come, as epoch seconds; VerbError says how to write one."""
    try:
        return when.next_time(text, zone, now)
    except ValueError:
        raise VerbError(f"{text!r} is no time: write 2026-11-24T02:07:00Z or 08:30") from None


def priority(text: str) -> int:
    """`P1`–`P4` or `1`–`4` as a number."""
    digit = text.upper().removeprefix("P")
    if digit not in ("1", "2", "3", "4"):
        raise VerbError(f"{text!r} is no priority: P1, P2, P3 or P4")
    return int(digit)


def _assign(words: _Words) -> Change:
    who = words.one("a name, me or none")
    return Assign(None if who == "none" else words.me if who == "me" else who)


def _hold(words: _Words) -> Change:
    if "--reason" in words.options:
        words.none()
        return Hold(_reason(words.options["--reason"]), words.until())
    return Hold(_reason(words.one(f"a reason ({', '.join(HOLD_REASONS)})")), words.until())


def _resume(words: _Words) -> Change:
    return Resume(_reason(words.one("at most one reason")) if words.plain else None)


def _ack(words: _Words) -> Change:
    words.none()
    return Acknowledge()


def _level(kind: Callable[[str, str], Change]) -> Callable[[_Words], Change]:
    def build(words: _Words) -> Change:
        level = words.one("high, medium or low").lower()
        if level not in LEVELS:
            raise VerbError(f"{level!r} is no {words.verb}: high, medium or low")
        return kind(level, words.options.get("--why", ""))

    return build


def _category(words: _Words) -> Change:
    return SetCategory(words.text())


def _state(words: _Words) -> Change:
    """`state STATE …` as the verb that leads there."""
    if not words.plain:
        raise VerbError(f"state needs a state: {VERB_HELP['state'][0]}")
    verb = _STATES.get(words.plain[0])
    if verb is None:
        raise VerbError(f"{words.plain[0]!r} is no state to go to: {', '.join(_STATES)}")
    return _build(_Words(verb, words.plain[1:], words.options, words.now, words.zone, words.me))


def _tag(words: _Words) -> Change:
    return SetTags(_moves(words, wrong_tag))


def _cc(words: _Words) -> Change:
    return SetCc(_moves(words, people.wrong))


def _moves(words: _Words, wrong: Callable[[Sequence[str]], str]) -> tuple[str, ...]:
    moves = people.parse(",".join(words.plain))
    if not moves:
        raise VerbError(f"{words.verb} needs what to put in or take out: {VERB_HELP[words.verb][0]}")
    if problem := wrong(moves):
        raise VerbError(problem)
    return moves


def _link(words: _Words) -> Change:
    if len(words.plain) != 2:
        raise VerbError(f"link needs a kind and a ticket: {VERB_HELP['link'][0]}, KIND is {', '.join(KINDS)}")
    return Link(_kind(words.plain[0]), words.plain[1])


def _unlink(words: _Words) -> Change:
    if len(words.plain) not in (1, 2):
        raise VerbError(f"unlink needs a ticket: {VERB_HELP['unlink'][0]}")
    return Unlink(_kind(words.plain[0]) if len(words.plain) == 2 else "", words.plain[-1])


def _kind(text: str) -> str:
    if text not in KINDS:
        raise VerbError(f"{text!r} is no kind of link: {', '.join(KINDS)}")
    return text


def _reason(text: str) -> str:
    if text not in HOLD_REASONS:
        raise VerbError(f"{text!r} is no hold reason: {', '.join(HOLD_REASONS)}")
    return text


@dataclass(frozen=True, slots=True)
class _Verb:
    usage: str
    help: str
    build: Callable[[_Words], Change]
    options: frozenset[str] = frozenset()


_M = frozenset(("-m",))
_MANY = {"--to": ",", "--cc": ",", "--attach": "\0"}  # option -> what keeps its values apart
_VERBS: Mapping[str, _Verb] = {
    "ack": _Verb("ack", "acknowledge: ends the response clock", _ack),
    "assign": _Verb("assign WHO|me|none", "give it to somebody", _assign),
    "hold": _Verb(
        "hold REASON [--until T]",
        f"wait for somebody else: {', '.join(HOLD_REASONS)}; look again at T (HH:MM: the next such time)",
        _hold,
        frozenset(("--until", "--reason")),
    ),
    "resume": _Verb("resume [REASON]", "end that hold; without a reason all of them", _resume),
    "resolve": _Verb("resolve -m TEXT", "done, and what it was", lambda w: Resolve(w.text()), _M),
    "reopen": _Verb("reopen -m TEXT", "not done after all, and why", lambda w: Reopen(w.text()), _M),
    "close": _Verb("close", "the customer agrees", lambda w: Close(w.text(needed=False)), _M),
    "cancel": _Verb("cancel -m TEXT", "not to be done, and why", lambda w: Cancel(w.text()), _M),
    "reply": _Verb(
        "reply -m TEXT [--minutes N] [--cc +ADDR|-ADDR] [--to +ADDR|-ADDR] [--attach PATH]",
        "a public reply: the customer reads it",
        lambda w: Reply(w.text(), w.minutes(), w.people("--to"), w.people("--cc"), w.files()),
        frozenset(("-m", "--minutes", "--to", "--cc", "--attach")),
    ),
    "note": _Verb(
        "note -m TEXT [--minutes N] [--attach PATH]",
        "a work note: the customer never reads it",
        lambda w: Note(w.text(), w.minutes(), w.files()),
        frozenset(("-m", "--minutes", "--attach")),
    ),
    "priority": _Verb("priority P1|P2|P3|P4", "set it", lambda w: SetPriority(priority(w.one("P1 to P4")))),
    "impact": _Verb("impact high|medium|low", "how much is hit", _level(SetImpact), frozenset(("--why",))),
    "urgency": _Verb("urgency high|medium|low", "how soon it hurts", _level(SetUrgency), frozenset(("--why",))),
    "category": _Verb("category NAME", "the desk's own category", _category),
    "ci": _Verb("ci NAME", "the configuration item it is about", lambda w: SetCi(w.one("a name"))),
    "subject": _Verb("subject TEXT", "what the ticket is called", lambda w: SetSubject(w.text())),
    "tag": _Verb("tag +TAG|-TAG ...", "put tags on, take some off; without a sign it is put on", _tag),
    "cc": _Verb("cc +ADDR|-ADDR ...", "who gets a copy of the replies; without a sign they are added", _cc),
    "link": _Verb("link KIND ID", f"to another ticket: {', '.join(KINDS)}", _link),
    "unlink": _Verb("unlink [KIND] ID", "take a link away", _unlink),
    "state": _Verb(
        "state pending --reason R",
        "another way to say hold, resume, resolve, close or cancel",
        _state,
        frozenset(("-m", "--reason", "--until")),
    ),
}
_STATES = {
    "pending": "hold", "in_progress": "resume", "resolved": "resolve", "closed": "close", "cancelled": "cancel",
}  # fmt: skip

VERB_HELP: Mapping[str, tuple[str, str]] = {name: (verb.usage, verb.help) for name, verb in _VERBS.items()}
"""Verb -> (how to write it, what it does), in the order to show."""


def parse(verb: str, argv: Sequence[str], now: int, zone: str, me: str = "me") -> Change:
    """The change that the words mean; `me` is our name in the ticket's system.  VerbError says what is wrong."""
    if verb not in _VERBS:
        raise VerbError(f"there is no verb {verb!r}; there are: {', '.join(_VERBS)}")
    plain, options = _split(verb, argv)
    return _build(_Words(verb, plain, options, now, zone, me))


def _build(words: _Words) -> Change:
    verb = _VERBS[words.verb]
    for option in words.options:
        if option not in verb.options:
            raise VerbError(f"{words.verb} has no option {option}: {verb.usage}")
    return verb.build(words)


def _split(verb: str, argv: Sequence[str]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Plain words, and options with their word; after `--` everything is plain."""
    plain: list[str] = []
    options: dict[str, str] = {}
    rest = iter(argv)
    for word in rest:
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if word == "--":
            plain.extend(rest)
        elif name in VALUED:
            given = value if equals else _value(verb, name, rest)
            many = name in _MANY and name in options  # said twice, both count
            options["-m" if name == "--message" else name] = options[name] + _MANY[name] + given if many else given
        elif word.startswith("--") or (word.startswith("-") and len(word) > 1 and not _is_text(verb)):
            raise VerbError(f"{verb} has no option {word}: {_VERBS[verb].usage}")
        else:
            plain.append(word)
    return tuple(plain), options


def _is_text(verb: str) -> bool:
    """Whether a word of it may begin with a dash."""
    return verb in ("note", "reply", "tag", "cc")


def _value(verb: str, name: str, rest: Iterator[str]) -> str:
    value = next(rest, None)
    if value is None:
        raise VerbError(f"{name} needs a value: {_VERBS[verb].usage}")
    return value
