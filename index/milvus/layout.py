"""What a collection of Milvus holds for us, and whether one is what we made.

We call it a table here: a Collection is ours, and all of ours are in one table. Each of its
rows is a passage, under the row number that the store gave it and gives no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from index.errors import IncompatibleIndex
from index.milvus.packing import LONGEST

VectorIndexKind = Literal["HNSW", "DISKANN", "FLAT", "AUTOINDEX"]

# How each is built, and how hard it searches for the k best.
_BUILT: Mapping[VectorIndexKind, Mapping[str, int]] = {
    "HNSW": {"M": 32, "efConstruction": 256},
    "DISKANN": {},
    "FLAT": {},
    "AUTOINDEX": {},
}
_EFFORT: Mapping[VectorIndexKind, str] = {"HNSW": "ef", "DISKANN": "search_list"}
_LEAST_EFFORT = 256


@dataclass(frozen=True, slots=True)
class Layout:
    """Vectors of `dimension`, searched by an index of this kind.

    Without `words`, only by meaning, which is all that Milvus before 2.4 can.
    """

    dimension: int
    kind: VectorIndexKind = "HNSW"
    words: bool = True

    def schema(self) -> Any:  # noqa: ANN401 - pymilvus has no types
        """Return the schema that pymilvus makes the table by."""
        from pymilvus import DataType, MilvusClient  # noqa: PLC0415 - heavy

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("row", DataType.INT64, is_primary=True)
        schema.add_field("collection", DataType.INT64)
        schema.add_field("language", DataType.INT8)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        if self.words:
            schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("contents", DataType.VARCHAR, max_length=LONGEST)
        return schema

    @property
    def searched(self) -> tuple[str, ...]:
        """The fields that have an index."""
        return ("vector", "words") if self.words else ("vector",)

    def index_of(self, field: str) -> Any:  # noqa: ANN401
        """Return the index of `field` that pymilvus makes."""
        from pymilvus import MilvusClient  # noqa: PLC0415

        kind, built = "SPARSE_INVERTED_INDEX", {}
        if field == "vector":
            kind, built = self.kind, dict(_BUILT[self.kind])
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index(field, index_type=kind, metric_type="IP", params=built)
        return indexes

    def search(self, field: str, k: int) -> dict[str, Any]:
        """Return how to search `field` for the `k` best."""
        effort = _EFFORT.get(self.kind) if field == "vector" else None
        return {
            "metric_type": "IP",
            "params": {effort: max(k, _LEAST_EFFORT)} if effort else {},
        }

    def check(
        self, name: str, description: Mapping[str, Any], indexed: Mapping[str, Any] | None
    ) -> None:
        """Check that a table is of this layout, as pymilvus describes it and its vectors' index.

        The kind of index is not looked at: what the setting says holds for the next build.

        Raises:
            IncompatibleIndex: it has other fields, vectors of another width, or another metric.
        """
        expected = {
            field.name: (field.dtype, field.params.get("dim")) for field in self.schema().fields
        }
        found = {
            field["name"]: (field["type"], _width(field["params"]))
            for field in description["fields"]
        }
        metric = indexed["metric_type"] if indexed else None
        differing = sorted(
            field for field in found | expected if found.get(field) != expected.get(field)
        ) + (["metric"] if metric != "IP" else [])
        if differing:
            raise IncompatibleIndex(
                f"the collection {name} of Milvus is not as it was made: {', '.join(differing)} "
                "differ; build another: python -m rag rebuild"
            )


def _width(params: Mapping[str, Any]) -> int | None:
    return int(params["dim"]) if "dim" in params else None
