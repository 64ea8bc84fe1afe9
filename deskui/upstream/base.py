"""The contract between deskui and a ticket system: one file beside this one is one adapter.

An adapter is a class `Adapter(Upstream)` in `deskui/upstream/NAME.py` (or a plug-in).  It translates; it keeps no
state that matters, never retries, never sleeps, and never decides.  The engine calls one method at a time, from one
worker thread, and may drop an iterator half way.  All times are epoch seconds (UTC), cut to the whole second.

**Errors.**  `Unreachable`: no answer, or one that says nothing about the request (network, TLS, 5xx, 429, a login
refused): the run ends, the schedule tries again, nothing is settled.  Of these `Swapped` says that the system has not
got what the feed's cursor stands for, as after a restore from an older backup: a person is asked.  `Rejected`: the
system understood the change and will not do it: the outbox row is settled with the message.  Nothing else may leave an
adapter.

**Pulling.**  The first pull asks, in this order: `head` (the cursor from which `feed` will go on later), `open_tickets`
(plain, quick), `history` of those (events in bulk), `bodies`.  From then on only `feed`.  Every page carries the cursor
to save *with* it, so that a pull cut between two pages resumes at the page that was not committed; a page may be
delivered twice, never skipped.  Events are facts: the same fact has the same key each time it is read.

**Tickets.**  `Ticket` as the system has it now.  `uid`, `id` and `holds` are left empty: the store gives them.
`remote_id` is the system's own id as text.  Values that the system has no field for come from *desk lines* (a private
note's first lines, `_deskline.py`), which the adapter turns into events and fields; it honours them only in private
notes by staff.

**Events.**  Complete histories, oldest first, with system, customer and staff told apart (`side`).  A message's `text`
is None until its body was read, and "" if it has none.  `key` is unique in the system, and one transaction that gives
several facts gives them the keys `17`, `17/1`, `17/2`.  `order(key)` sorts keys as the system made them.

**Pushing.**  `push` writes one change and reads back what the system made of it; what it answers is what the system
*has*, not what was sent.  Where somebody else changed the ticket after `seen` and the change moves a field, nothing is
written and the receipt says `written=False` with the fresh reading: the engine merges and tries again.  Messages are
written all the same.  When the answer to the write itself is lost, `Unreachable` leaves and the engine finds out by
`read` (messages and fields) or `created` (a new ticket) whether it landed: never send blindly again.  A create pushed
on a ticket that has a `remote_id` is such a one: it is there, and only what is missing of it is written.

**Whom a reply goes to.**  A `Reply` may add people to its To and Cc or take some off.  `recipients` says what the
system makes of that: `reply` (it holds for this message), `ticket` (To and Cc are the ticket's own and stay so), ""
(it chooses itself: the engine refuses such a reply before it is pushed).  If not all can be moved, nothing is sent.

Where it says `ticket`, a `SetCc` moves people in and out of the ticket's Cc by itself; the engine refuses it elsewhere.

**Tags and Cc as sets.**  `tags` says whether a ticket's tags can be set.  A `SetTags` or `SetCc` has moves (`+vpn`,
`-old`), no value: write them into what the ticket has *now* (in a system that takes only the whole set: read, write,
guard it by the tag of that reading), and nothing where nothing is left of them.  Each word that came or went is one
`field` event (event.py), a word is the same in any case.

**Links.**  `links` names the kinds (domain/links.py) that can be set and taken away; the engine refuses others before
they are pushed.  A ticket's `links` come with its events, as the system sees them from there: setting `parent` on one
may set `child` on the other, which its own events then say.  A link that is there already is no error.

**Merging.**  `merges` says whether one ticket can be made part of another.  The receipt of a merge has the ticket that
survives and all its events, of which those that the merge made are our own; the other one is read as `into`.

**Files.**  Where `attachments` is set, a message's `files` come with its text (names as the system has them, never
cleaned) and `content` fetches one when somebody asks for it.  The engine asks for none by itself.  A `Reply` with
files has their content in the entry's `contents`; it goes in one request with its text, or not at all.  So does a
`Note` with files where `note_files` is set: only there does a customer who sees the ticket not see the files of a note.

**Words.**  `Options` has the configured mapping: `state`, `state_names`, `priority` and `priority_name` say what the
system's words mean here and which to write; where they are silent the adapter's own knowledge counts.  `amiss` names
what of the configuration the system can have no use for.  `discover` lists the system's words for a first mapping;
`making` and `make_field` add the fields that are missing, where the account may.

**What a system may lack**, and what the adapter then does.

- *Fields* for our facts: desk lines in private notes (`desklines`: `note` writes them, `split` and `event` read them).
- *Private notes*: `notes = False`.  The engine refuses every note, and every change that comes with one; the adapter
  raises `Rejected` for a fact that has no mapped field.  Never write anything of it where the customer reads it.
- *Work time*: `work_time = False`.  The engine refuses a message with minutes; `Ticket.minutes` stays 0.
- *Tags, links, merging, files, choosing whom a reply goes to*: `tags`, `links`, `merges`, `attachments`, `recipients`
  as they are below: empty or False.  The engine refuses, and screens say so before anybody types.
- *History*: `history_told = False`.  Some systems give a ticket as it is, and no account of how it came there.  Tell as
  events what is there: `created` (with today's priority, and the state `new`), the messages, and what desk lines say.
  The engine makes the moves itself, by comparing each ticket with what the desk knew of it: stamped with its `updated`,
  by nobody that is known; what happened between two readings is one move, and what was before the first one is not
  known.  For the same reason a change goes by compare and write: where its field is another one there than in
  `ticket`, somebody moved it, and the receipt is `written=False`.  `Ticket.updated` must move with every change.
- *Concurrency control*: read, compare with `seen`, write, read again.  What came between shows in the second reading as
  events that are not `own`.  Narrow is all that this gap can be made; never write back a field that nobody changed.
- *Deletion that is told*: `gone` is then never in a feed.  The engine asks for all it knows once a week (`survey`)
  and believes a disappearance only at its second sighting; override it if many can be asked for at once.
- *Edits that are told*: `edits = True`.  Once a week the engine asks for the `bodies` of what is open: then give with
  them the time entries, and whatever else the feed may be silent about.  What has other words or minutes, or is not
  among them any more, is mended; of a ticket with something new the whole history is read again.
- *A search for exact text*: `created` looks at each hit itself, because a part of a token is none; a list that is
  cut off ("more hits") is no complete answer: None.
- *A complete answer about creates* at all (no search, no field): None; a person decides, nothing is sent twice.

**What a system may demand.**

- *If-Match on every write*: take the tag from the reading that was compared with `seen`, never from a later one.  A 412
  to a change that moves a field is `written=False` with a fresh reading.  To a message it is no clash: raise
  `Unreachable(…, "busy", maybe_written=False)`, and it goes with the next run.  A 428 is a bug of the adapter.
- *One-time links to create*: fetch the link and use it in the same `push`; never keep one.  If the answer is lost, or
  the link is said to be used, the ticket may be there: `Unreachable`, and `created` finds out.
- *Dates without a zone*: ask in `login` for the zone that the system writes in (of the user, or of the server), and
  convert at once.  In the hour that comes twice take the earlier reading; where `feed` goes by such times begin an hour
  earlier: an event that comes twice is one.  Times only to the minute need that minute as overlap.
- *Few requests*: never wait and never ask again.  429, or whatever says "too many", is `Unreachable(…, "busy")`, with
  `maybe_written=False` if the system counts before it acts, and with `wait_s` if it says how long it wants to be left
  alone; yield pages as they come, so that what was read is kept.
  `history` and `bodies` are asked for up to a hundred tickets at once: use what the system has for many.

**Proof.**  `conformance.Contract` is all of this as tests: inherit it in a test module, or let `deskui upstream test
NAME` run it on a system that may be written to.  What a system has not got is skipped by its flag, and says so.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deskui.domain.attachment import File
from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline as desklines  # for adapters: facts that a system has no field for
from deskui.upstream._errors import Rejected, Swapped, Unreachable

__all__ = [
    "Fault", "Login", "Making", "Options", "Page", "Reading", "Receipt", "Rejected", "Swapped", "Unreachable",
    "Upstream", "Word", "Words", "desklines",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration says of one upstream, as plain values."""

    url: str = ""
    user: str = ""
    auth: str = "password"  # or "token"
    service_account: bool = False
    ca_file: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)  # our fact -> the system's field name
    queues: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # queue -> {kind, customer}
    customers: Mapping[str, str] = field(default_factory=dict)  # e-mail domain -> customer
    cis: frozenset[str] = frozenset()  # names that are configuration items
    offline_events: str = "at"  # "made": resolved, reopened and priority also get a desk line
    states: Mapping[str, str] = field(default_factory=dict)  # the system's state -> ours ("pending vendor": and why)
    priorities: Mapping[str, str] = field(default_factory=dict)  # the system's priority -> "P1" to "P4"
    proxy: str = ""  # the URL of the one to go through; no other is asked
    proxy_user: str = ""  # who we are to it
    proxy_secret: str = field(default="", repr=False)

    @property
    def proxy_login(self) -> tuple[str, str] | None:
        """User and password for the proxy; None: it asks for none."""
        return (self.proxy_user, self.proxy_secret) if self.proxy_user else None

    def state(self, name: str) -> tuple[str, str] | None:
        """What the configuration takes the system's state for, and the reason of a pending one; None: it is silent."""
        for known, meaning in self.states.items():
            if known.casefold() == name.casefold():
                state, _, reason = meaning.partition(" ")
                return state, reason
        return None

    def state_names(self, state: str, reason: str = "") -> list[str]:
        """The system's states to write for ours, the best first: of that reason, of no reason, of another one."""
        fit = [name for name, meaning in self.states.items() if meaning.partition(" ")[0] == state]
        wanted = {f"{state} {reason}": 0, state: 1}
        return sorted(fit, key=lambda name: wanted.get(self.states[name], 2))

    def priority(self, name: str) -> int | None:
        """What the configuration takes the system's priority for (1 to 4); None: it is silent."""
        for known, meaning in self.priorities.items():
            if known.casefold() == name.casefold():
                return int(meaning[1:])
        return None

    def priority_name(self, priority: int) -> str | None:
        """Which of the system's priorities to write for ours: the first; None: the configuration is silent.

        Rejected: it names others only.
        """
        for name, meaning in self.priorities.items():
            if meaning == f"P{priority}":
                return name
        if self.priorities:
            raise Rejected(f"no priority there is P{priority}: name one in the upstream's [priorities] in config.toml")
        return None


