"""Two consoles on one desk: the one that syncs is killed in its run, and the other one takes over."""

import signal
import subprocess
import sys
from pathlib import Path

from deskui.services.syncing import Syncing
from deskui.store import syncstate
from deskui.store.lock import SyncLock
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, World
from tests.make import Clock, make_store

ROOT = Path(__file__).parents[2]
EVERY_S = 60
OTHER = """
import sys, time
from pathlib import Path
from deskui.services.syncing import Syncing
from deskui.store.lock import SyncLock
from deskui.sync.engine import Engine
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, World
from tests.make import Clock, make_store

class Stuck(Adapter):
    def head(self):
        print("in its run", flush=True)
        time.sleep(600)

home, clock = Path(sys.argv[1]), Clock()
store = make_store(home, clock, prefixes={"mem": "M-"})
engine = Engine(store, Stuck("mem", Options(user="anna"), world=World(clock=clock)), clock)
Syncing(store, {"mem": engine}, SyncLock(home), clock, {"mem": 60}).scheduled("mem")
"""


def test_another_runs_as_soon_as_its_turn_comes(tmp_path: Path) -> None:
    clock = Clock()
    store = make_store(tmp_path, clock, prefixes={"mem": "M-"})
    engine = Engine(store, Adapter("mem", Options(user="anna"), world=World(clock=clock)), clock)
    here = Syncing(store, {"mem": engine}, SyncLock(tmp_path), clock, {"mem": EVERY_S})
    other = subprocess.Popen([sys.executable, "-c", OTHER, str(tmp_path)], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == "in its run\n"
    assert store.read(lambda db: syncstate.get(db, "mem")).last_try == clock.now
    clock.now += EVERY_S
    assert here.scheduled("mem") is None, "two runs at once"
    other.send_signal(signal.SIGKILL)
    other.communicate(timeout=30)
    result = here.scheduled("mem")  # the first turn after its death: at most every_s later
    assert result is not None
    assert result.error is None
    assert store.read(lambda db: syncstate.get(db, "mem")).last_ok == clock.now
    store.close()
