from functools import partial

from handlers.events import Media
from storage import files, people, tickets
from storage.database import Store, Tx
from tests.storage.samples import DAY, NOW, PHOTO, SECOND, SECRET, case

SHA = "ab" * 32


async def contact_of(store: Store, address: str = "a", channel: str = "telegram") -> int:
    """The id of a contact."""
    return await store.run(lambda tx: people.contact(tx, channel, address, NOW).id)


async def test_a_file_told_twice_is_wanted_once(store: Store) -> None:
    """A file is remembered with what its channel needs to fetch it, however often it is told."""
    contact = await contact_of(store)
    for _ in range(2):
        await store.run(lambda tx: files.keep(tx, contact, PHOTO, NOW))
    wanted = await store.read(lambda tx: files.wanted(tx, "telegram", NOW, 10))
    assert wanted == ((PHOTO, contact, 0, round(NOW.timestamp() * 1000)),)
    assert await store.read(lambda tx: files.wanted(tx, "web", NOW, 10)) == ()


async def test_a_file_put_off_comes_later(store: Store) -> None:
    """After a failed attempt a file is wanted again when its time has come."""
    contact = await contact_of(store)
    await store.run(lambda tx: files.keep(tx, contact, PHOTO, NOW))
    await store.run(lambda tx: files.put_off(tx, PHOTO.key, NOW + SECOND))
    assert await store.read(lambda tx: files.wanted(tx, "telegram", NOW, 10)) == ()
    (again,) = await store.read(lambda tx: files.wanted(tx, "telegram", NOW + SECOND, 10))
    assert again.attempts == 1


async def test_a_stored_file_is_known_by_its_bytes(store: Store) -> None:
    """Once its bytes are here a file is wanted no more and says where they are."""
    contact = await contact_of(store)
    await store.run(lambda tx: files.keep(tx, contact, PHOTO, NOW))
    assert await store.run(
        partial(files.stored, key=PHOTO.key, sha256=SHA, size=9, mime="image/png")
    )
    assert not await store.run(partial(files.refused, key=PHOTO.key, reason="gone"))
    file = await store.read(lambda tx: files.get(tx, PHOTO.key))
    assert file == (contact, "stored", SHA, 9, "image/png", "")
    assert await store.read(lambda tx: files.wanted(tx, "telegram", NOW, 10)) == ()


async def test_a_refused_file_is_refused_once_and_in_no_story(store: Store) -> None:
    """A file that can't be kept is told of once and not shown with its case."""
    contact = await contact_of(store)
    other = PHOTO.model_copy(update={"key": "telegram:other"})
    opened = case(media=(PHOTO, other))
    await store.run(lambda tx: tickets.open(tx, contact, opened, NOW, SECRET))
    refused = [
        await store.run(partial(files.refused, key=PHOTO.key, reason="too_large")) for _ in range(2)
    ]
    assert refused == [True, False]
    story = await store.read(lambda tx: tickets.story(tx, opened.code))
    assert story is not None
    assert story.media == (other,)


async def test_a_refused_file_told_again_is_fetched_anew(store: Store) -> None:
    """What was gone may be back: the refusal is over, for whoever sends the file now."""
    first, second = await contact_of(store), await contact_of(store, "b")
    await store.run(lambda tx: files.keep(tx, first, PHOTO, NOW))
    await store.run(lambda tx: files.put_off(tx, PHOTO.key, NOW + DAY))
    await store.run(partial(files.refused, key=PHOTO.key, reason="gone"))
    fresh = PHOTO.model_copy(update={"fetch": "another-file-id"})
    await store.run(lambda tx: files.keep(tx, second, fresh, NOW + SECOND))
    wanted = await store.read(lambda tx: files.wanted(tx, "telegram", NOW + SECOND, 10))
    assert wanted == ((fresh, second, 0, round((NOW + SECOND).timestamp() * 1000)),)
    assert await store.run(partial(files.refused, key=PHOTO.key, reason="gone"))


async def test_one_wanting_has_one_moment(store: Store) -> None:
    """A file told of again while it is wanted is still the same wanting, with its attempts."""
    contact = await contact_of(store)
    await store.run(lambda tx: files.keep(tx, contact, PHOTO, NOW))
    await store.run(lambda tx: files.put_off(tx, PHOTO.key, NOW))
    await store.run(lambda tx: files.keep(tx, contact, PHOTO, NOW + SECOND))
    (wanted,) = await store.read(lambda tx: files.wanted(tx, "telegram", NOW, 10))
    assert wanted == (PHOTO, contact, 1, round(NOW.timestamp() * 1000))


async def test_two_people_who_send_one_file_both_have_it(store: Store) -> None:
    """Bytes that are here serve the cases of everybody who sends the same file."""
    first, second = await contact_of(store), await contact_of(store, "b")
    mine, theirs = case("PA-2222-222", media=(PHOTO,)), case("PA-3333-333", media=(PHOTO,))
    await store.run(lambda tx: tickets.open(tx, first, mine, NOW, SECRET))
    await store.run(partial(files.stored, key=PHOTO.key, sha256=SHA, size=9, mime="image/png"))
    await store.run(lambda tx: tickets.open(tx, second, theirs, NOW, SECRET))
    for opened in (mine, theirs):
        story = await store.read(partial(tickets.story, code=opened.code))
        assert story is not None
        assert [media.key for media in story.media] == [PHOTO.key]
    assert await store.read(lambda tx: files.wanted(tx, "telegram", NOW + DAY, 10)) == ()


async def test_an_upload_is_its_uploaders(store: Store) -> None:
    """Only the contact that uploaded a file may name it; an invented key names nothing."""
    mine, other = await contact_of(store, "a", "web"), await contact_of(store, "b", "web")
    media = Media(key="web:1", kind="photo", name="nhà.jpg", mime="image/jpeg", size=5)
    for _ in range(2):
        await store.run(lambda tx: files.upload(tx, mine, media, SHA, NOW))
    keys = ["web:1", "web:2"]
    assert await store.read(lambda tx: files.uploaded(tx, mine, keys)) == {"web:1": media}
    assert await store.read(lambda tx: files.uploaded(tx, other, keys)) == {}


async def test_a_file_nobody_kept_is_not_linked_to_a_case(store: Store) -> None:
    """A case has the files that are known, in their order; a made-up one is left out."""
    contact = await contact_of(store, "a", "web")
    known = [Media(key=f"web:{n}", kind="photo") for n in (3, 1, 2)]
    for media in known:
        upload = partial(files.upload, contact_id=contact, media=media, sha256=SHA, now=NOW)
        await store.run(upload)
    invented = Media(key="web:invented", kind="photo")
    opened = case(media=(invented, *known))
    await store.run(lambda tx: tickets.open(tx, contact, opened, NOW, SECRET))
    story = await store.read(lambda tx: tickets.story(tx, opened.code))
    assert story is not None
    assert list(story.media) == known


async def test_loose_files_are_old_ones_no_case_has(store: Store) -> None:
    """Files of cases and files from today are not loose."""
    contact = await contact_of(store)

    def fill(tx: Tx) -> None:
        for age in range(4):
            media = PHOTO.model_copy(update={"key": f"telegram:{age}"})
            files.keep(tx, contact, media, NOW - age * DAY)
        linked = PHOTO.model_copy(update={"key": "telegram:2"})
        tickets.open(tx, contact, case(media=(linked,)), NOW, SECRET)

    await store.run(fill)
    loose = await store.read(lambda tx: files.loose(tx, NOW - DAY / 2, 10))
    assert loose == (("telegram:3", False), ("telegram:1", False))
