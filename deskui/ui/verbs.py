"""What can be done to a ticket, from the queue and from the ticket alike: key -> question -> change -> store."""

from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.ticket import HOLD_REASONS, LEVELS, Ticket
from deskui.services.desk import Refused, UnknownTicket
from deskui.ui.followverbs import FollowVerbs
from deskui.ui.linkverbs import LinkVerbs
from deskui.ui.peopleverbs import PeopleVerbs
from deskui.ui.repeating import Repeating
from deskui.ui.saving import settled
from deskui.ui.setverbs import SetVerbs
from deskui.ui.slaverbs import SlaVerbs
from deskui.ui.textverbs import TextVerbs
from deskui.ui.undoing import Undoing

if TYPE_CHECKING:
    from deskui.domain import change as made
    from deskui.domain import fields, outgoing
else:
    made = lazy.Module("deskui.domain.change")
    fields = lazy.Module("deskui.domain.fields")
    outgoing = lazy.Module("deskui.domain.outgoing")

Options = Sequence[tuple[str, str]]


async def commit(app: Any, future: "Future[Any]", done: str = "") -> bool:
    """Waits for the commit; True: saved.  A failure is said and nothing is lost: the caller keeps its text."""
    app.keys_held = False
    error = await settled(future, app.say)
    if error is not None:
        refused = isinstance(error, Refused | UnknownTicket)
        app.say(str(error) if refused else f"not saved: {error}", error=True)
        return False
    entry = future.result()
    if isinstance(entry, outgoing.Entry) and entry.state == "dropped" and entry.error:
        app.say(entry.error)  # why nothing was changed
    elif done:
        app.say(done)
    return True


