"""Every room by its two doors: how it shows itself, how it answers. mypy knows when one lacks."""

from typing import assert_never

from handlers.desk.places import Bulletin, Desk, Doing, Office, Queue, Restricted
from handlers.rooms import (
    after,
    alarm,
    behalf,
    cases,
    complaining,
    data,
    denouncing,
    form,
    hearing,
    kinds,
    loose,
    menu,
    pausing,
    questions,
    repeating,
    review,
    start,
    story,
)
from handlers.rooms.desk import bulletin, card, doing, office, orders, queue, restricted
from handlers.session import (
    Adding,
    Alarm,
    Case,
    Cases,
    Complaining,
    Denouncing,
    Dropping,
    Filling,
    Hearing,
    Intake,
    Kinds,
    Languages,
    Menu,
    MyData,
    Pausing,
    Proving,
    Rating,
    Reopening,
    Repeating,
    Resuming,
    Reviewing,
    Sorting,
    Topics,
    Welcome,
    Withdrawing,
)
from handlers.view import Input, Next, Prompt, View


def show(view: View) -> Prompt:  # noqa: C901, PLR0911, PLR0912 - one line a room
    """The prompt of the room a session stands in."""
    match view.session.room:
        case Welcome() as room:
            return start.show_welcome(room, view)
        case Menu():
            return menu.show_menu(view)
        case Languages() as room:
            return start.show_languages(room, view)
        case Alarm() as room:
            return alarm.show_alarm(room, view)
        case Kinds() as room:
            return kinds.show_kinds(room, view)
        case MyData() as room:
            return data.show_data(room, view)
        case Topics():
            return form.show_topics(view)
        case Intake():
            return behalf.show_intake(view)
        case Filling() as room:
            return questions.show_filling(room, view)
        case Reviewing() as room:
            return review.show_reviewing(room, view)
        case Dropping() as room:
            return form.show_dropping(room, view)
        case Resuming():
            return form.show_resuming(view)
        case Sorting():
            return loose.show_sorting(view)
        case Cases() as room:
            return cases.show_cases(room, view)
        case Case() as room:
            return story.show_case(room, view)
        case Proving() as room:
            return cases.show_proving(room, view)
        case Adding() as room:
            return cases.show_adding(room, view)
        case Withdrawing() as room:
            return cases.show_withdrawing(room, view)
        case Rating() as room:
            return after.show_rating(room, view)
        case Reopening() as room:
            return after.show_reopening(room, view)
        case Queue() as room:
            return queue.show_queue(room, view)
        case Desk() as room:
            return card.show_desk(room, view)
        case Doing() as room:
            return doing.show_doing(room, view)
        case Office() as room:
            return office.show_office(room, view)
        case Bulletin() as room:
            return bulletin.show_bulletin(room, view)
        case Hearing() as room:
            return hearing.show_hearing(room, view)
        case Complaining() as room:
            return complaining.show_complaining(room, view)
        case Denouncing() as room:
            return denouncing.show_denouncing(room, view)
        case Restricted() as room:
            return restricted.show_restricted(room, view)
        case Repeating() as room:
            return repeating.show_repeating(room, view)
        case Pausing() as room:
            return pausing.show_pausing(room, view)
        case room:
            assert_never(room)


def answer(did: Input, view: View) -> Next:  # noqa: C901, PLR0911, PLR0912 - one line a room
    """What the current room makes of it."""
    match view.session.room:
        case Welcome() as room:
            return start.at_welcome(room, did, view)
        case Menu():
            return menu.at_menu(did, view)
        case Languages() as room:
            return start.at_languages(room, did, view)
        case Alarm() as room:
            return alarm.at_alarm(room, did, view)
        case Kinds() as room:
            return kinds.at_kinds(room, did, view)
        case MyData() as room:
            return data.at_data(room, did, view)
        case Topics() as room:
            return form.at_topics(room, did, view)
        case Intake():
            return behalf.at_intake(did, view)
        case Filling() as room:
            return questions.at_filling(room, did, view)
        case Reviewing() as room:
            return review.at_reviewing(room, did, view)
        case Dropping() as room:
            return form.at_dropping(room, did, view)
        case Resuming():
            return form.at_resuming(did, view)
        case Sorting():
            return loose.at_sorting(did, view)
        case Cases() as room:
            return cases.at_cases(room, did, view)
        case Case() as room:
            return cases.at_case(room, did, view)
        case Proving() as room:
            return cases.at_proving(room, did, view)
        case Adding() as room:
            return cases.at_adding(room, did, view)
        case Withdrawing() as room:
            return cases.at_withdrawing(room, did, view)
        case Rating() as room:
            return after.at_rating(room, did, view)
        case Reopening() as room:
            return after.at_reopening(room, did, view)
        case Queue() as room:
            return queue.at_queue(room, did, view)
        case Desk() as room:
            return orders.at_desk(room, did, view)
        case Doing() as room:
            return doing.at_doing(room, did, view)
        case Office() as room:
            return office.at_office(room, did, view)
        case Bulletin() as room:
            return bulletin.at_bulletin(room, did, view)
        case Hearing() as room:
            return hearing.at_hearing(room, did, view)
        case Complaining() as room:
            return complaining.at_complaining(room, did, view)
        case Denouncing() as room:
            return denouncing.at_denouncing(room, did, view)
        case Restricted() as room:
            return restricted.at_restricted(room, did, view)
        case Repeating() as room:
            return repeating.at_repeating(room, did, view, review.send)
        case Pausing():
            return Next(view.session)
        case room:
            assert_never(room)
