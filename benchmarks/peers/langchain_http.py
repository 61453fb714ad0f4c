"""LangChain behind plain FastAPI: there is no server of its own for a store.

``python -m benchmarks.peers.langchain_http FOLDER PORT``
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from benchmarks.peers.langchain_faiss import LangChainFaiss


def main(folder: Path, port: int) -> None:
    """Serve ``GET /search?query=…`` until a signal."""
    participant = LangChainFaiss(folder)
    participant.open()
    app = FastAPI()

    @app.get("/search")
    def search(query: str) -> list[dict[str, str]]:
        return [{"id": known_as, "text": text} for known_as, text in participant.search(query)]

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
