"""``/v1/feedback``: what somebody thinks of an answer."""

from pydantic import Field

from api.schemas.wire import Body

_LONGEST_COMMENT = 2000


class FeedbackBody(Body):
    """An opinion on an answer that was given not long ago."""

    answer_id: str = Field(
        description="The `id` of the answer.",
        pattern="^ans_[0-9a-f]{32}$",
        examples=["ans_5b0c7e1d9a3f4e62a1d40c8f7b2e6935"],
    )
    helpful: bool = Field(description="Whether the answer helped; a right refusal helps too.")
    comment: str | None = Field(None, max_length=_LONGEST_COMMENT)
