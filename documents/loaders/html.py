"""HTML: the main text as trafilatura finds it, or all that is visible where it finds little."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import trafilatura

from documents.dates import parse_date
from documents.encodings import decode
from documents.extraction import Block, Extraction
from documents.loaders.html_visible import visible_blocks

_Element = Any  # an lxml element
_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?charset|\?xml\b[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w-]+)""",
    re.IGNORECASE,
)
# Declarations that the HTML parser would show as text: of XML, and of entities.
_DECLARATIONS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE\b[^>\[]*\[.*?\]\s*>)?", re.IGNORECASE | re.DOTALL
)
_CHARSET_BYTES = 4096
_WHITE_SPACE = re.compile(r"[ \t\r\f\n]+")

# Less main text than this, and less than this share of what is visible, is a miss.
_LITTLE_TEXT = 250
_LITTLE_SHARE = 0.05


def decode_html(data: bytes, *, charset: str | None) -> str:
    """Return the text of an HTML file; `charset` is what its sender declares."""
    if charset is None and (declared := _CHARSET.search(data[:_CHARSET_BYTES])):
        charset = declared[1].decode("ascii", "ignore")
    return decode(data, declared=charset)


def read_html(text: str) -> Extraction:
    """Return the blocks of a page with its title, date and address.

    The language that a page declares is often its template's, so it is kept as metadata.
    """
    text = without_declarations(text)
    tree = lxml.html.document_fromstring(text or "<html></html>")
    visible = tuple(visible_blocks(tree))
    page: Any = trafilatura.bare_extraction(
        text,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    main = () if page is None else tuple(_main_blocks(page.body))
    about: Any = page if page is not None else trafilatura.extract_metadata(text)
    return Extraction(
        blocks=visible if _finds_little(main, visible) else main,
        title=_only_headline(main) or (about.title if about else None),
        url=_own_address(tree),
        published_at=parse_date(about.date or "") if about else None,
        metadata=dict(_metadata(about, tree)),
    )


def _own_address(tree: _Element) -> str | None:
    """Return the address that a page gives as its own.

    Not what trafilatura takes where there is none: the ``<base>`` of all pages of a site, or the
    address of the page in another language.
    """
    links = (link.get("href") for link in tree.iter("link") if _is_canonical(link))
    shared = (meta.get("content") for meta in tree.iter("meta") if _names_address(meta))
    found = (address.strip() for address in (*links, *shared) if address)
    return next(filter(None, found), None)


def _is_canonical(link: _Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _names_address(meta: _Element) -> bool:
    return (meta.get("property") or meta.get("name") or "").lower() == "og:url"


def without_declarations(text: str) -> str:
    """Return the page `text` without what the HTML parser would show or stumble over."""
    return _DECLARATIONS.sub("", text.replace("\x00", ""), count=1)


def _only_headline(main: tuple[Block, ...]) -> str | None:
    """Return the highest heading of the main text if it has just one: surer than metadata."""
    headlines = [block.text for block in main if block.heading_level == 1]
    return headlines[0] if len(headlines) == 1 else None


def _finds_little(main: tuple[Block, ...], visible: tuple[Block, ...]) -> bool:
    found, all_of_it = (sum(len(block.text) for block in blocks) for blocks in (main, visible))
    return all_of_it > 0 and (found < _LITTLE_TEXT or found < _LITTLE_SHARE * all_of_it)


def _metadata(about: Any, tree: _Element) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    for name, value in (
        ("author", about.author if about else None),
        ("site", about.sitename if about else None),
        ("declared_language", tree.get("lang")),
    ):
        if value:
            yield name, value


def _main_blocks(body: _Element) -> Iterator[Block]:
    """Yield the blocks of trafilatura's tree that are not blank."""
    return (block for block in _blocks(body) if block.text.strip())


def _blocks(body: _Element) -> Iterator[Block]:
    if body.text and body.text.strip():
        yield Block(_inline(body.text))
    for element in body:
        yield from _block(element)
        if element.tail and element.tail.strip():
            yield Block(_inline(element.tail))


def _block(element: _Element) -> Iterator[Block]:
    match element.tag:
        case "head":
            rend = element.get("rend", "h2")
            yield Block(_text(element), heading_level=int(rend[1]) if rend[1:].isdigit() else 2)
        case "list":
            yield Block("\n".join(_items(element)))
        case "table":
            yield Block("\n".join(_row(row) for row in element.iter("row")))
        case "code":
            yield Block("".join(element.itertext()))
        case "quote" | "div" if len(element):
            yield from _blocks(element)
        case _ if isinstance(element.tag, str):
            yield Block(_text(element))


def _items(element: _Element) -> Iterator[str]:
    for item in element.iter("item"):
        yield f"- {_text(item, without='list')}"


def _row(row: _Element) -> str:
    return " | ".join(_text(cell).replace("\n", " ") for cell in row.iter("cell"))


def _text(element: _Element, *, without: str | None = None) -> str:
    """Return the text of `element`; ``<lb/>`` ends a line."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "lb":
            parts.append("\0")
        elif child.tag != without and isinstance(child.tag, str):
            parts.append(_text(child, without=without))
        parts.append(child.tail or "")
    return "\n".join(_inline(line) for line in "".join(parts).split("\0"))


def _inline(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text).strip(" ")
