"""The client the fakes are tested with."""

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.fakes.telegram import FakeTelegram


def client(server: FakeTelegram) -> Bot:
    """A bot of python-telegram-bot over its default HTTP library.

    Loopback needs no certificates, and loading them costs a tenth of a second for each client.
    """
    calls, polls = (HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2))
    return Bot(
        server.token,
        base_url=server.url,
        base_file_url=server.file_url,
        request=calls,
        get_updates_request=polls,
    )
