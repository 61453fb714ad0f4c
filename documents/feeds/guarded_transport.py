"""HTTP that connects only where `AddressGuard` allows, and ends in time, for httpx2.

The guard stands where the socket is made: the address that was checked is the one that is
connected to, whatever the name leads to a moment later, while TLS and the Host header go by
the name. Each read is bounded by the time that is left, so that a server which sends a byte
every few seconds is cut off like one that sends none. No connection is kept, no proxy used.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2

from documents.feeds.address_guard import AddressGuard

CONNECT_SECONDS = 10.0
END = "sourcier.end"  # extension of a request: when it must be over, on the monotonic clock


class GuardedTransport(httpx2.BaseTransport):
    """Requests through `guard`, each over within `seconds` or at its own `END`.

    Also for a client of httpx2: ``httpx2.Client(transport=…, trust_env=False)``. Errors are
    those of httpx2 and of the guard.
    """

    def __init__(
        self, guard: AddressGuard, *, seconds: float = 30.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
        self._seconds = seconds
        self._tls = tls

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request`; whoever reads the response closes it.

        Raises:
            ForbiddenAddress: its host leads to an address that may not be asked.
            FetchError: its host has no address.
            httpx2.TransportError: as any transport.
        """
        end = request.extensions.get(END, time.monotonic() + self._seconds)
        pool = httpcore2.ConnectionPool(
            ssl_context=self._tls_context() if request.url.scheme == "https" else None,
            max_keepalive_connections=0,
            network_backend=_CheckedNetwork(self._guard, end),
        )
        try:
            with _told_as_httpx2():
                response = pool.handle_request(_lowered(request))
        except BaseException:
            pool.close()
            raise
        return httpx2.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, pool),
            extensions=response.extensions,
        )

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:  # takes some 20 ms; two threads making two do no harm
            self._tls = httpx2.create_ssl_context(trust_env=False)
        return self._tls


def _lowered(request: httpx2.Request) -> httpcore2.Request:
    assert isinstance(request.stream, httpx2.SyncByteStream)  # noqa: S101 - no async here
    url = httpcore2.URL(
        scheme=request.url.raw_scheme,
        host=request.url.raw_host,
        port=request.url.port,
        target=request.url.raw_path,
    )
    extensions = {"timeout": {"connect": CONNECT_SECONDS}}
    return httpcore2.Request(
        request.method,
        url,
        headers=request.headers.raw,
        content=request.stream,
        extensions=extensions,
    )


class _CheckedNetwork(httpcore2.NetworkBackend):
    """Makes the sockets of one request."""

    def __init__(self, guard: AddressGuard, end: float) -> None:
        self._guard = guard
        self._end = end
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._guard.addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address,
                    port,
                    _left(self._end, timeout),
                    local_address,
                    socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._end)
        raise failure


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which nothing takes longer than until `end`."""

    def __init__(self, stream: httpcore2.NetworkStream, end: float) -> None:
        self._stream = stream
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._end, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._end, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._end, timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._end)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as its base
        return self._stream.get_extra_info(info)


class _Body(httpx2.SyncByteStream):
    """The body of a response, which owns its connection."""

    def __init__(self, response: httpcore2.Response, pool: httpcore2.ConnectionPool) -> None:
        self._response = response
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        with _told_as_httpx2():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
        self._pool.close()


def _left(end: float, timeout: float | None) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is up")
    return left if timeout is None else min(left, timeout)


@contextmanager
def _told_as_httpx2() -> Iterator[None]:
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise httpx2.TimeoutException(str(error)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise httpx2.TransportError(str(error)) from error
