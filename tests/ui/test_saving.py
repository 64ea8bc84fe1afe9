"""Waiting for a commit: a quick one is not spoken of, a slow one is, and what went wrong comes back."""

import asyncio
from concurrent.futures import Future
from typing import Any

from deskui.ui.saving import SAYING_S, settled


async def test_a_quick_commit_says_nothing() -> None:
    said: list[str] = []
    future: Future[Any] = Future()
    future.set_result("kept")
    assert await settled(future, said.append) is None
    assert said == []


async def test_a_wait_that_is_felt_is_said_once() -> None:
    said: list[str] = []
    future: Future[Any] = Future()
    waiting = asyncio.create_task(settled(future, said.append))
    await asyncio.sleep(3 * SAYING_S)
    assert (said, waiting.done()) == (["saving ..."], False)
    future.set_result("kept")
    assert await waiting is None
    assert said == ["saving ..."]


async def test_why_it_failed_comes_back_also_late() -> None:
    future: Future[Any] = Future()
    waiting = asyncio.create_task(settled(future))
    await asyncio.sleep(3 * SAYING_S)
    future.set_exception(OSError("the disk is full"))
    assert str(await waiting) == "the disk is full"
