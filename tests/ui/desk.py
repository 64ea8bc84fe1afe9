"""A whole desk for screen tests: real store, services and engine over a small upstream in memory."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.app import ScreenStackError

from deskui import resources
from deskui.domain.asset import Asset
from deskui.domain.change import Acknowledge, Create
from deskui.services.attachments import Attachments
from deskui.services.customers import Customers
from deskui.services.desk import Desk
from deskui.services.diagnose import Diagnose
from deskui.services.inventory import Inventory
from deskui.services.knowledge import Knowledge
from deskui.services.services import Services
from deskui.services.syncing import Syncing
from deskui.services.triage import Triage
from deskui.services.views import Views
from deskui.services.writing import Writing
from deskui.store.lock import SyncLock
from deskui.sync.engine import Engine
from deskui.ui.app import DeskApp
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, Faults, World
from tests import make

SMALL, LARGE = (80, 24), (160, 45)
RUNBOOK = """
name = "small"
title = "Small look"
[[steps]]
check = "load"
[[steps]]
check = "uptime"
"""


class WholeDesk:
    """`world` is the upstream, `services` what screens get; ids are RT-1, RT-2 …"""

    def __init__(self, home: Path) -> None:
        self.clock, self.home = make.Clock(), home
        self.world, self.faults = World(clock=self.clock), Faults()
        self.store = make.make_store(home, self.clock)
        self.adapter = Adapter("rt", Options(user="anna"), world=self.world, faults=self.faults)
        self.engine = Engine(self.store, self.adapter, self.clock)
        syncing = Syncing(self.store, {"rt": self.engine}, SyncLock(home), self.clock, {"rt": 60})
        desk = Desk(self.store, self.store.rules, lambda upstream: "anna", "UTC", "rt", 10)
        inventory = Inventory(self.store, "anna")
        (home / "runbooks").mkdir()
        (home / "runbooks" / "small.toml").write_text(RUNBOOK)
        triage = Triage(desk, inventory.criticality, desk.outbox)
        customers = Customers(home / "customers", inventory.site)
        self.services = Services(
            desk, triage, Diagnose(self.store, desk, [home / "runbooks"]), syncing, inventory, self.clock,
            "UTC", lambda upstream: "anna", self.store.subscribe, desk.names,
            Writing(desk, syncing, home, resources.data(), customers=customers),
            Views(desk, resources.data() / "views.toml", home / "views.toml", "anna"),
            knowledge=Knowledge(desk, home / "kb"), customers=customers,
            attachments=Attachments(syncing, home / "attachments"),
        )  # fmt: skip
        inventory.put([Asset("till-gw-07", "network", "local", customer="Nordkauf", criticality="high")]).result(10)

    def sync(self) -> Any:
        self.clock.now += 1
        return self.engine.run()

    def make(self, subject: str = "Tills offline in 14 stores", text: str = "Nothing works", **values: Any) -> str:
        """A ticket upstream, made an hour ago, and pulled; its id."""
        create = Create(subject, text, customer="Nordkauf", requestor="max@nordkauf.example", **values)
        remote = self.world.make(create, at=self.clock.now - 3600)
        self.sync()
        return f"RT-{remote}"

    def do(self, ticket_id: str, *changes: Any) -> Any:
        for change in changes:
            entry = self.services.desk.do(ticket_id, change).result(10)
        return entry

    def clash(self, ticket_id: str, mine: Any, theirs: Any) -> Any:
        """An open conflict: kim made `theirs` while `mine` waited here."""
        self.do(ticket_id, mine)
        self.clock.now += 60
        self.world.change_as("kim", ticket_id.removeprefix("RT-"), theirs)
        self.sync()
        return self.services.syncing.conflicts()[0]

    def acknowledged(self, **values: Any) -> str:
        ticket_id = self.make(**values)
        self.do(ticket_id, Acknowledge())
        self.sync()
        return ticket_id


@contextmanager
def whole_desk(home: Path) -> Iterator[WholeDesk]:
    home.mkdir(mode=0o700)
    desk = WholeDesk(home)
    try:
        yield desk
    finally:
        desk.store.close()


def app_with(services: Any, screen: Any, themes: Any, plain: bool = False) -> DeskApp:
    """The console with `screen` on top of an empty one; what `screen` returned is in `app.answers`."""
    from textual.screen import Screen

    class Console(DeskApp):
        CSS_PATH = str(Path(__file__).parents[2] / "deskui" / "ui" / "deskui.tcss")

        def get_default_screen(self) -> Any:
            return Screen()

        def on_ready(self) -> None:
            self.answers: list[Any] = []
            self.push_screen(screen, self.answers.append)

    os.environ.pop("NO_COLOR", None)
    app = Console(services, themes=themes, theme="dark", plain=plain)
    os.environ.pop("NO_COLOR", None)  # the console sets it for Textual, which has read it now
    return app


@asynccontextmanager
async def opened(services: Any, screen: Any, themes: Any, size: tuple[int, int] = SMALL) -> AsyncIterator[Any]:
    """The console with `screen` on it, running, and its pilot."""
    app = app_with(services, screen, themes)
    async with app.run_test(size=size) as pilot:
        await steady(pilot)
        yield app, pilot


def full_disk(services: Services) -> Services:
    """The same on a disk that is full: no change is saved."""

    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(services.desk, name)

        def do(self, *_: Any) -> "Future[Any]":
            future: Future[Any] = Future()
            future.set_exception(OSError("the disk is full"))
            return future

    desk: Any = Full()
    return replace(services, desk=desk)


async def steady(pilot: Any, seconds: float = 0.02) -> None:
    """Waits until what is shown stays as it is for so long."""
    before = ""
    await pilot.pause()
    while (now := shown(pilot.app)) != before:
        before = now
        await pilot.pause(seconds)


def shown(app: Any) -> str:
    """What is on the terminal, modal screens included."""
    rows = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
    return "\n".join(row.rstrip() for row in rows)


async def until(pilot: Any, ready: Any, seconds: float = 30.0) -> None:
    """Waits until `ready()` and what came with it is drawn; fails with what is on the screen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            with suppress(ScreenStackError):  # it may be the end of the app
                await pilot.pause()
            return
        await pilot.pause(0.02)
    raise AssertionError(f"never came; on the screen:\n{shown(pilot.app)}")
