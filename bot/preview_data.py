"""The screens of one's own data and of its requests at the desk, for ``python -m bot preview``."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from handlers.codes import CODE_NUMBERS, make_code
from handlers.desk.places import Doing, Office
from handlers.facts import Facts
from handlers.rights import Agreed, DataRequest, Kind, Mine, OwnCase
from handlers.session import MyData, Room

CODE = "DL-7K3Q-M2X"


def request(facts: Facts, kind: Kind = "erase") -> DataRequest:
    """A request that waits for somebody's decision."""
    return DataRequest(
        code=CODE,
        kind=kind,
        state="open",
        lang="vi",
        opened_at=facts.now,
        due_on=facts.now.date() + timedelta(days=20),
        cases=(OwnCase(code="PA-7K3Q-M2X", status="closed", open=False, held=True),),
        several=True,
    )


def mine(facts: Facts) -> Mine:
    """Somebody with cases, chats, consents and requests."""
    asked = request(facts)
    refused = asked.model_copy(
        update={"code": "DL-2345-678", "state": "refused", "reason": "Luật Lưu trữ, Điều 12"}
    )
    given = Agreed(purpose="handling", given=True, version="2026-11", at=facts.now)
    return Mine(
        name="Nguyễn Văn An",
        phone="+84905123456",
        cases=3,
        open=1,
        channels=("telegram", "web", "web"),
        agreed=(given, given.model_copy(update={"purpose": "announcements"})),
        requests=(asked, refused),
        restricted=True,
    )


def data_screens(facts: Facts) -> Iterator[tuple[str, Room, Facts]]:
    """Each page, with much to tell of and with nothing."""
    known = replace(facts, mine=mine(facts))
    for page in get_args(MyData.model_fields["page"].annotation):
        yield f"my data: {page}", MyData(page=page), known
        yield f"my data: {page}, nothing kept", MyData(page=page), replace(facts, mine=None)
    for page, typed in (("name", "Trần Thị Bình"), ("phone", "+84905000111")):
        room = MyData.model_validate({"page": page, "typed": typed})
        yield f"my data: {page} typed", room, known
    official = Mine(channels=("web",), staff=True)
    yield "my data: an official's", MyData(page="erase"), replace(facts, mine=official)


def request_screens(facts: Facts) -> Iterator[tuple[str, Room, Facts]]:
    """The list and the card at the desk, and what is done to a request."""
    asked = request(facts)
    late = asked.model_copy(update={"due_on": facts.now.date() - timedelta(days=2)})
    codes = (f"DL{make_code((n,) * CODE_NUMBERS)[2:]}" for n in range(9))
    others = (asked.model_copy(update={"code": code}) for code in codes)
    known = replace(facts, request=asked, requests=(late, *others))
    yield "requests", Office(page="requests"), known
    yield "request", Office(page="requests", subject=CODE), known
    gone = replace(facts, request=None)
    yield "request: unknown", Office(page="requests", subject=CODE), gone
    for task in ("data_grant", "data_refuse", "data_extend", "data_hold"):
        yield f"task: {task}", Doing(task=task, code=CODE, seen=1), known
    given = {"reason": "Đang có thanh tra.", "basis": "Luật Thanh tra, Điều 1", "scope": "identity"}
    for task in ("data_grant", "data_refuse", "data_extend"):
        room = Doing(task=task, code=CODE, seen=1, given=given)
        yield f"task: {task}, last look", room, known
