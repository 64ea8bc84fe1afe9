"""The words of the top and bottom lines, as a table."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from deskui.ui import status

AT = int(datetime(2026, 11, 24, 2, 15, tzinfo=UTC).timestamp())


def local(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def upstream(**over: Any) -> Any:
    values = {"name": "rt", "error": "", "offset_s": 0.0, "offline_since": None, "last_ok": AT, "next_try": None}
    return SimpleNamespace(**{**values, **over})


def state(*upstreams: Any, **over: Any) -> Any:
    values = {"queued": 0, "conflicts": 0, "rejected": 0, "unknown": 0, "last_ok": AT, "offline_since": None}
    return SimpleNamespace(**{**values, "upstreams": upstreams or (upstream(),), **over})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (state(), []),
        (state(queued=1), ["1 change waiting to send"]),
        (state(queued=3, conflicts=2), ["3 changes waiting to send", "2 conflicts (gs)"]),
        (state(rejected=1, unknown=1), ["1 unsure if sent (gs)", "1 rejected (gs)"]),
        (state(upstream(offline_since=AT, error="refused")), ["OFFLINE rt since 02:15"]),
        (state(upstream(offline_since=AT, next_try=AT + 600)), ["OFFLINE rt since 02:15, next try 02:25 (R: now)"]),
        (state(upstream(error="login refused")), ["rt: login refused"]),
        (state(upstream(offset_s=29.0)), []),
        (state(upstream(offset_s=-31.0)), ["clock off by 31 s"]),
    ],
)
def test_waiting(found: Any, said: list[str]) -> None:
    assert [words for words, _ in status.waiting(found, local)] == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (state(), "sync 02:15"),
        (state(offline_since=AT), "OFFLINE 9m"),
        (state(last_ok=None), "never synced"),
        (state(last_ok=AT - 3 * 86_400), "sync 3d ago"),
        (SimpleNamespace(upstreams=(), last_ok=None, offline_since=None), "no upstream"),
    ],
)
def test_sync_age(found: Any, said: str) -> None:
    assert status.sync_age(found, AT + 540, local) == said


@pytest.mark.parametrize(("hour", "said"), [(2, "02:00 NIGHT"), (6, "06:00"), (21, "21:00"), (22, "22:00 NIGHT")])
def test_clock(hour: int, said: str) -> None:
    assert status.clock(datetime(2026, 11, 24, hour, tzinfo=UTC)) == said


def test_stops() -> None:
    assert status.stops(SimpleNamespace(stops=0, first_due=None), local) == ""
    assert status.stops(SimpleNamespace(stops=3, first_due=AT), local) == "3 stops to send, first due 02:15"
