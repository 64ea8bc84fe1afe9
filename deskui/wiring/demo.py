"""The demo desk: like any other, in a home that is gone at the end."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskui import resources, wiring
from deskui.services import demo as play


@contextmanager
def demo(*, me: str | None = None, read_only: bool = False) -> Iterator[wiring.Opened]:
    """The demo desk in a scratch home that is removed at the end; its clock begins at 02:07."""
    folder = resources.data() / "demo"
    ahead = play.start(folder) - wiring.now()
    with tempfile.TemporaryDirectory(prefix="deskui-demo-") as scratch:
        home = Path(scratch)
        played = play.Demo(home, folder, lambda: wiring.now() + ahead, me or "").prepare()
        given = {played.upstream.name: played.upstream}
        opened = wiring.desk(
            home, me=me, read_only=read_only, clock=played.clock, given=given, contracts_in=played.contracts, demo=True
        )
        with opened as here, played.playing():
            here.services.inventory.put(played.assets()).result()
            here.services.syncing.run_once()
            yield here
