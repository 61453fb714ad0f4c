"""What an encoder behind a server costs beside the same one in the process.

``python -m benchmarks.encoder_over_http`` serves the embedded transformer by ``/v1/embeddings`` of
another Sourcier on this machine, and takes turns between both: milliseconds a question (median),
and passages of 180 tokens a second. Each request over HTTP carries the text that proves the model.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from benchmarks import development
from benchmarks.encoders import round_of, texts
from benchmarks.served import served
from index.encoder import Encoder
from index.http_encoder import HttpEncoder
from index.over_http.forms import OpenAIForm
from index.over_http.server import EmbeddingServer, client_of
from index.sentence_transformer_encoder import Prompts
from index.transformer_encoder import TransformerEncoder
from rag.encoders import TRANSFORMER

_MODEL = "sourcier-embedding"


def over_http(port: int) -> HttpEncoder:
    """Return the encoder of the service at `port`."""
    form = OpenAIForm(f"http://127.0.0.1:{port}/v1", _MODEL)
    server = EmbeddingServer(form, client=client_of(api_key=None))
    return HttpEncoder.recognised(server, (), name=_MODEL, prompts=Prompts(), batch=32)


def main() -> None:
    """Measure both in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    questions, passages = texts(options.data)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as service:
        encoders: dict[str, Encoder] = {
            "in the process": TransformerEncoder.load(TRANSFORMER),
            "over HTTP": over_http(service.port),
        }
        rounds = [
            {name: round_of(one, questions, passages) for name, one in encoders.items()}
            for _ in range(options.rounds)
        ]
    figures = {
        name: {
            "ms a question": round(statistics.median(r[name][0] for r in rounds), 2),
            "passages a second": round(statistics.median(r[name][1] for r in rounds)),
        }
        for name in encoders
    }
    for name, figure in figures.items():
        print(f"{name:15}", figure)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
