"""The Milvus to test with: milvus-lite in a process of its own, or one that is named.

`SOURCIER_TEST_MILVUS` names the address of another, `SOURCIER_TEST_MILVUS_INDEX` the index of
vectors that it knows, and `SOURCIER_TEST_MILVUS_WORDS=off` says that it has no sparse vectors;
`python -m benchmarks.engines` sets them.
"""

import os
from importlib.util import find_spec

import pytest

from index.milvus.layout import VectorIndexKind

NAMED = os.environ.get("SOURCIER_TEST_MILVUS")
KIND: VectorIndexKind = "HNSW"
if os.environ.get("SOURCIER_TEST_MILVUS_INDEX") == "AUTOINDEX":
    KIND = "AUTOINDEX"
WORDS = os.environ.get("SOURCIER_TEST_MILVUS_WORDS") != "off"

needs_lite = pytest.mark.skipif(
    not (find_spec("pymilvus") and (NAMED or find_spec("milvus_lite"))),
    reason="Milvus is not there to test with: pip install pymilvus milvus-lite",
)
needs_words = pytest.mark.skipif(not WORDS, reason="this Milvus has no sparse vectors")
