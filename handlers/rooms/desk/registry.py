"""All tasks of the desk, by name."""

from collections.abc import Mapping

from handlers.rooms.desk import acts, administering, answering, releasing, templating
from handlers.rooms.desk.task import Task

TASKS: Mapping[str, Task] = {
    task.name: task
    for tasks in (acts, answering, releasing, templating, administering)
    for task in tasks.TASKS
}
