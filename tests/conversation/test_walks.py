"""Anybody doing anything for a long while: what must hold, holds after every step.

Every message and file carries a mark of its own, so that it can be looked for afterwards: in the
draft, in what is pending, in the cases.
"""

import re
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.content import load_content
from bot.preview import NOW
from handlers.desk.dossier import Reply
from handlers.desk.people import Duty, Official, Role
from handlers.effects import Effect, KeepFile
from handlers.events import (
    Chose,
    Edited,
    Event,
    FileRefused,
    Media,
    Said,
    SentMedia,
    SharedContact,
    SharedPlace,
    Started,
    TimedOut,
)
from handlers.facts import NOTHING, Facts, Needs
from handlers.needs import needs
from handlers.session import NEW, Filling, Session
from handlers.tickets import Told
from handlers.understanding import COMMANDS, understand
from handlers.view import Command, Picked
from tests.conversation.province import ANNOUNCED, WORKED, Province
from tests.conversation.test_bad_input import EVENTS
from tests.conversation.turning import ends_with_the_question, turn

CONTENT = load_content(Path(__file__).parents[2] / "content")
REPLY = Reply(finding="Đèn đã được sửa.", basis="Điều 5").model_dump_json()
MARK = re.compile(r"mark[0-9]+x")
# Choices by which a person says that something entered may go.
DROPPING = {"drop", "anew", "decline", "clear", "cancel", "withdraw_consent"}
FILES_HELD = 20 * 3  # a draft, what is pending, and a draft whose form is gone
WORDS_HELD = 20_000 * 5
ANSWERS = [
    *("Hòa Vang", "tam dan", "xã ma không có", "15/3/2026", "ngày mai", "120 m2", "20"),
    *("0905 123 456", "không", "có", "xong rồi ạ", "cảm ơn", "xin chào", "thửa 12 tờ 7"),
    *("https://maps.google.com/?q=16.05,108.2", "đồng ý", "gửi", "quay lại", "hủy", "x" * 15_000),
]


def marks(session: Session) -> set[str]:
    """The marks of everything entered that is in no case yet."""
    pending, draft = session.pending, session.draft
    held = [part.text for part in pending.parts] + [media.key for media in pending.media]
    if draft:
        asked = {field.name for field in CONTENT.topics[draft.topic].ask}
        held += [answer.text for name, answer in draft.answers.items() if name in asked]
        held += [part.text for part in draft.notes] + [media.key for media in draft.media]
    return set(MARK.findall("\n".join(held)))


def answered(session: Session) -> set[str]:
    """The marks in the answer to the question that is being asked: a new answer replaces it."""
    draft, room = session.draft, session.room
    if draft is None or not isinstance(room, Filling):
        return set()
    field = CONTENT.topics[draft.topic].ask[draft.index]
    answer = draft.answers.get(field.name)
    grows = field.kind == "long_text" and not room.anew
    return set(MARK.findall(answer.text)) if answer and not grows else set()


