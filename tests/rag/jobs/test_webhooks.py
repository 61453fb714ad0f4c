"""Who is told of a job's end: signed as Standard Webhooks has it, and never a private address."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from threading import Thread

import pytest

from documents.errors import ForbiddenAddress
from documents.feeds.address_guard import AddressGuard
from documents.job_records import Delivery, Job
from rag.errors import InvalidWebhook
from rag.jobs.signing import secret_of, signature
from rag.jobs.webhooks import Webhooks, message

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the published example
LOOPBACK = AddressGuard(private=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
NOW = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)


def finished_job(url: str) -> Job:
    return Job(
        number=1,
        id="job_" + "0a" * 16,
        collection="presse",
        kind="upload",
        state="succeeded",
        request={},
        total=1,
        counts={"added": 1},
        doing=None,
        created_at=NOW,
        finished_at=NOW,
        webhook=Delivery(url),
    )


class Receiver(BaseHTTPRequestHandler):
    """Answers 204, or redirects what comes to /moved; keeps what it was sent."""

    received: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.received.append((self.path, headers, body))
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    received: list[tuple[str, dict[str, str], bytes]] = []
    handler = type("OwnReceiver", (Receiver,), {"received": received})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


def test_the_signature_is_that_of_the_published_example() -> None:
    # libraries/go/webhook_test.go of standard-webhooks
    signed = signature(
        secret_of(SECRET),
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "written",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_==",
        "whsec_dHJvcCBjb3VydA==",
        "whsec_pas du base 64 « é »",
        "whsec_" + b64encode(b"x" * 65).decode(),
    ],
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match="openssl rand") as raised:
        secret_of(written)
    assert written.removeprefix("whsec_") not in str(raised.value)


def test_a_receiver_can_check_what_it_is_told() -> None:
    with receiving() as (address, received):
        job = finished_job(f"{address}/hook?token=é")
        status = Webhooks(secret_of(SECRET), LOOPBACK).call(job)

    assert status == 204
    [(path, headers, body)] = received
    assert path == "/hook?token=%C3%A9"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "msg_" + "0a" * 16
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(secret_of(SECRET), signed, sha256).digest()
    assert headers["webhook-signature"] == "v1," + b64encode(digest).decode()
    told = json.loads(body)
    assert told["type"] == "job.succeeded"
    assert told["timestamp"] == NOW.isoformat()
    assert told["data"] == {
        "id": job.id,
        "collection": "presse",
        "kind": "upload",
        "state": "succeeded",
        "counts": {"added": 1},
        "url": f"/v1/jobs/{job.id}",
    }


def test_each_attempt_says_the_same() -> None:
    job = finished_job("https://example.org/")
    tried = replace(job, webhook=Delivery("https://example.org/", attempts=3))
    assert message(job) == message(tried)


def test_a_redirection_is_not_followed() -> None:
    with receiving() as (address, received):
        assert Webhooks(secret_of(SECRET), LOOPBACK).call(finished_job(f"{address}/moved")) == 302
    assert [path for path, _, _ in received] == ["/moved"]


def test_a_name_that_leads_into_a_private_network_is_not_called() -> None:
    guard = AddressGuard(resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    webhooks = Webhooks(secret_of(SECRET), guard)

    webhooks.check("https://internal.example/")  # what it leads to is seen when it is called
    with pytest.raises(ForbiddenAddress, match="not public"):
        webhooks.call(finished_job("https://internal.example/"))


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://example.org/", InvalidWebhook),
        ("ftp://example.org/", ForbiddenAddress),
        ("example.org/hook", ForbiddenAddress),
        ("https://user:secret@example.org/", ForbiddenAddress),
        ("https://10.0.0.1/", ForbiddenAddress),
        ("https://169.254.169.254/latest", ForbiddenAddress),
        ("https://[::1]/", ForbiddenAddress),
        ("http://127.0.0.1:8000/", ForbiddenAddress),
        ("https://localhost/", ForbiddenAddress),
        ("https://0x7f.1/", ForbiddenAddress),
    ],
)
def test_an_address_that_will_never_be_told_is_refused_at_once(
    url: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Webhooks(secret_of(SECRET), AddressGuard()).check(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/hook", "https://8.8.8.8/", "https://exemple.été/"]
)
def test_a_public_https_address_is_taken(url: str) -> None:
    Webhooks(secret_of(SECRET), AddressGuard()).check(url)


def test_a_loopback_address_is_taken_by_http_where_it_is_allowed() -> None:
    Webhooks(secret_of(SECRET), LOOPBACK).check("http://127.0.0.1:9000/hook")


def test_nothing_is_taken_where_nothing_can_be_signed() -> None:
    with pytest.raises(InvalidWebhook, match="SOURCIER_WEBHOOK_SECRET"):
        Webhooks(None, AddressGuard()).check("https://example.org/hook")
