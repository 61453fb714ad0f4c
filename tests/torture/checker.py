"""Is every document whole, every passage found, and nothing found that is not there?

Each check reads the whole store, or all that a service tells of it, and returns the versions
that it found.
"""

from collections.abc import Mapping
from typing import Any

import httpx2

from documents.records import Change, DocumentSummary, StoredPassage
from documents.store.store import Store
from tests.torture.texts import EVERYWHERE, Version, version_in

_COLLECTION = "default"
_MOST = 100  # passages that a search returns


def check_store(store: Store, *, fingerprint: str) -> dict[str, int]:
    """Check each document, its passages, its vectors and the history that leads to them."""
    versions, rows = {}, set()
    vectors = {int(row) for batch in store.vectors(fingerprint=fingerprint) for row in batch.rows}
    for summary in _summaries(store):
        if summary.collection != _COLLECTION:
            rows |= {found.row for found in _passages(store, summary, summary.passages)}
            continue
        document = store.document(summary.id)
        assert document is not None
        number = version_in(document.text, summary.source)
        assert number is not None, f"{summary.source} is no version of it: {document.text[:200]!r}"
        assert summary.source not in versions, f"{summary.source} is there twice"
        versions[summary.source] = number
        expected = Version(summary.source, number).spans
        stored = _passages(store, summary, len(expected) + 1)
        assert [(s.passage.start, s.passage.end) for s in stored] == expected, summary.source
        rows |= {found.row for found in stored}
    assert rows == vectors, "vectors and passages are not of the same rows"
    assert rows == _living(store.changes(0)), "the history does not lead to what is stored"
    counts = store.counts()
    assert counts.passages == len(rows)
    assert counts.documents == len(_summaries(store))
    return versions


def _summaries(store: Store) -> list[DocumentSummary]:
    return [
        summary
        for collection in store.collections()
        for summary in store.documents(collection.name, limit=1000).documents
    ]


def _passages(store: Store, document: DocumentSummary, count: int) -> list[StoredPassage]:
    """Return which of the first `count` passages there are."""
    ids = (f"{document.id}.{document.generation}.{ordinal}" for ordinal in range(count))
    return [found for found in map(store.passage, ids) if found]


def _living(changes: list[Change]) -> set[int]:
    rows: set[int] = set()
    for change in changes:
        rows -= set(change.removed)
        rows |= set(change.added)
    return rows


def check_service(http: httpx2.Client) -> dict[str, int]:
    """Check that what a service lists, shows and finds is the same."""
    listed = _got(http, "/v1/documents", collection=_COLLECTION, limit="200")["documents"]
    texts = {one["id"]: http.get(one["text_url"]).raise_for_status().text for one in listed}
    versions, expected = {}, set()
    for one in listed:
        number = version_in(texts[one["id"]], one["source"])
        assert number is not None, f"{one['source']}: {texts[one['id']][:200]!r}"
        assert one["source"] not in versions, f"{one['source']} is listed twice"
        versions[one["source"]] = number
        for ordinal, (start, end) in enumerate(Version(one["source"], number).spans):
            expected.add((f"{one['id']}.{one['generation']}.{ordinal}", start, end))
    assert len(expected) <= _MOST, "too many passages to find them all at once"
    found = _posted(http, "/v1/search", query=EVERYWHERE, top_k=_MOST, mode="lexical")["hits"]
    spans = [(hit["passage_id"], hit["start"], hit["end"]) for hit in found]
    assert len(spans) == len(set(spans)), "a passage is found twice"
    assert set(spans) == expected, (
        f"lost {expected - set(spans)}, of what is not there {set(spans) - expected}"
    )
    for hit in found:
        assert hit["text"] == texts[hit["document_id"]][hit["start"] : hit["end"]]
    status = _got(http, "/v1/status")
    assert status["index"]["passages"] == status["passages"], "the index keeps what is gone"
    assert status["index"]["change"] == status["change"]
    for source, number in sorted(versions.items())[:2]:
        answer = _posted(http, "/v1/ask", question=Version(source, number).question(2))
        check_answer(answer, texts)
    return versions


def check_answer(answer: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Check that each citation of an answer is verbatim in the text of its document."""
    for citation in answer["citations"]:
        text = texts[citation["document_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def _got(http: httpx2.Client, path: str, **query: str) -> dict[str, Any]:
    return dict(http.get(path, params=query).raise_for_status().json())


def _posted(http: httpx2.Client, path: str, **body: object) -> dict[str, Any]:
    return dict(http.post(path, json=body).raise_for_status().json())
