"""Which sentences are fit to be quoted: whole statements, no page furniture, no questions.

A line is refused for what it is, never for a missing full stop: rows of tables ("Ville: Paris")
are statements too.
"""

import re
from typing import Final

from documents import boilerplate_phrases as phrases
from documents.dates import is_dateline
from documents.normalization import fold
from index.english import STOP_WORDS as ENGLISH_STOP_WORDS
from index.french import STOP_WORDS as FRENCH_STOP_WORDS

_LONGEST_LINE = 160  # characters; what is longer is not one line of a page
_LONGEST_WITHOUT_VERB = 25  # words
_EDGES: Final = " \n\t\u00a0\u202f«»“”\"'()[]*_>→\u203a|•·–—-"
_MARKS: Final = ' .:!?…«»"“”>\u203a→|–—*•·[]('
_BULLET: Final = re.compile(r"\s*(?:[-*•‣◦▪–—]|\d{1,2}[.)]|[a-z]\))\s+")
_ENDS: Final = re.compile(r"[.!?…][\"'”’»)\]\s\u00a0\u202f]*$")
_ASKS: Final = re.compile(r"\?(?!\])[\s\u00a0\u202f\"'”’»)\]!]*$")
_REPORTS: Final = re.compile(r"[^«“\"?]{3,}[:,]\s?[«“\"]")
_ANNOUNCES: Final = re.compile(r":[\s\u00a0\u202f«“\"]*$")
_CUT: Final = re.compile(r"(?:\[(?:…|\.{3})\]|\((?:…|\.{3})\)|\s\.{3}|…|\.{3})[\s\"”]*$")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+[’']?)[^\w]*$")
_KEY_AND_VALUE: Final = re.compile(r"[^:.\n]{1,40}(?: ?[:=]|\t| \|)\s?\S")
_GOES_ON: Final = re.compile(r"(?:et|ou|mais|donc|qui|que|dont|où|and|or|but|which|who|that)\b")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|\]\([^)]*\)")
_TRAIL: Final = re.compile(r"\s[|>\u203a»→·•/]\s")
_CAPTION: Final = re.compile(
    r"(?:photos?|images?|legende|illustrations?|infographie|credits?|video|image de couverture|"
    r"cover image|visuel|caption|ph)(?: (?:credits?|photos?|d archives?|by|par))* ?[:|©/]|"
    r"(?:photo|image|illustration|credit) (?:afp|reuters|ap|getty|epa|dr)\b|"
    r".{0,80}[(/©] ?(?:photo )?(?:afp|reuters|getty images|getty|epa|keystone|sipa|dr|ap)\)?$"
)
_ALSO: Final = re.compile(
    r"(?:a )?(?:lire|voir|ecouter|decouvrir) (?:aussi|egalement|ensuite)\b|(?:a )?lire ?:|"
    r"(?:read|see|watch) (?:more|also|next)\b|(?:notre|our) (?:dossier|selection) ?:"
)
_BYLINE: Final = re.compile(
    r"(?:(?:Par|By|PAR|BY|Propos recueillis par|Reporting by|Written by|Rédigé par) "
    r"(?:[A-ZÀ-Ý][\w.'’-]*+ ?+|and |et |de |du |van |von ){2,6}+)(?:, ?[^.]{3,40})?"
)
_FURNITURE: Final = (phrases.LINKS, phrases.TAGS, phrases.CREDITS)
_VERB: Final = re.compile(
    r"\b(?:est|sont|a|ont|etait|etaient|fut|furent|sera|seront|serait|va|vont|peut|peuvent|doit|"
    r"doivent|veut|veulent|fait|font|dit|disent|met|mettent|prend|prennent|vient|viennent|tient|"
    r"reste|compte|comptent|coute|mesure|vise|prevoit|annonce|propose|presente|rassemble|reunit|"
    r"represente|concerne|demande|affirme|explique|declare|ouvre|ferme|atteint|lance|devient|permet|"
    r"impose|interdit|oblige|existe|siege|vit|habite|travaille|dirige|gagne|perd|signe|vote|"
    r"is|are|was|were|be|has|have|had|will|would|can|could|may|might|must|should|do|does|did|"
    r"says?|said|makes?|made|takes?|took|gets?|got|goes|went|comes?|came|gives?|gave|holds?|held|"
    r"runs?|ran|wins?|won|lost|costs?|meets?|met|shows?|plans?|opens?|closes?|lives?|works?|leads?|"
    r"led|became|becomes|includes?|remains?|needs?|wants?|keeps?|kept|built|bought|sold|told|"
    r"\w{3,}(?:ait|aient|erait|eront|era|ira|irent|erent|issent|ed)|(?:n|l|s|m|t|j) "
    r"\w{3,}(?:e|ent|it|ut))\b"
)


def is_quotable(sentence: str) -> bool:
    """Tell whether `sentence`, as the document has it, is a statement one can quote."""
    bare = _BULLET.sub("", sentence.strip(), count=1).strip()
    line = fold(bare).lstrip(_MARKS)
    if not any(character.isalpha() for character in line):
        return False
    if _is_question(bare) or _ANNOUNCES.search(bare):
        return False
    return not (_is_furniture(bare, line) or _is_half(bare) or _is_a_label(bare, line))


def _is_question(bare: str) -> bool:
    """Tell a question from a statement that reports one: "He wrote: “Why not?”" states."""
    return bool(_ASKS.search(bare)) and not _REPORTS.match(bare)


def _is_furniture(bare: str, line: str) -> bool:
    """Tell whether the line belongs to the page: credits, links, buttons, bylines."""
    if len(bare) > _LONGEST_LINE:
        return bool(_ALSO.match(line))
    if phrases.CONTROLS.fullmatch(line.rstrip(_MARKS)) or phrases.RIGHTS.search(line):
        return True
    if phrases.PROMPTS.match(line) or _CAPTION.match(line):
        return True
    if _ALSO.match(line) or phrases.HASHTAGS.fullmatch(bare):
        return True
    if _BYLINE.fullmatch(bare) or is_dateline(bare):
        return True
    furnished = any(pattern.match(line) for pattern in _FURNITURE) and not _ENDS.search(bare)
    return furnished or _is_mostly_links(bare)


def _is_mostly_links(bare: str) -> bool:
    addresses = sum(map(len, _ADDRESS.findall(bare)))
    return addresses > len(bare) / 2 or (len(_TRAIL.findall(bare)) >= 2 and not _ENDS.search(bare))


def _is_half(bare: str) -> bool:
    """Tell whether the sentence begins in its middle or breaks off."""
    first = bare.lstrip(_EDGES)[:2]
    if bare.lstrip(_EDGES)[:1].islower() and not first[1:].isupper():
        # A text that never uses capitals has whole sentences all the same.
        goes_on = _GOES_ON.match(bare) is not None or bare != bare.lower()
        return goes_on and not _KEY_AND_VALUE.match(bare)
    cut = _CUT.search(bare)
    if cut is None:
        return False
    if cut[0][0] in "[( \n" or bare.startswith(cut[0]):
        return True
    last = _LAST_WORD.search(bare[: cut.start()])
    return last is not None and last[1].lower() in FRENCH_STOP_WORDS | ENGLISH_STOP_WORDS


def _is_a_label(bare: str, line: str) -> bool:
    """Tell whether the words make no statement: a menu line, a caption, a title."""
    if _ENDS.search(bare) or _KEY_AND_VALUE.match(bare) or any(map(str.isdigit, bare)):
        return False
    if " " not in line:
        return True
    return line.count(" ") < _LONGEST_WITHOUT_VERB and not _VERB.search(line)
