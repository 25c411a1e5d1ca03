"""Citizens on Telegram: what they do, step by step, and what they read."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.running import Bot, Telegram
from tests.fakes.samples import png
from tests.fakes.telegram import Shown, SimPerson, in_thread

LAN = 70_010_001
PHOTOS = (png(width=6), png(width=7))
STORY = "Đất nhà tôi bị thu hồi từ tháng 3, tiền bồi thường thấp hơn giá bán ở cùng tuyến đường."
PARCEL = "thửa 123, tờ 45"
PHONE = "0905 123 456"
PRIVATE = (STORY, PARCEL, PHONE, "905123456")
QUIET_SECONDS = 0.3
ANSWER_SECONDS = 50.0  # a start and a turn; other work may keep the machine busy

CODE = re.compile(r"PA-[2-9A-Z]{4}-[2-9A-Z]{3}")
RECEIPT = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
HOST = re.compile(r"127\.0\.0\.1:\d+")
TIME = re.compile(r"\d{1,2}/\d{1,2}/20\d\d( \d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the citizen does, which is answered with one message."""

    name: str
    does: Callable[[SimPerson], object]


def taps(label: str | int) -> Step:
    """Press a button under the last question."""
    return Step(f"[{label}]", lambda citizen: citizen.taps(label))


def says(text: str) -> Step:
    """Write something."""
    return Step(text, lambda citizen: citizen.says(text))


# A complaint about land with two photos, and a question about tuition.
CONVERSATION = (
    Step("/start", lambda citizen: citizen.starts()),
    taps("Đồng ý xử lý để trả lời ý kiến"),
    taps("Gửi ý kiến, câu hỏi"),
    taps("Bồi thường, tái định cư"),
    says(STORY),
    taps("Xong"),
    taps("Giá, tiền bồi thường"),
    taps("Bỏ qua"),
    taps("Bỏ qua"),
    taps("Bỏ qua"),
    says(PARCEL),
    says("Hải Châu"),
    Step("two photos in one album", lambda citizen: citizen.sends_album(PHOTOS)),
    taps("Xong"),
    says(PHONE),
    taps("Gửi"),
    says("Con tôi học lớp 6 trường công lập năm nay có phải đóng học phí không?"),
    taps("Gửi việc mới"),
    taps("Học phí, hỗ trợ học tập"),
    taps("Xong"),
    taps("Miễn, giảm học phí"),
    taps("Trung học cơ sở"),
    taps("Công lập"),
    taps("2026–2027"),
    says("Bỏ qua"),
    says("xã Hòa Vang"),
    taps("Bỏ qua"),
    says("Bỏ qua"),
    taps("Gửi"),
    says("/tracuu"),
    taps(0),
    says("/tracuu"),
    taps(1),
)


class Screen:
    """What the citizen has read so far, without what came twice."""

    def __init__(self, citizen: SimPerson) -> None:
        self._citizen = citizen
        self.read: list[Shown] = []
        self.repeats = 0

    def reads(self) -> Shown:
        """The next answer."""
        while self._known(shown := self._citizen.reads(ANSWER_SECONDS)):
            self.repeats += 1
        self.read.append(shown)
        return shown

    def ends(self) -> None:
        """Nothing comes any more that was not read before."""
        time.sleep(QUIET_SECONDS)
        while self._citizen.do("unread"):
            shown = self._citizen.reads()
            assert self._known(shown), [each.text for each in (*self.read, shown)]
            self.repeats += 1

    def _known(self, shown: Shown) -> bool:
        # Every question has its own number in its buttons, so equal ones are the same one. A repeat
        # may have lost its buttons: it was answered before it was read.
        same = [old for old in self.read if old.text == shown.text]
        return any(old.markup == shown.markup or not shown.labels for old in same)


def plain(shown: Shown) -> str:
    """An answer as a person reads it, without what differs from one day, case or bot to another."""
    text = TIME.sub("<time>", HOST.sub("<host>", f"{shown.text}\n{shown.rows}"))
    return CODE.sub("<code>", RECEIPT.sub("<receipt>", text))


def undisturbed(folder: Path, steps: Iterable[Step]) -> list[str]:
    """What a citizen reads who does this while nothing goes wrong."""
    with in_thread() as sim:
        bot = Bot(folder, f"sqlite:///{folder / 'bot.db'}", Telegram.of(sim))
        try:
            bot.start()
            citizen = sim.person(LAN)
            screen = Screen(citizen)
            for step in steps:
                step.does(citizen)
                screen.reads()
            screen.ends()
            assert screen.repeats == 0
            bot.stop()
            bot.check_log(*PRIVATE, str(LAN))
        finally:
            bot.close()
    return [plain(shown) for shown in screen.read]
