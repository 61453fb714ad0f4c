"""Webhooks: who is told that a job is over, with what, and how they know that it is us.

The message names the job and says how it ended, and nothing of what is in the documents. It is
signed with the secret that the receiver has too (`rag.jobs.signing`).
"""

from datetime import UTC, datetime
from ipaddress import ip_address

import orjson

from documents.feeds.address import Address
from documents.feeds.address_guard import AddressGuard
from documents.job_records import Job
from rag.errors import InvalidWebhook
from rag.jobs.signing import signature
from rag.settings import is_loopback

_SECONDS = 15.0  # that a receiver may take


def message(job: Job) -> bytes:
    """Return what is told of a job that is over: the same bytes each time."""
    told = {
        "type": f"job.{job.state}",
        "timestamp": (job.finished_at or job.created_at).isoformat(),
        "data": {
            "id": job.id,
            "collection": job.collection,
            "kind": job.kind,
            "state": job.state,
            "counts": dict(job.counts),
            "url": f"/v1/jobs/{job.id}",
        },
    }
    return orjson.dumps(told)


class Webhooks:
    """Tells receivers that `guard` allows; without a `secret` there are none."""

    def __init__(self, secret: bytes | None, guard: AddressGuard) -> None:
        self._secret = secret
        self._guard = guard

    def check(self, url: str) -> None:
        """Refuse an address that will never be told; what a name leads to is seen later.

        Raises:
            InvalidWebhook: nothing can be signed here, or it is not https.
            ForbiddenAddress: it is no address of the web, or a private one.
        """
        if self._secret is None:
            raise InvalidWebhook(
                "No webhook can be signed here: whoever runs the service sets "
                "SOURCIER_WEBHOOK_SECRET first."
            )
        address = Address.parse(url)
        if address.scheme != "https" and not is_loopback(address.host):
            raise InvalidWebhook("A webhook is called by https: write https://…")
        if is_loopback(address.host) or _is_number(address.host):
            self._guard.addresses(address.host, address.port)

    def call(self, job: Job) -> int:
        """Tell the receiver of `job` that it is over; return the status it answers with.

        Raises:
            InvalidWebhook: nothing can be signed here any more.
            FetchError: it has no address, or one that may not be asked.
            httpx2.TransportError: it does not answer.
        """
        if self._secret is None or job.webhook is None:
            raise InvalidWebhook("SOURCIER_WEBHOOK_SECRET is not set any more")
        import httpx2  # noqa: PLC0415 - only where somebody is told

        from documents.feeds.guarded_transport import GuardedTransport  # noqa: PLC0415

        body, timestamp = message(job), int(datetime.now(UTC).timestamp())
        message_id = job.id.replace("job_", "msg_", 1)
        request = httpx2.Request(
            "POST",
            str(Address.parse(job.webhook.url)),
            content=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Sourcier",
                "webhook-id": message_id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signature(
                    self._secret, message_id=message_id, timestamp=timestamp, body=body
                ),
            },
        )
        response = GuardedTransport(self._guard, seconds=_SECONDS).handle_request(request)
        response.close()  # its body says nothing to us
        return response.status_code


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
