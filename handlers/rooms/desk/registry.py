"""All tasks of the desk, by name."""

from collections.abc import Mapping

from handlers.rooms.desk import (
    acts,
    administering,
    answering,
    bulletin_acts,
    composing,
    reaching,
    releasing,
    templating,
)
from handlers.rooms.desk.task import Task

TASKS: Mapping[str, Task] = {
    task.name: task
    for tasks in (
        *(acts, answering, reaching, releasing, templating, administering),
        *(bulletin_acts, composing),
    )
    for task in tasks.TASKS
}
