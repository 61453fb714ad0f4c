"""Scans: a PDF whose pages are pictures, or a picture, whose text is recognised page by page."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from documents.dates import find_date
from documents.errors import DocumentTooLarge, EmptyDocument, UnreadableDocument
from documents.extraction import Extraction
from documents.limits import Limits
from documents.loaders.pdf import blocks_of_pages, open_pdf
from documents.loaders.pdf_layout import Line
from documents.models import Language
from documents.tesseract import Picture, Tesseract

RECOGNISED = {"recognised": "true"}  # in the metadata of a document that was read this way
_DOTS_PER_INCH = 300  # what Tesseract reads best
_POINTS_PER_INCH = 72
_PICTURES = ("PNG", "JPEG", "TIFF")

_Page = Any  # pypdfium2's objects are untyped


@dataclass(frozen=True, slots=True)
class _Scan:
    """The bytes of a scan, and what may be spent on it."""

    data: bytes
    name: str
    limits: Limits

    def pictures(self) -> Iterator[Picture]:
        """Yield the pages, drawn."""
        if self.data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")):
            yield from self._frames()
            return
        pdf = open_pdf(self.data, name=self.name)
        self._check_pages(len(pdf))
        for number in range(len(pdf)):
            yield self._drawn(pdf[number])

    def _frames(self) -> Iterator[Picture]:
        """Yield the picture, or the pages of a TIFF."""
        try:
            with (
                warnings.catch_warnings(),
                Image.open(io.BytesIO(self.data), formats=_PICTURES) as whole,
            ):
                warnings.simplefilter("ignore")  # odd metadata of cameras
                self._check_pages(getattr(whole, "n_frames", 1))
                for frame in ImageSequence.Iterator(whole):
                    if frame.width * frame.height > self.limits.scanned_pixels:
                        raise self._too_many_pixels()
                    grey = ImageOps.exif_transpose(_on_white(frame)).convert("L")
                    yield Picture(grey.width, grey.height, grey.tobytes())
        except Image.DecompressionBombError as error:
            raise self._too_many_pixels() from error
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
            raise UnreadableDocument(
                f"{self.name} is damaged: it is no readable picture; save it again"
            ) from error

    def _drawn(self, page: _Page) -> Picture:
        """Return a page as 300 dots an inch show it, fewer where it is as large as a poster."""
        width, height = page.get_size()
        scale = _DOTS_PER_INCH / _POINTS_PER_INCH
        most = self.limits.scanned_pixels
        if width * height * scale**2 > most:
            scale = (most / (width * height)) ** 0.5
        try:
            bitmap = page.render(scale=scale, grayscale=True)
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(
                f"{self.name} is damaged: a page cannot be drawn; export it again"
            ) from error
        rows = memoryview(bitmap.buffer)
        if bitmap.stride != bitmap.width:
            starts = range(0, bitmap.stride * bitmap.height, bitmap.stride)
            return Picture(
                bitmap.width,
                bitmap.height,
                b"".join(bytes(rows[start : start + bitmap.width]) for start in starts),
            )
        return Picture(bitmap.width, bitmap.height, bytes(rows))

    def _check_pages(self, count: int) -> None:
        most = self.limits.scanned_pages
        if count > most:
            raise DocumentTooLarge(
                f"{self.name} is scanned and has {count} pages, at most {most} are recognised: "
                "split it"
            )

    def _too_many_pixels(self) -> DocumentTooLarge:
        return DocumentTooLarge(
            f"{self.name} has more than {self.limits.scanned_pixels} pixels: make it smaller"
        )


def read_scan(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the paragraphs that Tesseract recognises, each with its page.

    Raises: ScannedDocument where Tesseract is missing; UnreadableDocument, DocumentTooLarge.
    """
    tesseract = Tesseract.find(name=name)
    deadline = monotonic() + limits.scan_seconds
    pages: list[list[Line]] = []
    language: Language = "fr"
    for picture in _Scan(data, name, limits).pictures():
        left = deadline - monotonic()
        lines, language = tesseract.read(picture, first=language, seconds=left)
        pages.append(lines)
    if not any(pages):
        raise EmptyDocument(f"{name} is a picture in which no text could be recognised")
    return Extraction(
        blocks=tuple(blocks_of_pages(pages)),
        published_at=find_date("\n".join(line.text for line in pages[0])),
        metadata=RECOGNISED,
    )


def _on_white(frame: Image.Image) -> Image.Image:
    """Return a picture without transparency, which would turn black."""
    if frame.mode in ("LA", "PA", "RGBA") or "transparency" in frame.info:
        clear = frame.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear)
    return frame
