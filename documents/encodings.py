"""Turn bytes into text, the same way every time.

The order is: byte order mark, UTF-16 without a mark, UTF-8, what the file declares, UTF-8
with a few broken bytes, CP1252, Latin-1. Strict UTF-8 comes before a declaration because
accented text of another encoding is practically never valid UTF-8, while pages that declare
Latin-1 and are UTF-8 are common.
"""

import codecs
import re

# UTF-32-LE begins with the mark of UTF-16-LE, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs such as unicode_escape, UTF-7 or rot13 are not encodings of stored text: a file that
# declares one could smuggle characters past whoever looked at its bytes.
_DECLARABLE = re.compile(
    r"utf-8|iso8859-\d+|cp125\d|cp85\d|mac-roman|koi8-[ru]|gb\w+|big5\w*|shift_jis|euc_\w+"
)
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
_SAMPLE = 4096


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Return the text that `data` encodes; never fails.

    `declared` is the encoding that the file or its sender names; it counts where the bytes
    do not tell by themselves.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if wide := _unmarked_utf16(data):
        return data.decode(wide, errors="replace")
    for codec in ("utf-8", _declarable(declared)):
        if codec and (text := _decode_strictly(data, codec)) is not None:
            return text
    if (damaged := _decode_damaged_utf8(data)) is not None:
        return damaged
    western = _decode_strictly(data, "cp1252")
    return western if western is not None else data.decode("latin-1")


def _decode_strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(data: bytes) -> str | None:
    """Recognise UTF-16 by its NUL bytes: every second byte of Latin text is one."""
    sample = data[:_SAMPLE]
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and odd > 0.6 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if pairs and even > 0.6 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None


def _declarable(name: str | None) -> str | None:
    """Return the codec for a declared `name`, or None where it is unknown or unsafe."""
    if name is None:
        return None
    try:
        codec = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    # What calls itself Latin-1 or ASCII is CP1252 in practice [1] https://encoding.spec.whatwg.org
    if codec in {"iso8859-1", "ascii"}:
        return "cp1252"
    return codec if _DECLARABLE.fullmatch(codec) else None


def _decode_damaged_utf8(data: bytes) -> str | None:
    """Decode UTF-8 that was cut in a character or holds a few stray bytes, else None.

    In CP1252 text an accented letter is hardly ever followed by a byte that would continue
    it in UTF-8, so well-formed sequences in number prove UTF-8.
    """
    well_formed = len(_MULTIBYTE.findall(data))
    if not well_formed:
        return None
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    cut_at_the_end = broken == 1 and text.endswith("\ufffd")
    return text if cut_at_the_end or well_formed > 4 * broken else None
