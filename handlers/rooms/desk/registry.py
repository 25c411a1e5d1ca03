"""All tasks of the desk, by name."""

from collections.abc import Mapping

from handlers.rooms.desk import (
    acts,
    administering,
    answering,
    blocking,
    bulletin_acts,
    classifying,
    composing,
    data_acts,
    reaching,
    releasing,
    ruling,
    templating,
)
from handlers.rooms.desk.task import Task

TASKS: Mapping[str, Task] = {
    task.name: task
    for tasks in (
        *(acts, answering, reaching, releasing, templating, ruling, administering),
        *(bulletin_acts, composing, blocking, data_acts, classifying),
    )
    for task in tasks.TASKS
}
