"""Sending what is written: shown once more where the customer reads it, on the ticket as it is now."""

import asyncio
from typing import Any

from textual import work

from deskui.domain import people
from deskui.domain.change import Change, Note, Reply, Resolve
from deskui.domain.draft import Draft
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.services.rereading import Fresh, news
from deskui.ui import attaching, linkverbs, timeline
from deskui.ui.kinds import Kind
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen

SHOWN = 2000  # characters of a message that came in meanwhile


class Sending:
    """Mixed into the editor."""

    app: Any
    services: Any
    ticket: Ticket
    kind: Kind
    draft: Draft
    begun: asyncio.Event
    saving = False
    _seen: frozenset[str] = frozenset()  # messages that were shown as new already

    def written_draft(self) -> Draft:
        """What is on the screen."""
        raise NotImplementedError

    def say(self, words: str) -> None:
        """A sentence above the hint line."""
        raise NotImplementedError

    def end(self) -> None:
        """Nothing is kept as a draft any more."""
        raise NotImplementedError

    def go_on(self) -> None:
        """It is a draft again."""
        raise NotImplementedError

    @property
    def is_reply(self) -> bool:
        """Whether the customer will read it."""
        return self.kind.change is Reply

    def problem(self) -> str:
        """What keeps this from being saved; empty: nothing."""
        now = self.written_draft()
        if not now.text.strip():
            return "Nothing written yet."
        if now.minutes and not now.minutes.isdecimal():
            return f"Minutes worked: {now.minutes} is no number."
        for name, moves in (("To", now.to), ("Cc", now.cc)):
            if wrong := people.wrong(moves):
                return f"{name}: {wrong}."
        return ""

    def change(self) -> Change:
        """What is written, as the change it becomes."""
        now = self.written_draft()
        words, minutes = now.text.strip(), int(now.minutes or 0)
        if issubclass(self.kind.change, Reply):
            return Reply(words, minutes, now.to, now.cc, now.files)
        if issubclass(self.kind.change, Note):
            return Note(words, minutes, now.files)
        return self.kind.change(words)

    def action_write_save(self) -> None:
        """Save what is written; a reply is shown once more first."""
        if not self.saving:
            self.send()

    @work(exclusive=True, group="send")
    async def send(self) -> None:
        """Ask once more where the customer reads it, hand it to the store, and leave only after the commit."""
        self.saving = True
        try:
            if await self._agreed() and await self._committed():
                parts = await self._parts()
                screen: Any = self
                screen.dismiss(True)
                if parts:
                    self.app.call_later(linkverbs.resolving, self.app, parts, self.written_draft().text.strip())
        finally:
            self.saving = False

    async def _agreed(self) -> bool:
        await self.begun.wait()  # a draft is being taken up
        if problem := self.problem():
            self.say(problem)
            return False
        if not await self._in_scope():
            return False
        if not self.is_reply:
            return True
        self.say(f"reading {self.ticket.id} again ...")
        fresh = await self._fresh()
        self.say(problem := self.problem())  # it may have been typed on meanwhile
        if problem:
            return False
        if fresh.gone:
            self.say(f"NOT SENT: {self.ticket.id} was deleted in {self.ticket.upstream}. The text is still here.")
            return False
        if fresh.recipients == "" and (self.written_draft().to or self.written_draft().cc):
            self.say(f"NOT SENT: {self.ticket.upstream} chooses itself who gets a reply. Put To and Cc back.")
            return False
        sent: str | None = await self.app.push_screen_wait(self.preview(fresh))
        return sent is not None

    async def _fresh(self) -> Fresh:
        """The ticket as it is upstream now; without a line, as it is here."""
        future = self.services.writing.again(self.ticket)
        if (error := await settled(future)) is None:
            read: Fresh = future.result()
            return read
        events = tuple(self.services.desk.timeline(self.ticket.id))
        return Fresh(self.services.desk.ticket(self.ticket.id) or self.ticket, events, f"it failed: {error}")

    async def _in_scope(self) -> bool:
        """Time on work that is out of scope, or may be, is booked only after a second look; the clause is quoted."""
        minutes = self.written_draft().minutes
        if not int(minutes or 0):
            return True
        from deskui.services.scoping import Scoping

        found = Scoping(self.services.desk).check(self.ticket.id)
        if not (found.listed and found.warning):
            return True
        booked = f"Book {minutes} minutes all the same"
        said = f"{found.warning}\nEsc goes back to the text; Ss decides what is not said."
        title = "OUT OF SCOPE?  Who pays for this time?"
        answer: str | None = await self.app.push_screen_wait(ChooseScreen(title, [Choice("b", booked, "book")], said))
        return answer == "book"

    async def _committed(self) -> bool:
        """Whether it is in the store, its draft gone with the same commit; else why not, and the text stays."""
        change = self.change()
        self.end()  # from here on nothing keeps it again: it would be offered though it was sent
        error = await settled(self.services.desk.do(self.ticket.id, change, self.draft.uid), self.say)
        if error is not None:
            self.go_on()
            self.say(f"NOT SAVED: {str(error) or type(error).__name__}  The text is still here.")
        return error is None

    async def _parts(self) -> list[str]:
        """Of a ticket that is resolved the parts that are to be, too."""
        if not issubclass(self.kind.change, Resolve):
            return []
        return await linkverbs.parts_too(self.app, self.services.desk, self.ticket.id)

    # --- what the customer will read

    def preview(self, fresh: Fresh) -> ChooseScreen:
        """The reply as the customer will get it, and what came in since the editor was opened."""
        customer = self.ticket.customer or "the customer"
        came = news(fresh.events, {*self.draft.known, *self._seen}, self.services.me(self.ticket.upstream))
        self._seen = self._seen | {event.key for event in came}
        title = f"Send this PUBLIC REPLY to {customer}?"
        if came:
            title = f"NEW MESSAGE on {self.ticket.id} since you began. Send to {customer} all the same?"
        parts = [*map(_news, came), *self.facts(fresh), *self.carries(), f"--- {customer} reads:", self.outgoing()]
        return ChooseScreen(title, [Choice("y", f"Yes, send it to {customer}", "send")], "\n".join(parts))

    def outgoing(self) -> str:
        """The words as they leave."""
        said: str = self.services.writing.sent(self.ticket, self.written_draft().text.strip())
        return said

    def carries(self) -> list[str]:
        """The files that go with it."""
        files = self.written_draft().files
        return [f"With {len(files)} file{'s' if len(files) > 1 else ''}: {attaching.words(files)}"] if files else []

    def facts(self, fresh: Fresh) -> list[str]:
        """Whom it goes to, what their clock says, when it leaves, and what else it does."""
        return [self.reaches(fresh), *self.moved(fresh), self.local_time(zoned=True), self.waits(), *self.moves(fresh)]

    def reaches(self, fresh: Fresh) -> str:
        """The To and Cc that it will have."""
        now = self.written_draft()
        to = people.moved(fresh.ticket.requestors, now.to)
        cc = people.moved(fresh.ticket.cc, now.cc)
        if not (to or cc):
            return "NOBODY GETS IT BY MAIL: To and Cc are empty."
        return f"To {', '.join(to) or 'nobody'}" + (f"\nCc {', '.join(cc)}" if cc else "")

    def moved(self, fresh: Fresh) -> list[str]:
        """What setting To and Cc does beyond this reply."""
        now = self.written_draft()
        if not (now.to or now.cc):
            return []
        said = f"In {self.ticket.upstream} To and Cc belong to the ticket: these stay for all that follows."
        if fresh.recipients is None:
            said = f"It is not known whether {self.ticket.upstream} lets you choose To and Cc; if not, nothing is sent."
        return [said] if fresh.recipients != "reply" else []

    def moves(self, fresh: Fresh) -> list[str]:
        """What else is to be known: a ticket that is not open, or another now, or could not be read again."""
        ticket, said = fresh.ticket, list[str]()
        if fresh.into:
            said.append(f"{ticket.id} was merged into {fresh.into}: the reply goes there.")
        if not ticket.is_open:
            said.append(f"{ticket.id} is {ticket.state}: the ticket system may reopen it on a reply.")
        if fresh.why:
            said.append(f"NOT READ AGAIN: {fresh.why}. Shown is what was known at the last sync.")
        return said

    def local_time(self, zoned: bool = False) -> str:
        """What the clock says where the customer is."""
        zone = self.services.writing.zone(self.ticket)
        if not zone:
            return "The customer's local time is not known." if zoned else ""
        now = int(self.services.clock())
        return f"There it is {timeline.stamp(now, zone, now)}" + (f" ({zone})." if zoned else ".")

    def waits(self) -> str:
        """When the reply leaves, in words."""
        seconds = 0 if self.ticket.priority == 1 else self.services.desk.undo_seconds
        if not seconds:
            return "A P1: it is sent at once and cannot be undone." if self.ticket.priority == 1 else "Sent at once."
        return f"It waits {seconds} s before it is sent; u undoes it until then."


def _news(event: Event) -> str:
    text = (event.text or "(its text has not been read)").strip()
    more = f"\n[{len(text) - SHOWN} more characters]" if len(text) > SHOWN else ""
    return f"{timeline.word(event)} {event.author}: {text[:SHOWN]}{more}\n"
