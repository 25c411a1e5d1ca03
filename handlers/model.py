"""The one base of every value in `handlers/`."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: never changed after it is made, never with a field nobody named."""

    model_config = ConfigDict(frozen=True, extra="forbid")
