"""``/v1/chat/completions`` with `stream`: chunks, each sentence followed by its annotations."""

from collections.abc import Iterator
from typing import Any

import orjson

from api.openai.annotations import cited, url_citation
from api.openai.chat_reply import ChatHead, Usage
from api.openai.error_reply import ErrorReply, OpenAIError
from api.schemas.ask import Citation
from api.schemas.search import Passage
from rag import models as domain
from rag.events import Answered, Event, PassagesFound, SentenceProved

_DONE = b"data: [DONE]\n\n"


def chat_frames(events: Iterator[Event], head: ChatHead, *, with_usage: bool) -> Iterator[bytes]:
    """Yield the chunks of a completion; with `with_usage` the usage comes last."""
    known: list[domain.Citation] = []
    annotated = 0
    for event in events:
        match event:
            case PassagesFound():
                yield _chunk(head, _choice({"role": "assistant", "content": "", "refusal": None}))
            case SentenceProved(text=text, sentence=sentence, citations=citations):
                known += citations
                yield _chunk(head, _choice({"content": text}))
                annotations = _annotations(sentence, known, head, first=annotated)
                annotated += len(annotations)
                yield _chunk(head, _choice({"annotations": annotations}))
            case Answered(answer=answer):
                if not answer.answered:
                    said = {"content": answer.text, "refusal": answer.text, "annotations": []}
                    yield _chunk(head, _choice(said))
                yield _chunk(head, _choice({}, finish_reason="stop"), **_proofs(answer))
                if with_usage:
                    usage = Usage.of(head.asked, answer.text)
                    yield _chunk(head, usage=usage.model_dump())
    yield _DONE


def chat_failure(error: OpenAIError, _sent: int) -> bytes:
    """Return the last frame of a stream that fails on its way."""
    return _frame(ErrorReply(error=error).model_dump())


def _annotations(
    sentence: domain.AnswerSentence, known: list[domain.Citation], head: ChatHead, *, first: int
) -> list[dict[str, Any]]:
    """Return the annotations of `sentence`; clients put lists together by `index`."""
    [(_, citations)] = cited([sentence], known)
    return [
        {
            "index": index,
            "type": "url_citation",
            "url_citation": url_citation(sentence, one, base_url=head.base_url).model_dump(),
        }
        for index, one in enumerate(citations, first)
    ]


def _proofs(answer: domain.Answer) -> dict[str, Any]:
    return {
        "answer_id": answer.id,
        "answered": answer.answered,
        "citations": [
            Citation.from_domain(one).model_dump(mode="json") for one in answer.citations
        ],
        "passages": [Passage.from_domain(hit).model_dump(mode="json") for hit in answer.passages],
    }


def _choice(delta: dict[str, Any], *, finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _chunk(head: ChatHead, *choices: dict[str, Any], **more: object) -> bytes:
    about = {"id": head.id, "object": "chat.completion.chunk", "created": head.created}
    return _frame({**about, "model": head.model, "choices": choices, **more})


def _frame(content: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(content) + b"\n\n"
