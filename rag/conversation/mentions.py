"""What a question or an answer names: people, places, dates, numbers, things.

Surface rules for both languages at once: capitals, articles, a list of places, and the shape of
dates. They cost microseconds and are wrong now and then; what leans on them must stay harmless
where they are (see rag/conversation/follow_ups.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from documents.models import Language
from documents.normalization import fold
from index import english, french
from rag.conversation.mention_words import (
    ARTICLES,
    AUXILIARIES,
    BE,
    EARLY_ADJECTIVES,
    FEMALE,
    LEADS,
    LINKS,
    MALE,
    OPENERS,
    ORGANISATION_WORDS,
    PARTICLES,
    PERSON_TITLES,
    PLACE_LEADS,
    PLURALS,
    TITLE_NOUNS,
    Gender,
)
from rag.conversation.place_names import PLACES

MentionKind = Literal["date", "number", "place", "person", "name", "noun"]

FUNCTION_WORDS = frozenset(fold(word) for word in french.STOP_WORDS | english.STOP_WORDS)

TOKEN = re.compile(
    r"(?:(?<![^\W_])(?:[ldcjmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W_]))"
    r"|(?:[A-Z]\.){2,8}|\d+(?:[.,]\d+)*|[^\W_]+(?:-[^\W_]+)*",
    re.IGNORECASE,
)
_MONTHS = (
    "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|"
    "décembre|decembre|January|February|March|April|May|June|July|August|September|October|"
    "November|December"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:er|st|nd|rd|th)? )?(?:{_MONTHS})(?: \d{{1,2}},)?(?: \d{{4}})?\b"
    r"|\b(?:the (?:1\d|20)\d\ds|(?:1\d|20)\d\ds?)\b(?![.,]\d)"
    r"|\b(?:[XVI]+|\d{1,2})(?:e|er|th|st|nd|rd) (?:siècle|century)\b"
    r"|\b(?:l['’](?:an|année) (?:dernier|dernière|prochaine?)|(?:last|next|this) year|cette année"
    r"|aujourd['’]hui|today|yesterday|tomorrow)\b"
)
_NUMBER = re.compile(
    r"\b\d+(?:[.,]\d+|[ \u00a0\u202f]\d{3}\b)*(?: ?(?:%|€|\$)| (?:euros?|dollars?|millions?))?"
)

_ADJECTIVE = re.compile(
    r".{3,}(?:iques?|elles?|els?|ales?|aux|aises?|ais|oises?|ois|iennes?|iens?|aires?|ifs?|ives?"
    r"|eux|euses?|ées?|és?|ables?|ibles?)"
)
_INVERTED = re.compile(r"-(?:t-)?(?:ils?|elles?|on|ce|je|tu|nous|vous)$", re.IGNORECASE)
_BEFORE = re.compile(r"([^\W_]+['’]?)\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text names: ``text[start:end] == mention.text``.

    `lead` is the preposition or contracted article before it, lower case ("en", "du", ""), and
    `article` the article it starts with. `gender` is None where its words do not tell.
    """

    text: str
    start: int
    end: int
    kind: MentionKind
    lead: str = ""
    article: str = ""
    gender: Gender | None = None
    plural: bool = False

    @property
    def core(self) -> str:
        """The mention without its article."""
        return self.text[len(self.article) :].strip()


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int
    is_name: bool  # capital, and not only because it comes first


def mentions(text: str, language: Language) -> list[Mention]:
    """Return what `text` names, in order; none overlaps another."""
    words = _words(text)
    found = [Mention(m.group(), m.start(), m.end(), "date") for m in _DATE.finditer(text)]
    found += _named(text, words, language)
    found += [Mention(m.group(), m.start(), m.end(), "number") for m in _NUMBER.finditer(text)]
    taken: list[Mention] = []
    for mention in found:
        if not any(mention.start < other.end and other.start < mention.end for other in taken):
            taken.append(mention)
    return sorted((_placed(text, mention) for mention in taken), key=lambda m: m.start)


@lru_cache(maxsize=1 << 13)
def _folded(word: str) -> str:
    return fold(word)


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    for match in TOKEN.finditer(text):
        word, folded = match.group(), _folded(match.group())
        capital = word[0].isupper() and _INVERTED.search(word) is None
        if not words:  # a sentence starts with a capital anyhow
            capital = capital and folded not in FUNCTION_WORDS and folded not in OPENERS
        words.append(_Word(word, folded, match.start(), match.end(), capital))
    return words


def _named(text: str, words: list[_Word], language: Language) -> Iterator[Mention]:
    """Yield names, and nouns with an article, from left to right."""
    position = 0
    while position < len(words):
        word = words[position]
        article = word.text.lower().replace("’", "'")
        if word.is_name:
            end = _name_end(text, words, position)
            yield _mention(text, words, position, end)
        elif article in ARTICLES[language] and position + 1 < len(words):
            end = _phrase_end(text, words, position)
            if end > position + 1:
                yield _mention(text, words, position, end)
        else:
            end = position
        position = max(end, position + 1)


