"""Read one file with the loader of its format: what the parser process does.

This module imports all parsers, so only the parser process imports it. Whatever goes wrong
leaves as a `DocumentError`, for parsers of damaged files raise anything.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from documents.errors import (
    DocumentError,
    DocumentTooLarge,
    InvalidRecord,
    UnreadableDocument,
)
from documents.extraction import Extraction
from documents.limits import MIB
from documents.loaders import (
    csv,
    docx,
    eml,
    epub,
    html,
    json_lines,
    markdown,
    odt,
    pdf,
    plain_text,
    pptx,
    rtf,
    scan,
    xlsx,
)
from documents.sniffing import Format
from documents.source import Source
from documents.transfer import pack_outcome, unpack_source

_WHOLE: Final[Mapping[Format, Callable[..., Extraction]]] = {
    Format.PDF: pdf.read_pdf,
    Format.DOCX: docx.read_docx,
    Format.PPTX: pptx.read_pptx,
    Format.ODT: odt.read_odt,
    Format.EPUB: epub.read_epub,
    Format.SCAN: scan.read_scan,
}


def prepare() -> Callable[[bytes], Iterator[bytes]]:
    """Read a page, which loads the word lists of all languages once, and return `answer`."""
    html.read_html("<html><body><p>Bonjour</p></body></html>")
    return answer


def answer(request: bytes) -> Iterator[bytes]:
    """Parse the source of `request` and yield the lines of the reply."""
    try:
        for outcome in parse(unpack_source(request)):
            yield pack_outcome(outcome)
    except DocumentError as error:
        yield pack_outcome(error)


def parse(source: Source) -> Iterator[Extraction | InvalidRecord]:
    """Yield what `source` holds: one extraction, or one per row and a problem per bad row.

    Raises: UnsupportedFormat, UnreadableDocument and its kinds.
    """
    length = 0
    try:
        for outcome in _read(source):
            if isinstance(outcome, Extraction):
                length += sum(len(block.text) for block in outcome.blocks)
                source.check_length(length)
                if outcome.key is None:  # a row without text has been reported as a problem
                    source.check_text(outcome.blocks)
            yield outcome
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentTooLarge(
            f"{source.name} takes more than {source.limits.memory_bytes // MIB} MiB of memory "
            "to read: split it"
        ) from error
    except Exception as error:
        raise UnreadableDocument(
            f"{source.name} is damaged: reading it as {source.format} failed "
            f"({type(error).__name__}); save it again or convert it to plain text"
        ) from error


def _read(source: Source) -> Iterator[Extraction | InvalidRecord]:
    name, limits = source.name, source.limits
    if whole := _WHOLE.get(source.format):
        yield whole(source.data, name=name, limits=limits)
        return
    match source.format:
        case Format.XLSX:
            columns = source.columns
            yield from xlsx.read_xlsx(source.data, name=name, columns=columns, limits=limits)
        case Format.RTF:
            yield rtf.read_rtf(source.data)
        case Format.EML:
            yield eml.read_eml(source.data, name=name)
        case Format.HTML:
            yield html.read_html(html.decode_html(source.data, charset=source.charset))
        case Format.MARKDOWN:
            yield markdown.read_markdown(source.text())
        case Format.CSV:
            columns = source.columns
            yield from csv.read_csv(source.text(), name=name, columns=columns, limits=limits)
        case Format.JSON_LINES:
            yield from json_lines.read_json_lines(
                source.text(), name=name, columns=source.columns, limits=limits
            )
        case Format.TEXT:
            yield plain_text.read_plain_text(source.text())
