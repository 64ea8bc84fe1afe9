"""What a person can do about a change that was refused, may have arrived, or whose ticket was deleted."""

from typing import TYPE_CHECKING, Any

from textual import work

from deskui.ui.screens.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from deskui.domain.outgoing import Entry
    from deskui.services.syncing import Conflict

STUCK = ("unknown", "rejected")


class Resend:
    """Mixed into the sync screen: its `change` is the change under the cursor, `clash` the conflict."""

    services: Any
    change: Any

    @property
    def stuck(self) -> "Entry | None":
        """The change under the cursor, if only a person can say what becomes of it."""
        entry: Entry | None = self.change
        return entry if entry is not None and entry.state in STUCK else None

    @work
    async def action_sync_again(self) -> None:
        """Ask what shall become of it; Cancel leaves it as it is."""
        from deskui.services import resending

        screen: Any = self
        entry = self.stuck
        if entry is None:
            return
        danger = resending.danger(entry)
        name = screen.ticket_name(entry.ticket)
        title = f"{name}: nobody knows whether this arrived." if danger else f"{name}: this was refused."
        dialog = ChooseScreen(title, choices(entry), "\n".join(filter(None, (screen.change_text(entry), danger))))
        answer = await screen.app.push_screen_wait(dialog)
        if answer == "look":
            self.services.syncing.sync_now()
            screen.say(f"{name}: looking upstream; what is found there is shown here")
        elif answer == "again":
            await screen.told(resending.again(self.services.desk, entry.uid), f"{name}: waits to be sent again")
        elif answer == "drop":
            await screen.told(self.services.desk.drop(entry.uid, keep=resending.kept(entry)), dropped(entry))

    def is_deleted(self, clash: "Conflict") -> bool:
        """Whether the conflict is with a ticket that is not there any more."""
        from deskui.services import restoring

        return restoring.deleted(clash)

    @work
    async def deleted(self, clash: "Conflict") -> None:
        """Ask what shall become of all that waited for a ticket that was deleted."""
        from deskui.services import restoring

        screen: Any = self
        name, waited = clash.ticket_id, [one for one in self.services.syncing.conflicts() if one.ticket == clash.ticket]
        body = "\n".join([screen.about(clash.ticket), "", "What waited for it:", *map(screen.row, waited)])
        new = Choice("n", "make a new ticket of it, with all that waited for it", "new")
        drop = Choice("d", "drop the change under the cursor; what it says is a draft", "theirs")
        answer = await screen.app.push_screen_wait(ChooseScreen(f"{name} was deleted upstream", [new, drop], body))
        if answer == "new":
            made = restoring.restore(self.services.desk, clash.uid)
            await screen.told(made, f"{name} goes on as a new ticket, which waits to be sent")
        elif answer == "theirs":
            await screen.told(self.services.syncing.settle(clash.uid, "theirs"), f"{name}: dropped")


def choices(entry: "Entry") -> list[Choice]:
    """The answers, the harmless ones first."""
    look = [Choice("l", "look upstream again whether it is there", "look")] if entry.state == "unknown" else []
    knowingly = ", though it may be there already" if look else ""
    words = "; what it says is a draft then" if getattr(entry.change, "text", "") else ""
    return [
        *look, Choice("s", f"send it again{knowingly}", "again"), Choice("d", f"drop it, unsent{words}", "drop"),
    ]  # fmt: skip


def dropped(entry: "Entry") -> str:
    """What is said once it was dropped."""
    return "dropped; what it says is a draft on its ticket" if getattr(entry.change, "text", "") else "dropped"
