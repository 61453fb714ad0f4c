"""A chat model that runs in this process: one answer at a time, token by token, greedily."""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort, Message, Pieces
from rag.generators.local_model import LocalModel

_Tensors = Any  # of torch, by name; or the token ids that were written


class TransformersChat:
    """Writes with a model in memory (`rag.generators.chat.ChatModel`); safe between threads.

    `seconds` bounds the wait for the model to be free, and then the time for one answer.
    """

    def __init__(
        self, local: LocalModel, *, most_tokens: int = 512, seconds: float = 300.0
    ) -> None:
        self.name = f"transformers:{local.name}"
        self._model = local.model
        self._tokenizer = local.tokenizer
        self._context = local.context_tokens
        self._most_tokens = min(most_tokens, self._context // 2)
        self._seconds = seconds
        self._free = threading.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def prompt_tokens(self) -> int:
        """How many tokens of a prompt leave room for the answer."""
        return self._context - self._most_tokens

    def stream(self, messages: Sequence[Message], *, seconds: float | None = None) -> Pieces:
        """Yield the answer piece by piece; closing the generator stops the model.

        `seconds` bound the wait and the writing more than those of every answer do.

        Raises:
            GeneratorUnavailable: the model is busy for too long, the messages are longer than
                it can read, or it fails or takes too long.
            CutShort: after the last piece, if the model had more to say.
        """
        prompt = self._encoded(messages)
        length = prompt["input_ids"].shape[1]
        if length > self.prompt_tokens:
            raise GeneratorUnavailable(
                f"The prompt has {length} tokens; {self.name} can read {self.prompt_tokens}."
            )
        most = self._seconds if seconds is None else min(seconds, self._seconds)
        if not self._free.acquire(timeout=most):
            raise GeneratorUnavailable(f"{self.name} is busy.")
        stop = threading.Event()
        streamer, written = self._start(prompt, stop, most)
        deadline = time.monotonic() + most
        try:
            if self._thinks(prompt):
                yield "<think>"
            for piece in streamer:
                yield piece
                streamer.timeout = _left(deadline)  # however fast the pieces come
            self._check_whole(written, length)
        except queue.Empty:
            raise GeneratorUnavailable(f"{self.name} took too long.") from None
        finally:
            stop.set()

    def _encoded(self, messages: Sequence[Message]) -> _Tensors:
        chat = [{"role": one.role, "content": one.content} for one in messages]
        if not self._tokenizer.chat_template:
            text = "\n\n".join(one.content for one in messages) + "\n\n"
            return self._tokenizer(text, return_tensors="pt").to(self._model.device)
        from jinja2 import TemplateError  # noqa: PLC0415 - only templates need it

        try:
            return self._templated(chat)
        except TemplateError:  # this model knows no system message
            whole = "\n\n".join(one.content for one in messages)
            return self._templated([{"role": "user", "content": whole}])

    def _templated(self, chat: list[dict[str, str]]) -> _Tensors:
        return self._tokenizer.apply_chat_template(
            chat,
            add_generation_prompt=True,
            enable_thinking=False,  # for the templates that know of it
            return_tensors="pt",
            return_dict=True,
        ).to(self._model.device)

    def _start(
        self, prompt: _Tensors, stop: threading.Event, seconds: float
    ) -> tuple[Any, Future[_Tensors]]:
        """Start writing in the other thread, which says when the model is free again.

        The first piece is waited for `seconds`.
        """
        from transformers import (  # noqa: PLC0415 - heavy
            StoppingCriteriaList,
            TextIteratorStreamer,
        )

        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, timeout=seconds, skip_special_tokens=True
        )

        def write() -> _Tensors:
            try:
                return self._model.generate(
                    **prompt,
                    do_sample=False,
                    max_new_tokens=self._most_tokens,
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([lambda *_, **__: stop.is_set()]),
                )
            finally:
                self._free.release()
                streamer.end()  # type: ignore[no-untyped-call]

        return streamer, self._writer.submit(write)

    def _thinks(self, prompt: _Tensors) -> bool:
        """Tell whether the prompt ends with the mark that opens the model's thoughts."""
        last = self._tokenizer.decode(prompt["input_ids"][0, -12:])
        return bool(last.rstrip().endswith("<think>"))

    def _check_whole(self, written: Future[_Tensors], length: int) -> None:
        error = written.exception(timeout=self._seconds)
        if error is not None:
            message = f"{self.name} failed while it wrote ({type(error).__name__})."
            raise GeneratorUnavailable(message) from error
        tokens = written.result()[0, length:].tolist()
        if len(tokens) >= self._most_tokens and tokens[-1] not in self._ends():
            raise CutShort

    def _ends(self) -> list[int]:
        ends = self._model.generation_config.eos_token_id
        return ends if isinstance(ends, list) else [ends]


def _left(deadline: float) -> float:
    """Return the seconds until `deadline`; raise `queue.Empty`, as if waited for, if none are."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise queue.Empty
    return left
