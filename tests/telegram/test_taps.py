import asyncio

from handlers.events import Chose, Event
from tests.fakes.telegram import FakeTelegram, Fault, Person
from tests.telegram.listening import Ear, channel_of, listening, saying, until, until_confirmed


async def asked(fake: FakeTelegram) -> Person:
    """A person who has been asked a question with two buttons."""
    lan = fake.person(70001)
    await lan.starts()
    async with channel_of(fake) as channel:
        await channel.send(saying(lan.id, "Gửi?", "Gửi", "Hủy"))
    return lan


def choices(ear: Ear) -> list[Event]:
    """The taps heard."""
    return [event for event in ear.events if isinstance(event, Chose)]


async def test_a_tap_is_answered_and_its_buttons_are_gone(fake: FakeTelegram, ear: Ear) -> None:
    """A tap is the choice it shows; its spinner ends and its keyboard disappears."""
    lan = await asked(fake)
    async with listening(fake, ear):
        tap = await lan.taps("Hủy")
        await tap.answered()
        await until(lambda: lan.chat[-1].labels == [])
    assert choices(ear) == [Chose(step=3, n=2)]
    assert lan.chat[-1].text == "Gửi?"


async def test_a_second_tap_is_heard_and_harms_nothing(fake: FakeTelegram, ear: Ear) -> None:
    """Two taps on one button are two choices, both answered, whichever edit comes too late."""
    lan = await asked(fake)
    question = lan.chat[-1]
    async with listening(fake, ear):
        taps = [await lan.taps("Gửi", question) for _ in range(2)]
        for tap in taps:
            await tap.answered()
        await until(lambda: len(fake.calls_of("editMessageReplyMarkup")) == 2)
        await until_confirmed(fake)
    assert choices(ear) == [Chose(step=3, n=1)] * 2


async def test_a_forged_tap_is_no_choice(fake: FakeTelegram, ear: Ear) -> None:
    """A payload no button of ours carries is heard as a choice that does not exist."""
    lan = await asked(fake)
    async with listening(fake, ear):
        await (await lan.forges("c:1:1; DROP", lan.chat[-1])).answered()
    assert choices(ear) == [Chose(step=-1, n=0)]


async def test_buttons_of_a_failed_turn_stay(fake: FakeTelegram, ear: Ear) -> None:
    """When the turn failed the spinner ends, and the button can be tapped again."""
    lan = await asked(fake)
    ear.outcome = "failed"
    async with listening(fake, ear):
        await (await lan.taps("Gửi")).answered()
        await until_confirmed(fake)
    assert lan.chat[-1].labels == ["Gửi", "Hủy"]


async def test_a_tap_told_of_too_late_is_still_a_choice(fake: FakeTelegram, ear: Ear) -> None:
    """A turn that took longer than a tap lives is kept, though Telegram wants no answer now."""
    lan = await asked(fake)
    ear.ready.clear()
    async with listening(fake, ear):
        tap = await lan.taps("Gửi")
        await ear.hears(2)
        fake.clock.advance(200)
        ear.ready.set()
        await until(lambda: lan.chat[-1].labels == [])
        await until_confirmed(fake)
    assert tap.answer is None
    assert fake.calls_of("answerCallbackQuery")[0].status == 400


async def test_courtesies_hold_nobody_up(fake: FakeTelegram, ear: Ear) -> None:
    """A tap is confirmed, and the next thing heard, while Telegram is slow to take the answer."""
    lan = await asked(fake)
    fake.faults.add(Fault("hang", "answercallbackquery", times=None))
    fake.faults.add(Fault("status", "editmessagereplymarkup", times=None))
    async with listening(fake, ear):
        await lan.taps("Gửi")
        async with asyncio.timeout(0.5):
            await ear.hears(2)
            await until_confirmed(fake)
            await lan.says("Chào")
            await ear.hears(3)
