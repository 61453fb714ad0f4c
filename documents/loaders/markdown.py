"""Markdown: what a reader sees, with its headings; front matter gives title, date and url.

The tree of markdown-it is walked in order. Link targets, images and raw HTML tags are left
out; list items and table rows keep a line each.
"""

import html
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from documents.dates import find_date
from documents.extraction import Block, Extraction
from documents.language_names import parse_language

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<lines>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FIELD = re.compile(r"(?P<name>[A-Za-z][\w -]*?)\s*:\s+(?P<value>\S.*)")
_DATE_FIELDS = ("published_at", "published", "date", "pubdate", "publishdate")
_URL_FIELDS = ("url", "canonical_url", "canonical", "link", "source")
_LANGUAGE_FIELDS = ("language", "lang", "locale")
_INVISIBLE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def read_markdown(text: str) -> Extraction:
    """Return the blocks of `text` and what its front matter says."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fields, body = _split_front_matter(text)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(parser.parse(body))
    url = next((fields[name] for name in _URL_FIELDS if _is_url(fields.get(name))), None)
    language = next((fields[name] for name in _LANGUAGE_FIELDS if name in fields), None)
    used = {"title", *_DATE_FIELDS, *_LANGUAGE_FIELDS}
    return Extraction(
        blocks=tuple(_blocks(tree)),
        title=fields.get("title"),
        url=url,
        published_at=find_date("", metadata=[fields.get(name) for name in _DATE_FIELDS]),
        language=parse_language(language),
        metadata={k: v for k, v in fields.items() if k not in used and v != url},
    )


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split off the ``key: value`` lines between two lines of dashes at the top."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    fields: dict[str, str] = {}
    for line in match["lines"].splitlines():
        if field := _FIELD.fullmatch(line.rstrip()):
            fields[field["name"].lower()] = field["value"].strip("\"'")
    # Text between two thematic breaks is no front matter.
    return (fields, text[match.end() :]) if fields else ({}, text)


def _is_url(value: str | None) -> bool:
    return value is not None and value.startswith(("https://", "http://"))


def _blocks(tree: SyntaxTreeNode) -> Iterator[Block]:
    for node in tree.children:
        if node.type == "heading":
            yield Block(_inline(node), heading_level=int(node.tag[1]))
        elif text := "\n".join(_lines(node)).strip("\n"):
            yield Block(text)


def _lines(node: SyntaxTreeNode) -> list[str]:
    """Return the lines of a block that is not a top-level heading."""
    match node.type:
        case "paragraph" | "heading":
            lines = _inline(node).split("\n")
        case "fence" | "code_block":
            lines = node.content.rstrip("\n").split("\n")
        case "html_block":
            lines = [line for line in _without_tags(node.content).split("\n") if line.strip()]
        case "bullet_list" | "ordered_list":
            lines = _list_lines(node)
        case "table":
            lines = _table_lines(node)
        case _:
            lines = [line for child in node.children for line in _lines(child)]
    return lines


def _list_lines(node: SyntaxTreeNode) -> list[str]:
    lines: list[str] = []
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}." if node.type == "ordered_list" else "-"
        inner = [line for child in item.children for line in _lines(child)] or [""]
        lines.append(f"{mark} {inner[0]}".rstrip())
        lines.extend(f"  {line}" for line in inner[1:])
    return lines


def _table_lines(node: SyntaxTreeNode) -> list[str]:
    rows = [row for section in node.children for row in section.children]
    return [" | ".join(_inline(cell) for cell in row.children) for row in rows]


def _inline(node: SyntaxTreeNode) -> str:
    """Return the visible text of a paragraph, heading or cell."""
    parts = (_inline_part(child) for inline in node.children for child in inline.children)
    return "".join(parts).strip()


def _inline_part(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image" | "html_inline":
            return "\n" if node.content.lower().startswith("<br") else ""
    return "".join(_inline_part(child) for child in node.children)


def _without_tags(markup: str) -> str:
    return html.unescape(_TAG.sub("", _INVISIBLE.sub("", markup)))
