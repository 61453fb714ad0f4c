"""A server of embeddings, asked with patience: in time, again where that may help, then left alone.

Asking twice does no harm, so whatever may pass is tried again: a refused or broken connection, the
statuses 408, 429 and 5xx. A question is waited for five seconds, after which words must do. No
error says what was sent, nor the key.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx2
import numpy as np
import orjson

from index.encoder import Vectors
from index.errors import EncoderUnavailable, TextRefused
from index.over_http.circuit_breaker import CircuitBreaker
from index.over_http.error_code import error_code
from index.over_http.forms import Form, Garbled
from index.over_http.pauses import asked_wait, drawn_pause
from index.over_http.turns import Turns

_LONGEST_REPLY = 1 << 26  # bytes: 256 vectors of 8,192 numbers, in decimals
_QUESTION_SECONDS = 5.0
_CONNECT_SECONDS = 3.0
_IDLE_SECONDS = 60.0  # that a connection is kept open for the next question
_FAILURES, _LEFT_ALONE_SECONDS = 3, 5.0
_REFUSED = (400, 413, 422)  # the texts, not the service
_TOO_LARGE = b"input is too large to process"  # what llama.cpp says with status 500
_HINTS = {
    401: " Check SOURCIER_ENCODER_API_KEY.",
    403: " Check SOURCIER_ENCODER_API_KEY.",
    404: " Check SOURCIER_ENCODER and SOURCIER_ENCODER_MODEL.",
}


class _Failed(Exception):
    """A request failed; it may be made again if `transient`, after `wait` seconds if so asked.

    `status` is what the server answered, 0 where it did not come to that.
    """

    def __init__(
        self, message: str, *, transient: bool, wait: float | None = None, status: int = 0
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.wait = wait
        self.status = status


@dataclass(frozen=True, slots=True)
class _Patience:
    """Seconds for all attempts, how many of them, and the longest first pause between them."""

    seconds: float
    attempts: int
    first_pause: float


class EmbeddingServer:
    """Gives the vectors of texts; safe to share between threads.

    `problem` is for its users to say, to each other, why they got nothing the last time.
    """

    def __init__(
        self,
        form: Form,
        *,
        client: httpx2.Client,
        seconds: float = 30.0,
        parallel: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.parallel = parallel
        self.problem: str | None = None
        self._form = form
        self._client = client
        self._patience = {
            True: _Patience(min(seconds, _QUESTION_SECONDS), attempts=2, first_pause=0.05),
            False: _Patience(seconds, attempts=4, first_pause=0.5),
        }
        self._breakers = {
            urgent: CircuitBreaker(failures=_FAILURES, pause_seconds=_LEFT_ALONE_SECONDS)
            for urgent in (True, False)  # one batch too heavy must not silence questions
        }
        self._turns = Turns(parallel)
        self._sleep = sleep
        self._packed = form.packs  # whether Base64 is asked for
        self._unpacks = False  # whether it ever came
        self._failure = ""

    def vectors(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        """Return ``float32 (n, dimension)``, rows L2-normalised; zeros stay zeros.

        Raises:
            EncoderUnavailable: the server cannot be reached, fails, is too slow or talks nonsense.
            TextRefused: it does not take these texts.
        """
        breaker = self._breakers[urgent]
        if not breaker.allows():
            raise EncoderUnavailable(f"{self._failure} It is left alone for some seconds.")
        outcome = breaker.abandoned
        try:
            vectors = self._attempts(texts, urgent=urgent)
            outcome = breaker.succeeded
        except TextRefused:
            outcome = breaker.succeeded
            raise
        except _Failed as failed:
            outcome, self._failure = breaker.failed, str(failed)
            raise EncoderUnavailable(self._failure) from failed
        finally:
            outcome()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, norms, out=vectors, where=norms > 0)
        return unit

    def _attempts(self, texts: Sequence[str], *, urgent: bool) -> Vectors:
        patience = self._patience[urgent]
        with self._turns.taken(urgent=urgent):
            end = time.monotonic() + patience.seconds
            for attempt in range(1, patience.attempts + 1):
                try:
                    return self._attempt(texts, end)
                except _Failed as failed:
                    pause = failed.wait
                    if pause is None:
                        pause = drawn_pause(attempt, first=patience.first_pause)
                    in_time = time.monotonic() + pause < end
                    if not failed.transient or attempt == patience.attempts or not in_time:
                        raise
                self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, texts: Sequence[str], end: float) -> Vectors:
        """Ask in Base64; in decimals where that may have been what the server did not like."""
        if not self._packed:
            return self._asked(texts, end, packed=False)
        try:
            vectors = self._asked(texts, end, packed=True)
        except TextRefused:
            pass
        except _Failed as failed:
            if self._unpacks or failed.status != httpx2.codes.INTERNAL_SERVER_ERROR:
                raise
        else:
            self._unpacks = True
            return vectors
        vectors = self._asked(texts, end, packed=False)
        self._packed = False
        return vectors

    def _asked(self, texts: Sequence[str], end: float, *, packed: bool) -> Vectors:
        sendable = [text.encode("utf-8", "replace").decode() for text in texts]
        body = orjson.dumps(self._form.request(sendable, packed=packed))
        left = max(end - time.monotonic(), 0.001)
        timeout = httpx2.Timeout(left, connect=min(left, _CONNECT_SECONDS))
        headers = {"Content-Type": "application/json"}
        try:
            with self._client.stream(
                "POST", self._form.address, content=body, headers=headers, timeout=timeout
            ) as response:
                reply = _whole(response, end)
        except httpx2.RequestError as error:
            slow = isinstance(error, httpx2.ReadTimeout)
            what = "took too long" if slow else f"cannot be reached ({type(error).__name__})"
            raise _Failed(f"The embedding server {what}.", transient=not slow) from error
        _check_status(response, reply)
        try:
            return self._form.vectors(reply, count=len(texts))
        except Garbled as garbled:
            raise _Failed(f"The embedding server sent {garbled}.", transient=False) from garbled


def client_of(*, api_key: str | None) -> httpx2.Client:
    """Return what keeps connections to a server open."""
    return httpx2.Client(
        headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
        limits=httpx2.Limits(keepalive_expiry=_IDLE_SECONDS),
    )


def _whole(response: httpx2.Response, end: float) -> bytes:
    """Return the body; one that trickles in is given up at the first piece after `end`."""
    read = bytearray()
    for chunk in response.iter_bytes():
        read += chunk
        if len(read) > _LONGEST_REPLY:
            raise _Failed("The embedding server sent a reply without end.", transient=False)
        if time.monotonic() > end:
            raise _Failed("The embedding server took too long.", transient=False)
    return bytes(read)


def _check_status(response: httpx2.Response, reply: bytes) -> None:
    status = response.status_code
    if status == httpx2.codes.OK:
        return
    code = error_code(reply.decode("utf-8", "replace"))
    if status in _REFUSED or _TOO_LARGE in reply:
        raise TextRefused(
            f"The embedding server refused the texts with status {status}{code}. If they are too "
            "long for its model, let it truncate, or lower SOURCIER_PASSAGE_MAX_WORDS; too many, "
            "lower SOURCIER_ENCODER_BATCH; else check SOURCIER_ENCODER_MODEL and _DIMENSIONS."
        )
    raise _Failed(
        f"The embedding server answered with status {status}{code}.{_HINTS.get(status, '')}",
        transient=status in (408, 429) or status >= 500,
        wait=asked_wait(response.headers.get("retry-after")),
        status=status,
    )
