"""A strict fake of Telegram's Bot API server, and of the people who use it.

In a test's own event loop:

    server = await FakeTelegram.start(token="42:token")
    lan = server.person(id=1001, first_name="Lan")
    await lan.says("/start")
    reply = await lan.reads()

In a thread: `with in_thread() as sim`. As its own process: `python -m tests.fakes.telegram`, led
by `TelegramSim(url)`. What the fake refuses, and in which words, is what the published source of
the real server refuses; the figures are in `rules`.
"""

from .client import SimGroup, SimPerson, SimTap, TelegramSim
from .errors import ApiError
from .faults import OF_A_SEND, Fault
from .group import Group
from .journal import Call
from .pacing import Violation
from .person import Person, Tap
from .rules import Limits, Options, Pace
from .server import TOKEN, FakeTelegram
from .threaded import in_thread
from .view import Shown

__all__ = [
    "OF_A_SEND",
    "TOKEN",
    "ApiError",
    "Call",
    "FakeTelegram",
    "Fault",
    "Group",
    "Limits",
    "Options",
    "Pace",
    "Person",
    "Shown",
    "SimGroup",
    "SimPerson",
    "SimTap",
    "Tap",
    "TelegramSim",
    "Violation",
    "in_thread",
]
