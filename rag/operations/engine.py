"""Does the engine that holds the index answer, and is it one that may be trusted with it."""

import re

from index.errors import IndexUnavailable
from rag.bootstrap import engine
from rag.errors import MissingExtra
from rag.operations.finding import Finding, well
from rag.settings import Settings

# Below these, CVE-2025-64513 (whoever reaches its port is let in) or CVE-2026-26190 (port 9091).
_SAFE = {(2, 5): 27, (2, 6): 10}


def check_engine(settings: Settings) -> Finding:
    """See whether Milvus answers, and which one it is."""
    try:
        milvus = engine(settings)
        version = milvus.version()
        milvus.close()
    except MissingExtra as error:
        remedy = "pip install pymilvus, or SOURCIER_INDEX=embedded"
        return Finding("index", "fail", str(error), remedy)
    except IndexUnavailable as error:
        remedy = "start it, or correct SOURCIER_MILVUS_URI; until then questions are refused"
        return Finding("index", "fail", str(error), remedy)
    said = f"Milvus answers at {settings.milvus_uri} ({version or 'it does not tell its version'})"
    if not _is_safe(version):
        remedy = "update Milvus to 2.5.27, 2.6.10 or later"
        return Finding("index", "warn", f"{said}; this version has known holes", remedy)
    return well("index", said)


def _is_safe(version: str) -> bool:
    """Tell whether no hole is known; of what is no release of Milvus nothing is known."""
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return True
    major, minor, patch = map(int, found.groups())
    return (major, minor) >= min(_SAFE) and patch >= _SAFE.get((major, minor), 0)
