"""``python -m tests.api.counting_service``: the service, whose transformer is slow and counted.

A line of COUNTED says how many passages one call encoded again, before each of which it rests
for RESTS seconds, as a larger model would take.
"""

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from api.__main__ import main
from index.encoder import ReadPassages
from index.transformer_encoder import TransformerEncoder

read = TransformerEncoder.read_passages


def counted(self: TransformerEncoder, texts: Sequence[str]) -> ReadPassages:
    """Encode, and write down how many texts if they are encoded again."""
    if threading.current_thread().name == "reembedding":
        time.sleep(float(os.environ["RESTS"]))
        with Path(os.environ["COUNTED"]).open("a", encoding="utf-8") as file:
            file.write(f"{len(texts)}\n")
    return read(self, texts)


if __name__ == "__main__":
    TransformerEncoder.read_passages = counted  # type: ignore[method-assign]
    sys.exit(main())
