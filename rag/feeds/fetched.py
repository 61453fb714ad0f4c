"""What was fetched, made ready for the library: read, and known by its own address."""

from dataclasses import replace

from documents.extraction import Extraction
from documents.feeds.fetched import Fetched
from documents.feeds.listing import Link
from documents.feeds.page import file_name, known_as
from documents.limits import Limits
from documents.loading import Loaded, load


def read_fetched(fetched: Fetched, link: Link, *, limits: Limits) -> tuple[Loaded, str]:
    """Return what was fetched, as it was read, and the source that it has in the library.

    What `link` says of it (a feed's title and date) counts where it does not say so itself.

    Raises:
        UnsupportedFormat, UnreadableDocument: as `documents.loading.load`.
    """
    name = file_name(fetched.address)
    loaded = load(fetched.data, name=name, media_type=fetched.media_type, limits=limits)
    if loaded.holds_rows:
        return loaded, str(known_as(fetched.address, None))
    [extraction] = loaded.extractions
    address = str(known_as(fetched.address, extraction.url))
    return replace(loaded, extractions=(_completed(extraction, link, address),)), address


def _completed(extraction: Extraction, link: Link, address: str) -> Extraction:
    return replace(
        extraction,
        url=address,
        title=extraction.title or link.title,
        published_at=extraction.published_at or link.published_at,
    )
