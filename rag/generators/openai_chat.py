"""A chat model behind any OpenAI-compatible server: vLLM, Ollama, llama.cpp, a provider.

Only a call that has given nothing yet is tried again: after a refused connection, and after
the statuses 408, 429 and 5xx, with pauses that grow and are drawn by lot. Closing the stream
closes the connection, which makes such servers stop. No error says what was asked, nor the key.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Self

import httpx2

from index.over_http.circuit_breaker import CircuitBreaker
from index.over_http.error_code import error_code
from index.over_http.pauses import asked_wait, drawn_pause
from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort, Message, Pieces
from rag.generators.interruptible_call import InterruptibleCall
from rag.generators.openai_reply import DONE, read_part
from rag.generators.patience import Patience, patiently
from rag.generators.server_events import event_data

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5  # seconds, at most; doubled each time
_LONGEST_PAUSE = 10.0  # a server that wants to be left alone for longer counts as down
_LONGEST_REPLY = 1 << 22  # bytes of a reply that does not stream
_LONGER = 1.0  # seconds
_OUR_FAULT = (400, 413, 422)  # the request was wrong, not the server


class _Failed(Exception):
    """A call failed before it gave anything; it may be tried again if `transient`."""

    def __init__(
        self,
        message: str,
        *,
        transient: bool = False,
        wait: float | None = None,
        down: bool = True,
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.wait = wait  # seconds that the server asks for
        self.down = down


class OpenAIChat:
    """Asks a server for each answer (`rag.generators.chat.ChatModel`); safe between threads."""

    def __init__(
        self,
        *,
        client: httpx2.Client,
        url: str,
        model: str,
        patience: Patience,
        prompt_tokens: int,
        most_tokens: int,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = f"openai:{model}"
        self.prompt_tokens = prompt_tokens
        self._client = client
        self._url = url
        self._model = model
        self._patience = patience
        self._most_tokens = most_tokens
        self._breaker = breaker
        self._sleep = sleep

    @classmethod
    def connect(
        cls,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        timeout_seconds: float = 60.0,
        context_tokens: int = 8192,
        most_tokens: int = 512,
    ) -> Self:
        """Prepare calls to the server at `base_url`, such as ``http://localhost:11434/v1``.

        Nothing is sent before the first question.
        """
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        return cls(
            client=httpx2.Client(headers=headers),
            url=base_url.rstrip("/") + "/chat/completions",
            model=model,
            patience=Patience.of(timeout_seconds),
            prompt_tokens=context_tokens - most_tokens,
            most_tokens=most_tokens,
            breaker=CircuitBreaker(),
        )

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    def stream(self, messages: Sequence[Message], *, seconds: float | None = None) -> Pieces:
        """Yield the answer piece by piece; closing the generator ends the call.

        `seconds` bound the call more than every answer is; that they were too few says nothing
        of the server.

        Raises:
            GeneratorUnavailable: the server cannot be reached, fails, is too slow or breaks off.
            CutShort: after the last piece, if the model had more to say.
        """
        if not self._breaker.allows():
            raise GeneratorUnavailable("The model server kept failing and is left alone for now.")
        patience = self._patience if seconds is None else self._patience.within(seconds)
        outcome = self._breaker.abandoned
        try:
            for piece in self._attempts(messages, patience):
                outcome = self._breaker.succeeded
                yield piece
            outcome = self._breaker.succeeded
        except CutShort:
            outcome = self._breaker.succeeded
            raise
        except GeneratorUnavailable:
            outcome = self._breaker.failed if seconds is None else self._breaker.abandoned
            raise
        except _Failed as failed:
            outcome = self._breaker.failed if failed.down else self._breaker.abandoned
            raise GeneratorUnavailable(str(failed)) from failed
        finally:
            outcome()

    def _attempts(self, messages: Sequence[Message], patience: Patience) -> Pieces:
        end = time.monotonic() + patience.total
        for attempt in range(1, _ATTEMPTS + 1):
            left = end - time.monotonic()
            try:
                return (yield from self._attempt(messages, replace(patience, total=left)))
            except _Failed as failed:
                pause = (
                    drawn_pause(attempt, first=_FIRST_PAUSE) if failed.wait is None else failed.wait
                )
                in_time = time.monotonic() + pause < end and pause <= _LONGEST_PAUSE
                if not failed.transient or attempt == _ATTEMPTS or not in_time:
                    raise
            self._sleep(pause)

    def _attempt(self, messages: Sequence[Message], patience: Patience) -> Pieces:
        call = InterruptibleCall()
        body = {
            "model": self._model,
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "stream": True,
            "temperature": 0,
            "max_tokens": self._most_tokens,
        }
        silence = max(patience.first, patience.between)
        # `patiently` waits exactly; this only ends a thread that nobody waits for any more.
        timeout = httpx2.Timeout(silence + _LONGER, connect=patience.connect)

        def reply() -> Iterator[str]:
            began = False
            try:
                with (
                    self._client.stream("POST", self._url, json=body, timeout=timeout) as response,
                    call.on(response),
                ):
                    _check_status(response)
                    began = True
                    yield from _pieces(response)
            except httpx2.TransportError as error:
                what = f"The model server cannot be reached ({type(error).__name__})."
                if began:
                    message = f"The model server broke off ({type(error).__name__})."
                    raise GeneratorUnavailable(message) from error
                late = isinstance(error, httpx2.ReadTimeout)
                raise _Failed(what, transient=not late) from error

        yield from patiently(reply, patience, stop=call.stop)


def _check_status(response: httpx2.Response) -> None:
    status = response.status_code
    if status == httpx2.codes.OK:
        return
    code = error_code(_whole(response))
    hint = {401: " Check SOURCIER_OPENAI_API_KEY.", 404: " Check SOURCIER_OPENAI_MODEL."}
    raise _Failed(
        f"The model server answered with status {status}{code}.{hint.get(status, '')}",
        transient=status in (408, 429) or status >= 500,
        wait=asked_wait(response.headers.get("retry-after")),
        down=status not in _OUR_FAULT,
    )


def _pieces(response: httpx2.Response) -> Iterator[str]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        part = read_part(_whole(response))
        yield part.text
        part.check_whole()
    elif kind == "text/event-stream":
        yield from _streamed(response)
    else:
        raise GeneratorUnavailable(
            "What answers at SOURCIER_OPENAI_BASE_URL is no OpenAI-compatible server: it sent "
            f"{kind[:60] or 'no content type'}."
        )


def _streamed(response: httpx2.Response) -> Iterator[str]:
    last = None
    for data in event_data(response.iter_bytes()):
        if data.strip() == DONE:
            break
        part = read_part(data)
        if part.text:
            yield part.text
        if part.finish:
            last = part
    else:
        if last is None:
            raise GeneratorUnavailable("The model server broke off in the middle of its answer.")
    if last:
        last.check_whole()


def _whole(response: httpx2.Response) -> str:
    read = bytearray()
    for chunk in response.iter_bytes():
        read += chunk
        if len(read) > _LONGEST_REPLY:
            raise GeneratorUnavailable("The model server sent a reply without end.")
    return read.decode("utf-8", "replace")
