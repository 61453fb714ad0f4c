"""Fit rag/weights/ENCODER.json on every second development question.

``python -m benchmarks.calibrate`` (nothing is trained here: a handful of weights a language
direction is chosen). benchmarks/quality.py reports on the other half.

Weights across languages are fitted on both such directions together, as their questions are
few; each direction has a bias of its own.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from benchmarks import development
from benchmarks.development import QUESTIONS, Asked
from benchmarks.fitting import Direction, Measures, Samples, Weights
from documents.models import LANGUAGES, Language
from documents.records import Filters
from index.encoder import StretchEncoder
from rag.calibration import WEIGHTS, LinearModel
from rag.close_reading import CloseReader
from rag.evaluation import holds
from rag.evidence import Evidence, SentenceRanker
from rag.question import AnalysedQuestion, analyse
from rag.retrieval import Found
from rag.service import Sourcier

PASSAGE = ("tokens", "cosine", "words")
SENTENCE = ("focus", "words", "before", "kind", "passage", "behind", "length")
CLOSE = ("sentence", "meaning")
ANSWER = (
    "meaning", "tokens", "before", "passage_tokens", "words", "sentence", "weakest", "missing",
    "names", "numbers", "kind", "lead", "length", "crowd",
)  # fmt: skip
# What speaks for an answer, and what against it; others may do either. Two measures that say nearly
# the same would else be set against each other, which holds for these texts only.
_SIGNS = {
    **dict.fromkeys(
        ("meaning", "tokens", "before", "passage_tokens", "words", "sentence", "weakest", "names",
         "numbers", "kind", "lead"), 1,
    ),
    **dict.fromkeys(("missing", "crowd"), -1),
}  # fmt: skip


def half(asked: Sequence[Asked], *, chosen: bool = True) -> list[Asked]:
    """Return every second question: the half to choose on, or the half to report on."""
    return list(asked[0 if chosen else 1 :: 2])


def fit_passages(sourcier: Sourcier, asked: Mapping[Direction, list[Asked]]) -> Samples:
    """Collect candidates of questions in their direction: the marked passage against others."""
    stretches = isinstance(sourcier.encoder, StretchEncoder)
    samples = Samples((*PASSAGE, "stretch") if stretches else PASSAGE)
    retriever = sourcier.pipeline.retriever
    for direction, group in asked.items():
        for one in group:
            pools = retriever.candidates(
                _analysed(sourcier, one), collection=direction[1], filters=Filters()
            )
            pool = pools[LANGUAGES.index(direction[1])]
            stored = retriever.store.passages(pool.rows.tolist())
            for at, row in enumerate(pool.rows.tolist()):
                source = stored[row].document.source
                measures = {name: float(values[at]) for name, values in pool.measures.items()}
                samples.add(direction, measures, label=source == one.passage)
    return samples


def fit_sentences(sourcier: Sourcier, asked: Mapping[Direction, list[Asked]]) -> Samples:
    """Collect sentences of the passages found: those that hold an answer against others."""
    samples = Samples(SENTENCE)
    for direction, group in asked.items():
        for one in group:
            evidence = _evidence(sourcier, one, collection=direction[1])
            if any(holds(e.text, one.answers) for e in evidence):
                for e in evidence:
                    samples.add(direction, e.measures, label=holds(e.text, one.answers))
    return samples


def fit_close(sourcier: Sourcier, asked: Mapping[Direction, list[Asked]]) -> Samples:
    """Collect what is read closely: sentences that hold an answer against others."""
    samples = Samples(CLOSE)
    ranker = cast("CloseReader", sourcier.pipeline.ranker)
    for direction, group in asked.items():
        for one in group:
            analysed, found = _found(sourcier, one, collection=direction[1])
            before = {id(e.sentence): e.log_odds for e in ranker.ranker.rank(analysed, found)}
            read = [e for e in ranker.rank(analysed, found) if "meaning" in e.measures]
            if any(holds(e.text, one.answers) for e in read):
                for e in read:
                    measures = {**e.measures, "sentence": before[id(e.sentence)]}
                    samples.add(direction, measures, label=holds(e.text, one.answers))
    return samples


def fit_answers(
    sourcier: Sourcier, asked: Mapping[Direction, list[Asked]], folder: Path
) -> Samples:
    """Collect the best evidence where the answer stands, and in a collection without it.

    Each question is asked of a small collection and of the large one that hold its passage;
    then of a small one beside it, of what is about something else in the large one, and of the
    passages in the other language.
    """
    samples = Samples(ANSWER, _SIGNS)
    for (spoken, language), group in asked.items():
        places = development.group_of(folder, language)
        others = _documents_of_other_titles(sourcier, language)
        last = max(places.values())
        for one in group:
            own = places[str(one.passage)]
            for collection in (f"{language}-{own}", language):
                measures, found = _answer_measures(sourcier, one, collection)
                if one.passage in found:
                    samples.add((spoken, language), measures, label=True)
            beside = f"{language}-{(own + 5) % last}"
            elsewhere: Language = "en" if language == "fr" else "fr"
            for read, collection, allowed in (
                (language, beside, None),
                (language, language, others[str(one.passage)]),
                (elsewhere, elsewhere, None),
            ):
                measures, found = _answer_measures(sourcier, one, collection, allowed)
                if found:
                    samples.add((spoken, read), measures, label=False)
    return samples


def _documents_of_other_titles(sourcier: Sourcier, collection: str) -> dict[str, frozenset[str]]:
    """Return for each source the ids of the documents about something else."""
    titles: dict[str, set[str]] = {}
    sources: dict[str, str] = {}
    for document in sourcier.all_documents(collection):
        titles.setdefault(document.title, set()).add(document.id)
        sources[document.source] = document.title
    everything = frozenset(identity for ids in titles.values() for identity in ids)
    others = {title: everything - ids for title, ids in titles.items()}
    return {source: others[title] for source, title in sources.items()}


def _answer_measures(
    sourcier: Sourcier, one: Asked, collection: str, allowed: frozenset[str] | None = None
) -> tuple[Measures, list[str]]:
    """Return what the decision to answer rests on, and the sources that were found."""
    evidence = _evidence(sourcier, one, collection=collection, allowed=allowed)
    if not evidence:
        return {}, []
    found = [e.found.hit.stored.document.source for e in evidence]
    return sourcier.pipeline.abstention.measures(_analysed(sourcier, one), evidence), found


def _analysed(sourcier: Sourcier, one: Asked) -> AnalysedQuestion:
    return analyse(one.text, translator=sourcier.pipeline.translator, language=one.language)


def _evidence(
    sourcier: Sourcier, one: Asked, *, collection: str, allowed: frozenset[str] | None = None
) -> list[Evidence]:
    analysed, found = _found(sourcier, one, collection=collection, allowed=allowed)
    return sourcier.pipeline.ranker.rank(analysed, found)


def _found(
    sourcier: Sourcier, one: Asked, *, collection: str, allowed: frozenset[str] | None = None
) -> tuple[AnalysedQuestion, list[Found]]:
    analysed = _analysed(sourcier, one)
    found = sourcier.pipeline.retriever.retrieve(
        analysed, collection=collection, filters=Filters(document_ids=allowed), top_k=8
    )
    return analysed, found


def _fitted(sourcier: Sourcier, name: str, samples: Samples) -> Weights:
    """Fit, put the model to work in the pipeline, and return its weights."""
    weights = samples.fit()
    _use(sourcier, name, weights)
    print(name, json.dumps(weights, indent=1), flush=True)
    return weights


def _use(sourcier: Sourcier, name: str, weights: Weights) -> None:
    pipeline, model = sourcier.pipeline, LinearModel.of(weights)
    reader = cast("CloseReader", pipeline.ranker)
    ranker = cast("SentenceRanker", reader.ranker)
    sentence = replace(reader, ranker=replace(ranker, model=model))
    sourcier.pipeline = {
        "passage": replace(pipeline, retriever=replace(pipeline.retriever, relevance=model)),
        "sentence": replace(pipeline, ranker=sentence),
        "close": replace(pipeline, ranker=replace(reader, model=model)),
        "answer": replace(pipeline, abstention=replace(pipeline.abstention, model=model)),
    }[name]


def _even(features: Sequence[str]) -> Weights:
    """Return weights to start from: every feature counts the same."""
    directions = [f"{one}-{other}" for one in LANGUAGES for other in LANGUAGES]
    return {direction: {**dict.fromkeys(features, 1.0), "bias": 0.0} for direction in directions}


def main() -> None:
    """Fit the three models one after the other, each on what the one before selects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--out", type=Path, help="default: rag/weights/ENCODER.json")
    parser.add_argument("--index", type=Path, help="folder to keep the indexed passages in")
    parser.add_argument("--most", type=int, default=300, help="questions a direction, at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sourcier = development.open_indexed(
            options.data, options.index or Path(temporary), encoder=options.encoder, groups=True
        )
        asked = {
            key: half(development.questions(options.data, name))[: options.most]
            for key, name in QUESTIONS.items()
        }
        for name, features in (
            ("passage", PASSAGE),
            ("sentence", SENTENCE),
            ("close", CLOSE),
            ("answer", ANSWER),
        ):
            _use(sourcier, name, _even(features))
        fitted = {"passage": _fitted(sourcier, "passage", fit_passages(sourcier, asked))}
        fitted["sentence"] = _fitted(sourcier, "sentence", fit_sentences(sourcier, asked))
        fitted["close"] = _fitted(sourcier, "close", fit_close(sourcier, asked))
        answers = fit_answers(sourcier, asked, options.data)
        fitted["answer"] = _fitted(sourcier, "answer", answers)
        sourcier.close()
    target = options.out or WEIGHTS / f"{options.encoder}.json"
    target.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
