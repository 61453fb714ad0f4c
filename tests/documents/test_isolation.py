import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.errors import DocumentTooLarge, UnreadableDocument
from documents.isolation import Sandbox
from documents.limits import MIB, Limits

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LIMITS = Limits(memory_bytes=64 * MIB, cpu_seconds=1, wall_seconds=20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(target="hostile_jobs:prepare", search_path=[HERE])
    yield sandbox
    sandbox.close()


def call(sandbox: Sandbox, request: str, limits: Limits = LIMITS) -> bytes:
    return sandbox.call(request.encode(), name="a.pdf", limits=limits)


def run(program: str) -> str:
    """Return what `program` prints, run in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_the_reply_comes_back(sandbox: Sandbox) -> None:
    assert call(sandbox, "echo été") == "begun;été".encode()


def test_a_long_request_and_a_long_reply_pass(sandbox: Sandbox) -> None:
    assert len(call(sandbox, "echo " + "x" * 3_000_000)) == 3_000_006
    assert len(call(sandbox, "repeat 3000")) == 3_000_006


@pytest.mark.parametrize(
    "request_",
    ["fail now", "exit 7", "kill SIGSEGV", "kill SIGABRT", "kill SIGTRAP"],
)
def test_a_crash_is_an_unreadable_document_and_the_next_call_works(
    sandbox: Sandbox, request_: str
) -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.pdf is damaged .*parser crashed"):
        call(sandbox, request_)
    assert call(sandbox, "echo ok") == b"begun;ok"


def test_too_much_memory_is_refused(sandbox: Sandbox) -> None:
    assert call(sandbox, f"hoard {16 * MIB}") == f"begun;{16 * MIB}".encode()
    with pytest.raises(DocumentTooLarge, match=r"a\.pdf takes more than 64 MiB of memory"):
        call(sandbox, f"hoard {128 * MIB}")


def test_too_much_processor_time_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(DocumentTooLarge, match=r"a\.pdf takes more than 1 s"):
        call(sandbox, "spin")


def test_too_much_wall_time_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(DocumentTooLarge, match="split it"):
        call(sandbox, "sleep 30", Limits(wall_seconds=0.1))


def test_a_child_that_the_system_kills_for_memory_is_too_large(sandbox: Sandbox) -> None:
    with pytest.raises(DocumentTooLarge, match="takes more than"):
        call(sandbox, "kill SIGKILL")


def test_no_file_can_be_written(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="parser crashed"):
        call(sandbox, f"write {tmp_path / 'x'}")
    assert not (tmp_path / "x").exists() or (tmp_path / "x").read_bytes() == b""


def test_no_connection_can_be_made(sandbox: Sandbox) -> None:
    allowed = "import ctypes, sys; libc = ctypes.CDLL(None); n = 0x40000000;"
    allowed += "sys.exit(libc.unshare(n) and libc.unshare(n | 0x10000000))"
    if subprocess.run([sys.executable, "-c", allowed], check=False).returncode:
        pytest.skip("this system lets nobody make a network namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert b"connected" not in call(sandbox, f"connect {server.getsockname()[1]}")


def test_the_environment_of_the_service_stays_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCIER_API_KEY", "secret")
    fresh = Sandbox(target="hostile_jobs:prepare", search_path=[HERE])
    try:
        assert b"SOURCIER_API_KEY" not in call(fresh, "environment")
    finally:
        fresh.close()


def test_a_killed_parser_process_is_replaced(sandbox: Sandbox) -> None:
    first = call(sandbox, "parent")
    with pytest.raises(UnreadableDocument, match="the parser process ended; try again"):
        call(sandbox, "kill-server")  # twice, for the call is tried again once
    second = call(sandbox, "parent")
    assert first != second


def test_a_closed_sandbox_ends_its_process_and_starts_another() -> None:
    sandbox = Sandbox(target="hostile_jobs:prepare", search_path=[HERE])
    first = int(call(sandbox, "parent").removeprefix(b"begun;"))
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert call(sandbox, "echo ok") == b"begun;ok"
    sandbox.close()


def test_threads_get_their_own_replies_while_others_crash(sandbox: Sandbox) -> None:
    def ask(number: int) -> bytes:
        if number % 5 == 0:
            with pytest.raises(UnreadableDocument, match="crashed"):
                call(sandbox, "kill SIGSEGV")
            return b"begun;"
        return call(sandbox, f"echo {number}")

    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(ask, range(40)))
    assert replies == [b"begun;" + (b"%d" % n if n % 5 else b"") for n in range(40)]


def test_the_parser_process_imports_no_model_library() -> None:
    shown = run("import documents.parsing, sys; print(sorted(sys.modules))")
    assert {"documents", "trafilatura", "pypdfium2", "docx"} <= set(shown.split("'"))
    assert not {"torch", "faiss", "transformers", "sentence_transformers"} & set(shown.split("'"))


def test_the_parser_process_ends_with_its_owner() -> None:
    shown = run(
        "import os; from pathlib import Path; from documents.isolation import Sandbox;"
        "from documents.limits import Limits;"
        f"s = Sandbox(target='hostile_jobs:prepare', search_path=[Path({str(HERE)!r})]);"
        "print(s.call(b'parent', name='x', limits=Limits()).decode(), flush=True);"
        "os._exit(0)"  # without any clearing up
    )
    server = int(shown.strip().removeprefix("begun;"))
    wait_until_gone(server)


def wait_until_gone(process: int) -> None:
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    ended, _, _ = select.select([descriptor], [], [], 20)
    os.close(descriptor)
    assert ended
