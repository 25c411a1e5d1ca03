"""All tasks of the desk, by name."""

from collections.abc import Mapping

from handlers.rooms.desk import acts, answering, releasing, templating
from handlers.rooms.desk.task import Task

TASKS: Mapping[str, Task] = {
    task.name: task for task in (*acts.TASKS, *answering.TASKS, *releasing.TASKS, *templating.TASKS)
}
