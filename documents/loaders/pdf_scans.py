"""Recognise a scanned PDF: pages that are pictures, with hardly any text of their own.

A page number or the mark of the scanning program is no text layer; a page whose text was
recognised has one and is not meant here.
"""

from collections.abc import Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw

from documents.loaders.pdf_layout import Line

_Page = Any  # pypdfium2's objects are untyped
_Pdf = Any

_IMAGES = (pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)
_FEW_CHARACTERS = 40
_MOST_OF_A_PAGE = 0.7
_SAMPLE = 20  # pages


def is_scanned(pdf: _Pdf, pages: Sequence[Sequence[Line]]) -> bool:
    """Tell whether most of the pages have hardly any text, and most of those are pictures."""
    bare = [
        number
        for number, lines in enumerate(pages)
        if sum(len(line.text) for line in lines) <= _FEW_CHARACTERS
    ]
    if 2 * len(bare) <= len(pages):
        return False
    sample = bare[:_SAMPLE]
    return 2 * sum(_is_picture(pdf, number) for number in sample) > len(sample)


def _is_picture(pdf: _Pdf, number: int) -> bool:
    """Tell whether images cover most of a page; one that cannot be read is none."""
    try:
        page = pdf[number]
        width, height = page.get_size()
        covered = 0.0
        for image in page.get_objects(filter=_IMAGES):
            left, bottom, right, top = image.get_bounds()
            covered += (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
    except pypdfium2.PdfiumError:
        return False
    return bool(covered >= _MOST_OF_A_PAGE * width * height)
