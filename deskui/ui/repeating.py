"""The last verb again, and macros: on the ticket under the cursor, or on the marked ones."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.ui.saving import apart

if TYPE_CHECKING:
    from deskui.domain.bulk import Order


class Repeating:
    """Mixed into a screen with the scope "verb"."""

    services: Any

    def selected_id(self) -> str | None:
        """The id of the ticket under the cursor."""
        raise NotImplementedError

    def marks(self) -> Any:
        """The marked rows; a screen without a list has none."""
        return ()

    def marked_uids(self) -> list[str]:
        """The marked tickets."""
        return []

    def open_bulk(self, order: "Order", names: "Sequence[str] | None" = None) -> None:
        """Shows what the order will do to `names`, and does it when its count is typed."""
        from deskui.ui.screens.bulk import BulkScreen

        screen: Any = self
        screen.app.push_screen(BulkScreen(self.services, order, list(names or ())))

    def _meant(self) -> list[str]:
        """The marked tickets, else the one under the cursor."""
        found = self.selected_id()
        return self.marked_uids() if self.marks() else [found] if found else []

    def action_verb_repeat(self) -> None:
        """The last verb with its arguments."""
        screen: Any = self
        screen.app.keys_held = True  # until what it opens is there
        screen.run_worker(partial(self._repeated, self._meant()), group="verb")

    async def _repeated(self, names: list[str]) -> None:
        from deskui.services.deeds import Deeds

        screen: Any = self
        try:
            order = Deeds(self.services.desk).last()
            if order is None:
                screen.app.say("nothing to repeat: nothing was done here yet")
            elif order.replies:
                self._reply_again(order, names)
            elif self.marks():
                self.open_bulk(order, names)
            else:
                await self._again_here(order, names[0])
        finally:
            screen.app.keys_held = False

    def _reply_again(self, order: "Order", names: list[str]) -> None:
        """Never sent as it is: into the editor, or, with other changes around it, into the preview."""
        screen: Any = self
        if len(order.steps) > 1:
            self.open_bulk(order, names)
            return
        words = str(getattr(order.steps[0], "text", ""))
        if self.marks():
            from deskui.ui.screens.bulkwrite import BulkWriteScreen

            screen.app.push_screen(BulkWriteScreen(self.services, names, "reply", words), self._bulk_done)
            return
        from deskui.ui.screens.write import WriteScreen

        screen.app.push_screen(WriteScreen(self.services, names[0], "reply", words=words))

    def _bulk_done(self, outcomes: Any) -> None:
        """Where there are marks, those of what was done go."""

    async def _again_here(self, order: "Order", name: str) -> None:
        from deskui.services.bulk import Bulk

        screen: Any = self
        looked = await apart(Bulk(self.services.desk, self.services.writing).look, order, [name])
        if wrong := looked.exception():
            screen.app.say(str(wrong), error=True)
            return
        item = looked.result().items[0]
        if item.refused:
            screen.app.say(item.refused)
        else:
            await self._do(item.ticket, *item.changes)

    async def _do(self, ticket: Any, *changes: Any) -> bool:
        """Queues the changes."""
        raise NotImplementedError

    def action_verb_macro(self) -> None:
        """A macro, picked by its key."""
        screen: Any = self
        screen.app.keys_held = True  # until the dialog is there
        screen.run_worker(partial(self._macro, self._meant()), group="verb")

    async def _macro(self, names: list[str]) -> None:
        from deskui.ui.screens.choose import Choice, ChooseScreen

        screen: Any = self
        found = self.services.writing.macros.all()
        by_key = {each.key: each for each in found.macros if each.key}
        choices: list[Choice | tuple[str, str]] = [Choice(key, each.title, each.name) for key, each in by_key.items()]
        choices += [(each.name, each.title) for each in found.macros if by_key.get(each.key) is not each]
        refused = "\n".join(f"REFUSED {wrong}" for wrong in found.wrong)
        where = f"{len(names)} tickets" if len(names) != 1 else str(self.selected_id())
        dialog = ChooseScreen(f"Which macro, on {where}?", choices, refused)
        answer = screen.app.push_screen(dialog, wait_for_dismiss=True)
        screen.app.keys_held = False
        chosen = await answer
        for macro in (each for each in found.macros if each.name == chosen):
            self.open_bulk(macro.order(screen.app.now(), str(self.services.zone)), names)
