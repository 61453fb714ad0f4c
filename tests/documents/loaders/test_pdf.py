from collections.abc import Callable
from datetime import date

import pytest

from documents.errors import (
    DocumentTooLarge,
    EmptyDocument,
    ProtectedDocument,
    UnreadableDocument,
)
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.pdf import read_pdf

MakePdf = Callable[..., bytes]
LIMITS = Limits()
PAGE_WITH_OBJECT = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
    b"/Resources << /XObject << /I 6 0 R >> >> /Contents 5 0 R >>"
)
ENCRYPTION = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
    b"41" * 32,
    b"42" * 32,
)


def read(data: bytes, limits: Limits = LIMITS) -> Extraction:
    return read_pdf(data, name="a.pdf", limits=limits)


def test_paragraphs_come_with_their_page_and_french_letters(make_pdf: MakePdf) -> None:
    data = make_pdf(
        [
            ["« Ça va », dit-elle à l’œuvre de 1 200 élèves, com-", "me il se doit."],
            [],
            ["Ensuite, rien."],
        ]
    )
    assert read(data).blocks == (
        Block("« Ça va », dit-elle à l’œuvre de 1 200 élèves, comme il se doit.", page=1),
        Block("", page=2),
        Block("Ensuite, rien.", page=3),
    )


def test_large_lines_are_headings(make_pdf: MakePdf, pdf_text: Callable[..., object]) -> None:
    page = [
        pdf_text("Le rapport", y=780, size=22),
        pdf_text("Une phrase assez longue pour un paragraphe.", y=740),
    ]
    blocks = read(make_pdf([page])).blocks
    assert blocks[0] == Block("Le rapport", heading_level=1, page=1)
    assert blocks[1].heading_level is None


def test_metadata_give_title_author_and_date(make_pdf: MakePdf) -> None:
    info = {"Title": "Le résumé", "Author": "Jeanne Petit", "CreationDate": "D:20250430101500Z"}
    extraction = read(make_pdf([["Bonjour à tous."]], info=info))
    assert extraction.title == "Le résumé"
    assert extraction.metadata == {"author": "Jeanne Petit"}
    assert extraction.published_at == date(2025, 4, 30)


def test_the_date_on_the_first_page_beats_that_of_the_file(make_pdf: MakePdf) -> None:
    info = {"CreationDate": "D:20250430101500Z"}
    data = make_pdf([["Paris, le 2 mars 2024", "Bonjour à tous."]], info=info)
    assert read(data).published_at == date(2024, 3, 2)


@pytest.mark.parametrize("title", ["Microsoft Word - a.docx", "rapport.indd", "Untitled", " "])
def test_titles_that_programs_make_up_are_none(make_pdf: MakePdf, title: str) -> None:
    assert read(make_pdf([["Bonjour."]], info={"Title": title})).title is None


@pytest.mark.parametrize(
    ("mark", "width", "scanned"),
    [
        ("Page 3", 595, True),
        ("Page 3", 90, False),
        ("Un texte bien plus long que la marque d’un programme.", 595, False),
    ],
)
def test_a_page_number_over_a_picture_is_no_text_layer(
    make_pdf: MakePdf, pdf_stream: Callable[..., bytes], mark: str, width: int, *, scanned: bool
) -> None:
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
    text = b"BT /F1 9 Tf 1 0 0 1 72 20 Tm (%s) Tj ET" % mark.encode("cp1252")
    page = PAGE_WITH_OBJECT.replace(b"/XObject", b"/Font << /F1 3 0 R >> /XObject")
    parts = {
        4: page,
        5: pdf_stream(b"q %d 0 0 842 0 0 cm /I Do Q " % width + text),
        6: pdf_stream(b"x", image + b" /BitsPerComponent 8"),
    }
    data = make_pdf([["x"]], replaced=parts)
    if scanned:
        with pytest.raises(UnreadableDocument, match=r"a\.pdf is scanned.*ocrmypdf"):
            read(data)
    else:
        assert [block.text for block in read(data).blocks] == [mark]


def test_a_scan_asks_for_text_recognition(
    make_pdf: MakePdf, pdf_stream: Callable[..., bytes]
) -> None:
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
    parts = {
        4: PAGE_WITH_OBJECT,
        5: pdf_stream(b"q 500 0 0 800 0 0 cm /I Do Q"),
        6: pdf_stream(b"\0", image + b" /BitsPerComponent 8"),
    }
    with pytest.raises(UnreadableDocument, match=r"a\.pdf is scanned.*\(OCR\)"):
        read(make_pdf([[]], replaced=parts))


def test_a_pdf_without_text_or_images_is_empty(make_pdf: MakePdf) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.pdf holds no text"):
        read(make_pdf([[], []]))


def test_a_password_is_asked_for_by_name(make_pdf: MakePdf) -> None:
    with pytest.raises(ProtectedDocument, match=r"a\.pdf is protected.*remove the password"):
        read(make_pdf([["Bonjour."]], trailer=ENCRYPTION))


def test_too_many_pages_and_too_much_text_are_refused(make_pdf: MakePdf) -> None:
    data = make_pdf([["Bonjour."]] * 3)
    with pytest.raises(DocumentTooLarge, match="has 3 pages, at most 2"):
        read(data, Limits(pages=2))
    with pytest.raises(DocumentTooLarge, match="more than 20 characters"):
        read(data, Limits(text_characters=20))
