"""Scans in both languages, read by the real Tesseract in the confined process."""

import io
from pathlib import Path

import pytest
from PIL import Image

from documents.errors import (
    DocumentTooLarge,
    EmptyDocument,
    ScannedDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from documents.limits import Limits
from documents.loading import load
from documents.tesseract import Tesseract, missing_for_recognition
from tests.documents.scans import ENGLISH, FRENCH, drawn, saved

RECOGNISING = Limits(scanned_pages=3)
needs_tesseract = pytest.mark.skipif(
    missing_for_recognition() is not None, reason=str(missing_for_recognition())
)


@pytest.fixture(scope="module")
def scan() -> bytes:
    return saved([drawn(FRENCH), drawn(ENGLISH)], "PDF")


def straight(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


@needs_tesseract
def test_a_scanned_pdf_is_read_page_by_page_each_in_its_language(scan: bytes) -> None:
    [extraction] = load(scan, name="a.pdf", limits=RECOGNISING).extractions

    assert [(straight(block.text), block.page) for block in extraction.blocks] == [
        (straight(FRENCH), 1),
        (straight(ENGLISH), 2),
    ]
    assert extraction.metadata == {"recognised": "true"}


@needs_tesseract
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_picture_is_read(kind: str) -> None:
    [extraction] = load(saved([drawn(FRENCH)], kind), name="photo", limits=RECOGNISING).extractions

    assert [straight(block.text) for block in extraction.blocks] == [straight(FRENCH)]


@needs_tesseract
def test_a_page_on_its_head_is_turned() -> None:
    data = saved([drawn(FRENCH).rotate(180)], "PNG")
    [extraction] = load(data, name="a.png", limits=RECOGNISING).extractions

    assert "soit 145 % du budget prévu" in extraction.blocks[0].text


@needs_tesseract
def test_what_a_camera_turned_and_what_is_transparent_is_read() -> None:
    ink = Image.eval(drawn(FRENCH), lambda grey: 255 - grey)
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.putalpha(ink)
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter to the right
    photo = io.BytesIO()
    drawn(FRENCH).rotate(90, expand=True).save(photo, "JPEG", exif=turned)

    for data in (saved([clear], "PNG"), photo.getvalue()):
        [extraction] = load(data, name="a", limits=RECOGNISING).extractions
        assert "soit 145 % du budget prévu" in extraction.blocks[0].text


@needs_tesseract
def test_a_picture_without_text_is_empty() -> None:
    data = saved([Image.new("L", (300, 300), 255)], "PNG")
    with pytest.raises(EmptyDocument, match=r"a\.png is a picture in which no text"):
        load(data, name="a.png", limits=RECOGNISING)


@needs_tesseract
@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(scanned_pages=1), "has 2 pages, at most 1 are recognised: split it"),
        (Limits(scanned_pages=9, scan_seconds=0), "takes too long to recognise: split it"),
    ],
)
def test_a_scan_that_costs_too_much_is_refused(scan: bytes, limits: Limits, said: str) -> None:
    with pytest.raises(DocumentTooLarge, match=said):
        load(scan, name="a.pdf", limits=limits)


@needs_tesseract
@pytest.mark.parametrize("side", [7_000, 13_500])
def test_a_huge_picture_is_refused_before_it_is_unpacked(side: int) -> None:
    data = saved([Image.new("1", (side, side))], "PNG")
    with pytest.raises(DocumentTooLarge, match="more than 40000000 pixels: make it smaller"):
        load(data, name="a.png", limits=RECOGNISING)


@needs_tesseract
def test_a_poster_is_drawn_with_fewer_dots() -> None:
    page = drawn(FRENCH)
    poster = io.BytesIO()
    page.save(poster, "PDF", resolution=20)  # two metres wide
    limits = Limits(scanned_pages=1, scanned_pixels=2_000_000)
    [extraction] = load(poster.getvalue(), name="a.pdf", limits=limits).extractions

    assert "soit 145 % du budget prévu" in extraction.blocks[0].text


@needs_tesseract
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_damaged_picture_is_refused(kind: str) -> None:
    data = saved([drawn(FRENCH)], kind)
    for broken in (data[:200], data[:60] + b"\xff" * 500):
        with pytest.raises(UnreadableDocument, match=r"^a\.img"):
            load(broken, name="a.img", limits=RECOGNISING)


def test_without_recognition_scans_are_refused_with_what_to_do(scan: bytes) -> None:
    with pytest.raises(ScannedDocument, match=r"a\.pdf is scanned.*set SOURCIER_OCR=on"):
        load(scan, name="a.pdf")
    with pytest.raises(UnsupportedFormat, match=r"a PNG image.*set SOURCIER_OCR=on"):
        load(saved([drawn(FRENCH)], "PNG"), name="a.png")


def test_what_is_missing_is_named_with_the_command_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ScannedDocument, match=r"not installed.*apt-get install tesseract-ocr"):
        Tesseract.find(name="a.pdf", folders=str(tmp_path))

    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nprintf 'List:\\neng\\nosd\\n'\n")
    program.chmod(0o755)
    with pytest.raises(ScannedDocument, match=r"lacks the language fra.*tesseract-ocr-fra"):
        Tesseract.find(name="a.pdf", folders=str(tmp_path))