def _name_end(text: str, words: list[_Word], start: int) -> int:
    """Return where the name that starts at word `start` ends: "Bank of England", "737 MAX"."""
    end = start + 1
    while end < len(words) and _touch(text, words[end - 1], words[end]):
        after = end
        while after < min(end + 2, len(words)) and words[after].folded in PARTICLES:
            after += 1
        if words[end - 1].text.isupper() and after > end:
            break  # "the GDP of Spain"
        if after < len(words) and words[after].is_name and _touch(text, words[end], words[after]):
            end = after + 1
        elif words[end].text.isdigit() and len(words[end].text) < 4:
            end += 1
        else:
            break
    if end == len(words) or not _is_plain(words[end]):
        return end
    is_last_noun = (
        start > 0
        and words[start - 1].folded == "the"
        and (end + 1 < len(words) or not any(w.folded in AUXILIARIES for w in words[:start]))
        and (end + 1 == len(words) or words[end + 1].folded in FUNCTION_WORDS)
    )
    # "the ITER project", "the Lisbon earthquake"
    return end + (is_last_noun or words[end].folded in TITLE_NOUNS)


def _phrase_end(text: str, words: list[_Word], article: int) -> int:
    """Return where the phrase that starts with an article ends; ``article + 1`` if it is none."""
    end = article + 1
    first = words[end]
    if first.is_name or (
        first.text[0].isdigit() and end + 1 < len(words) and words[end + 1].is_name
    ):
        end = _name_end(text, words, end)
        if end < len(words) and _ADJECTIVE.fullmatch(words[end].text) and _is_plain(words[end]):
            end += 1  # "l'Union européenne"
        return end
    while end < min(article + 4, len(words)) and _is_plain(words[end]):
        end += 1
    if end == article + 1:
        return end
    if words[article].folded in {"the", "a", "an"}:
        said = {word.folded for word in words[:article]}
        is_verb = said & AUXILIARIES or (said & BE and words[end - 1].folded.endswith("ed"))
        if end > article + 2 and is_verb:
            end -= 1  # "Did the government sign"
    elif end > article + 2 and not (end == len(words) and end == article + 3):
        end = article + 2 + (words[article + 1].folded in EARLY_ADJECTIVES)
        while end < min(article + 4, len(words)) and _ADJECTIVE.fullmatch(words[end].text):
            end += 1
    return _complement_end(text, words, end, head=words[end - 1])


def _complement_end(text: str, words: list[_Word], end: int, *, head: _Word) -> int:
    """Return `end`, or where the complement ends: "accord de Paris", "billet de train"."""
    if end < len(words) and words[end].is_name and _touch(text, words[end - 1], words[end]):
        return _name_end(text, words, end)
    after = end
    while after < min(end + 2, len(words)) and words[after].folded in LINKS:
        after += 1
    if after == end or after == len(words):
        return end
    if words[after].is_name and head.folded in TITLE_NOUNS:
        return _name_end(text, words, after)
    if after == end + 1 and words[end].folded in {"de", "d", "of"} and _is_plain(words[after]):
        return after + 1
    return end


def _is_plain(word: _Word) -> bool:
    return (
        word.text[0].islower()
        and word.folded not in FUNCTION_WORDS
        and _INVERTED.search(word.text) is None
    )


def _touch(text: str, word: _Word, following: _Word) -> bool:
    """Tell whether nothing but spaces, apostrophes and small words stands between them."""
    return not set(text[word.end : following.start]) & set(',;:!?()«»“”"/')


def _mention(text: str, words: list[_Word], start: int, end: int) -> Mention:
    first = words[start]
    article = first.text.lower().replace("’", "'")
    if article not in ARTICLES["en"] or first.is_name:
        article = ""
    inner = words[start + 1 : end] if article else words[start:end]
    contracted = article in {"du", "des", "au", "aux"}
    begin = inner[0].start if contracted else first.start
    kind = _kind(inner, has_article=bool(article))
    gender = ARTICLES["en"].get(article)
    if kind == "person":
        gender = "f" if inner[0].folded in FEMALE else "m" if inner[0].folded in MALE else None
    plural = article in PLURALS or (kind == "noun" and inner[-1].folded.endswith("s"))
    return Mention(
        text[begin : words[end - 1].end],
        begin,
        words[end - 1].end,
        kind,
        article="" if contracted else text[first.start : first.end] if article else "",
        gender=gender,
        plural=plural,
    )


def _kind(words: list[_Word], *, has_article: bool) -> MentionKind:
    """Return what kind of thing the words of a mention, without its article, name."""
    if not any(word.is_name for word in words):
        return "noun"
    if " ".join(word.folded for word in words) in PLACES:
        return "place"
    names = [word for word in words if word.is_name]
    if words[0].folded in PERSON_TITLES:
        return "person"
    if (
        has_article
        or words[0].text.isupper()
        or (len(words) != len(names) > 0 and "of" in {word.folded for word in words})
    ):
        return "name"
    if any(word.folded in ORGANISATION_WORDS or word.text.isupper() for word in names):
        return "name"
    return "person" if len(names) > 1 else "name"


def _placed(text: str, mention: Mention) -> Mention:
    """Return `mention` with the preposition before it, which can tell that it is a place."""
    before = _BEFORE.search(text[max(0, mention.start - 12) : mention.start])
    lead = before.group(1).lower().replace("’", "'") if before else ""
    if lead not in LEADS:
        return mention
    kind = mention.kind
    if kind == "name" and lead in PLACE_LEADS and " " not in mention.text and not mention.article:
        kind = "place"
    gender: Gender | None = "m" if lead in {"du", "au"} else mention.gender
    plural = mention.plural or lead in {"des", "aux"}
    return replace(mention, lead=lead, kind=kind, gender=gender, plural=plural)
