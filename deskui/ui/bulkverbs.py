"""The verbs on marked tickets: one question, then the order is shown, and done when its count is typed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.ticket import HOLD_REASONS, LEVELS
from deskui.ui.marking import Marking
from deskui.ui.refusing import MOST
from deskui.ui.setverbs import TITLES
from deskui.ui.verbs import Verbs

if TYPE_CHECKING:
    from deskui.domain import bulk, fields
    from deskui.domain import change as made
    from deskui.domain.bulk import Order
    from deskui.domain.change import Change
    from deskui.services.deeds import Outcome
else:
    bulk = lazy.Module("deskui.domain.bulk")
    made = lazy.Module("deskui.domain.change")
    fields = lazy.Module("deskui.domain.fields")

WRITTEN = ("resolve", "cancel", "reopen")
Asking = Callable[[int], Awaitable["Order | None"]]


class BulkVerbs(Marking, Verbs):
    """Mixed into the queue."""

    def open_bulk(self, order: "Order", names: "Sequence[str] | None" = None) -> None:
        """Shows what it will do to the marked tickets (or `names`); what was done loses its mark."""
        from deskui.ui.screens.bulk import BulkScreen

        screen: Any = self
        if names is None and len(self.marks()) > MOST:
            screen.app.say(f"more than {MOST} tickets are marked: narrow the filter")
            return
        uids = self.marked_uids() if names is None else list(names)
        screen.app.push_screen(BulkScreen(self.services, order, uids), self._bulk_done)

    def _bulk_done(self, outcomes: "Sequence[Outcome] | None") -> None:
        """Done or not: what is left is still marked."""
        screen: Any = self
        if not outcomes:
            screen.app.say("nothing was done")
            return
        done = [self.desk.ticket(each.ticket) for each in outcomes if each.state == "done"]
        if self.list.marked:
            self.unmark({ticket.uid for ticket in done if ticket is not None})
        screen.app.say(f"{len(done)} of {len(outcomes)} done (u undoes them together)")

    def _about(self) -> str:
        count = len(self.list.marked)
        return f"on {count} marked tickets; they are listed before anything is done" if count else super()._about()

    def _asked(self, ask: Asking, otherwise: Callable[[], None]) -> None:
        """Asks about the marked tickets; without any it is the ticket under the cursor."""
        screen: Any = self
        count = len(self.marks())
        if not count:
            otherwise()
            return
        screen.app.keys_held = True  # until the dialog is there
        screen.run_worker(partial(self._asking, ask, count), group="verb")

    async def _asking(self, ask: Asking, count: int) -> None:
        screen: Any = self
        try:
            order = await ask(count)
        finally:
            screen.app.keys_held = False
        if order is not None:
            self.open_bulk(order)

    def _write(self, kind: str) -> None:
        """One text for all the marked ones."""
        from deskui.ui.screens.bulkwrite import BulkWriteScreen

        screen: Any = self
        if self.marks():
            screen.app.push_screen(BulkWriteScreen(self.services, self.marked_uids(), kind), self._bulk_done)
        else:
            super()._write(kind)

    # --- the verbs

    def action_verb_take(self) -> None:
        """Mine, and acknowledged."""

        async def take(count: int) -> "Order":
            return bulk.Order("own + acknowledge", (made.Acknowledge(), made.Assign(bulk.ME)))

        self._asked(take, super().action_verb_take)

    def action_verb_assign(self) -> None:
        """To me, to nobody, to a colleague, or to a name."""

        async def assign(count: int) -> "Order | None":
            from deskui.ui.giving import whom

            if not (who := await whom(self, f"Give {count} marked tickets to")):
                return None
            return bulk.Order(f"assign {who}", (made.Assign(None if who == "nobody" else who),))

        self._asked(assign, super().action_verb_assign)

    def action_verb_state(self) -> None:
        """Every move; those that a ticket's state does not allow are refused for it."""

        async def move(count: int) -> "Order | None":
            options = [(reason, f"wait for: {reason.replace('_', ' ')}") for reason in HOLD_REASONS[:-1]]
            options += [
                ("resume", "resume work"), ("resolve", "resolve"), ("close", "close: the customer agrees"),
                ("cancel", "cancel: not to be done"), ("reopen", "reopen"),
            ]  # fmt: skip
            to = await self._choose(f"{count} marked tickets: what now?", options)
            if to in WRITTEN:
                self._write(to)
                return None
            if not to:
                return None
            if to in ("resume", "close"):
                return bulk.Order(to, (made.Resume() if to == "resume" else made.Close(),))
            return bulk.Order(f"hold {to}", (made.Hold(to),))

        self._asked(move, super().action_verb_state)

    def action_verb_priority(self) -> None:
        """P1 to P4."""

        async def set_to(count: int) -> "Order | None":
            options = [(str(number), f"P{number}") for number in range(1, 5)]
            to = await self._choose(f"{count} marked tickets: which priority?", options)
            return bulk.Order(f"priority P{to}", (fields.SetPriority(int(to)),)) if to else None

        self._asked(set_to, super().action_verb_priority)

    def action_verb_tags(self) -> None:
        """Put some on, take some off."""
        self._asked(self._moving("tag"), super().action_verb_tags)

    def action_verb_cc(self) -> None:
        """Who gets a copy of the replies."""
        self._asked(self._moving("cc"), super().action_verb_cc)

    def _moving(self, verb: str) -> Asking:
        async def ask(count: int) -> "Order | None":
            moves = await self._moves(f"{TITLES[verb]} of {count} marked tickets", verb, marked=True)
            return bulk.Order(" ".join((verb, *moves.moves)), (moves,)) if moves else None

        return ask

    def action_verb_edit(self) -> None:
        """Impact (with a reason, as a work note), urgency, category or CI."""

        async def edit(count: int) -> "Order | None":
            options = [(name, name) for name in ("impact", "urgency", "category", "ci")]
            field = await self._choose(f"Edit {count} marked tickets", options)
            if not field:
                return None
            if field in ("impact", "urgency"):
                to = await self._choose(f"{field} of {count} marked tickets", [(level, level) for level in LEVELS])
            else:
                to = await self._ask(f"{field} of {count} marked tickets", field)
            why = await self._ask(f"impact {to}", "why (kept as a work note)") if to and field == "impact" else ""
            if not to or why is None:
                return None
            change = fields.SetImpact(to, why) if field == "impact" else _SET[field](to)
            return bulk.Order(f"{field} {to}", (change,))

        self._asked(edit, super().action_verb_edit)


_SET: "Mapping[str, Callable[[str], Change]]" = {
    "urgency": lambda to: fields.SetUrgency(to),
    "category": lambda to: fields.SetCategory(to),
    "ci": lambda to: fields.SetCi(to),
}