class Walk(RuleBasedStateMachine):
    """One person, doing anything."""

    def __init__(self) -> None:
        super().__init__()
        self.province = Province(CONTENT, NOW)
        self.session = NEW
        self.count = 0
        self.kept: set[str] = set()
        self.known = self.province.everything(NEW, NOTHING)

    def do(self, event: Event) -> None:
        """Take a turn, then look for everything that was there before it."""
        before, province = self.session, self.province
        everything = province.everything(before, needs(before, event, province.content.triage))

        def carried(effects: tuple[Effect, ...], wanted: Needs) -> Facts:
            for effect in effects:
                province.carry_out(effect)
            self.known = everything if wanted == NOTHING else province.everything(before, wanted)
            return self.known

        after = turn(before, event, everything, carried)
        assert after.say is None or ends_with_the_question(after, self.known)
        self.kept |= {e.media.key for e in after.effects if isinstance(e, KeepFile)}
        self.session = after.session
        self._look_around(before, event)
        province.now += timedelta(seconds=1)

    def _look_around(self, before: Session, event: Event) -> None:
        draft, pending = self.session.draft, self.session.pending
        files = [*pending.media, *(draft.media if draft else ())]
        assert len(files) <= FILES_HELD
        assert len(self.session.model_dump_json()) <= WORDS_HELD
        stories = (story.model_dump_json() for story in self.province.stories.values())
        found = set(MARK.findall("\n".join((*stories, self.province.people))))
        lost = marks(before) - marks(self.session) - found - answered(before)
        assert not lost or self._chose_to_drop(before, event), (lost, event)

    def _chose_to_drop(self, before: Session, event: Event) -> bool:
        if isinstance(event, Edited | FileRefused):
            return True
        if not isinstance(event, Said | Chose):
            return False
        did = understand(before, event)
        return (isinstance(did, Picked) and did.key in DROPPING) or did == Command("huy")

    def mark(self) -> str:
        """A mark nobody has used yet."""
        self.count += 1
        return f"mark{self.count}x"

    def say(self, text: str) -> None:
        """Write a message, which may be edited later."""
        self.count += 1
        self.do(Said(text=text, ref=f"message {self.count}"))

    @initialize(cases=st.integers(0, 2))
    def begin(self, cases: int) -> None:
        """Come for the first time, or with some cases sent before."""
        if not cases:
            return
        self.do(Started())
        self.press(1)
        for _ in range(cases):
            self.begin_with_words()
            self.type_number(len(CONTENT.topics))
            for answer in ("xong", "Hội An", "không", "gửi"):
                self.say(answer)
        assert len(self.province.held) == cases

    # -- what a person does ------------------------------------------------------------------------

    @rule(n=st.integers(1, 12))
    def press(self, n: int) -> None:
        """Press a button, mostly one that is there."""
        self.do(Chose(step=self.session.step, n=n))

    @rule()
    def agree_or_go_on(self) -> None:
        """Press the first button: what most people do."""
        self.do(Chose(step=self.session.step, n=1))

    @rule(text=st.sampled_from(["Đèn đường hỏng", "a", "Đất bị thu hồi, chưa nhận tiền"]))
    def tell(self, text: str) -> None:
        """Write a message with a mark in it."""
        self.say(f"{text} {self.mark()}")

    @rule(text=st.sampled_from(ANSWERS))
    def answer(self, text: str) -> None:
        """Write what could be an answer to some question."""
        self.say(text)

    @rule(n=st.integers(1, 12))
    def type_number(self, n: int) -> None:
        """Type a number, as on a channel without buttons."""
        self.say(f"{n}")

    @rule(name=st.sampled_from(sorted(EVENTS)))
    def do_anything_bad(self, name: str) -> None:
        """Send what nobody should."""
        self.do(EVENTS[name])

    @rule(files=st.integers(1, 4), caption=st.booleans(), album=st.booleans())
    def send(self, files: int, caption: bool, album: bool) -> None:  # noqa: FBT001 - drawn
        """Send files, perhaps with words, perhaps as an album."""
        sent = tuple(
            Media(key=self.mark(), kind="photo", name="a.jpg", size=10) for _ in range(files)
        )
        words = f"ảnh chụp {self.mark()}" if caption else ""
        self.do(SentMedia(media=sent, caption=words, album="1" if album else "", ref="caption"))

    @rule(name=st.sampled_from(sorted(COMMANDS)))
    def command(self, name: str) -> None:
        """Type a command."""
        self.do(Said(text=f"/{name}"))

    @rule()
    def begin_with_words(self) -> None:
        """Type the command for a new case with its story behind it."""
        self.do(Said(text=f"/gui Cầu hỏng {self.mark()}"))

    @rule()
    def share_place(self) -> None:
        """Share where it is."""
        self.do(SharedPlace(lat=16.06, lon=108.22, title=self.mark()))

    @rule(own=st.booleans())
    def share_contact(self, own: bool) -> None:  # noqa: FBT001 - drawn
        """Share a telephone number."""
        self.do(SharedContact(phone="0905123456", own=own))

    @rule(n=st.integers(1, 40), text=st.sampled_from(["Đèn đường hỏng đã lâu", "a", "Hòa Vang"]))
    def edit(self, n: int, text: str) -> None:
        """Change one of the latest messages."""
        self.do(Edited(text=text, ref=f"message {max(1, self.count - n)}"))

    # -- cases -------------------------------------------------------------------------------------

    @precondition(lambda self: self.province.stories)
    @rule(data=st.data(), how=st.sampled_from(["{}", "/tracuu {}", "/start {}"]))
    def ask_for_case(self, data: st.DataObject, how: str) -> None:
        """Type a code, of one's own or not."""
        self.do(Said(text=how.format(data.draw(st.sampled_from(sorted(self.province.stories))))))

    @precondition(lambda self: self.province.receipts)
    @rule(data=st.data())
    def show_receipt(self, data: st.DataObject) -> None:
        """Type a receipt, perhaps of another case."""
        receipts = sorted(self.province.receipts.values())
        self.do(Said(text=data.draw(st.sampled_from(receipts))))

    # -- what others do ----------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0.1, 13, 49]))
    def wait(self, hours: float) -> None:
        """Let time pass."""
        self.province.now += timedelta(hours=hours)

    @precondition(lambda self: self.province.timers)
    @rule(data=st.data())
    def time_out(self, data: st.DataObject) -> None:
        """Let a timer run out that was set."""
        timer = data.draw(st.sampled_from(sorted(self.province.timers)))
        self.province.timers.discard(timer)
        self.do(TimedOut(timer=timer))

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def refuse_file(self, data: st.DataObject) -> None:
        """Find out that a file cannot be kept."""
        key = data.draw(st.sampled_from(sorted(self.kept)))
        self.do(FileRefused(key=key, name="a.jpg", reason="type"))

    @precondition(lambda self: self.province.stories)
    @rule(data=st.data(), kind=st.sampled_from(sorted(WORKED)))
    def work_on_case(self, data: st.DataObject, kind: Told) -> None:
        """Let an official do something with a case, whatever its citizen is doing."""
        code = data.draw(st.sampled_from(sorted(self.province.stories)))
        text = REPLY if kind == "answered" else "Vì sao?\nỞ đâu · giờ nào"
        until = (self.province.now + timedelta(days=2)).date().isoformat()
        self.province.work(code, kind, text, {"until": until} if kind == "asked" else {})

    @rule(role=st.sampled_from([None, "clerk", "leader"]))
    def become(self, role: Role | None) -> None:
        """Be given a role, or lose it."""
        duties = (Duty(role=role),) if role else ()
        self.province.official = Official(id=1, name="An", duties=duties) if role else None
        if role:
            self.session = self.session.model_copy(update={"staff": True})

    @precondition(lambda self: self.province.official)
    @rule(rest=st.sampled_from(["", "Bão vào đêm nay.", "TB-2222-222"]))
    def announce(self, rest: str) -> None:
        """Begin an announcement, or look at those there are."""
        self.do(Said(text=f"/thongbao {rest}"))

    @rule(acts=st.booleans(), mine=st.booleans(), presses=st.lists(st.integers(1, 7), max_size=4))
    def see_to_announcement(self, acts: bool, mine: bool, presses: list[int]) -> None:  # noqa: FBT001 - drawn
        """A leader opens one, perhaps their own, perhaps as it goes on, and presses buttons."""
        self.become("leader")
        self.province.announced(author=1 if mine else 2, goes_on=acts)
        self.do(Said(text=f"/thongbao {ANNOUNCED}"))
        for n in presses:
            self.press(n)
            self.do(TimedOut(timer=f"live:{ANNOUNCED}"))

    @precondition(lambda self: self.province.held)
    @rule()
    def come_from_elsewhere(self) -> None:
        """Hold no case any more, as on another phone."""
        self.province.held.clear()

    @rule()
    def change_notice(self) -> None:
        """Let the province change its privacy notice."""
        content = self.province.content
        version = {"privacy_version": content.controller.privacy_version + "+"}
        controller = content.controller.model_copy(update=version)
        self.province.content = content.model_copy(update={"controller": controller})


Walk.TestCase.settings = settings(max_examples=40, stateful_step_count=60)
TestWalk = Walk.TestCase
