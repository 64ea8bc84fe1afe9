"""To whom a ticket is given: me, nobody, a colleague who has open tickets, or a name that is typed."""

import asyncio
from typing import Any

FIXED = (("me", "me"), ("nobody", "nobody"), ("other", "somebody else ..."))
MOST = 12  # colleagues that are listed


async def whom(verbs: Any, title: str) -> str | None:
    """`me`, `nobody` or a user name; None: cancelled."""
    known = await asyncio.wrap_future(verbs.services.views.known())
    taken = {*verbs.services.mine(), *dict(FIXED)}
    names = [name for name in known.get("owner", ()) if name not in taken]
    who: str | None = await verbs._choose(title, [*FIXED, *((name, name) for name in names[:MOST])])
    if who == "other":
        who = await verbs._ask(title, "user name in the ticket system")
    return who
