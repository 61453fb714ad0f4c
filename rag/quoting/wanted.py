"""What the short answer to a question must be: a person, a year, a length … and one or several.

Finer than the kinds of `rag.answer_kind`, which rank sentences: to point at the words that
answer, "how tall" must be told from "how many".
"""

import re
from functools import lru_cache
from typing import Final, Literal

from documents.normalization import fold

Wanted = Literal[
    "person", "role", "name", "place", "date", "year", "count", "money", "share", "time",
    "length", "weight", "degree", "reason", "nothing",
]  # fmt: skip

_ORGANISATIONS: Final = (
    "company|companies|organi[sz]ation|entreprise|societe|compagnie|university|universite|team|equipe|club|"
    "party|parti|river|fleuve|riviere|mountain|montagne|school|ecole|museum|musee|newspaper|"
    "journal|film|book|livre|song|album|band|groupe|group|network|chaine|brand|marque|ship|navire|"
    "church|eglise|language|langue|religion|planet|planete|battle|bataille|dynasty|dynastie|"
    "treaty|traite|airport|aeroport|station|stadium|stade|hotel|agency|agence|tribe"
)
_PEOPLE: Final = (
    "person|man|woman|president|minister|king|queen|author|scientist|leader|actor|writer|player|"
    "singer|director|architect|founder|inventor|personne|homme|femme|presidente|ministre|roi|reine|"
    "auteur|dirigeant|acteur|actrice|ecrivain|joueur|chanteur|realisateur|architecte|fondateur|"
    "inventeur|general|emperor|empereur|pape|pope"
)
_PLACES: Final = (
    "city|cities|country|countries|place|town|state|region|continent|location|ville|pays|lieu|endroit|etat|"
    "departement|province|village|island|ile"
)
_WHICH: Final = "(?:quel(?:le)?s?|what|which)"
# On the folded question. The rule that matches first in it decides, the upper one where two
# match at the same place: "Who was there when …" asks for a person.
_RULES: Final[tuple[tuple[Wanted, tuple[str, ...]], ...]] = (
    ("nothing", (r"qu est ce qu\w*", "ce qui", "how much (?:more|less|larger|higher|bigger)")),
    (
        "share",
        (
            rf"{_WHICH} (?:\w+ ){{0,4}}?(?:pourcentage|percentage|per ?cent|proportion)",
            rf"{_WHICH} (?:\w+ ){{0,4}}?(?:part|share|taux)",
        ),
    ),
    (
        "time",
        (
            "combien de temps",
            "how (?:long|old)",
            "quel age",
            rf"{_WHICH} (?:\w+ )?(?:duree|duration)",
            "combien d[e ]+(?:ans|annees|jours|heures|mois|semaines|minutes|secondes|siecles)",
            "how many (?:years|days|months|weeks|hours|minutes|seconds|centuries)",
        ),
    ),
    (
        "length",
        (
            "how (?:tall|high|wide|far|large|deep)",
            rf"{_WHICH} (?:\w+ ){{0,3}}?(?:hauteur|longueur|largeur|superficie|altitude|distance)",
            rf"{_WHICH} (?:\w+ ){{0,3}}?(?:height|length|width|area)",
            "combien (?:mesure|de (?:metres|kilometres|hectares))",
            "how many (?:miles|feet|metres|kilometers|acres|square)",
        ),
    ),
    (
        "weight",
        (
            "how heavy",
            r"how much (?:\w+ ){1,5}weigh",
            "combien (?:pese|de (?:tonnes|kilos))",
            rf"{_WHICH} (?:\w+ ){{0,3}}?(?:poids|masse|weight|mass)",
        ),
    ),
    ("degree", (rf"{_WHICH} (?:\w+ ){{0,3}}?(?:temperature|vitesse|speed)",)),
    (
        "money",
        (
            r"combien (?:\w+ ){0,3}?(?:cout\w+|vaut|gagne|investi\w*)",
            "combien (?:d argent|d euros|de dollars)",
            "how much (?:money|did|does|was|were|is|has|have|will|would)",
            "how many (?:dollars|euros|pounds)",
            rf"{_WHICH} (?:\w+ ){{0,3}}?(?:couts?|prix|montant|somme|salaire|budget|price|cost)",
            rf"{_WHICH} (?:\w+ ){{0,3}}?(?:amount of money|revenue|salary)",
        ),
    ),
    ("year", (rf"{_WHICH} (?:\w+ )?(?:year|annees?)",)),
    (
        "date",
        (
            "when",
            "quand",
            rf"{_WHICH} (?:\w+ ){{0,2}}?(?:date|day|month|century|decade)",
            rf"{_WHICH} (?:\w+ ){{0,2}}?(?:jour|mois|siecle|decennie|epoque|periode)",
        ),
    ),
    (
        "count",
        (
            "how many",
            "how much",
            "combien",
            "quel (?:(?:est|etait|fut) le )?nombre",
            r"(?:what|which) (?:\w+ )?number",
        ),
    ),
    ("reason", ("why", "pourquoi", "for what reason", "pour quelles? raisons?", "what caused")),
    (
        "place",
        (
            "where",
            r"(?:^|^\w+ )ou",
            "ou (?:se|est|sont|a|ont|fut|etait|siege|vit|va|trouve t)",
            rf"{_WHICH} (?:\w+ )?(?:{_PLACES})s?",
        ),
    ),
    (
        "person",
        (
            r"(?:^(?:\w+ ){0,2}|(?:par|avec|de|a|pour|contre|chez) )qui",
            "who|whom|whose",
            rf"{_WHICH} (?:\w+ )?(?:{_PEOPLE})s?",
        ),
    ),
    (
        "name",
        (
            rf"{_WHICH} (?:\w+ ){{0,2}}?(?:{_ORGANISATIONS})s?",
            r"what (?:\w+ ){1,4}called",
            r"(?:what|quel) (?:is|was|est|etait|fut) (?:the |le )?(?:\w+ )?(?:name|nom)",
            r"comment (?:s appel\w+|se nomm\w+|est appel\w+|est nomm\w+)",
        ),
    ),
    ("nothing", ("what", "which", "quel(?:le)?s?", "que", "quoi", "comment", "how")),
)
_COMPILED: Final = tuple(
    (wanted, re.compile(rf"\b(?:{'|'.join(patterns)})\b")) for wanted, patterns in _RULES
)
_SEVERAL: Final = re.compile(
    r"^(?:(?:a|de|dans|par|pour|avec|sur|in|from|by|with|to|of|on) )?"
    r"(?:quels|quelles|lesquel(?:le)?s|qui sont|qui etaient|who (?:are|were)|"
    r"(?:what|which) (?:are|were|(?:(?:two|three|four|five|other|main|new|\w+(?:an|ish|ese)) ){0,2}"
    r"(?:people|men|women|children|\w{2,}(?<!s)s\b))|"
    r"(?:can you )?(?:name|list|enumerate)\b (?!\w+ ?\?)|(?:cite[zr]?|liste[rz]?|enumere[rz]?|"
    r"nomme[rz]?|donne[rz]? (?:la liste|les noms))\b)"
)
# In "What does …" and "Which series …" nothing is plural.
_SINGULAR: Final = re.compile(
    r"^(?:\w+ )?(?:what|which) (?:is|was|does|has|status|series|species|basis|bus|analysis|crisis|"
    r"virus|campus|gas|news|this|always)\b"
)


# "Who is Ann Porter?" names the person and asks what she is; the capital tells.
_ROLE: Final = re.compile(
    r"(?i:qui|who) (?i:est|était|fut|is|was) (?:[A-ZÀ-Þ][\w.'’-]*+|de|du|von|van|le|la| )++\W*"
)


@lru_cache(maxsize=1024)
def wanted_of(question: str) -> Wanted:
    """Return what the short answer to `question` must be; "nothing" where none is known."""
    if _ROLE.fullmatch(question.strip()):
        return "role"
    folded = fold(question)
    found = [
        (match.start(), place, wanted)
        for place, (wanted, pattern) in enumerate(_COMPILED)
        if (match := pattern.search(folded))
    ]
    return min(found)[2] if found else "nothing"


def asks_for_several(question: str) -> bool:
    """Tell whether the answer is a list: « Quels pays … », "Which countries …", "Name the …"."""
    folded = fold(question)
    return bool(_SEVERAL.match(folded)) and not _SINGULAR.match(folded)
