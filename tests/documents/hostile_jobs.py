"""What a hostile file could make a parser do; runs in the parser process of test_isolation."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def prepare() -> Callable[[bytes], Iterator[bytes]]:
    return answer


def answer(request: bytes) -> Iterator[bytes]:
    action, _, argument = request.decode().partition(" ")
    yield b"begun;"
    yield from ACTIONS[action](argument)


def echo(text: str) -> Iterator[bytes]:
    yield text.encode()


def repeat(times: str) -> Iterator[bytes]:
    yield from [b"x" * 1000] * int(times)


def fail(reason: str) -> Iterator[bytes]:
    raise ValueError(reason)


def leave(status: str) -> Iterator[bytes]:
    os._exit(int(status))


def kill(name: str) -> Iterator[bytes]:
    os.kill(os.getpid(), signal.Signals[name])
    yield b"alive"


def kill_server(_: str) -> Iterator[bytes]:
    os.kill(os.getppid(), signal.SIGKILL)
    yield b"orphaned"


def spin(_: str) -> Iterator[bytes]:
    while True:
        pass
    yield b"never"


def sleep(seconds: str) -> Iterator[bytes]:
    time.sleep(int(seconds))
    yield b"rested"


def hoard(size: str) -> Iterator[bytes]:
    yield str(len(bytearray(int(size)))).encode()


def write(path: str) -> Iterator[bytes]:
    Path(path).write_text("x", encoding="utf-8")
    yield b"written"


def connect(port: str) -> Iterator[bytes]:
    try:
        socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    except OSError as error:
        yield type(error).__name__.encode()
    else:
        yield b"connected"


def environment(_: str) -> Iterator[bytes]:
    yield repr(sorted(os.environ)).encode()


def modules(_: str) -> Iterator[bytes]:
    yield repr(sorted(sys.modules)).encode()


def parent(_: str) -> Iterator[bytes]:
    yield str(os.getppid()).encode()


ACTIONS: dict[str, Callable[[str], Iterator[bytes]]] = {
    "echo": echo, "repeat": repeat, "fail": fail, "exit": leave, "kill": kill, "spin": spin,
    "kill-server": kill_server, "sleep": sleep, "hoard": hoard, "write": write,
    "connect": connect, "environment": environment, "modules": modules, "parent": parent,
}  # fmt: skip
