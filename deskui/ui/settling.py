"""Settling conflicts on the sync screen: one, all of them, and back again."""

from typing import TYPE_CHECKING, Any

from textual import work

from deskui.ui.screens.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.services.syncing import Conflict


class Settling:
    """Mixed into the sync screen, which has the conflicts and says what became of them."""

    services: Any
    settlements: "list[list[tuple[str, Entry]]]"  # each with the conflicts that were settled at once, newest last

    def clashes(self) -> "list[Conflict]":
        """The open conflicts with tickets that are still there."""
        screen: Any = self
        return [one for one in self.services.syncing.conflicts() if not screen.is_deleted(one)]

    def noted(self, settled: "list[Conflict]") -> None:
        """Remember them as they are before they are settled."""
        entries = [(one.uid, self.services.desk.entry(one.entry)) for one in settled]
        self.settlements.append([(uid, entry) for uid, entry in entries if entry is not None])

    @work
    async def action_sync_all_theirs(self) -> None:
        """Take theirs of every conflict; asks first and lists them."""
        screen: Any = self
        found = self.clashes()
        if not found:
            screen.say("no conflict is open with a ticket that is still there")
            return
        body = "\n".join(map(screen.row, found))
        choice = Choice("t", "take theirs of all; what mine say becomes drafts", "theirs")
        if await screen.app.push_screen_wait(ChooseScreen(f"Take theirs of {len(found)} conflicts?", [choice], body)):
            self.noted(found)
            for one in found:
                await screen.told(self.services.syncing.settle(one.uid, "theirs"), f"{len(found)} conflicts: theirs")

    @work
    async def action_sync_undo(self) -> None:
        """Open again what was settled last here, as long as it has not left."""
        from deskui.services import unsettling

        screen: Any = self
        if not self.settlements:
            screen.say("nothing was settled here that could be undone")
            return
        for uid, entry in self.settlements.pop():
            await screen.told(unsettling.unsettle(self.services.syncing, uid, entry), "open again")
