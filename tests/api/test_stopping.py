import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import httpx2
import pytest
import uvicorn

from api.connections import Connections
from api.stopping import Service
from benchmarks.served import served


async def nothing(*_: object) -> None: ...


def service(drain_seconds: float) -> tuple[Service, Connections]:
    connections = Connections(most=9, most_per_address=9)
    config = uvicorn.Config(nothing, log_config=None)
    return Service(config, connections=connections, drain_seconds=drain_seconds), connections


def stops(server: Service) -> bool:
    return asyncio.run(server.on_tick(1))


def test_it_serves_until_it_is_told_to_stop() -> None:
    server, connections = service(60)

    assert not stops(server)
    assert not connections.closing


def test_after_sigterm_it_is_not_ready_at_once_but_serves_on() -> None:
    server, connections = service(60)

    server.handle_exit(signal.SIGTERM, None)

    assert connections.closing
    assert not stops(server)


def test_it_stops_when_that_time_is_over() -> None:
    server, _ = service(0)

    server.handle_exit(signal.SIGTERM, None)

    assert stops(server)


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_a_key_and_a_second_signal_are_not_waited_for(signals: list[signal.Signals]) -> None:
    server, connections = service(60)

    for sent in signals:
        server.handle_exit(sent, None)

    assert connections.closing
    assert stops(server)


def test_a_service_that_is_stopped_finishes_what_has_begun_and_says_that_it_is_leaving(
    tmp_path: Path,
) -> None:
    with (
        served(tmp_path, ENCODER="embedded-static", DRAIN_SECONDS="2") as service,
        ThreadPoolExecutor(6) as threads,
    ):
        address = f"http://127.0.0.1:{service.port}"
        text = {"text": "Le pont de Sizun a été bâti en 1887."}
        assert httpx2.post(f"{address}/v1/documents", json=text).status_code == 201

        def ask(number: int) -> httpx2.Response:
            question = f"Quand le pont de Sizun a-t-il été bâti ? ({number})"
            body = {"question": question, "stream": bool(number % 2)}
            return httpx2.post(f"{address}/v1/ask", json=body, timeout=30)

        asked = [threads.submit(ask, number) for number in range(12)]
        service.process.send_signal(signal.SIGTERM)
        until = monotonic() + 2
        while (ready := httpx2.get(f"{address}/readyz")).status_code == 200:
            assert monotonic() < until
        answers = [each.result() for each in asked]

        assert ready.status_code == 503
        assert "stopping" in ready.json()["detail"]
        assert [answer.status_code for answer in answers] == [200] * 12
        assert all("1887" in answer.text for answer in answers)
        assert service.process.wait(20) == 0
