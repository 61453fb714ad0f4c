"""EML: an e-mail as one document: its subject as heading, then its text.

The plain text is read, or the HTML where there is none. Attachments are named in the
metadata and not read.
"""

import re
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from documents.dates import find_date
from documents.encodings import decode
from documents.errors import ProtectedDocument
from documents.extraction import Block, Extraction
from documents.loaders.html import decode_html, read_html
from documents.tabular import holds_text

_LOCKED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNED_ONLY = "signed-data"
_SOFT_BREAK = re.compile(r"(?<!^--)(?<!\n--) \n(?!-- \n)")
_QUOTED_LINE = re.compile(r"^>", re.MULTILINE)


def read_eml(data: bytes, *, name: str) -> Extraction:
    """Return the subject and the text of an e-mail with its sender, date and attachments.

    Raises: ProtectedDocument where the message is encrypted.
    """
    message = message_from_bytes(data, policy=policy.default)
    _refuse_locked(message, name=name)
    subject = _header(message, "Subject")
    heading = (Block(subject, heading_level=1),) if subject else ()
    blocks = tuple(_body(message))
    text = "\n".join(block.text for block in blocks)
    return Extraction(
        blocks=(*heading, *blocks),
        title=subject,
        published_at=_sent_on(message) or find_date(text),
        metadata=dict(_metadata(message)),
    )


def _refuse_locked(message: EmailMessage, *, name: str) -> None:
    if message.get_content_type() in _LOCKED and message.get_param("smime-type") != _SIGNED_ONLY:
        raise ProtectedDocument(f"{name} is encrypted; save the opened message and add that")


def _header(message: EmailMessage, field: str) -> str | None:
    values = (str(raw) for name, raw in message.raw_items() if name.lower() == field.lower())
    raw = next(values, "")
    # Letters that stand as they are, not encoded for transport, reach us as bytes.
    value = (
        str(message.get(field, ""))
        if raw.isascii()
        else decode(raw.encode("utf-8", "surrogateescape"))
    )
    return " ".join(value.split()) or None


def _sent_on(message: EmailMessage) -> date | None:
    moment = getattr(message.get("Date"), "datetime", None)
    return moment.date() if moment else None


def _metadata(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for key in ("From", "To", "Cc"):
        if value := _header(message, key):
            yield key.lower(), value
    names = (part.get_filename() for part in message.walk() if part.is_attachment())
    if attached := ", ".join(filter(None, names)):
        yield "attachments", attached


def _body(message: EmailMessage) -> Iterator[Block]:
    """Yield the blocks of the first body that says something, plain text before HTML."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None:
            continue
        content = part.get_payload(decode=True)
        charset = part.get_content_charset()
        if not isinstance(content, bytes):
            continue
        if kind == "html":
            yield from read_html(decode_html(content, charset=charset)).blocks
            return
        text = decode(content, declared=charset).replace("\r\n", "\n")
        if holds_text(text):
            yield Block(_unwrapped(text, part))
            return


def _unwrapped(text: str, part: MIMEPart) -> str:
    """Join the lines that the sender's program has cut, where it says that it did.

    [1] RFC 3676, https://www.rfc-editor.org/rfc/rfc3676
    """
    if part.get_param("format") != "flowed" or _QUOTED_LINE.search(text):
        return text
    joint = "" if part.get_param("delsp") == "yes" else " "
    return _SOFT_BREAK.sub(joint, text)
