"""How good answers are while the server of the encoder is away, beside the static encoder's.

``python -m benchmarks.by_words`` asks the questions that nothing was chosen on twice: with all that
the static encoder finds, and with what words alone find (`rag.by_words`).
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import development
from benchmarks.calibrate import half
from benchmarks.development import QUESTIONS
from benchmarks.quality import answers, recall
from index.static_encoder import StaticEncoder
from rag.by_words import ByWords
from rag.encoders import STATIC
from rag.pipeline import Pipeline


def by_words(pipeline: Pipeline) -> Pipeline:
    """Return `pipeline` with an index that is searched by words."""
    index = ByWords(pipeline.retriever.index, StaticEncoder.load(STATIC))
    return replace(pipeline, retriever=replace(pipeline.retriever, index=index))


def main() -> None:
    """Index the development passages, ask both ways, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--most", type=int, default=100, help="questions a direction, at most")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        sourcier = development.open_indexed(options.data, Path(folder), encoder="embedded-static")
        ways = {"all": sourcier.pipeline, "words": by_words(sourcier.pipeline)}
        for (spoken, language), name in QUESTIONS.items():
            asked = half(development.questions(options.data, name), chosen=False)[: options.most]
            other = "en" if language == "fr" else "fr"
            for way, pipeline in ways.items():
                sourcier.pipeline = pipeline
                found = recall(sourcier, asked, collection=language, mode="hybrid")
                told = answers(sourcier, asked, collection=language)
                off_topic = answers(sourcier, asked, collection=other)["refused"]
                figure = {
                    **{f"recall@{k}": round(share, 3) for k, share in found.items()},
                    **{key: round(told[key], 3) for key in ("refused", "first_quote_holds")},
                    "off topic refused": round(off_topic, 3),
                }
                figures[f"{spoken}→{language}, {way}"] = figure
                print(f"{spoken}→{language} {way:6}", figure, flush=True)
        sourcier.close()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
