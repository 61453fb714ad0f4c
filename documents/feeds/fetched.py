"""What a fetch is bounded by, what it gives, and how to ask next time only for what is newer."""

from dataclasses import dataclass, field

from documents.feeds.address import Address
from documents.limits import MIB


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server calls this version of what it sent, to ask whether there is a newer one."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers that ask only for what is newer."""
        wanted = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in wanted.items() if value}


UNKNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands at `address`, where the last redirection led."""

    address: Address
    media_type: str
    data: bytes = field(repr=False)
    validators: Validators = UNKNOWN


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds on one fetch, all its redirections together; `most_bytes` are counted unpacked."""

    most_bytes: int = 50 * MIB
    seconds: float = 30.0
