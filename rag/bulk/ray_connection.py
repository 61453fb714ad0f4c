"""Which Ray cluster is used: one that is named or runs on this machine, else one for the time."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ray
from ray._common.usage.usage_lib import set_usage_stats_enabled_via_env_var
from ray._private.services import canonicalize_bootstrap_address
from ray.exceptions import RayError

from rag.errors import ClusterFailed

_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("documents", "index", "rag")
_PATIENCE_SECONDS = 5.0


@contextmanager
def connected() -> Iterator[None]:
    """Be connected to a cluster whose nodes have our code; one that was started is ended.

    Raises:
        ClusterFailed: nothing answers at the address, or nothing can be started.
    """
    set_usage_stats_enabled_via_env_var(False)  # else Ray would tell its makers
    with failing():
        address = canonicalize_bootstrap_address(None)
    if address is None:
        # Ray keeps logs and sockets; the names of the latter may not be long.
        with TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
            here = {"env_vars": {"PYTHONPATH": str(_ROOT)}}
            with _initialised(address="local", _temp_dir=folder, runtime_env=here):
                yield
    else:
        _check(address)
        sent = {"working_dir": str(_ROOT), "excludes": _not_sent()}
        with _initialised(address=address, runtime_env=sent):
            yield


@contextmanager
def failing() -> Iterator[None]:
    """Turn what Ray raises into ClusterFailed."""
    try:
        yield
    except (RayError, ConnectionError, RuntimeError, ValueError) as error:
        lines = str(error).strip().splitlines()
        raise ClusterFailed(
            f"The Ray cluster failed ({lines[-1] if lines else type(error).__name__}). What came "
            "in before is stored: run it again to go on, or without --ray."
        ) from error


@contextmanager
def _initialised(**options: Any) -> Iterator[None]:  # noqa: ANN401 - as Ray takes them
    with failing():
        ray.init(
            include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR, **options
        )
    try:
        yield
    finally:
        ray.shutdown()


def _check(address: str) -> None:
    """Ask whether anything answers, for Ray itself would try for ten minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE_SECONDS).close()
    except OSError as error:
        raise ClusterFailed(
            f"No Ray cluster answers at {address} ({error}): start it, or set RAY_ADDRESS."
        ) from error


def _not_sent() -> list[str]:
    """Return all but what nodes run: nothing that somebody stored or configured goes along."""
    others = [f"/{each.name}" for each in _ROOT.iterdir() if each.name not in _CODE]
    return [*others, "__pycache__", "/documents/corpus", "/index/models/lexicon"]
