from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from documents.errors import ProtectedDocument
from documents.extraction import Block, Extraction
from documents.loaders.eml import read_eml

TEXT = "Bonjour,\nl’œuvre coûte 1\u202f200\u00a0€\u00a0: «\u00a0trop\u00a0».\n"


def message(text: str = TEXT, **headers: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = "Jeanne Petit <jeanne@exemple.fr>"
    made["Subject"] = "L’été à Genève"
    made["Date"] = "Sat, 26 Jul 2025 23:30:00 +0200"
    for name, value in headers.items():
        made[name] = value
    made.set_content(text)
    return made


def read(data: bytes | EmailMessage) -> Extraction:
    return read_eml(bytes(data), name="a.eml")


def raw(header: bytes, body: bytes) -> bytes:
    return b"From: a@exemple.fr\r\nSubject: x\r\n" + header + b"\r\n\r\n" + body


def texts(extraction: Extraction) -> list[str]:
    return [block.text.strip() for block in extraction.blocks]


def test_subject_date_sender_and_text_are_read() -> None:
    extraction = read(message(To="Paul <paul@exemple.fr>"))
    assert extraction.blocks[0] == Block("L’été à Genève", heading_level=1)
    assert texts(extraction)[1:] == [TEXT.strip()]
    assert extraction.title == "L’été à Genève"
    assert extraction.published_at == date(2025, 7, 26)
    assert extraction.metadata == {
        "from": "Jeanne Petit <jeanne@exemple.fr>",
        "to": "Paul <paul@exemple.fr>",
    }


def test_plain_text_comes_before_html() -> None:
    made = message("Le texte.")
    made.add_alternative("<p>Le HTML.</p>", subtype="html")
    assert texts(read(made))[1:] == ["Le texte."]


@pytest.mark.parametrize("plain", [None, " \n \n"])
def test_html_is_read_where_there_is_no_plain_text(plain: str | None) -> None:
    made = message(plain or "")
    if plain is None:
        made.set_content("<h2>Le vote</h2><p>Il a dit «\u00a0oui\u00a0».</p>", subtype="html")
    else:
        made.add_alternative("<h2>Le vote</h2><p>Il a dit «\u00a0oui\u00a0».</p>", subtype="html")
    assert texts(read(made))[1:] == ["Le vote", "Il a dit «\u00a0oui\u00a0»."]


def test_attachments_are_named_and_not_read() -> None:
    made = message("Voir la pièce jointe.")
    made.add_attachment("Le secret.", filename="été.txt")
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="b.pdf")
    extraction = read(made)
    assert extraction.metadata["attachments"] == "été.txt, b.pdf"
    assert texts(extraction)[1:] == ["Voir la pièce jointe."]


def test_a_line_cut_by_the_sender_is_joined_where_it_says_so() -> None:
    body = "La réunion aura lieu \r\ndemain.\r\nFin.\r\n-- \r\nJeanne".encode()
    flowed = b"Content-Type: text/plain; charset=utf-8; format=flowed"
    assert texts(read(raw(flowed, body)))[1:] == ["La réunion aura lieu demain.\nFin.\n-- \nJeanne"]
    plain = b"Content-Type: text/plain; charset=utf-8"
    assert "aura lieu \ndemain" in texts(read(raw(plain, body)))[1]


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", "L'été".encode("latin-1")),
        (b"Content-Type: text/plain; charset=x-unknown", "L'été".encode()),
        (b"Content-Transfer-Encoding: base64", b"TCfDqXTDqQ=="),
        (b"Content-Transfer-Encoding: quoted-printable", b"L'=C3=A9t=C3=A9"),
        (b"X-Nothing: else", "L'été".encode("cp1252")),
    ],
)
def test_every_encoding_gives_its_letters(header: bytes, body: bytes) -> None:
    assert texts(read(raw(header, body)))[1:] == ["L'été"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_subject_in_plain_letters_is_read(encoding: str) -> None:
    header = "From: a@exemple.fr\r\nSubject: L’été\r\n à Genève\r\n\r\nBonjour."
    assert read(header.encode(encoding)).title == "L’été à Genève"


@pytest.mark.parametrize("when", ["hier", "Mon, 99 Foo 2025 10:00:00", ""])
def test_a_date_that_is_none_is_left_out(when: str) -> None:
    assert read(raw(b"Date: " + when.encode(), b"Bonjour.")).published_at is None


@pytest.mark.parametrize(
    "kind",
    [
        b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x',
        b"application/pkcs7-mime; smime-type=enveloped-data",
    ],
)
def test_an_encrypted_message_is_refused_with_what_to_do(kind: bytes) -> None:
    with pytest.raises(ProtectedDocument, match=r"a\.eml is encrypted; save the opened message"):
        read(raw(b"Content-Type: " + kind, b"--x\r\n\r\nx\r\n--x--"))
