"""French pronouns in a question: where they stand and what they can stand for."""

import re
from collections.abc import Callable

from documents.normalization import fold
from rag.conversation.contractions import contracted
from rag.conversation.pronouns import Anaphor, Form, Want, named_again, person_or

_TIMES = "année|annee|mois|semaine|jour|siècle|matin|soir|époque|temps"
_HAVE = r"(?:a|ont|avait|avaient|aura|auront|est|était|eut|fut|as-tu|a-t-\w+|ont-\w+)\b"
PATTERN = re.compile(
    r"(?P<inverted>\b(?:(?:ne |n['’]|se |s['’]|l['’]|la |le |les |y |en |lui |leur )*)"
    r"(?P<verb>\w+)(?:-t)?-(?P<subject>ils?|elles?)\b)"
    r"|\b(?P<plain>ils?|elles?)\b(?!-)|(?<=qu['’])(?P<after>ils?|elles?)\b"
    rf"|\b(?P<clitic>l['’](?={_HAVE}|\w+-(?:t-)?(?:il|elle|on|ils|elles)\b)|les (?={_HAVE})"
    r"|(?<=-)(?:le|la|les)(?= *$)"
    r"|(?:(?<=qui )|(?<=où )|(?<=comment )|(?<=pourquoi )|(?<=on )|(?<=quand ))"
    r"(?:le |la |les |l['’])(?=\w+(?:e|er|ir|re|nt|it|a)\b *(?:$|en |à |au |dans |depuis )))"
    r"|\b(?P<person>lui|elle-même|eux|leur (?=\w+(?:e|a|ont|ait|ent|-t-\w+|-\w+)\b))\b"
    r"|\b(?P<place>y(?= (?!a\b|avait|aura)\w|-)|là-bas|là(?= *$))"
    r"|\b(?P<en>(?:qui|qu['’]|que|combien|s['’]|m['’]|quel(?:le)?s?) ?en (?=\w))"
    rf"|(?P<own>\b(?:son|sa|ses|leurs?)) (?!{_TIMES})(?P<owned>[\w-]+)"
    r"|(?P<this>\b(?:ce(?:t|tte|s)?) "
    rf"(?!qu|dont|{_TIMES}|sont|serait|sera|n['’])(?P<noun>[a-zà-ÿœ]\w+)(?: [\w-]+?-ci\b)?)"
    r"|(?P<latter>\b(?:celui-ci|celle-ci|ceux-ci|celles-ci|ce dernier|cette dernière)\b)"
    r"|(?P<all>\b(?:cela|ceci|ça|c['’](?:est|était)(?! (?:quoi|qui)\b)"
    r"|(?<!qu['’])(?<!qui )est-ce(?! qu)|était-ce))"
    r"|(?P<then>\b(?:ensuite|après|depuis))(?= *$)",
    re.IGNORECASE,
)
_MUTE = re.compile(r"[aeiouy]|h(?:ist|om|eur|abi|op|ot|eri|on|uma|uil|iv)")
_ENDS = re.compile(r"$| (?:en|au|aux|à|dans|pour|sur|depuis|par)\b|,")
_BEFORE_SUBJECT = frozenset({
    "", "comment", "et", "lorsqu", "ou", "pourquoi", "puisqu", "qu", "quand", "que", "si",
})  # fmt: skip
_WANTED: dict[str, Want] = {"person": "person", "place": "place", "all": "all"}


def read(text: str, match: re.Match[str]) -> Anaphor | None:
    """Return what the pronoun of `match` asks for."""
    start, end = match.span()
    if match["subject"] or match["plain"] or match["after"]:
        return _subject(text, match)
    if match["own"]:
        form: Form = "plural" if match["own"].lower().startswith("leur") else ""
        return Anaphor(start, end, person_or("any", text), form, _owner(text, match))
    if match["this"]:
        return Anaphor(start, end, "any", "", named_again(match["noun"]))
    if match["clitic"]:
        form = "plural" if match["clitic"].startswith("les") else ""
        return Anaphor(start, end, person_or("thing", text), form)
    wanted = [want for group, want in _WANTED.items() if match[group]]
    return Anaphor(start, end, wanted[0] if wanted else "thing")


def _subject(text: str, match: re.Match[str]) -> Anaphor:
    start, end = match.span()
    subject = (match["subject"] or match["plain"] or match["after"]).lower()
    form: Form = "plural" if subject[-1] == "s" else "f" if subject[0] == "e" else "m"
    want = person_or("any", text)
    before = fold(text[:start])
    if match["inverted"] is None:  # "obtient il" puts it after its verb
        is_first = before.rpartition(" ")[2] in _BEFORE_SUBJECT
        return Anaphor(start, end, want, form, str if is_first else None)
    if before.endswith(("que", "qu")) or re.search(r"\b(?:quel|combien|qui|quoi)", before):
        return Anaphor(start, end, want, form)  # no name fits between "Que" and its verb
    verb = match.group()[0].lower() + match.group()[1:]
    return Anaphor(start, end, want, form, lambda name: f"{name} {verb}")


def _owner(text: str, match: re.Match[str]) -> Callable[[str], str] | None:
    """Return how "son siège" is written with its owner, None where more words belong to it."""
    if not _ENDS.match(text[match.end() :]):
        return None
    own, owned = match["own"].lower(), match["owned"]
    article = {"son": "le ", "sa": "la ", "leur": "le "}.get(own, "les ")
    if article != "les " and _MUTE.match(fold(owned)):
        article = "l’"
    return lambda name: f"{article}{owned} {contracted('de', name)}"
