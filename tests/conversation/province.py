"""A province in memory: what storage would know, for walks through the conversation."""

from datetime import datetime

from handlers import announcing
from handlers.announcing import Announcement, Audience, State, Tally, Wording
from handlers.codes import ALPHABET, CODE_NUMBERS, RECEIPT_NUMBERS, make_code, make_receipt
from handlers.confiding import Confide
from handlers.content import Content
from handlers.denouncing import Denunciation
from handlers.desk.people import Official
from handlers.effects import (
    AddToTicket,
    Announce,
    DropTimer,
    Effect,
    Follow,
    HoldTicket,
    MarkTold,
    MoveAnnouncement,
    MoveTicket,
    Notify,
    OpenTicket,
    SaveConsent,
    SetTimer,
)
from handlers.events import Media
from handlers.facts import Facts, Hearing, Needs
from handlers.rights import Mine
from handlers.session import Session
from handlers.text import fold
from handlers.tickets import DONE, Action, Card, Happening, Status, Story, Told, move

ANNOUNCED = "TB-2222-222"
# The entry that a move of the citizen or the clock makes, and the status after an official's.
MOVED: dict[Action, Told] = {
    "withdraw": "withdrawn",
    "rate": "rated",
    "reopen": "reopened",
    "resume": "reopened",
    "expire": "expired",
}
WORKED: dict[Told, Status] = {
    "taken": "working",
    "assigned": "forwarded",
    "asked": "asking",
    "answered": "answered",
    "refused": "refused",
    "closed": "closed",
}


