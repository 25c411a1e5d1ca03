"""Waiting for what must come, however busy the machine is."""

import asyncio
from collections.abc import Callable

_SECONDS = 20.0
_STEP = 0.01


async def eventually(condition: Callable[[], object]) -> None:
    """Return once *condition* holds; fail when it never does."""
    for _ in range(int(_SECONDS / _STEP)):
        if condition():
            return
        await asyncio.sleep(_STEP)
    raise AssertionError("it never came")
