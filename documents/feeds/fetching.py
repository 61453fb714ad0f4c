"""Fetch one address: guarded, bounded in size and time, honest about who asks.

Every step of a redirection is held against the allowed hosts, the guard and the caller's own
check, as the first address is. Nothing is carried from one request to the next: no cookie, no
key, no connection.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import httpx2

from documents.errors import DocumentTooLarge, FetchError, SiteUnavailable
from documents.feeds.address import Address
from documents.feeds.allowed_hosts import AllowedHosts
from documents.feeds.fetched import UNKNOWN, Fetched, FetchLimits, Validators
from documents.feeds.guarded_transport import END
from documents.limits import MIB

AGENT = "Sourcier"

Check = Callable[[Address], None]

_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTIONS = 5
_NOT_MODIFIED = 304
_TOO_MANY = 429
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip"})
_ACCEPT = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/*;q=0.8, */*;q=0.5"
_NO_TEXT = ("audio/", "font/", "image/", "model/", "video/")


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches what `hosts` allow, through `transport`; `agent` is what servers are told."""

    transport: httpx2.BaseTransport
    hosts: AllowedHosts
    limits: FetchLimits
    agent: str = AGENT

    def fetch(
        self, address: Address, *, known: Validators = UNKNOWN, check: Check | None = None
    ) -> Fetched | None:
        """Return what stands at `address`, None where that is still what `known` says.

        `check` is asked before each step on the way.

        Raises:
            FetchError: it may not be fetched, cannot be reached, or is not there.
            DocumentTooLarge: it is larger than the limits.
        """
        end = time.monotonic() + self.limits.seconds
        for _ in range(_MOST_REDIRECTIONS + 1):
            self.hosts.check(address)
            if check is not None:
                end += _seconds_of(check, address)
            try:
                with closing(self._send(address, known, end)) as response:
                    if response.status_code not in _REDIRECTIONS:
                        return self._taken(address, response, known)
                    address = address.join(response.headers.get("location", ""))
            except httpx2.TimeoutException as error:
                raise SiteUnavailable(
                    f"{address} did not answer within {self.limits.seconds:g} s: try again later."
                ) from error
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                raise SiteUnavailable(
                    f"{address} cannot be fetched ({error or 'it broke off'})."
                ) from error
        raise FetchError(f"{address} is redirected more than {_MOST_REDIRECTIONS} times.")

    def _send(self, address: Address, known: Validators, end: float) -> httpx2.Response:
        headers = {
            "User-Agent": self.agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
            **known.headers(),
        }
        request = httpx2.Request("GET", str(address), headers=headers, extensions={END: end})
        return self.transport.handle_request(request)

    def _taken(
        self, address: Address, response: httpx2.Response, known: Validators
    ) -> Fetched | None:
        if response.status_code == _NOT_MODIFIED and known.headers():
            return None
        if response.status_code != httpx2.codes.OK:
            status = response.status_code
            kind = SiteUnavailable if status >= 500 or status == _TOO_MANY else FetchError
            raise kind(f"{address} was answered with status {status}.", status=status)
        media_type = response.headers.get("content-type", "")
        if media_type.strip().lower().startswith(_NO_TEXT):
            raise FetchError(f"{address} is no document: it is {media_type[:60]}.")
        if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
            raise FetchError(f"{address} came in an encoding that was not asked for.")
        return Fetched(
            address, media_type, self._body(address, response), _validators(response.headers)
        )

    def _body(self, address: Address, response: httpx2.Response) -> bytes:
        most = self.limits.most_bytes
        announced = response.headers.get("content-length", "")
        body = bytearray()
        if not (announced.isdecimal() and int(announced[:20]) > most):
            for piece in response.iter_bytes():  # unpacked, at most 1 MiB at a time
                body += piece
                if len(body) > most:
                    break
            else:
                return bytes(body)
        raise DocumentTooLarge(f"{address} has more than {most / MIB:.1f} MiB, which is not read.")


def _seconds_of(check: Check, address: Address) -> float:
    """Ask `check`, and return how long that took: waiting for one's turn is no slow answer."""
    began = time.monotonic()
    check(address)
    return time.monotonic() - began


def _validators(headers: Mapping[str, str]) -> Validators:
    # What is kept is sent back as it is, so only what is fit for a header is kept.
    etag, modified = (headers.get(name, "") for name in ("etag", "last-modified"))
    return Validators(*(v if v.isascii() and 0 < len(v) <= 200 else None for v in (etag, modified)))
