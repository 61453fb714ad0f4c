"""Is a sentence in the language it should be in? Names, figures and quotations say nothing."""

import re
import unicodedata

from documents.language import detect_question
from documents.models import Language

_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_LATIN = 0.5  # share of its letters that a sentence in French or English has at least


def in_language(sentence: str, language: Language) -> bool:
    """Tell whether nothing says that `sentence` is in another language than `language`.

    What it quotes may be in any, unless all of it is a quotation.
    """
    told = _QUOTED.sub(" ", sentence)
    if not any(character.isalpha() for character in told):
        told = sentence
    return _mostly_latin(told) and detect_question(told, default=language) == language


def _mostly_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin >= _LATIN * len(letters)
