"""Keeping what is written: a second after it was typed it is in the store, and it is offered when one comes back."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

from textual import work
from textual.widgets import Input, TextArea

from deskui.domain.draft import Draft
from deskui.services.rereading import news, public
from deskui.ui import timeline
from deskui.ui.drafting import first, old
from deskui.ui.kinds import named
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen

KEEP_S = 0.8  # with the commit, less than the second that may be lost
LISTED = 8  # drafts that one key each can pick


class Keeping:
    """Mixed into the editor, which says what is written (`written_draft`) and takes a draft up (`fill`).

    Nothing is sent before it has `begun`: what waits was asked about, and is there.  Once `over`, by sending or
    discarding, nothing is kept any more.
    """

    services: Any
    ticket: Any
    kind_name: str
    draft: Draft
    begun: asyncio.Event
    over = False
    _kept: Draft | None = None
    _keeping: "Future[None] | None" = None
    _timer: Any = None

    def written_draft(self) -> Draft:
        """What is on the screen, as a draft."""
        raise NotImplementedError

    def fill(self, draft: Draft) -> None:
        """Go on with this draft; what was typed ahead stands behind it."""
        raise NotImplementedError

    # --- keeping

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Something was typed: kept soon, however long the typing goes on."""
        self.keep_soon()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The same in a field."""
        event.stop()
        self.keep_soon()

    def keep_soon(self) -> None:
        """In less than a second, once for all that is typed meanwhile."""
        screen: Any = self
        if self._timer is None and not self.over:
            self._timer = screen.set_timer(KEEP_S, self.keep)

    def keep(self) -> None:
        """Now, if anything changed; a failure is said."""
        screen: Any = self
        if future := self._keep():
            screen.run_worker(partial(self._told, future), group="keep")

    def keep_text(self, text: str) -> None:
        """What $EDITOR has saved so far, while nothing of ours is on the screen."""
        self._kept = replace(self.written_draft(), text=text)
        self.services.writing.drafts.keep(self._kept)

    def _keep(self) -> "Future[None] | None":
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        now = self.written_draft()
        if self.over or now == (self._kept or self.draft):
            return None
        self._kept = now
        self._keeping = self.services.writing.drafts.keep(now)
        return self._keeping

    def last_words(self) -> "Future[None] | None":
        """Deskui is told to end: all that is typed is kept, and may still be on its way to the disk."""
        self._keep()
        return self._keeping

    async def _told(self, future: "Future[None]") -> None:
        screen: Any = self
        if (error := await settled(future)) is not None:
            self._kept = None
            screen.say(f"DRAFT NOT KEPT: {error}  The text is only here.")
            return
        now = int(self.services.clock())
        screen.say_kept(f"draft kept {timeline.stamp(now, self.services.zone, now)}")

    def on_unmount(self) -> None:
        """However the editor was left: by a key, by the end of deskui, by the end of the terminal."""
        self._keep()

    def end(self) -> None:
        """It is sent or discarded: its draft is no more, and nothing brings it back."""
        self.over = True
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def go_on(self) -> None:
        """It could not be sent: it is a draft again."""
        self.over = False
        self.keep_soon()

    # --- offering

    def begin(self, chosen: str = "") -> None:
        """Offer what waits, if anything; `chosen` (a uid): it has been asked elsewhere."""
        screen: Any = self
        self.begun = asyncio.Event()
        drafts = self.services.writing.drafts
        waiting = drafts.on(self.ticket.id, self.kind_name)
        if waiting or chosen:
            screen.app.keys_held = True  # what is typed ahead is meant for the answer
            self.offer(waiting, chosen)
        else:
            self.begun.set()

    @work(group="offer")
    async def offer(self, waiting: Sequence[Draft], chosen: str = "") -> None:
        """Ask what becomes of the drafts that wait."""
        screen: Any = self
        answer = chosen or await self._ask(waiting)
        if answer == "discard":
            if not await self._discarded(waiting):
                self.offer(waiting)
                return
        elif answer is None:
            self.end()
            screen.dismiss(False)
        elif answer != "anew":
            await self._take(answer)
        screen.app.keys_held = False
        self.begun.set()

    async def _ask(self, waiting: Sequence[Draft]) -> str | None:
        screen: Any = self
        now = int(self.services.clock())
        single = len(waiting) == 1
        choices = []
        for number, each in enumerate(waiting[:LISTED], 1):
            which = "it" if single else f"the one {old(each, now)}: {first(each)}"
            choices.append(Choice(str(number), f"go on with {which}", each.uid))
        choices.append(Choice(str(len(choices) + 1), "begin anew; what waits stays", "anew"))
        if single:
            choices.append(Choice("3", "discard it and begin anew; asks once more", "discard"))
        what = f"A draft of this {named(self.kind_name)}" if single else f"{len(waiting)} drafts of this kind"
        title = f"{what} {'waits' if single else 'wait'} on {self.ticket.id}, {old(waiting[0], now)}"
        answer = screen.app.push_screen(
            ChooseScreen(title, choices, self._body(waiting[0])), wait_for_dismiss=True
        )  # fmt: skip
        screen.app.keys_held = False
        said: str | None = await answer
        return said

    def _body(self, draft: Draft) -> str:
        """The beginning of the draft, and what the customer has seen or written since it was begun."""
        me = self.services.me(self.ticket.upstream)
        events = public(self.services.desk.timeline(self.ticket.id))
        since = news(events, draft.known, me)
        said = [
            f"! {timeline.word(event)} {event.author} since then: {(event.text or '').strip()[:120]}" for event in since
        ]
        return "\n".join([*said, *draft.text.strip().split("\n")[:10]])

    async def _take(self, uid: str) -> None:
        screen: Any = self
        future: Future[Draft | None] = self.services.writing.drafts.take(uid)
        if (error := await settled(future)) is not None:
            screen.say(f"The draft cannot be taken up: {error}")
        elif (taken := future.result()) is None:
            screen.say("That draft is not there any more: it was sent or discarded elsewhere.")
        else:
            if self._kept is not None:  # typed ahead
                self.services.writing.drafts.drop(self.draft.uid)
            self.draft = self._kept = taken
            self.fill(taken)

    async def _discarded(self, waiting: Sequence[Draft]) -> bool:
        """Whether somebody was sure."""
        screen: Any = self
        title = f"Discard the draft of {self.ticket.id} for good?"
        sure = ChooseScreen(title, [Choice("y", "Yes, discard it", "yes")], self._body(waiting[0]))
        if await screen.app.push_screen_wait(sure) != "yes":
            return False
        if (error := await settled(self.services.writing.drafts.drop(waiting[0].uid))) is not None:
            screen.say(f"NOT DISCARDED: {error}")
        return True
