"""What becomes of workers that end; tests/api/test_workers.py has real ones."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from api.__main__ import listen
from api.supervisor import supervise
from rag.settings import Settings

WORKER = "tests.api.short_lived_worker"


def supervised(orders: str, until: Callable[[], Any]) -> int:
    """Return how a service of workers ends that do as `orders` say, stopped once `until` holds."""
    ended = threading.Event()

    def stop() -> None:
        while not until():
            if ended.wait(0.02):
                return
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("too late"))
    thread = threading.Thread(target=stop)
    thread.start()
    try:
        return supervised_until_stopped(orders)
    finally:
        ended.set()
        thread.join()
        signal.signal(signal.SIGTERM, before)


def supervised_until_stopped(orders: str) -> int:
    with pytest.MonkeyPatch.context() as patch, listen("127.0.0.1", 0) as listener:
        patch.setenv("ORDERS", orders)
        settings = Settings(workers=orders.count(";") + 1, drain_seconds=0)
        return supervise(settings, listener, module=WORKER)


def test_a_worker_that_ends_again_and_again_is_followed_ever_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    code = supervised("serve;-3", lambda: caplog.text.count("takes its place") == 3)

    assert code == 0
    said = [record.message for record in caplog.records]
    assert [line.rpartition(" in ")[2] for line in said] == ["0 s", "1 s", "2 s"]
    assert all(line.startswith("worker 2 (process ") for line in said)
    assert all("ended with exit code 3" in line for line in said)


def test_one_that_cannot_start_ends_nothing_while_another_is_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    code = supervised("serve;5", lambda: caplog.text.count("takes its place") == 2)

    assert code == 0


@pytest.mark.parametrize("orders", ["7;serve", "-1,7;7"])
def test_where_none_is_up_and_one_cannot_start_all_ends_with_its_exit_code(orders: str) -> None:
    assert supervised_until_stopped(orders) == 7


def test_without_a_temporary_folder_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(**_: object) -> None:
        raise FileNotFoundError("none")

    monkeypatch.setattr("api.shared_folder.TemporaryDirectory", none)

    assert supervised_until_stopped("serve") == 1
    assert "set TMPDIR" in capsys.readouterr().err