@dataclass(frozen=True, slots=True)
class Fault:
    """What an adapter cannot use in its part of the configuration: `key` below `[upstream.NAME]`, and the remedy."""

    key: tuple[str, ...]
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are there, and how far this machine's clock is ahead of the system's, in seconds."""

    user: str
    offset_s: float


@dataclass(frozen=True, slots=True)
class Word:
    """A state, priority, queue or field of the system's, and what the adapter takes it for ("": it cannot say).

    `meaning` is in the words of `config.toml`: a state, a priority, for a queue nothing, for a field the fact that its
    name fits.  `sure`: the adapter need not be told; else it is a guess.
    """

    name: str
    meaning: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Everything there that a mapping can name; `lacks` says what could not be seen, and why."""

    states: tuple[Word, ...] = ()
    priorities: tuple[Word, ...] = ()
    queues: tuple[Word, ...] = ()
    fields: tuple[Word, ...] = ()
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Making:
    """A field that `prepare` would make for a fact of ours: its name there, and in a sentence what is done."""

    fact: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a pull: save it whole, with its cursor.

    `events` pairs a remote id with a fact; `complete` lists the remote ids of which all facts were delivered with this
    page; `gone` were deleted; `merged` pairs an id with the one it was merged into.
    """

    tickets: tuple[Ticket, ...] = ()
    events: tuple[tuple[str, Event], ...] = ()
    cursor: str = ""
    complete: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One ticket now, with the events after a key (bodies included), oldest first; `into`: it was merged there."""

    ticket: Ticket
    events: tuple[Event, ...]
    into: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a push did: the ticket and the events after `seen` as read back, and the keys of those that are ours."""

    ticket: Ticket
    events: tuple[Event, ...]
    own: tuple[str, ...] = ()
    written: bool = True


class Upstream(ABC):
    """One ticket system.  Built as `Adapter(name, options, secret)`; `secret` is never logged nor put in an error."""

    name: str
    prefix: str = ""
    recipients: str = ""
    tags: bool = False
    links: frozenset[str] = frozenset()
    merges: bool = False
    attachments: bool = False
    note_files: bool = False  # those of a note are as private as its text
    notes: bool = True  # private ones, which no customer reads
    work_time: bool = True  # minutes at a message
    history_told: bool = True  # who moved which field, and when
    edits: bool = False  # what was said may be edited, taken out or added there, and no feed tells of it

    def __init__(self, name: str, options: Options, secret: str) -> None:
        """Connects to nothing yet."""
        self.name = name

    @classmethod
    def amiss(cls, options: Options) -> Iterable[Fault]:
        """What of the configuration this system can have no use for; said with file, key and line."""
        return ()

    @abstractmethod
    def login(self) -> Login:
        """Prove that we may in; the first call of every run."""

    @abstractmethod
    def head(self) -> str:
        """The feed's cursor for "from now on"."""

    @abstractmethod
    def open_tickets(self, after: str) -> Iterator[Page]:
        """All open tickets without events, in id order, behind `after` (a page's cursor; "": from the start)."""

    @abstractmethod
    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        """All events of these tickets, message bodies left None, and the tickets with their expensive fields."""

    @abstractmethod
    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        """The events of these tickets that have a body, with it (see `edits`); `complete`: those wholly delivered."""

    def finished(self, since: int, before: str) -> Iterator[Page]:
        """Finished tickets that changed since (epoch seconds), plain, newest first, below `before` (a page's cursor).

        What an adapter does not override, it has not got: nothing is filled in from before the first pull.
        """
        yield from ()

    @abstractmethod
    def feed(self, cursor: str) -> Iterator[Page]:
        """What changed since `cursor`, oldest first, with bodies; new tickets with all their events."""

    @abstractmethod
    def read(self, remote_id: str, seen: str) -> Reading:
        """One ticket now and its events after `seen`; `Rejected` if there is no such ticket (any more)."""

    def survey(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        """Those of these tickets that are there, finished ones too, plain; `complete`: the ids that a page answers for.

        One that is in `complete` and neither among the tickets nor `gone` nor `merged` is not shown to us: the engine
        looks again in a later run before it believes that.  Adapters that can ask for many at once override this.
        """
        for remote_id in remote_ids:
            try:
                reading = self.read(remote_id, "")
            except Rejected:
                yield Page(complete=(remote_id,))
                continue
            yield Page(
                () if reading.gone or reading.into else (reading.ticket,), complete=(remote_id,),
                gone=(remote_id,) if reading.gone else (),
                merged=((remote_id, reading.into),) if reading.into else (),
            )  # fmt: skip

    def search(self, query: str, limit: int) -> Sequence[Ticket]:
        """The newest tickets, plain, that match `query` in the system's own language; nothing is stored of them.

        Rejected: there is no such language, or the query is none of it; in the system's words.
        """
        raise Rejected(f"{self.name} cannot be searched from here")

    @abstractmethod
    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        """Write one change on `ticket` (our base of it; of a create, what to make) and read it back."""

    @abstractmethod
    def created(self, token: str) -> tuple[str, ...] | None:
        """The remote ids that carry this client token; None: a complete answer cannot be had."""

    def discover(self) -> Words:
        """The system's own words, for a mapping.  Rejected: it cannot be asked for them."""
        raise Rejected(f"{self.name} cannot be asked for its states, priorities, queues and fields")

    def making(self, facts: Sequence[str]) -> tuple[Making, ...]:
        """What `make_field` would do so that each of these facts has a field; nothing is done yet.

        Rejected: this system has no such fields, or they can be made only by its administrator, and how.
        """
        raise Rejected(f"deskui makes no fields in {self.name}")

    def make_field(self, making: Making) -> None:
        """Do what `making` said.  Rejected: the account may not, in the system's words."""
        raise Rejected(f"deskui makes no fields in {self.name}")

    def content(self, file: File) -> bytes:
        """A file whole; `Rejected`: it is not there (any more), not for us, or larger than READ_CAP."""
        raise Rejected(f"{self.name} gives no attachments")

    def order(self, key: str) -> tuple[int, ...]:
        """Sorts event keys in the system's own order."""
        return tuple(int(part) for part in key.split("/"))

    @abstractmethod
    def close(self) -> None:
        """Let connections go."""
