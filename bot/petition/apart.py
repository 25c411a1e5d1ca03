"""Drawing a petition in a process of its own, which ends with it.

The libraries that draw take 45 MB and never give them back, and what people write is fed to two of
them: so they never come near the process that serves everybody. What is to be printed goes in and
comes out by pipes alone; the process has no settings, no keys and no secret in its environment, and
what it says of a fault, which may quote the petition, is read by nobody.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from pydantic import ConfigDict

from handlers.model import Frozen
from handlers.petition import Form, Petition

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0  # seconds; a petition takes less than one


class DrawingError(Exception):
    """The documents could not be drawn."""


class Order(Frozen):
    """What is to be drawn."""

    petition: Petition
    form: Form


class Drawn(Frozen):
    """The documents."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    pdf: bytes
    docx: bytes


async def draw(petition: Petition, form: Form) -> Drawn:
    """The documents of a petition. Raises `DrawingError` and OSError."""
    order = Order(petition=petition, form=form)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.petition"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate(order.model_dump_json().encode())
    except TimeoutError as error:
        raise DrawingError("it takes too long") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise DrawingError(f"ended with {process.returncode}")
    return Drawn.model_validate_json(said)
