"""All clocks anew, by hand: after a change of the policy, a contract, a calendar or the holidays."""

from collections.abc import Callable

from deskui.services.desk import Desk, Refused
from deskui.store.driver import StoreError as StoreError  # screens name it, and may not import the store
from deskui.store.recount import Altered as Altered  # the command line names it
from deskui.store.recount import Recount
from deskui.store.threads import SLICE_S

ALONE_S = 0.4  # a slice where no screen is open here: one that is open elsewhere may have to wait so long


def rebuild(
    desk: Desk, *, rewrite: bool = False, alone: bool = False, tell: Callable[[int], None] = lambda done: None
) -> Recount:
    """Derive every clock by today's rules; the finished pass says what changed.

    `rewrite` alters stopped clocks too, else they keep their figures and are listed.  `alone`: no key waits here.
    `tell` hears how many tickets are done.  Refused, StoreError.
    """
    if desk.read_only:
        raise Refused("this is a read-only session: nothing is changed")
    store = desk.store

    def told(tickets: int) -> None:
        store.anew = tickets
        tell(tickets)

    done = Recount(rewrite, desk.me(desk.default_upstream), told, alone=alone)
    try:
        store.write_each(done.steps(), background=False, slice_s=ALONE_S if alone else SLICE_S).result()
        store.write(done.end).result()  # a commit that waits for the disk: now all of it lasts
    finally:
        store.anew = 0
    return done


def progress(desk: Desk) -> int:
    """How many tickets a rebuild of all clocks has done, by hand or since the rules changed; 0: none is under way."""
    return desk.store.anew
