"""Waiting for a commit: what is said meanwhile, and whether it came."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

SAYING_S = 0.05  # a write that takes longer says "saving"


async def settled(future: "Future[Any]", say: Callable[[str], Any] | None = None) -> BaseException | None:
    """None once it is committed, else why it is not; a wait that is felt is said."""
    waiting = asyncio.wrap_future(future)
    finished, _ = await asyncio.wait([waiting], timeout=SAYING_S)
    if not finished:
        if say is not None:
            say("saving ...")
        await asyncio.wait([waiting])
    return waiting.exception()


async def apart(work: Callable[..., Any], *given: Any) -> "asyncio.Future[Any]":
    """What `work` gave, or its `exception()`, once it has ended on a thread of its own: it waits for commits."""
    working = asyncio.ensure_future(asyncio.to_thread(work, *given))
    await asyncio.wait([working])
    return working
