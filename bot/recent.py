"""Sessions as they were just written: the next turn of a busy chat need not parse its own JSON.

The row in the database stays the truth: a session is taken from here only when the row still reads
as it was written, so another worker, a rollback or a mending hand can never be overlooked.
"""

from collections import OrderedDict

from handlers.session import NEW, Session

MOST = 1024  # conversations; a few kilobytes each


class Recent:
    """The latest sessions by contact. Safe to share by database threads: each step is atomic."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._written: OrderedDict[int, tuple[str, Session]] = OrderedDict()

    def read(self, contact_id: int, state: str) -> Session:
        """The session that *state* is the JSON of; a new one when it is empty."""
        if not state:
            return NEW
        written = self._written.pop(contact_id, None)
        if written is not None and written[0] == state:
            return written[1]
        return Session.model_validate_json(state)

    def write(self, contact_id: int, session: Session) -> str:
        """The JSON of *session*, remembered."""
        state = session.model_dump_json()
        self._written[contact_id] = (state, session)
        if len(self._written) > self._most:
            self._written.popitem(last=False)
        return state