class Verbs(Undoing, Repeating, SlaVerbs, PeopleVerbs, LinkVerbs, SetVerbs, FollowVerbs, TextVerbs):
    """Mixed into a screen with the scope "verb"; the screen says which ticket is meant."""

    services: Any

    def selected_id(self) -> str | None:
        """The id of the ticket that the verbs act on."""
        raise NotImplementedError

    # --- the ways of asking

    def _begin(self, work: Callable[[Ticket], Coroutine[Any, Any, None]]) -> None:
        screen: Any = self
        found = self.selected_id()
        ticket = self.services.desk.ticket(found) if found else None
        if ticket is None:
            screen.app.say("no ticket here")
            return
        screen.app.keys_held = True  # until the dialog is there: `s c` is not `s` and a note
        screen.run_worker(partial(self._work, work, ticket), group="verb")

    async def _work(self, work: Callable[[Ticket], Coroutine[Any, Any, None]], ticket: Ticket) -> None:
        screen: Any = self
        try:
            await work(ticket)
        finally:
            screen.app.keys_held = False

    async def _push(self, dialog: Any) -> str | None:
        screen: Any = self
        answer = screen.app.push_screen(dialog, wait_for_dismiss=True)
        screen.app.keys_held = False
        said: str | None = await answer
        return said

    async def _choose(self, title: str, options: Options) -> str | None:
        from deskui.ui.screens.choose import ChooseScreen

        return await self._push(ChooseScreen(title, list(options), self._about()))

    async def _ask(self, title: str, prompt: str, initial: str = "") -> str | None:
        from deskui.ui.screens.choose import AskScreen

        return await self._push(AskScreen(title, prompt, initial))

    def _about(self) -> str:
        """Which ticket is meant, in its own words: the question may stand on its row."""
        found = self.selected_id()
        ticket = self.services.desk.ticket(found) if found else None
        return f"{ticket.customer or '-'}: {ticket.subject}" if ticket else ""

    def _me(self, ticket: Ticket) -> str:
        return str(self.services.me(ticket.upstream))

    async def _do(self, ticket: Ticket, *changes: "made.Change") -> bool:
        """Queues the changes that the ticket's state allows; says what became of them."""
        screen: Any = self
        group = self.services.desk.group() if len(changes) > 1 else ""
        for change in changes:
            done = f"{ticket.id}: {change.verb}, waiting to send (u takes it back)"
            if not await commit(screen.app, self.services.desk.do(ticket.id, change, group=group), done):
                return False
        return True

    def _write(self, kind: str) -> None:
        from deskui.ui.screens.write import WriteScreen

        screen: Any = self
        if found := self.selected_id():
            screen.app.push_screen(WriteScreen(self.services, found, kind))

    # --- the verbs

    def action_verb_take(self) -> None:
        """Mine, and acknowledged."""

        async def take(ticket: Ticket) -> None:
            me = self._me(ticket)
            changes = ([made.Acknowledge()] if self._unanswered(ticket) else []) + (
                [made.Assign(me)] if ticket.owner != me else []
            )
            screen: Any = self
            if not changes:
                screen.app.say(f"{ticket.id} is yours and acknowledged already")
            await self._do(ticket, *changes)

        self._begin(take)

    def _unanswered(self, ticket: Ticket) -> bool:
        clocks = self.services.desk.clocks(ticket.id, int(self.services.clock()))
        response = clocks.get("response") if clocks else None
        return ticket.is_open and (response is None or response.state != "stopped" or ticket.state == "new")

    def action_verb_assign(self) -> None:
        """To me, to nobody, to a colleague, or to a name."""

        async def assign(ticket: Ticket) -> None:
            from deskui.ui.giving import whom

            if who := await whom(self, f"Give {ticket.id} to"):
                await self._do(ticket, made.Assign({"me": self._me(ticket), "nobody": None}.get(who, who)))

        self._begin(assign)

    def action_verb_state(self) -> None:
        """The moves that the state allows."""

        async def move(ticket: Ticket) -> None:
            to = await self._choose(f"{ticket.id} is {ticket.state}: what now?", _moves(ticket))
            if to in ("reopen", "cancel", "resolve"):
                self._write(to)
            elif to == "close":
                await self._do(ticket, made.Close())
            elif to == "resume":
                await self._do(ticket, made.Resume())
            elif to:
                await self._do(ticket, made.Hold(to))

        self._begin(move)

    def action_verb_priority(self) -> None:
        """P1 to P4."""

        async def set_to(ticket: Ticket) -> None:
            options = [(str(number), f"P{number}") for number in range(1, 5) if number != ticket.priority]
            to = await self._choose(f"{ticket.id} is P{ticket.priority}: which priority?", options)
            if to:
                await self._do(ticket, fields.SetPriority(int(to)))

        self._begin(set_to)

    def action_verb_edit(self) -> None:
        """Impact, urgency, category, CI or subject."""

        async def edit(ticket: Ticket) -> None:
            now = {
                "impact": ticket.impact, "urgency": ticket.urgency, "category": ticket.category,
                "ci": ", ".join(ticket.cis) or None, "subject": ticket.subject,
            }  # fmt: skip
            options = [(name, f"{name}: {value or '-'}") for name, value in now.items()]
            field = await self._choose(f"Edit {ticket.id}", options)
            if field in ("impact", "urgency"):
                await self._level(ticket, field)
            elif field:
                value = await self._ask(f"{field} of {ticket.id}", field, now[field] or "")
                if value and value != now[field]:
                    kinds = {"category": fields.SetCategory, "ci": fields.SetCi, "subject": fields.SetSubject}
                    await self._do(ticket, kinds[field](value))

        self._begin(edit)

    async def _level(self, ticket: Ticket, field: str) -> None:
        level = await self._choose(f"{field} of {ticket.id}", [(level, level) for level in LEVELS])
        if not level:
            return
        why: str | None = ""
        if field == "impact" and self.services.triage.needs_reason(ticket.id, level):
            prompt = "why, against the CI's criticality (kept as a work note)"
            why = await self._ask(f"impact {level} of {ticket.id}", prompt)
        if why is not None:
            await self._do(ticket, fields.SetImpact(level, why) if field == "impact" else fields.SetUrgency(level))

    def action_verb_note(self) -> None:
        """Only the team reads it."""
        self._write("note")

    def action_verb_reply(self) -> None:
        """The customer reads it."""
        self._write("reply")

    def action_verb_resolve(self) -> None:
        """With what it was."""
        self._write("resolve")

    def action_verb_new(self) -> None:
        """Somebody is on the phone; what was made opens."""
        from deskui.ui.screens.newticket import NewTicketScreen
        from deskui.ui.screens.ticket import TicketScreen

        screen: Any = self

        def made(ticket_id: str | None) -> None:
            if ticket_id:
                screen.app.push_screen(TicketScreen(self.services, ticket_id))

        screen.app.push_screen(NewTicketScreen(self.services), made)

    def action_verb_diagnose(self) -> None:
        """The host of its CI, over SSH."""
        from deskui.ui.screens.diagnostics import DiagnosticsScreen

        screen: Any = self
        if found := self.selected_id():
            screen.app.push_screen(DiagnosticsScreen(self.services, found))

    def action_verb_files(self) -> None:
        """What came with its messages."""
        from deskui.ui.screens.attachments import AttachmentsScreen

        screen: Any = self
        if found := self.selected_id():
            screen.app.push_screen(AttachmentsScreen(self.services, found))

    def action_verb_knowledge(self, words: str = "") -> None:
        """What is known of such a thing: for the ticket here, or for these words."""
        from deskui.ui.screens.knowledge import KnowledgeScreen

        screen: Any = self
        screen.app.push_screen(KnowledgeScreen(self.services, self.selected_id(), words))

    # --- the clipboard

    def _copy(self, what: Callable[[Ticket], str | None], name: str) -> None:
        async def copy(ticket: Ticket) -> None:
            screen: Any = self
            if words := what(ticket):
                screen.app.copy_to_clipboard(words)
            else:
                screen.app.say(f"{ticket.id} has no {name} yet")

        self._begin(copy)

    def action_verb_copy_id(self) -> None:
        """RT-4711."""
        self._copy(lambda ticket: ticket.id, "id")

    def action_verb_copy_subject(self) -> None:
        """RT-4711 Tills offline."""
        self._copy(lambda ticket: f"{ticket.id} {ticket.subject}", "subject")

    def action_verb_copy_url(self) -> None:
        """Where the ticket system shows it."""
        self._copy(lambda ticket: self.services.url(ticket), "address")


def _moves(ticket: Ticket) -> list[tuple[str, str]]:
    """What `s` offers in this state."""
    if ticket.state == "pending":
        found = [("resume", f"resume work (waits for: {', '.join(ticket.holds) or 'unspecified'})")]
    elif ticket.is_open:
        found = [(reason, f"wait for: {reason.replace('_', ' ')}") for reason in HOLD_REASONS[:-1]]
    else:
        found = [("reopen", "reopen")] if ticket.state != "cancelled" else []
    if ticket.is_open:
        found += [("resolve", "resolve"), ("cancel", "cancel: not to be done")]
    if ticket.state == "resolved":
        found.append(("close", "close: the customer agrees"))
    return found
