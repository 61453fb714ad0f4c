"""``/v1/fetches``: what is to be fetched from the web."""

from pydantic import Field

from api.schemas.documents import Webhook
from api.schemas.wire import Body, Whole
from rag.feeds.gathering import MOST, Kind
from rag.vocabulary import DEFAULT_COLLECTION


class FetchBody(Body):
    """An address, and what stands there."""

    address: str = Field(
        description="Of a page or another document, a sitemap, or an RSS or Atom feed.",
        min_length=1,
        max_length=2000,
        examples=["https://presse.example/flux.xml"],
    )
    kind: Kind | None = Field(
        None,
        description="What it is, else what comes says so itself. A whole site, `https://…/`, is "
        "gone through by its `sitemap`.",
    )
    most: Whole = Field(MOST, description="Documents of a list that are fetched.", ge=1, le=MOST)
    collection: str = DEFAULT_COLLECTION
    webhook: Webhook = None
