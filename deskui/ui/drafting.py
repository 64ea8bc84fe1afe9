"""Where drafts show: the line of a ticket on which some wait, and the list of them all with what can be done."""

from typing import Any

from deskui.domain.draft import Draft
from deskui.ui.countdown import age
from deskui.ui.kinds import KINDS, named
from deskui.ui.saving import settled
from deskui.ui.screens.choose import Choice, ChooseScreen


def old(draft: Draft, now: int) -> str:
    """`12m old`, `just now`."""
    seconds = max(0, now - draft.at)
    return "just now" if seconds < 60 else f"{age(seconds)} old"


def first(draft: Draft) -> str:
    """The first line of it that says something."""
    return next((line.strip() for line in draft.text.split("\n") if line.strip()), "")[:60]


def line(services: Any, ticket_id: str) -> str:
    """` DRAFT, not sent: public reply 12m old (C goes on)`; empty where none waits."""
    now = int(services.clock())
    found = [
        f"{named(draft.kind)} {old(draft, now)} ({KINDS[draft.kind].key} goes on)"
        for draft in services.writing.drafts.on(ticket_id)
    ]
    return f" DRAFT, not sent: {'; '.join(found)}" if found else ""


async def choose(app: Any) -> None:
    """All drafts; the one that is picked is shown, and can be gone on with or discarded."""
    services = app.services
    found = services.writing.drafts.all()
    if not found:
        app.say("no drafts: nothing is written that was not sent")
        return
    now = int(services.clock())
    choices = []
    for number, each in enumerate(found, 1):
        what = f"{_where(each)}  {named(each.draft.kind)}, {old(each.draft, now)}: {first(each.draft)}"
        choices.append(Choice(str(number) if number < 10 else "", what, each.draft.uid))
    picked = await app.push_screen_wait(ChooseScreen(f"{len(found)} not sent", choices))
    for each in (one for one in found if one.draft.uid == picked):
        await _one(app, each)


async def _one(app: Any, waiting: Any) -> None:
    from deskui.ui.screens.write import WriteScreen

    draft = waiting.draft
    choices = [Choice("d", "discard it for good; asks once more", "discard"), Choice("y", "copy its text", "copy")]
    if not waiting.into:  # on the other ticket other people read it
        choices.insert(0, Choice("g", "go on with it", "go"))
    title = f"{_where(waiting)}: draft of a {named(draft.kind)}"
    answer = await app.push_screen_wait(ChooseScreen(title, choices, draft.text))
    if answer == "go":
        app.push_screen(WriteScreen(app.services, waiting.ticket.id, draft.kind, draft.uid))
    elif answer == "copy":
        app.copy_to_clipboard(draft.text)
    elif answer == "discard":
        sure = ChooseScreen(f"Discard this draft of {waiting.ticket.id}?", [Choice("y", "Yes, discard it", "yes")])
        if await app.push_screen_wait(sure) == "yes":
            error = await settled(app.services.writing.drafts.drop(draft.uid))
            app.say(f"NOT DISCARDED: {error}" if error else f"{waiting.ticket.id}: the draft is discarded")


def _where(waiting: Any) -> str:
    return f"{waiting.ticket.id} (merged into {waiting.into})" if waiting.into else str(waiting.ticket.id)
