"""Streams in OpenAI's forms, over the events of an answer."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain

from starlette.types import Scope

from api.errors import problem_of
from api.event_stream import Frames
from api.openai.error_reply import OpenAIError
from api.openai.errors import openai_error
from rag.events import Event, Events


def shaped_frames(
    events: Events,
    shape: Callable[[Iterator[Event]], Iterator[bytes]],
    failure: Callable[[OpenAIError, int], bytes],
    scope: Scope,
) -> Frames:
    """Yield `events` as `shape` makes them; raises what comes before the first, tells the rest.

    `failure` is given how many frames came before it.
    """
    sent = 0
    with closing(events):
        first = next(events)
        try:
            for sent, frame in enumerate(shape(chain((first,), events)), 1):  # noqa: B007
                yield frame
        except Exception as error:  # noqa: BLE001 - logged where it is made a problem
            yield failure(openai_error(problem_of(error, scope), scope["path"]), sent)
