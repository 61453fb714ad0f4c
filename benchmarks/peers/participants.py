"""Who takes part: in which environment, by which command, through which address."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.clients import post
from benchmarks.peers import environments

ROOT = Path(__file__).parent.parent.parent
BARE = "bare encode + search"
SOURCIER = "Sourcier"
IN_INTEGERS = "Sourcier, 8 bits"
DEFAULT = "Sourcier, as it comes"
INTEGERS = environments.FOLDER / "minilm-in-integers"  # see minilm_in_integers.py


@dataclass(frozen=True, slots=True)
class Contender:
    """A participant: `module` runs in `environment`, None is Sourcier's own.

    `encoder` is the one that all share, unless it is said; that of other weights needs other
    vectors in its store.
    """

    name: str
    module: str
    environment: str | None = None
    encoder: str | None = None

    @property
    def vectors(self) -> str:
        """Whose vectors its store is filled with."""
        return "embedded" if self.encoder == "embedded" else "minilm"

    @property
    def folder(self) -> str:
        """The name of the folder of its store."""
        return self.name.lower().replace(" ", "-").replace(",", "").replace("+", "and")

    def interpreter(self) -> str:
        """Return the Python that runs it."""
        own = self.environment
        return str(environments.python(own)) if own else sys.executable


CONTENDERS = (
    Contender(BARE, "bare", "layer"),
    Contender(SOURCIER, "sourcier"),
    Contender("LangChain + FAISS", "langchain_faiss", "langchain"),
    Contender("LlamaIndex + FAISS", "llamaindex_faiss", "llamaindex"),
    Contender("Haystack + FAISS", "haystack_faiss", "haystack"),
    Contender("txtai", "txtai_index", "txtai"),
    Contender("Chroma", "chroma_store", "chroma"),
    Contender(IN_INTEGERS, "sourcier", encoder=str(INTEGERS)),
    Contender(DEFAULT, "sourcier", encoder="embedded"),
)


def environment(contender: Contender, threads: int) -> dict[str, str]:
    """Return the variables that a participant runs with."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PEERS_MODEL": str(environments.model()),
        "SOURCIER_ENCODER": contender.encoder or str(environments.model()),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "ANONYMIZED_TELEMETRY": "False",
    }


def server(contender: Contender, store: Path, port: int) -> list[str] | None:
    """Return the command that serves `store` over HTTP, None where nothing does."""
    interpreter = contender.interpreter()
    match contender.module:
        case "sourcier":
            return [interpreter, "-m", "api"]
        case "langchain_faiss":
            return [interpreter, "-m", "benchmarks.peers.langchain_http", str(store), str(port)]
        case "haystack_faiss":
            pipelines = Path(__file__).parent / "hayhooks_pipelines"
            where = ["--host", "127.0.0.1", "--port", str(port)]
            hayhooks = str(Path(interpreter).with_name("hayhooks"))
            return [hayhooks, "run", *where, "--pipelines-dir", str(pipelines)]
        case "txtai_index":
            where = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
            return [interpreter, "-m", "uvicorn", "txtai.api:app", *where]
    return None


def server_environment(contender: Contender, store: Path, port: int) -> dict[str, str]:
    """Return the further variables of the server; txtai reads a file, which is written here."""
    variables = {"PEERS_STORE": str(store)}
    if contender.module == "sourcier":
        variables |= {"SOURCIER_DATA_DIR": str(store), "SOURCIER_PORT": str(port)}
        # What is read ahead once, in the background, is not part of a search.
        variables |= {"SOURCIER_LOG_LEVEL": "error", "SOURCIER_READ_AHEAD": "false"}
    if contender.module == "txtai_index":
        config = store.with_suffix(".yml")
        config.write_text(f"path: {store}\nembeddings: {{}}\n", encoding="utf-8")
        variables |= {"CONFIG": str(config)}
    return variables


def request(contender: Contender, question: str) -> bytes:
    """Return the HTTP request for ten passages."""
    match contender.module:
        case "sourcier":
            return post("/v1/search", {"query": question, "top_k": 10})
        case "haystack_faiss":
            return post("/search/run", {"query": question})
    limit = "&limit=10" if contender.module == "txtai_index" else ""
    path = f"/search?query={quote(question)}{limit}"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
