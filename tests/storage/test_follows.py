"""What people want to hear of: by hand, by filing a case, and by agreeing to the notice."""

from handlers.effects import Follow, Purpose, SaveConsent
from storage import follows, people
from storage.database import Store, Tx
from tests.storage.desks import opened
from tests.storage.samples import CODE, NOW

OTHER = "PA-6Q4C-5MJ"


def chat(tx: Tx) -> int:
    """The contact of somebody."""
    return people.contact(tx, "web", "a", NOW).id


async def test_what_is_chosen_by_hand_holds(store: Store) -> None:
    """A commune or topic is heard of once it is switched on, until it is switched off."""

    def choose(tx: Tx) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        contact, seen = chat(tx), []
        for kind, name, wanted in (
            ("commune", "xa-a", True),
            ("topic", "khac", True),
            ("commune", "xa-b", True),
            ("commune", "xa-a", False),
        ):
            effect = Follow.model_validate({"kind": kind, "name": name, "wanted": wanted})
            follows.follow(tx, contact, effect)
            seen.append(follows.wanted(tx, contact)[1:3])
        return seen

    assert await store.run(choose) == [
        (("xa-a",), ()),
        (("xa-a",), ("khac",)),
        (("xa-a", "xa-b"), ("khac",)),
        (("xa-b",), ("khac",)),
    ]


async def test_whoever_files_a_case_hears_of_its_place_and_topic(store: Store) -> None:
    """A case follows its commune and topic; what was switched off by hand stays off."""

    def file(tx: Tx) -> tuple[follows.Wanted, follows.Wanted]:
        contact = opened(tx, CODE, "a", commune="xa-a", topic="land")
        first = follows.wanted(tx, contact)
        follows.follow(tx, contact, Follow(kind="topic", name="land", wanted=False))
        opened(tx, OTHER, "a", commune="xa-b", topic="land")
        return first, follows.wanted(tx, contact)

    first, second = await store.run(file)
    assert first[1:3] == (("xa-a",), ("land",))
    assert second[1:3] == (("xa-a", "xa-b"), ())


async def test_announcements_begin_and_end_with_the_agreement(store: Store) -> None:
    """Their own consent switches them on and off; that to being answered only off."""
    said: tuple[tuple[Purpose, bool], ...] = (
        ("announcements", False),
        ("handling", True),
        ("announcements", True),
        ("handling", False),
        ("handling", True),
        ("announcements", True),
        ("statistics", False),
        ("announcements", False),
    )

    def agree(tx: Tx) -> tuple[list[bool], int]:
        contact, seen = chat(tx), []
        for purpose, given in said:
            consent = SaveConsent(purpose=purpose, given=given, version="1", lang="vi")
            follows.agreed(tx, contact, consent, NOW)
            seen.append(follows.wanted(tx, contact).hears)
        return seen, len(people.consents(tx, contact))

    seen, kept = await store.run(agree)
    assert seen == [False, False, True, False, False, True, True, False]
    assert kept == len(said) - 1, "who takes back what they never gave has nothing to prove"


async def test_a_case_filed_at_the_counter_makes_nobody_follow(store: Store) -> None:
    """Neither the official who files it, nor the person, who was not asked there."""

    def file(tx: Tx) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        clerk = opened(tx, CODE, "clerk", by=1, consent="Đồng ý tại quầy")
        counter = people.contact(tx, "counter", CODE, NOW).id
        return [follows.wanted(tx, contact)[1:3] for contact in (clerk, counter)]

    assert await store.run(file) == [((), ()), ((), ())]
