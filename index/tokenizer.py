"""Text to tokens: words, numbers and initials, the same for French and English.

A token is a stretch of the text as it was written; `fold` and `number` give it one spelling.
"""

import re
import unicodedata

_LETTER = r"[^\W\d_]"
# Letters and digits, combining marks that NFC could not attach, and characters that show
# nothing inside a word (soft hyphen, zero-width characters, variation selectors).
_IN_WORD = "(?:[^\\W_]++|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]++)++"
_APOSTROPHE = "['\u2019\u2018\u02bc\uff07]"
_SPACE = "[ \u00a0\u202f\u2009]"

_THOUSANDS = "|".join(rf"(?:{mark}\d{{3}})+" for mark in (_SPACE, ",", r"\.", _APOSTROPHE))
_GROUPED = rf"[1-9]\d{{0,2}}(?:{_THOUSANDS})(?!\d)"
_NUMBER = (
    r"(?<!\d[.,])(?:"
    rf"{_GROUPED}(?:[.,]\d+)?"  # 1 200, 1,200.50
    r"|\d+[.,]\d+"  # 3,5
    r")(?!\d)(?![.,]\d)"
)
_INITIALS = (
    rf"(?<!\w){_LETTER}(?:\.-?{_LETTER})+(?:\.|(?!\w))"  # U.S., J.D, J.-C.
    rf"|(?<!\w){_LETTER}\.(?:{_SPACE}{_LETTER}\.(?!{_LETTER}))+"  # J. D.
)
_WORD = rf"{_IN_WORD}(?:{_APOSTROPHE}{_IN_WORD})*+"

# Numbers begin with a digit, initials with a letter and a point: most words are neither.
_TOKEN = re.compile(rf"(?=\d)(?:{_NUMBER})|(?=\w\.)(?:{_INITIALS})|{_WORD}")
_IS_NUMBER = re.compile(_NUMBER)
_IS_GROUPED = re.compile(_GROUPED)
_IS_INITIALS = re.compile(_INITIALS)
_DECIMAL_MARK = re.compile("[.,]")

# A line's end, or a space, but those that a token may hold: 1 200, J. D.
_BETWEEN_TOKENS = re.compile(rf"\n| (?!(?<=\d )\d{{3}}|(?<={_LETTER}\. ){_LETTER}\.)")

_ELISION = re.compile(
    rf"^(?:[cdjlmnst]|(?:jusq|lorsq|puisq|quoiq|q)u){_APOSTROPHE}(?=\w)", re.IGNORECASE
)
_POSSESSIVE = re.compile(rf"{_APOSTROPHE}(?:s|d|m|ll|re|ve)$", re.IGNORECASE)

# What Unicode does not decompose; the last is the Turkish i without a dot.
_UNDECOMPOSED = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)


def tokens(text: str) -> list[str]:
    """Return the tokens of `text`, in order, as they are written (but in NFC)."""
    return _TOKEN.findall(unicodedata.normalize("NFC", text))


def stretches(text: str) -> list[str]:
    """Return stretches of `text` that have, one by one, the tokens of the whole, in order.

    Most are words, with what punctuation touches them, and come again and again.
    """
    return _BETWEEN_TOKENS.split(text)


def fold(text: str) -> str:
    """Return `text` without case, accents, ligatures and characters that show nothing."""
    if text.isascii() and text.isalnum():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_UNDECOMPOSED))
    return "".join(c for c in decomposed if c.isalnum())


def bare(word: str) -> str:
    """Return a word without what an apostrophe joins to it: l', d', qu', 's, 'll."""
    if word.isalnum():
        return word
    return _POSSESSIVE.sub("", _ELISION.sub("", word))


def initials(token: str) -> str | None:
    """Return the letters of initials (``U.S.`` gives ``us``), or None for another token."""
    return fold(token) if _IS_INITIALS.fullmatch(token) else None


def number(token: str) -> str | None:
    """Return one spelling of a grouped or decimal number, or None for another token.

    No mark between thousands, a point before decimals, no zeros that say nothing.
    """
    if not _IS_NUMBER.fullmatch(token):
        return None
    if grouped := _IS_GROUPED.match(token):
        whole, decimals = token[: grouped.end()], token[grouped.end() + 1 :]
    else:
        whole, decimals = _DECIMAL_MARK.split(token)
    digits = "".join(c for c in whole if c.isdigit()).lstrip("0") or "0"
    decimals = decimals.rstrip("0")
    return f"{digits}.{decimals}" if decimals else digits
