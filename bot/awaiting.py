"""Waiting for news, but not for ever: what every part does that looks again after a while."""

import asyncio


async def heard(news: asyncio.Event, seconds: float) -> bool:
    """Wait until there is *news*, at most so many *seconds*; whether there was any."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True
