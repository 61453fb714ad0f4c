"""Examples for /openapi.json, in both languages; a test holds them to the schemas.

Made by the wire models themselves, so that an example cannot drift from what is sent.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from api.event_stream import frame
from api.schemas.ask import AskResponse, Citation, Sentence, ShortAnswer
from api.schemas.documents import AddedDocument, AddedDocuments, Rejected
from api.schemas.jobs import Counts, Job, Progress
from api.schemas.search import Passage, SearchResponse
from api.schemas.stream import Delta, Passages
from api.schemas.wire import Wire, text_url
from rag.vocabulary import Language

Examples = dict[str, Any]

_ID = "doc_3f2a9c0d11e84b57"
_PASSAGE_ID = f"{_ID}.12.0"
_ANSWER_ID = "ans_5b0c7e1d9a3f4e62a1d40c8f7b2e6935"
_TITLE = "Une organisation pour l’IA"
_URL = "https://example.org/ia"
_DAY = date(2025, 7, 28)
_ADDED_AT = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)
_QUOTE = "La Chine propose de l’installer à Shanghai."

TEXT = f"Le projet a été présenté le 26 juillet 2025. {_QUOTE} Rien n’est encore décidé."


def _example(summary: str, value: Wire | Mapping[str, Any]) -> dict[str, Any]:
    plain = value.model_dump(mode="json") if isinstance(value, Wire) else dict(value)
    return {"summary": summary, "value": plain}


_PASSAGE = Passage(
    passage_id=_PASSAGE_ID,
    document_id=_ID,
    title=_TITLE,
    url=_URL,
    text_url=text_url(_ID),
    published_at=_DAY,
    language="fr",
    page=None,
    text=TEXT,
    start=0,
    end=len(TEXT),
    score=0.93,
    dense_rank=1,
    lexical_rank=2,
)
_CITATION = Citation(
    number=1,
    document_id=_ID,
    passage_id=_PASSAGE_ID,
    title=_TITLE,
    url=_URL,
    text_url=text_url(_ID),
    published_at=_DAY,
    language="fr",
    page=None,
    quote=_QUOTE,
    start=TEXT.index(_QUOTE),
    end=TEXT.index(_QUOTE) + len(_QUOTE),
    score=0.91,
    verified=True,
)


_PLACE = "Shanghai"
_SHORT = ShortAnswer(
    text=_PLACE,
    citation=1,
    start=TEXT.index(_PLACE),
    end=TEXT.index(_PLACE) + len(_PLACE),
)


def _sentence(text: str) -> Sentence:
    return Sentence(text=text, start=0, end=len(text), citations=[1], support="supported")


def _answer(question: str, language: Language, text: str, *, answered: bool = True) -> AskResponse:
    return AskResponse(
        id=_ANSWER_ID,
        question=question,
        standalone_question=None,
        language=language,
        answered=answered,
        answer=text,
        short_answer=_SHORT if answered else None,
        degraded="untranslated" if answered and language == "en" else None,
        confidence=0.88 if answered else 0.04,
        sentences=[_sentence(text)] if answered else [],
        citations=[_CITATION] if answered else [],
        passages=[_PASSAGE],
        encoder="embedded-static",
        generator="extractive",
        timings={"retrieve": 2.1, "total": 4.7},
    )


_FRENCH = "Où la Chine propose-t-elle d’installer l’organisation ?"
_ENGLISH = "Where does China propose to put the organisation?"
_OFF_TOPIC = "Quelle est la recette du gratin dauphinois ?"

QUESTIONS: Examples = {
    "fr": _example("En français", {"question": _FRENCH}),
    "en": _example(
        "In English, over the documents of one year",
        {
            "question": _ENGLISH,
            "language": "en",
            "filters": {"published_from": "2025-01-01", "published_to": "2025-12-31"},
        },
    ),
    "follow_up": _example(
        "Une question qui s’appuie sur la précédente, phrase par phrase",
        {
            "question": "Et quand le projet a-t-il été présenté ?",
            "history": [{"question": _FRENCH, "answer": _QUOTE}],
            "stream": True,
        },
    ),
}
ANSWERS: Examples = {
    "fr": _example("En français", _answer(_FRENCH, "fr", _QUOTE)),
    "en": _example(
        "In English, from a French document",
        _answer(_ENGLISH, "en", f"According to “{_TITLE}” (28 July 2025, in French): “{_QUOTE}”"),
    ),
    "refusal": _example(
        "Les documents n’y répondent pas",
        _answer(
            _OFF_TOPIC,
            "fr",
            "Les documents ne permettent pas de répondre à cette question. Recherche faite en "
            "français et en anglais dans la collection «\u00a0default\u00a0»\u00a0; les passages "
            "les plus proches sont joints.",
            answered=False,
        ),
    ),
}


def _stream(question: str, language: Language, text: str) -> str:
    found = Passages(language=language, standalone_question=None, passages=[_PASSAGE])
    events = (
        ("passages", found),
        ("citation", _CITATION),
        ("delta", Delta(text=text)),
        ("sentence", _sentence(text)),
        ("done", _answer(question, language, text)),
    )
    return "".join(frame(name, content.model_dump_json()).decode() for name, content in events)


STREAMS: Examples = {
    "fr": {"summary": "En français", "value": _stream(_FRENCH, "fr", _QUOTE)},
}
OPINIONS: Examples = {
    "helpful": _example("It helped", {"answer_id": _ANSWER_ID, "helpful": True}),
    "unhelpful": _example(
        "Elle n’a pas aidé, et pourquoi",
        {"answer_id": _ANSWER_ID, "helpful": False, "comment": "La date manque."},
    ),
}
QUERIES: Examples = {
    "fr": _example("En français", {"query": "organisation mondiale de l’IA", "top_k": 5}),
    "en": _example(
        "In English, for passages in French",
        {"query": "world AI organisation", "mode": "hybrid", "filters": {"language": "fr"}},
    ),
}
HITS: Examples = {"hit": _example("Un passage", SearchResponse(hits=[_PASSAGE]))}

_ADDED = AddedDocument(
    id=_ID,
    collection="default",
    source="ia.txt",
    title=_TITLE,
    language="fr",
    url=_URL,
    text_url=text_url(_ID),
    published_at=_DAY,
    added_at=_ADDED_AT,
    generation=12,
    characters=len(TEXT),
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    metadata={"section": "monde"},
    copies=[],
    unchanged=False,
    replaced=False,
)
ADDED: Examples = {
    "document": _example("One document", _ADDED),
    "rows": _example(
        "A CSV file, a document a row",
        AddedDocuments(
            documents=[_ADDED.model_copy(update={"source": "ia.csv#1"})],
            problems=[Rejected(detail="Row 2 has no text.")],
            removed=0,
        ),
    ),
}

_JOB = Job(
    id="job_5b0c7e1d9a3f4e62a1d40c8f7b2e6935",
    collection="default",
    kind="upload",
    state="running",
    cancelling=False,
    progress=Progress(done=2, total=30, now="rapport.pdf"),
    counts=Counts(added=1, replaced=0, unchanged=0, removed=0, refused=1),
    created_at=_ADDED_AT,
    started_at=_ADDED_AT,
    finished_at=None,
    error=None,
    webhook=None,
)
WATCHED: Examples = {
    "job": {"summary": "A job", "value": frame("progress", _JOB.model_dump_json()).decode()}
}

TEXTS: Examples = {
    "fr": _example(
        "Un texte en français",
        {"text": TEXT, "title": _TITLE, "url": _URL, "published_at": _DAY.isoformat()},
    ),
    "en": _example(
        "A text in English, kept apart and replaceable",
        {
            "text": "The offices will be in Geneva.",
            "collection": "reports-2025",
            "source": "geneva-note",
            "metadata": {"section": "world"},
        },
    ),
}
# A file and its form fields, or a text; FastAPI cannot see this one in a signature.
UPLOAD_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": (
                            "Text, Markdown, HTML, PDF, DOCX, PPTX, XLSX, ODT, RTF, EPUB, EML, "
                            "CSV or JSON Lines. As a job, the field may come up to 1,000 times."
                        ),
                    },
                    "collection": {"type": "string", "default": "default"},
                    "source": {"type": "string", "minLength": 1, "maxLength": 2000},
                    "webhook": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 2000,
                        "description": "Only for a job: the https address that is told of its end.",
                    },
                },
            }
        },
        "application/json": {
            "schema": {"$ref": "#/components/schemas/TextBody"},
            "examples": TEXTS,
        },
    },
}
