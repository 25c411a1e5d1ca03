import asyncio
from functools import partial

from storage import people, sessions
from storage.database import Store, Tx
from tests.storage.samples import NOW


async def test_a_conversation_begins_empty_and_is_found_as_it_was_left(store: Store) -> None:
    """A new chat has an empty state; later the state is what was saved last."""

    def begin(tx: Tx) -> sessions.Opened:
        chat = sessions.open(tx, "web", "a", NOW)
        sessions.save(tx, chat.contact_id, '{"room":"đầu"}', NOW)
        return chat

    first = await store.run(begin)
    assert (first.state, first.reachable) == ("", True)
    second = await store.run(lambda tx: sessions.open(tx, "web", "a", NOW))
    assert second == (first.contact_id, '{"room":"đầu"}', True)


async def test_a_contact_met_before_gets_its_conversation(store: Store) -> None:
    """A contact made by something else than a conversation can begin one."""
    met = await store.run(lambda tx: people.contact(tx, "web", "a", NOW))
    chat = await store.run(lambda tx: sessions.open(tx, "web", "a", NOW))
    assert chat == (met.id, "", True)


async def test_a_late_message_from_before_a_move_finds_the_conversation(store: Store) -> None:
    """A message from the old address of a chat opens the one conversation."""

    def move(tx: Tx) -> tuple[sessions.Opened, sessions.Opened]:
        chat = sessions.open(tx, "telegram", "-1", NOW)
        sessions.save(tx, chat.contact_id, "here", NOW)
        people.move(tx, "telegram", "-1", "-2", NOW)
        return (
            sessions.open(tx, "telegram", "-1", NOW),
            sessions.open(tx, "telegram", "-2", NOW),
        )

    late, now = await store.run(move)
    assert late == now
    assert late.state == "here"


async def test_no_turn_of_one_chat_overwrites_another(store: Store) -> None:
    """Turns of one chat on different lanes, as of different workers, wait for each other."""

    def turn(tx: Tx) -> int:
        chat = sessions.open(tx, "web", "a", NOW)
        number = int(chat.state or "0") + 1
        sessions.save(tx, chat.contact_id, str(number), NOW)
        return number

    numbers = await asyncio.gather(*(store.run(turn, key=key) for key in range(60)))
    assert sorted(numbers) == list(range(1, 61))


async def test_other_chats_are_others(store: Store) -> None:
    """States are kept apart by channel and address."""

    def save(tx: Tx, channel: str, address: str) -> None:
        chat = sessions.open(tx, channel, address, NOW)
        sessions.save(tx, chat.contact_id, channel + address, NOW)

    chats = [(channel, address) for channel in ("web", "telegram") for address in ("1", "2")]
    for channel, address in chats:
        await store.run(partial(save, channel=channel, address=address))
    states = [
        await store.run(partial(sessions.open, channel=c, address=a, now=NOW)) for c, a in chats
    ]
    assert [chat.state for chat in states] == ["web1", "web2", "telegram1", "telegram2"]
