"""Documents put and deleted step by step, so that what a store should hold is known."""

import re

import numpy as np

from documents.models import Document, Passage
from documents.records import document_id
from documents.store.store import Store


def do_step(store: Store, step: int) -> None:
    """Delete a source where step % 4 == 3, and otherwise put version `step` of it."""
    source = f"s{step % 5}"
    if step % 4 == 3:
        store.delete(document_id("default", source))
        return
    parts = 1 + step % 7
    part = f"Version {step} sur {parts}. " * 200
    spans = [(n * len(part), (n + 1) * len(part)) for n in range(parts)]
    passages = [Passage(start, end, part, "fr", ()) for start, end in spans]
    document = Document("", "default", source, source, "fr", part * parts, "")
    store.put(document, passages, np.full((parts, 64), step, np.float32), fingerprint="one")


def expected_after(steps: int) -> dict[str, int]:
    """Return the version of each source when steps 0 to `steps` - 1 are done."""
    versions: dict[str, int] = {}
    for step in range(steps):
        if step % 4 == 3:
            versions.pop(f"s{step % 5}", None)
        else:
            versions[f"s{step % 5}"] = step
    return versions


def whole_documents(store: Store) -> dict[str, int]:
    """Return the version of each source, after checking that each is wholly there."""
    vectors = {
        int(row): float(vector[0])
        for batch in store.vectors(fingerprint="one")
        for row, vector in zip(batch.rows, batch.vectors, strict=True)
    }
    passages = store.passages(vectors)
    assert len(passages) == len(vectors)
    versions = {}
    for summary in store.documents("default").documents:
        document = store.document(summary.id)
        assert document is not None
        version, parts = map(int, re.findall(r"\d+", document.text)[:2])
        part = f"Version {version} sur {parts}. " * 200
        assert document.text == part * parts
        rows = [row for row, held in passages.items() if held.document.id == summary.id]
        assert [passages[row].passage.text for row in rows] == [part] * parts
        assert {vectors[row] for row in rows} == {version}
        assert summary.id == document_id("default", summary.source)
        versions[summary.source] = version
    assert store.counts().passages == len(passages)
    return versions
