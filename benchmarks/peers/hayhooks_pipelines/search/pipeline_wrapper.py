"""The pipeline of `haystack_faiss`, as Hayhooks serves it: ``POST /search/run``."""

import os
from pathlib import Path

from hayhooks import BasePipelineWrapper

from benchmarks.peers.haystack_faiss import HaystackFaiss


class PipelineWrapper(BasePipelineWrapper):  # type: ignore[misc]  # not installed here
    """Searches the store in the folder that ``PEERS_STORE`` names."""

    def setup(self) -> None:
        """Load the encoder and the store."""
        self._participant = HaystackFaiss(Path(os.environ["PEERS_STORE"]))
        self._participant.open()

    def run_api(self, query: str) -> list[dict[str, str]]:
        """Search for passages."""
        found = self._participant.search(query)
        return [{"id": known_as, "text": text} for known_as, text in found]
