"""What French and English call differently: countries, cities, organisations, their acronyms.

The commonest only; the bilingual lexicon knows many more, one word at a time. Names of a
country and of its people stand together: « la filiale polonaise » is "the Polish arm".
"""

import re
import unicodedata

from documents.models import Span
from index.tokenizer import fold

# A thing a line, or two; its first form is its key. Acronyms are read in capitals only.
_THINGS = """
germany, allemagne, allemand, allemande, allemands, allemandes, german, germans
china, chine, chinois, chinoise, chinoises, chinese
spain, espagne, espagnol, espagnole, espagnols, espagnoles, spanish
italy, italie, italien, italienne, italiens, italiennes, italian, italians
france, français, française, françaises, french
belgium, belgique, belge, belges, belgian, belgians
switzerland, suisse, suisses, swiss
netherlands, pays-bas, néerlandais, néerlandaise, hollande, holland, dutch, the netherlands
poland, pologne, polonais, polonaise, polonaises, polish
russia, russie, russe, russes, russian, russians
ukraine, ukrainien, ukrainienne, ukrainiens, ukrainiennes, ukrainian, ukrainians
turkey, turquie, turc, turque, turcs, turques, turkish, türkiye
greece, grèce, grec, grecque, grecs, grecques, greek, greeks
japan, japon, japonais, japonaise, japonaises, japanese
india, inde, indien, indienne, indiens, indiennes, indian, indians
brazil, brésil, brésilien, brésilienne, brésiliens, brésiliennes, brazilian, brazilians
morocco, maroc, marocain, marocaine, marocains, marocaines, moroccan, moroccans
algeria, algérie, algérien, algérienne, algériens, algériennes, algerian, algerians
tunisia, tunisie, tunisien, tunisienne, tunisiens, tunisiennes, tunisian, tunisians
egypt, égypte, égyptien, égyptienne, égyptiens, égyptiennes, egyptian, egyptians
lebanon, liban, libanais, libanaise, libanaises, lebanese
israel, israël, israélien, israélienne, israéliens, israéliennes, israeli, israelis
syria, syrie, syrien, syrienne, syriens, syriennes, syrian, syrians
iran, iranien, iranienne, iraniens, iraniennes, iranian, iranians
sweden, suède, suédois, suédoise, suédoises, swedish
norway, norvège, norvégien, norvégienne, norvégiens, norvégiennes, norwegian, norwegians
denmark, danemark, danois, danoise, danoises, danish
finland, finlande, finlandais, finlandaise, finlandaises, finnish
austria, autriche, autrichien, autrichienne, autrichiens, autrichiennes, austrian, austrians
hungary, hongrie, hongrois, hongroise, hongroises, hungarian, hungarians
czechia, tchéquie, tchèque, tchèques, czech, czechs, czech republic, république tchèque
romania, roumanie, roumain, roumaine, roumains, roumaines, romanian, romanians
portugal, portugais, portugaise, portugaises, portuguese
ireland, irlande, irlandais, irlandaise, irlandaises, irish
scotland, écosse, écossais, écossaise, écossaises, scottish
wales, pays de galles, gallois, galloise, welsh
england, angleterre, anglais, anglaise, anglaises, english
cyprus, chypre, chypriote, chypriotes, cypriot
canada, canadien, canadienne, canadiens, canadiennes, canadian, canadians
mexico, mexique, mexicain, mexicaine, mexicains, mexicaines, mexican, mexicans
south africa, afrique du sud, sud-africain, sud-africaine, south african
south korea, corée du sud, sud-coréen, sud-coréenne, south korean
north korea, corée du nord, nord-coréen, nord-coréenne, north korean
ivory coast, côte d'ivoire, ivoirien, ivoirienne, ivorian
africa, afrique, africain, africaine, africains, africaines, african, africans
europe, européen, européenne, européens, européennes, european, europeans
asia, asie, asiatique, asiatiques, asian
united states, états-unis, américain, américaine, américains, américaines, american, americans
united states, U.S., US, USA
united kingdom, royaume-uni, grande-bretagne, britannique, britanniques, britain, british, UK
saudi arabia, arabie saoudite, saoudien, saoudienne, saudi
london, londres
beijing, pékin, peking
brussels, bruxelles
geneva, genève
vienna, vienne
lisbon, lisbonne
warsaw, varsovie
moscow, moscou
athens, athènes
rome, roma
venice, venise
florence, firenze
milan, milano
the hague, la haye
antwerp, anvers
cologne, köln
munich, münchen
copenhagen, copenhague
edinburgh, édimbourg
dunkirk, dunkerque
cairo, le caire
algiers, alger
new delhi, delhi
seoul, séoul
mediterranean, méditerranée
rhine, rhin
thames, tamise
danube, donau
european union, union européenne, EU, UE
european commission, commission européenne
united nations, nations unies, UN, ONU
north atlantic treaty organization, OTAN, NATO
world health organization, organisation mondiale de la santé, OMS, WHO
international monetary fund, fonds monétaire international, FMI, IMF
world trade organization, organisation mondiale du commerce, OMC, WTO
european central bank, banque centrale européenne, BCE, ECB
european court of human rights, CEDH, ECHR
gross domestic product, PIB, GDP
artificial intelligence, intelligence artificielle, IA, AI
red cross, croix-rouge
"""


def _spellings() -> dict[str, str]:
    lines = [line.split(", ") for line in _THINGS.strip().splitlines()]
    return {_spelling(form): line[0] for line in lines for form in line}


def _spelling(form: str) -> str:
    """Return the form by which `form` is looked up; an acronym keeps its capitals."""
    letters = form.replace(".", "")
    return letters if letters.isupper() else fold(form)


_KEYS = _spellings()


def _plain(form: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c))


def _pattern() -> re.Pattern[str]:
    written = [form for line in _THINGS.strip().splitlines() for form in line.split(", ")]
    # Accents may be left out, above all on capitals.
    forms = sorted({*written, *map(_plain, written)}, key=lambda form: (-len(form), form))
    any_case = [re.escape(form) for form in forms if not form.replace(".", "").isupper()]
    capitals = [re.escape(form) for form in forms if form.replace(".", "").isupper()]
    words = (
        "|".join(any_case).replace("'", "['’]").replace(r"\ ", r"\s").replace(r"\-", r"[-\s\u2011]")
    )
    return re.compile(rf"(?<!\w)(?:(?i:{words})|{'|'.join(capitals)})(?!\w)")


_FORM = _pattern()
_WORD = re.compile(r"\w+")
_TELLING_WORDS = {
    fold(max(_WORD.findall(form), key=len))
    for line in _THINGS.strip().splitlines()
    for form in line.split(", ")
}


def known_things(text: str) -> list[tuple[Span, str]]:
    """Return the known things that `text` names: where, and one key for all their names."""
    if _TELLING_WORDS.isdisjoint(map(fold, _WORD.findall(text))):
        return []  # much the most texts, and much sooner
    return [
        (Span(*match.span()), _KEYS[_spelling(match[0])])
        for match in _FORM.finditer(text)
        if _spelling(match[0]) in _KEYS
    ]
