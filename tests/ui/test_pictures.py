"""Pictures of the screens: keys in, picture out, on desks whose clocks stand still, in two sizes, dark and light."""

from typing import Any

import pytest

from deskui.domain.change import Acknowledge, Assign, Hold, Note, Reply, Resolve
from deskui.ui import panels
from deskui.ui.app import DeskApp
from tests.ui import stub
from tests.ui.desk import WholeDesk

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=lambda size: f"{size[0]}x{size[1]}")
THEMES = pytest.mark.parametrize("theme", ["dark", "light", "mono"])


def console(services: Any, themes: Any, theme: str) -> Any:
    return DeskApp(services, themes=themes, theme=theme, plain=theme == "mono")


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A desk of values, for what opens over the queue."""
    monkeypatch.setattr(panels, "beside_list", lambda services: [])
    return stub.services()


@pytest.fixture
def night(whole: WholeDesk) -> WholeDesk:
    """A desk in the middle of work: late, waiting, taken, and unsent."""
    first = whole.make(ci="till-gw-07", priority=1)
    whole.do(first, Acknowledge(), Assign("anna"), Note("Line is down since 01:44, case L2-8812.", 7))
    whole.sync()
    other = whole.make("VPN gateway flapping since 01:30", "Every few minutes.\nThen it is back.", priority=2)
    whole.do(other, Acknowledge(), Reply("We are looking at it."), Hold("vendor"))
    whole.clock.now += 60
    whole.sync()
    whole.make("Mail queue growing, 4k deferred 測試", priority=2)
    whole.make("Need store list \x1b[31mfrom customer", priority=4)
    whole.do(first, Reply("A technician is on the way."))
    return whole


@SIZES
@THEMES
def test_queue(snap_compare: Any, night: WholeDesk, themes: Any, theme: str, size: tuple[int, int]) -> None:
    app = console(night.services, themes, theme)
    assert snap_compare(app, press=["j", "wait:600"], terminal_size=size)


@SIZES
@THEMES
def test_ticket(snap_compare: Any, night: WholeDesk, themes: Any, theme: str, size: tuple[int, int]) -> None:
    app = console(night.services, themes, theme)
    assert snap_compare(app, press=["enter", "wait:600"], terminal_size=size)


@SIZES
@THEMES
def test_knowledge(snap_compare: Any, night: WholeDesk, themes: Any, theme: str, size: tuple[int, int]) -> None:
    past = night.acknowledged(subject="VPN gateway flapping after the update")
    night.do(past, Resolve("Firmware back to 7.2.1:\nset the boot image, reload at the next pause."))
    (night.home / "kb").mkdir()
    (night.home / "kb" / "lte.md").write_text("# Tills offline: LTE failover\n\n## Workaround\n\nfailover on\n")
    app = console(night.services, themes, theme)
    assert snap_compare(app, press=["K", "slash", *" vpn", "enter", "wait:600"], terminal_size=size)


@pytest.mark.parametrize("theme", ["dark", "mono"])
def test_long_queue(snap_compare: Any, bare: Any, themes: Any, theme: str) -> None:
    assert snap_compare(console(bare, themes, theme), press=["j", "j", "wait:300"], terminal_size=(80, 24))


@pytest.mark.parametrize("theme", ["dark", "mono"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("help", ["question_mark", "wait:200", *"sync"]),
        ("command", ["colon", "wait:200", *"hold"]),
        ("filter", ["slash", *"vpn", "wait:200"]),
        ("offered", ["slash", *"owner:no", "wait:300"]),
        ("views", ["g", "v", "wait:400"]),
        ("view", ["2", "wait:300"]),
        ("columns", ["comma", "wait:200"]),
        ("state", ["s", "wait:200"]),
        ("leave", ["q", "wait:200"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_over_the_queue(
    snap_compare: Any, bare: Any, themes: Any, theme: str, name: str, keys: list[str]
) -> None:  # fmt: skip
    assert snap_compare(console(bare, themes, theme), press=[*keys, "wait:200"], terminal_size=(80, 24))


def test_too_small(snap_compare: Any, bare: Any, themes: Any) -> None:
    assert snap_compare(console(bare, themes, "dark"), press=["wait:200"], terminal_size=(60, 20))
