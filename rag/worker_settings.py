"""The settings of the processes that serve."""

from pydantic import BaseModel, Field


class WorkerSettings(BaseModel):
    """How many processes answer."""

    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Processes that answer: two where there are two processors and answers a "
        "second count more than memory.",
    )
