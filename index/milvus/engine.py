"""The connection to Milvus: made when it is needed, and again after it was lost.

Whatever goes wrong with the engine leaves here as `IndexUnavailable`. A question must not wait
for an engine that is away, but the client tries again until the time is out. So where nothing
was heard for a while, it is first asked whether anybody listens at all.
"""

import logging
import socket
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import urlsplit

from index.errors import IndexUnavailable

Result = TypeVar("Result")

_PORT = 19530
_TLS_PORT = 443
_QUIET_SECONDS = 1.0  # after which an engine that said nothing may be away
_LISTEN_SECONDS = 0.5
_REFUSED_SECONDS = 0.5  # for which nobody tries again


class Engine:
    """Milvus at `address`, whose path may name a database; safe to share between threads.

    `setting` is the name of what the operator set to `address`, for what is told of failures.
    Its connections are numbered: behind another one the engine may be another, or may be
    recovering, and not hold what it did.
    """

    def __init__(
        self, address: str, *, token: str = "", timeout_seconds: float = 5.0, setting: str = ""
    ) -> None:
        parts = urlsplit(address)
        self._place = (
            parts.hostname or "localhost",
            parts.port or (_TLS_PORT if parts.scheme == "https" else _PORT),
        )
        self._address = address
        self._token = token
        self._setting = setting
        self.timeout_seconds = timeout_seconds
        self._client: Any = None
        self._heard = 0.0
        self._refused = float("-inf")
        self._refusal: Exception = OSError()
        self._connecting = Lock()
        self._connections = 0

    def connection(self) -> int:
        """Return the number of the connection that there is, made now if need be.

        Raises:
            IndexUnavailable: the engine is away.
        """
        self._connected()
        return self._connections

    def do(self, work: Callable[[Any], Result], *, over: int | None = None) -> Result:
        """Return what `work` does with the client, over the connection of that number if given.

        Raises:
            IndexUnavailable: the engine is away, is too slow or refuses; or the connection is
                another by now.
        """
        import grpc  # noqa: PLC0415 - heavy, and only for those who use an engine
        from pymilvus.exceptions import MilvusException  # noqa: PLC0415

        client = self._connected()
        if over is not None and over != self._connections:
            raise IndexUnavailable("Milvus was connected anew at this moment: try again.")
        try:
            result = work(client)
        except (MilvusException, grpc.RpcError) as error:
            self._lose(client)
            raise self._unavailable(error) from error
        self._heard = time.monotonic()
        return result

    def version(self) -> str:
        """Return what the engine says of itself, empty where it cannot; raises as `do` does."""
        import grpc  # noqa: PLC0415
        from pymilvus.exceptions import MilvusException  # noqa: PLC0415

        self.ping()
        try:
            return str(self._connected().get_server_version(timeout=self.timeout_seconds))
        except (MilvusException, grpc.RpcError):
            return ""

    def ping(self) -> None:
        """See whether the engine answers; raises as `do` does."""
        self.do(lambda client: client.list_collections(timeout=self.timeout_seconds))

    def close(self) -> None:
        """Let go of the connection; a later call makes another."""
        if self._client is not None:
            self._lose(self._client)

    def _connected(self) -> Any:  # noqa: ANN401 - pymilvus has no types
        client = self._client
        if client is not None and time.monotonic() - self._heard < _QUIET_SECONDS:
            return client
        from pymilvus.exceptions import MilvusException  # noqa: PLC0415

        with self._connecting:
            if time.monotonic() - self._refused < _REFUSED_SECONDS:
                raise self._unavailable(self._refusal)
            try:
                socket.create_connection(self._place, timeout=_LISTEN_SECONDS).close()
                if self._client is None:
                    self._client = self._connect()
            except (OSError, MilvusException) as error:
                self._refused, self._refusal = time.monotonic(), error
                raise self._unavailable(error) from error
            self._heard = time.monotonic()
            return self._client

    def _connect(self) -> Any:  # noqa: ANN401
        from pymilvus import MilvusClient  # noqa: PLC0415

        # It logs every failure with a traceback, though it raises it too.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
        client = MilvusClient(
            self._address, token=self._token, timeout=self.timeout_seconds, dedicated=True
        )
        self._connections += 1
        return client

    def _lose(self, client: Any) -> None:  # noqa: ANN401
        with self._connecting:
            if self._client is client:
                self._client = None
        client.close()

    def _unavailable(self, error: Exception) -> IndexUnavailable:
        host, port = self._place
        told = error.details() if hasattr(error, "details") else getattr(error, "message", "")
        reason = told or str(error) or type(error).__name__
        return IndexUnavailable(
            f"Milvus at {host}:{port} cannot be used ({reason}). Start it, or correct "
            f"{self._setting or 'its address'}; documents are safe in the store, and the index "
            "catches up by itself."
        )
