"""The methods of the Bot API, by lower-case name.

A method takes the world and the arguments of a call and returns what `result` shall be, or raises
`ApiError`. All are synchronous but getUpdates, which waits and is served by `wire` itself.
"""

from collections.abc import Callable

from tests.fakes.telegram.args import Args
from tests.fakes.telegram.methods import (
    about,
    editing,
    forums,
    groups,
    media,
    sending,
    settings,
)
from tests.fakes.telegram.world import World

Method = Callable[[World, Args], object]

METHODS: dict[str, Method] = {
    **about.METHODS,
    **editing.METHODS,
    **forums.METHODS,
    **groups.METHODS,
    **media.METHODS,
    **sending.METHODS,
    **settings.METHODS,
}
