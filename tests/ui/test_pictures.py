"""Pictures of the queue and of what opens over it: keys in, picture out, in every theme and at two sizes."""

from typing import Any

import pytest

from deskui.ui import panels
from deskui.ui.app import DeskApp
from tests.ui import stub

SIZES = [(80, 24), (160, 45)]


def console(themes: Any, theme: str) -> Any:
    app = DeskApp(stub.services(), themes=themes, theme=theme, plain=theme == "mono")
    return app


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(panels, "beside_list", lambda services: [])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", ["dark", "light", "mono"])
def test_queue(snap_compare: Any, themes: Any, theme: str, size: tuple[int, int]) -> None:
    assert snap_compare(console(themes, theme), press=["j", "j", "wait:300"], terminal_size=size)


@pytest.mark.parametrize("theme", ["dark", "mono"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("help", ["question_mark", "wait:200", *"sync"]),
        ("command", ["colon", "wait:200", *"hold"]),
        ("filter", ["slash", *"vpn", "wait:200"]),
        ("state", ["s", "wait:200"]),
        ("leave", ["q", "wait:200"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_over_the_queue(snap_compare: Any, themes: Any, theme: str, name: str, keys: list[str]) -> None:
    assert snap_compare(console(themes, theme), press=[*keys, "wait:200"], terminal_size=(80, 24))


def test_too_small(snap_compare: Any, themes: Any) -> None:
    assert snap_compare(console(themes, "dark"), press=["wait:200"], terminal_size=(60, 20))
