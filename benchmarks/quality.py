"""Retrieval and refusal on the development questions that nothing was chosen on.

``python -m benchmarks.quality`` prints, for each language direction: recall@1/5/10 of dense,
lexical and hybrid search (the marked passage found in the collection of its language, and in
the collection of both), how often a cited quote holds the answer, refusals, and how many
citations are verbatim.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import development
from benchmarks.calibrate import half
from benchmarks.development import MIXED, QUESTIONS, Asked
from benchmarks.fitting import Direction
from documents.records import Filters
from rag.evaluation import holds
from rag.models import Mode, Question
from rag.question import analyse
from rag.service import Sourcier

_DEPTHS = (1, 5, 10)
_MODES: tuple[Mode, ...] = ("dense", "lexical", "hybrid")


def recall(
    sourcier: Sourcier, asked: Sequence[Asked], *, collection: str, mode: Mode
) -> dict[int, float]:
    """Return the share of questions whose passage is among the first k hits, by k."""
    ranks = []
    for one in asked:
        analysed = analyse(one.text, translator=sourcier.pipeline.translator, language=one.language)
        found = sourcier.pipeline.retriever.retrieve(
            analysed, collection=collection, filters=Filters(), top_k=20, mode=mode
        )
        sources = list(dict.fromkeys(f.hit.stored.document.source for f in found))
        ranks.append(sources.index(one.passage) if one.passage in sources else len(sources) + 99)
    return {k: sum(rank < k for rank in ranks) / len(ranks) for k in _DEPTHS}


def answers(sourcier: Sourcier, asked: Sequence[Asked], *, collection: str) -> dict[str, float]:
    """Return shares: refused, a quote holds the answer, the first does; verbatim citations."""
    hits = first = refused = citations = verbatim = 0
    for one in asked:
        answer = sourcier.ask(Question(one.text, language=one.language, collection=collection))
        refused += not answer.answered
        hits += any(holds(c.quote, one.answers) for c in answer.citations)
        first += any(holds(c.quote, one.answers) for c in answer.citations[:1])
        for c in answer.citations:
            citations += 1
            verbatim += sourcier.document(c.document_id).text[c.start : c.end] == c.quote
    return {
        "refused": refused / len(asked),
        "quote_holds": hits / len(asked),
        "first_quote_holds": first / len(asked),
        "citations": citations,
        "verbatim": verbatim,
    }


def report(sourcier: Sourcier, folder: Path, most: int) -> Mapping[str, object]:
    """Print every figure as it is known; return them all."""
    asked: dict[Direction, list[Asked]] = {
        key: half(development.questions(folder, name), chosen=False)[:most]
        for key, name in QUESTIONS.items()
    }
    figures: dict[str, object] = {}
    for (spoken, language), group in asked.items():
        for collection in (language, MIXED):
            for mode in _MODES:
                found = recall(sourcier, group, collection=collection, mode=mode)
                figures[f"{spoken}→{language} in {collection}, {mode}"] = found
                shown = " ".join(f"{share:.3f}" for share in found.values())
                print(f"{spoken}→{language}  {collection:6} {mode:8} {shown}", flush=True)
    near = half(development.questions(folder, development.UNANSWERABLE), chosen=False)[:most]
    sets = {
        **{f"{s}→{p} answerable": (g, p) for (s, p), g in asked.items()},
        **{f"{s}→{p} elsewhere": (g, "en" if p == "fr" else "fr") for (s, p), g in asked.items()},
        "en→en near miss": (near, "en"),
    }
    for name, (group, collection) in sets.items():
        figures[name] = found = answers(sourcier, group, collection=collection)
        print(f"{name:20}", {key: round(value, 3) for key, value in found.items()}, flush=True)
    return figures


def main() -> None:
    """Index the development passages, ask the held-out questions, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--index", type=Path, help="folder to keep the indexed passages in")
    parser.add_argument("--most", type=int, default=400, help="questions a direction, at most")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sourcier = development.open_indexed(
            options.data, options.index or Path(temporary), encoder=options.encoder
        )
        figures = report(sourcier, options.data, options.most)
        sourcier.close()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
