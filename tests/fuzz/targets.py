"""What is fed with anything, and what must hold whatever comes: each takes bytes and may raise.

An error that users are told of is an answer; any other exception is a fault.
"""

import atexit
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from starlette.testclient import TestClient

from api.app import create_app
from documents.chunking import passages
from documents.dates import find_date
from documents.errors import DocumentError
from documents.extraction import Block, assemble
from documents.language import detect, detect_question
from documents.limits import MIB, Limits
from documents.loading import load
from documents.models import LANGUAGES, Document
from documents.normalization import normalize
from documents.sentences import sentence_spans
from index.analyzer import terms
from rag.answer_kind import candidates, holds, question_kind
from rag.bootstrap import bootstrap
from rag.claims.facts import facts_of
from rag.conversation.follow_ups import spoken_language, standalone
from rag.errors import RagError
from rag.models import Question, Turn
from rag.service import Sourcier
from rag.settings import Settings

Target = Callable[[bytes], None]

_LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=10, wall_seconds=30)
_SUFFIXES = (
    "pdf",
    "docx",
    "pptx",
    "xlsx",
    "odt",
    "epub",
    "rtf",
    "eml",
    "html",
    "md",
    "csv",
    "jsonl",
)
_PATHS = (
    *("/v1/ask", "/v1/search", "/v1/documents", "/v1/collections", "/v1/feedback"),
    *("/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/dify/retrieval", "/mcp"),
)


def _text(data: bytes) -> str:
    return normalize(data.decode("utf-8", "replace"))


def loader(data: bytes) -> None:
    """Read a file of any format: its text can be stored, or the error is one that users get."""
    name = f"a.{_SUFFIXES[len(data) % len(_SUFFIXES)]}"
    with suppress(DocumentError):
        for extraction in load(data, name=name, limits=_LIMITS).extractions:
            text = assemble(extraction.blocks).text
            assert normalize(text) == text
            text.encode()


def sentences(data: bytes) -> None:
    """Cut a text: sentences are in order, hold no space at their ends, and leave none out."""
    text = _text(data)
    spans = sentence_spans(text)
    end = 0
    for span in spans:
        assert span.start >= end
        assert not text[end : span.start].strip()
        cut = text[span.start : span.end]
        assert cut
        assert cut == cut.strip()
        end = span.end
    assert not text[end:].strip()


def document(data: bytes) -> None:
    """Take a text apart: every passage and sentence is the document's text at its offsets."""
    text = _text(data)
    blocks = [Block(each) for each in text.split("\n\n") if each.strip()]
    if not blocks:
        return
    complete_text = assemble(blocks)
    found = Document(
        id="d", collection="c", source="s", title="t", language=detect(text), sha256="0",
        text=complete_text.text, headings=complete_text.headings,
        page_starts=complete_text.page_starts,
    )  # fmt: skip
    for passage in passages(found, min_words=60, max_words=180):
        assert found.text[passage.start : passage.end] == passage.text
        for sentence in passage.sentences:
            assert passage.start <= sentence.start < sentence.end <= passage.end
    find_date(text)


def analyzers(data: bytes) -> None:
    """Analyse a text in both languages: the same terms each time, none empty."""
    text = _text(data)
    for language in LANGUAGES:
        found = terms(text, language)
        assert found == terms(text, language)
        assert all(found)
    detect_question(text)


def claims(data: bytes) -> None:
    """Read the facts of a claim, and what kind of answer a sentence holds."""
    text = _text(data)[:4000]
    for language in LANGUAGES:
        facts_of(text, language)
    first, _, rest = text.partition("\n")
    kind = question_kind(first)
    holds(kind, rest, first)
    candidates(kind, rest, first)


def follow_ups(data: bytes) -> None:
    """Complete a follow-up from what was said before."""
    question, _, before = _text(data)[:4000].partition("\n")
    history = (Turn(before[:500], before[500:]), Turn(before[-500:], ""))
    language = spoken_language(question, history)
    standalone(question, history, language=language)


def bodies(data: bytes) -> None:
    """Send a body to every route that reads JSON: refused or taken, never a failure."""
    path = _PATHS[len(data) % len(_PATHS)]
    reply = _client().post(path, content=data, headers={"content-type": "application/json"})
    assert reply.status_code < 500, reply.text
    if reply.headers.get("content-type", "").endswith("json"):
        json.loads(reply.text)


def answers(data: bytes) -> None:
    """Store a text and ask about it: every quote is the stored text at its offsets."""
    question, _, text = _text(data)[:20_000].partition("\n")
    sourcier = _sourcier()
    with suppress(DocumentError, RagError):
        sourcier.add_text(text, source="fuzz")
        answer = sourcier.ask(Question(question[:500]))
        for citation in answer.citations:
            stored = sourcier.document(citation.document_id).text
            assert stored[citation.start : citation.end] == citation.quote
        for sentence in answer.sentences:
            assert answer.text[sentence.start : sentence.end] == sentence.text
        assert answer.answered == bool(answer.citations)


@cache
def _client() -> TestClient:
    app = create_app(_sourcier())
    client = TestClient(app, base_url="http://127.0.0.1:8000")  # MCP answers its own names only
    atexit.register(client.__exit__, None, None, None)
    return client.__enter__()


@cache
def _sourcier() -> Sourcier:
    folder = Path(mkdtemp(prefix="sourcier-fuzz-"))
    return bootstrap(Settings(data_dir=folder, encoder="embedded-static"))


TARGETS: dict[str, Target] = {
    "loader": loader,
    "sentences": sentences,
    "document": document,
    "analyzers": analyzers,
    "claims": claims,
    "follow_ups": follow_ups,
    "bodies": bodies,
    "answers": answers,
}
