"""Parse XML that strangers wrote: no entity is expanded and nothing is fetched."""

from typing import Any

from lxml import etree

_Element = Any  # an lxml element

DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


def parse_xml(data: bytes, *, forgiving: bool = False) -> _Element:
    """Return the root of `data`; text that stands in entities is left out.

    With `forgiving`, what is not well-formed is passed over, and the root may be None.

    Raises: lxml.etree.XMLSyntaxError, also for trees deeper than libxml2 allows (256).
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=forgiving,
    )
    return etree.fromstring(data, parser)


def first_text(tree: _Element, tag: str) -> str | None:
    """Return the text of the first `tag` in `tree` that has some."""
    texts = ("".join(element.itertext()).strip() for element in tree.iter(tag))
    return next(filter(None, texts), None)