class Province:
    """All cases there are, and which of them one person holds; *said* is what people are told."""

    def __init__(self, content: Content, now: datetime) -> None:
        self.content = content
        self.now = now
        self.stories: dict[str, Story] = {}
        self.receipts: dict[str, str] = {}
        self.held: list[str] = []
        self.timers: set[str] = set()
        self.people = ""
        self.official: Official | None = None
        self.announcements: dict[str, Announcement] = {}
        self.hears = True
        self.confided: dict[str, Denunciation] = {}
        self.follows: dict[tuple[str, str], bool] = {}
        self._opened = 0

    def everything(self, session: Session, wanted: Needs) -> Facts:
        """All there is to know for a turn that asks for *wanted*, asked for or not."""
        self._opened += 1
        code = wanted.story or getattr(session.room, "code", "")
        proved = bool(wanted.receipt) and self.receipts.get(wanted.story) == wanted.receipt
        return Facts(
            now=self.now,
            content=self.content,
            code=make_code(self._numbers(CODE_NUMBERS)),
            receipt=make_receipt(self._numbers(RECEIPT_NUMBERS)),
            cards=self._cards(wanted.query),
            story=self.stories.get(code) if proved or code in self.held else None,
            proved=proved,
            official=self.official,
            confided=self.confided.get(wanted.confided),
            members=(self.official,) if self.official else (),
            announcement=self.announcements.get(wanted.announcement),
            announcements=tuple(reversed(self.announcements.values())),
            mine=Mine(cases=len(self.stories), channels=("talk",)),
            hearing=Hearing(self.hears, self._followed("commune"), self._followed("topic")),
        )

    def _followed(self, kind: str) -> tuple[str, ...]:
        return tuple(name for (of, name), wanted in self.follows.items() if wanted and of == kind)

    def carry_out(self, effect: Effect) -> None:
        """Do what a turn decided; a turn must not have promised what cannot be done."""
        match effect:
            case OpenTicket():
                self._open(effect)
            case AddToTicket(code=code, text=text, media=media):
                status = self._moved(code, "add")
                self._grow(code, "added", text, media, mine=True)
                self.set_status(code, status)
            case MoveTicket():
                self._move(effect)
            case Notify(code=code, to="citizens") if code in self.held:
                self.timers.add(f"case:{code}")
            case MarkTold(code=code, seq=seq):
                told = {"told": seq}
                self.stories[code] = self.stories[code].model_copy(update=told)
            case HoldTicket(code=code):
                self.held.append(code)
            case Announce() | MoveAnnouncement() | Confide():
                self._of_no_case(effect)
            case Follow(kind=kind, name=name, wanted=wanted):
                self.follows[kind, name] = wanted
            case SaveConsent(purpose="announcements", given=given):
                self.hears = given
            case SetTimer(timer=timer):
                self.timers.add(timer)
            case DropTimer(timer=timer):
                self.timers.discard(timer)
            case _:
                pass

    def _confide(self, effect: Confide) -> None:
        """What is told in confidence is nowhere else."""
        told = self.confided.get(effect.code) or Denunciation(
            id=1, code=effect.code, state="draft", opened_at=self.now
        )
        files = (*told.files, *effect.media)
        more = {"told": told.told + len(effect.texts), "files": files}
        self.confided[effect.code] = told.model_copy(update=more)
        said = (*effect.texts, *(media.key for media in effect.media))
        self.people += "\n".join(("", *said, effect.name or "", effect.phone or ""))

    def work(self, code: str, kind: Told, text: str, data: dict[str, str | int]) -> None:
        """An official does something, which the case's citizen is to hear of."""
        self._grow(code, kind, text, (), data=data)
        self.set_status(code, WORKED[kind])
        self.timers |= {f"case:{code}", *([f"expire:{code}"] if kind == "asked" else [])}

    def _of_no_case(self, effect: Announce | MoveAnnouncement | Confide) -> None:
        if isinstance(effect, Confide):
            self._confide(effect)
        elif isinstance(effect, Announce):
            self._announce(effect)
        else:
            self._move_announcement(effect)

    def _announce(self, effect: Announce) -> None:
        if effect.code in self.announcements:
            return
        self.announcements[effect.code] = Announcement(
            code=effect.code,
            unit=effect.unit,
            author=effect.by,
            state="waiting",
            urgent=effect.urgent,
            wording=effect.wording,
            audience=effect.audience,
            begins_at=effect.begins_at,
            created_at=self.now,
        )

    def _move_announcement(self, effect: MoveAnnouncement) -> None:
        found = self.announcements[effect.code]
        state = announcing.move(found.state, effect.action)
        assert state is not None
        assert effect.action != "release" or effect.by != found.author
        changed: dict[str, object] = {
            "state": state,
            "entries": found.entries + 1,
            "reason": effect.reason,
        }
        if effect.action == "resubmit" and effect.wording:
            changed |= {"wording": effect.wording, "audience": effect.audience}
        if effect.action == "correct":
            changed |= {"proposed": effect.wording}
        self.announcements[effect.code] = found.model_copy(update=changed)

    def announced(self, *, author: int, goes_on: bool) -> None:
        """There is an announcement of *author*; the clock counts, begins or ends it."""
        words = Wording(text="Bão vào đêm nay.")
        self._announce(
            Announce(by=author, code=ANNOUNCED, unit="*", urgent=False, wording=words,
                     audience=Audience())
        )  # fmt: skip
        if goes_on:
            self._go_on(ANNOUNCED)

    def _go_on(self, code: str) -> None:
        found = self.announcements[code]
        told = Tally(channel="web", counts={"sent": 2, "queued": 1})
        on: dict[State, State] = {"released": "running", "running": "done"}
        changed = {
            "counted": {"web": 3, "": 1},
            "state": on.get(found.state, found.state),
            "begun_at": self.now if found.state == "released" else found.begun_at,
            "ended_at": self.now if found.state == "running" else found.ended_at,
            "tallies": (told,) if found.state in on else found.tallies,
        }
        self.announcements[code] = found.model_copy(update=changed)

    def _move(self, step: MoveTicket) -> None:
        """A citizen's move, or the clock's."""
        code, kind = step.code, MOVED[step.action]
        status = self._moved(code, step.action)
        self._grow(code, kind, step.words, step.media, mine=step.action != "expire")
        self.set_status(code, status)
        rated = {"rated": step.action == "rate" or self.stories[code].rated}
        self.stories[code] = self.stories[code].model_copy(update=rated)

    def set_status(self, code: str, status: Status) -> None:
        """The case has another status from now on."""
        story = self.stories[code]
        done = (
            {"done_on": self.now.date()} if status in DONE and status != story.card.status else {}
        )
        card = story.card.model_copy(update={"status": status, **done})
        self.stories[code] = story.model_copy(update={"card": card})

    def _moved(self, code: str, action: Action) -> Status:
        status = move(self.stories[code].card.status, action)
        assert code in self.held
        assert status is not None
        return status

    def _cards(self, query: str) -> tuple[Card, ...]:
        words = query.split()
        held = (self.stories[code] for code in reversed(self.held))
        return tuple(
            story.card
            for story in held
            if all(word in fold(story.model_dump_json()) for word in words)
        )

    def _open(self, case: OpenTicket) -> None:
        assert case.code not in self.stories
        card = Card(
            code=case.code,
            topic=case.topic,
            status="recorded",
            unit=case.unit,
            commune=case.commune,
            opened_at=self.now,
            due_on=case.due_on,
        )
        opened = Happening(at=self.now, kind="opened", files=len(case.media), seq=1, mine=True)
        story = Story(card=card, lines=case.lines, media=case.media, happenings=(opened,))
        self.stories[case.code] = story
        self.receipts[case.code] = case.receipt
        if not case.by:
            self.held.append(case.code)
        self.people += f"\n{case.name} {case.phone}"

    def _grow(
        self,
        code: str,
        kind: Told,
        text: str,
        media: tuple[Media, ...],
        data: dict[str, str | int] | None = None,
        *,
        mine: bool = False,
    ) -> None:
        story = self.stories[code]
        entry = Happening(
            at=self.now,
            kind=kind,
            text=text,
            files=len(media),
            seq=len(story.happenings) + 1,
            mine=mine,
            data=data or {},
        )
        grown = {"media": (*story.media, *media), "happenings": (*story.happenings, entry)}
        self.stories[code] = story.model_copy(update=grown)

    def _numbers(self, length: int) -> list[int]:
        return [self._opened // len(ALPHABET) ** n % len(ALPHABET) for n in range(length)]
