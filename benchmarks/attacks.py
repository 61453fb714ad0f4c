"""What `benchmarks.overload` does to a service: slow sockets, and bodies without end."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from benchmarks.clients import Address, head, read_reply

PIECE = 64 * 1024
_HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
_FORM = "multipart/form-data; boundary=b"


async def hold_slow_sockets(
    address: Address, *, count: int, seconds: float, lived: list[float]
) -> None:
    """Keep `count` slow sockets open for `seconds`, each opened again once it is closed.

    Every second one sends its head without end, the others a body, a byte a second each. How
    many seconds each lived, until the service closed it or to the end, goes to `lived`.
    """
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(_hold(address, bool(number % 2), until, lived) for number in range(count))
    )


async def _hold(address: Address, in_head: bool, until: float, lived: list[float]) -> None:  # noqa: FBT001
    request = _HEAD if in_head else head("POST", "/v1/ask", length=1000, kind="application/json")
    while time.perf_counter() < until:
        start = time.perf_counter()
        with suppress(OSError):
            reader, writer = await address.connect()
            ended = asyncio.create_task(reader.read())  # what a 408 says, then the end
            writer.write(request)
            while not ended.done() and time.perf_counter() < until:
                await asyncio.wait([ended], timeout=1)
                with suppress(OSError):
                    writer.write(b" ")
            lived.append(time.perf_counter() - start)
            if ended.done():
                ended.exception()
            else:
                ended.cancel()
            writer.close()
        await asyncio.sleep(0.05)


def _chunked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def _repeated(*, head: bytes = b"", piece: bytes, total: int) -> Iterator[bytes]:
    if head:
        yield head
    for _ in range(total // len(piece)):
        yield piece


def endless_bodies(total: int) -> dict[str, tuple[bytes, Iterator[bytes]]]:
    """Return heads with bodies of `total` bytes, all larger than what they may have."""
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    field = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    question = head("POST", "/v1/ask", length=None, kind="application/json")
    upload = head("POST", "/v1/documents", length=None, kind=_FORM)
    text = head("POST", "/v1/documents", length=None, kind="application/json")
    spaces = b" " * PIECE
    return {
        "question, length told": (
            head("POST", "/v1/ask", length=total, kind="application/json"),
            _repeated(piece=spaces, total=total),
        ),
        "question, chunked": (question, _chunked(_repeated(head=b"{", piece=spaces, total=total))),
        "text, chunked": (text, _chunked(_repeated(head=b"{", piece=spaces, total=total))),
        "file, chunked": (
            upload,
            _chunked(_repeated(head=file + b"\r\n", piece=spaces, total=total)),
        ),
        "ten thousand fields": (upload, _chunked(_repeated(piece=field * 100, total=total))),
        "a field without end": (
            upload,
            _chunked(_repeated(head=field[:-3], piece=spaces, total=total)),
        ),
        "a part's head without end": (
            upload,
            _chunked(_repeated(head=file + b"X-A: ", piece=b"a" * PIECE, total=total)),
        ),
        "an epilogue without end": (
            upload,
            _chunked(_repeated(head=file + b"\r\nx\r\n--b--\r\n", piece=spaces, total=total)),
        ),
        "headers without end": (
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\n",
            _repeated(piece=b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 1000, total=total),
        ),
        "a header without end": (
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nX-A: ",
            _repeated(piece=b"a" * PIECE, total=total),
        ),
        "trailers without end": (
            question + b"1\r\n{\r\n0\r\n",
            _repeated(piece=b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 1000, total=total),
        ),
        "chunk extensions without end": (
            question + b"1;a=",
            _repeated(piece=b"a" * PIECE, total=total),
        ),
        "a body that nobody reads": (
            head("POST", "/nowhere", length=None, kind="application/json"),
            _chunked(_repeated(piece=spaces, total=total)),
        ),
    }


async def send_without_end(address: Address, opening: bytes, pieces: Iterator[bytes]) -> int:
    """Send all of it unless an answer comes first; return its status, 0 where none came."""
    reader, writer = await address.connect()
    answer = asyncio.create_task(read_reply(reader))
    try:
        writer.write(opening)
        async for piece in _until(answer, pieces):
            writer.write(piece)
            await writer.drain()
        status, _ = await asyncio.wait_for(answer, 30)
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        return _status_of(answer)
    finally:
        writer.close()
    return status


async def _until(
    answer: "asyncio.Task[tuple[int, bytes]]", pieces: Iterator[bytes]
) -> AsyncIterator[bytes]:
    for piece in pieces:
        if answer.done():
            return
        yield piece
        await asyncio.sleep(0)


def _status_of(answer: "asyncio.Task[tuple[int, bytes]]") -> int:
    if not answer.done():
        answer.cancel()
        return 0
    return 0 if answer.cancelled() or answer.exception() else answer.result()[0]
