"""Good inputs to begin with: small files of each format, texts in both languages, requests."""

import io
import json
import zipfile
import zlib

import docx
import openpyxl
import pptx

FRENCH = (
    "Quand le pont de Sizun a-t-il été bâti ?\n"
    "Le pont de Sizun a été bâti en 1887 par Anne Le Goff, pour 1\u202f200 francs. « C’est "
    "l’œuvre d’une vie\u00a0», disait M. Kerbrat le 26 juillet 1890. Il mesure 47,5 m, soit 12 % "
    "de plus que l’ancien.\n\nSource : archives\n\nPartager sur Facebook\n\n- un\n- deux\n\n"
    "Trois millions d’euros, vingt-et-un ans, le XIXe siècle, 14 h 30, le 1er mai."
)
ENGLISH = (
    "Who opened the bakery of Hollow Street?\n"
    "Margaret Oakley opened the bakery of Hollow Street in 1952 with her two sisters. “They baked "
    "three hundred loaves a day,” said Dr. J.P. Oakley on May 3, 2024. It cost $1,200.50, i.e. 5% "
    "more than before...\n\nPhoto: A. Smith / agency.org\n\nRead more: the old oven\n\n"
    "Why? Nobody knows. See https://example.org/a?b=c."
)
FOLLOW_UPS = "Et en 2026 ?\n" + FRENCH, "Who signed it?\n" + ENGLISH, "Pourquoi ?\nNon."


def _office() -> list[bytes]:
    word, book, deck = docx.Document(), openpyxl.Workbook(), pptx.Presentation()
    word.add_heading("Titre", 1)
    word.add_paragraph(FRENCH)
    word.add_table(rows=1, cols=2).rows[0].cells[0].text = "Pays"
    book.active.append(["text", "title"])
    book.active.append([ENGLISH, 1200])
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Titre"
    made = []
    for each in (word, book, deck):
        out = io.BytesIO()
        each.save(out)
        made.append(out.getvalue())
    return made


def _archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:  # as it is, so that changes reach the text
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _pdf() -> bytes:
    page = zlib.compress(b"BT /F1 11 Tf 72 700 Td (Le pont de Sizun a ete bati en 1887.) Tj ET")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def _files() -> list[bytes]:
    o = "urn:oasis:names:tc:opendocument:xmlns"
    odt = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<o:document-content xmlns:o="{o}:office:1.0" xmlns:t="{o}:text:1.0">'
        f'<o:body><o:text><t:h t:outline-level="1">Titre</t:h><t:p>{FRENCH}</t:p></o:text></o:body>'
        "</o:document-content>",
    }
    epub = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
        "a.opf": '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xht'
        'ml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine>'
        "</package>",
        "a.xhtml": f"<html><body><h1>Titre</h1><p>{ENGLISH}</p></body></html>",
    }
    mail = (
        "From: a@b.fr\r\nTo: c@d.fr\r\nSubject: =?utf-8?q?Le_vot=C3=A9?=\r\nMIME-Version: 1.0\r\n"
    )
    mixed = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nBonjour\r\n--b\r\n'
    html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour</p>\r\n--b--\r\n"
    page = f'<html><head><title>T</title><meta charset="utf-8"></head><body><p>{FRENCH}</p><table>'
    rows = "<tr><td>Pays</td><td>1 200</td></tr></table><ul><li>un</li></ul></body></html>"
    texts = [
        page + rows,
        mail + mixed + html,
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Bonjour \'e9\par}".decode(),
        f"---\ntitle: Titre\ndate: 2025\n---\n# Titre\n\n{FRENCH}\n\n|a|b|\n|-|-|\n|1|",
        f'text;title\n"{ENGLISH}";un\n"deux ""fois""";\n',
        json.dumps({"text": FRENCH, "title": "un", "date": "2025-07-26"}) + '\n{"text": "b"}',
    ]
    return [_pdf(), *_office(), _archive(odt), _archive(epub), *(text.encode() for text in texts)]


def _requests() -> list[bytes]:
    turn = {"question": "Qui ?", "answer": "Elle."}
    message = {"role": "user", "content": "Quand ?"}
    call = {"name": "ask", "arguments": {"question": "Quand ?"}}
    values = [
        {"question": "Quand ?", "history": [turn], "filters": {"language": "fr"}, "top_k": 3},
        {"query": "pont", "collection": "default", "mode": "hybrid"},
        {"text": FRENCH, "title": "T", "metadata": {"a": "b"}, "published_at": "2025-07-26"},
        {"name": "a"},
        {"answer_id": "ans_" + "0" * 32, "helpful": True, "comment": "oui"},
        {"model": "sourcier", "messages": [message], "stream": False, "temperature": 0.5},
        {"model": "sourcier", "input": [message], "tools": [{"type": "file_search"}]},
        {"model": "sourcier-embedding", "input": ["un", "deux"], "encoding_format": "float"},
        {"knowledge_id": "default", "query": "a", "retrieval_setting": {"top_k": 1}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
    ]
    return [json.dumps(value).encode() for value in values]


def seeds_of(target: str) -> list[bytes]:
    """Return what the inputs of `target` are made from."""
    if target == "loader":
        return _files()
    if target == "bodies":
        return _requests()
    texts = [FRENCH, ENGLISH, f"{ENGLISH}\n\n{FRENCH}", *FOLLOW_UPS]
    return [text.encode() for text in texts]
