"""A Ray cluster as what reads and encodes: Ray Data moves the pieces, as Arrow tables.

Three steps, each a task that may run again wherever its node dies: fetching, on the node of
this machine; reading and cutting; encoding. The results come in the order of the files.
"""

import logging
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, get_type_hints

import pyarrow as pa
import ray
from ray.data import DataContext, Dataset, TaskPoolStrategy

from rag.bulk.on_a_node import cut, encode, fetch
from rag.bulk.pieces import Asked, Cut, Fetched, Piece, Recipe
from rag.bulk.ray_connection import connected, failing

_FILES = 256  # that are fetched by one task
_BLOCK_BYTES = 256 * 1024  # of a task's input: seconds of encoding
_FETCHING = 1  # tasks at a time

_TYPES = {
    int: pa.int64(),
    bool: pa.bool_(),
    str: pa.large_string(),
    bytes: pa.large_binary(),
    list[str]: pa.large_list(pa.large_string()),
}


@contextmanager
def running(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
    """Let the cluster do `asked`; what comes back is in that order, and taken in as it is read.

    Raises:
        ClusterFailed: there is none at that address, or it gave up; also while pieces are read.
    """
    with connected(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"ray\.")  # few files are no cause for concern
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what it says is raised as well
        with failing():
            dataset = _steps(recipe, asked)
        with closing(_pieces(dataset)) as pieces:  # left open, it would start another cluster
            yield pieces


def _steps(recipe: Recipe, asked: Sequence[Asked]) -> Dataset:
    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.execution_options.preserve_order = True
    context.target_max_block_size, context.target_min_block_size = _BLOCK_BYTES, 1
    here = ray.get_runtime_context().get_node_id()
    reading = max(2, int(ray.cluster_resources().get("CPU", 1)) // 2)
    starts = range(0, len(asked), _FILES)
    given = ray.data.from_arrow([_table(Asked, asked[at : at + _FILES]) for at in starts])
    # Only encoding counts as work: the other two take little of a core, and wait for it. Steps of
    # unlike sizes are not joined into one, which would run on this node alone.
    fetched = given.map_batches(
        fetch_rows,
        batch_format="pyarrow",
        compute=TaskPoolStrategy(_FETCHING),
        num_cpus=0,
        label_selector={"ray.io/node-id": here},
    )
    parts = fetched.map_batches(
        cut_rows,
        batch_format="pyarrow",
        compute=TaskPoolStrategy(reading),
        num_cpus=0,
        fn_args=(recipe,),
    )
    return parts.map_batches(
        encode_rows,
        batch_format="pyarrow",
        compute=TaskPoolStrategy(),
        num_cpus=1,
        fn_args=(recipe,),
    )


def fetch_rows(rows: pa.Table) -> Iterator[pa.Table]:
    """Do `fetch` for each row."""
    yield from (_table(Fetched, [fetch(asked)]) for asked in _rows(Asked, rows))


def cut_rows(rows: pa.Table, recipe: Recipe) -> Iterator[pa.Table]:
    """Do `cut` for each row."""
    for file in _rows(Fetched, rows):
        yield from (_table(Cut, [part]) for part in cut(file, recipe))


def encode_rows(rows: pa.Table, recipe: Recipe) -> Iterator[pa.Table]:
    """Do `encode` for each row."""
    yield from (_table(Piece, [encode(part, recipe)]) for part in _rows(Cut, rows))


def _pieces(dataset: Dataset) -> Generator[Piece, None, None]:
    with failing():
        for table in dataset.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from _rows(Piece, table)


def _table(kind: type, rows: Iterable[Any]) -> pa.Table:
    types = get_type_hints(kind)
    schema = pa.schema([(name, _TYPES[each]) for name, each in types.items()])
    return pa.Table.from_pylist([{n: getattr(row, n) for n in types} for row in rows], schema)


def _rows(kind: Callable[..., Any], table: pa.Table) -> Iterator[Any]:
    return (kind(**row) for row in table.to_pylist())
