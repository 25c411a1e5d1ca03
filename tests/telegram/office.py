"""A province with a group of officials on the fake, and the bot as it is put together to run."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.app import open_app
from bot.board_line import Pace
from bot.config import Channels, Config, StorageConfig, TelegramConfig, WebConfig
from handlers.codes import make_code
from handlers.desk.people import Duty
from handlers.effects import AddToTicket, Invite, OpenTicket
from handlers.tickets import OPEN
from storage import members, people, tickets
from storage.database import Store, Tx
from tests.fakes.telegram import FakeTelegram, Group, Person

UNIT = "so-y-te"
UNIT_NAME = "Sở Y tế"
LATER = date(2099, 12, 31)
SPEED = 60.0
"""Seconds of Telegram in one of ours: a minute of its pace is a second here."""
PACE = Pace(window=timedelta(seconds=1.05), look=0.02, longest=0.2, refused=0.3)
SECRET = "a secret of thirty-two characters and more"


def code(number: int) -> str:
    """The code of the *number*th case."""
    return make_code([number // 23**k % 23 for k in range(6)])


def case(number: int, *, unit: str = UNIT, due_on: date = LATER) -> OpenTicket:
    """The *number*th case, in which a citizen wrote more than a group may read."""
    return OpenTicket(
        code=code(number),
        receipt="H4TN-62XC-9FQK",
        topic="khac",
        commune="",
        unit=unit,
        due_on=due_on,
        calendar="2026-11",
        lang="vi",
        lines=(),
        media=(),
        search="chuyen rieng",
        name="Lò Thị Lan",
        phone="0912345678",
    )


class Office:
    """The bot over one database, which may be ended and started again; *chief* administers it."""

    def __init__(self, url: str, folder: Path, fake: FakeTelegram) -> None:
        self.fake = fake
        self.chief: Person = fake.person(1, "Chief")
        self.store: Store
        token = {"token": fake.token, "base_url": fake.url, "base_file_url": fake.file_url}
        self._config = Config(
            storage=StorageConfig.model_validate({"url": url, "files": folder / "files"}),
            channels=Channels(
                web=WebConfig(enabled=False), telegram=TelegramConfig.model_validate(token)
            ),
            content=Path(__file__).parents[2] / "content",
            secret_file=folder / "secret",
            keys_file=folder / "keys",
            denunciation_keys_file=folder / "keys-denunciations",
        )

    @asynccontextmanager
    async def works(self) -> AsyncIterator[None]:
        """The bot runs; at the end it is stopped wherever it is."""
        async with open_app(self._config) as app:
            self.store = app.store
            assert app.telegram is not None
            assert app.board is not None
            app.board.pace = PACE
            parts = [app.telegram.run(app.engine.accept), app.telegram.stand_by(), app.board.run()]
            tasks = [asyncio.ensure_future(part) for part in parts]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def employ(self, person: Person, unit: str = "*", role: str = "administrator") -> None:
        """Make somebody a member of staff, as an invitation does."""
        duty = Duty.model_validate({"role": role, "unit": unit})
        invited = Invite(by=0, invitation="t", duty=duty, name="", hours=24)

        def unit_of_work(tx: Tx) -> None:
            now = datetime.now(UTC)
            contact = people.contact(tx, "telegram", str(person.id), now)
            members.invite(tx, invited, f"key {person.id}", now)
            assert members.join(tx, contact.id, f"key {person.id}", now)

        await self.store.run(unit_of_work)

    async def bind(self, group: Group, what: str = UNIT, thread: int | None = None) -> None:
        """The chief lets the group show cases, and reads that it does."""
        if self.chief.id not in [contact[0] for contact in await self._staff()]:
            await self.employ(self.chief)
        await self.chief.says(f"/nhom {what}", to=group.id, thread=thread)
        await group.sees("Từ nay ở đây có thẻ")

    async def _staff(self) -> list[tuple[int]]:
        def chats(tx: Tx) -> list[tuple[int]]:
            rows = tx.rows("SELECT c.id FROM members m JOIN contacts c ON c.id = m.contact_id")
            return [(int(people.address(tx, row[0])[1]),) for row in rows]

        return await self.store.read(chats)

    async def record(self, numbers: Iterable[int], *, unit: str = UNIT) -> None:
        """Citizens send cases."""

        def unit_of_work(tx: Tx) -> None:
            now = datetime.now(UTC)
            contact = people.contact(tx, "web", "citizen", now)
            for number in numbers:
                tickets.open(tx, contact.id, case(number, unit=unit), now, b"secret")

        await self.store.run(unit_of_work)

    async def change(self, number: int, *, status: str = "working", unit: str = UNIT) -> None:
        """Something is added to a case, and the desk moved it."""
        values = (status, int(status in OPEN), unit, code(number))
        added = AddToTicket(code=code(number), text="chuyện riêng", media=(), search="")

        def unit_of_work(tx: Tx) -> None:
            now = datetime.now(UTC)
            contact = people.contact(tx, "web", "citizen", now)
            tickets.add_note(tx, contact.id, added, now)
            tx.do("UPDATE tickets SET status = ?, open = ?, unit = ? WHERE code = ?", values)

        await self.store.run(unit_of_work)


def says(group: Group) -> list[str]:
    """What the bot's messages in the group say now."""
    return [shown.text for shown in group.chat if shown.from_bot]


def missing(group: Group, numbers: Iterable[int]) -> list[str]:
    """The codes of the cases that no message in the group names."""
    said = "\n".join(says(group))
    return [code(number) for number in numbers if code(number) not in said]
