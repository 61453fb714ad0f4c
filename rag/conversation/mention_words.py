"""Words that tell what a mention is: articles, prepositions, titles, first names."""

from typing import Literal

from documents.models import Language

Gender = Literal["f", "m"]

# Articles with the gender that they show; a question may borrow words of the other language.
SHARED_ARTICLES: dict[str, Gender | None] = {
    "le": "m", "un": "m", "du": "m", "au": "m", "la": "f", "une": "f", "l'": None, "the": None,
    "les": None, "des": None, "aux": None,
}  # fmt: skip
ARTICLES: dict[Language, dict[str, Gender | None]] = {
    "fr": SHARED_ARTICLES,
    "en": {**SHARED_ARTICLES, "a": None, "an": None},
}
EARLY_ADJECTIVES = frozenset({
    "ancien", "ancienne", "dernier", "derniere", "futur", "future", "grand", "grande", "nouveau",
    "nouvelle", "petit", "petite", "premier", "premiere", "prochain", "prochaine",
})  # fmt: skip
PLURALS = frozenset({"les", "des", "aux"})
LEADS = frozenset({"contre", "against",
    "a", "about", "at", "au", "aux", "avec", "by", "chez", "d'", "dans", "de", "depuis", "des",
    "du", "en", "for", "from", "in", "of", "on", "par", "pour", "since", "sur", "to", "vers",
    "with", "à",
})  # fmt: skip
PLACE_LEADS = frozenset({"en", "in", "at", "à", "au", "aux"})
PARTICLES = frozenset({
    "al", "bin", "d'", "da", "de", "der", "des", "di", "du", "l'", "la", "le", "les", "of", "the",
    "van", "von", "y",
})  # fmt: skip
# Nouns that are part of a name: "la loi Pacte", "the ITER project".
TITLE_NOUNS = frozenset({
    "accord", "act", "aeroport", "affair", "affaire", "agreement", "airport", "bank", "banque",
    "barrage", "bataille", "battle", "bill", "bridge", "card", "centrale", "dam", "directive",
    "fire", "fusee", "group", "groupe", "guerre", "incendie", "law", "ligne", "line", "loi",
    "mission", "musee", "museum", "pact", "pacte", "parti", "party", "plan", "plant", "pont",
    "prix", "program", "programme", "project", "projet", "protocol", "protocole", "rapport",
    "reglement", "report", "review", "satellite", "sommet", "summit", "tax", "taxe", "telescope",
    "tour", "tower", "traite", "treaty", "tunnel", "universite", "university", "usine", "viaduc",
    "ville", "war",
})  # fmt: skip
PERSON_TITLES = frozenset({
    "dr", "m", "minister", "ministre", "mme", "mr", "mrs", "ms", "president", "presidente",
})  # fmt: skip
ORGANISATION_WORDS = frozenset({
    "accord", "act", "agreement", "air", "association", "bank", "banque", "building", "card",
    "clean", "commission", "committee", "company", "conseil", "corporation", "council", "coupe",
    "court", "cup", "east", "empire", "fire", "fund", "group", "groupe", "house", "inc", "institut",
    "institute", "island", "islands", "league", "ltd", "ministry", "north", "ocean", "opera",
    "organisation", "organization", "parti", "party", "pass", "post", "prix", "prize", "protocol",
    "review", "river", "school", "sea", "south", "street", "times", "tour", "tower", "treaty",
    "tunnel", "union", "universite", "university", "wall", "war", "west",
})  # fmt: skip
FEMALE = frozenset({
    "ada", "agnes", "alice", "amelie", "angela", "anna", "anne", "brigitte", "camille", "catherine",
    "charlotte", "chloe", "christine", "claire", "edith", "elisabeth", "elizabeth", "emily", "emma",
    "eva", "florence", "george", "giorgia", "greta", "hannah", "helene", "hillary", "isabelle",
    "jacinda", "jane", "jeanne", "julie", "juliette", "kamala", "laura", "lea", "linda", "louise",
    "malala", "margaret", "maria", "marie", "martine", "mary", "michelle", "nancy", "nathalie",
    "olga", "olympe", "rachel", "rachida", "rosa", "rosalind", "ruth", "sarah", "segolene",
    "simone", "sophie", "susan", "theresa", "ursula", "valerie", "virginia", "yulia",
})  # fmt: skip
MALE = frozenset({
    "alan", "albert", "alexander", "alexandre", "antoine", "barack", "bernard", "bill", "boris",
    "bruno", "charles", "claude", "david", "donald", "elon", "emmanuel", "francois", "gabriel",
    "gordon", "guillaume", "henri", "henry", "isaac", "jacques", "james", "jean", "jeff", "joe",
    "john", "karol", "keir", "leonardo", "louis", "mark", "michel", "nicolas", "olaf", "pablo",
    "paul", "pierre", "robert", "sadiq", "sam", "stanislas", "steve", "thomas", "tim", "tony",
    "victor", "vladimir", "william", "winston", "xi",
})  # fmt: skip
BE = frozenset({"is", "are", "was", "were"})
AUXILIARIES = frozenset({
    "can", "could", "did", "do", "does", "had", "has", "have", "may", "must", "should", "will",
    "would",
})  # fmt: skip
OPENERS = frozenset({
    "about", "according", "almost", "approximately", "around", "autour", "certaines", "certains",
    "cinq", "cite", "describe", "deux", "dis", "dix", "donne", "douze", "eight", "eleven",
    "environ", "explain", "explique", "five", "four", "give", "huit", "list", "many", "name",
    "nearly", "neuf", "nine", "no", "nomme", "non", "onze", "oui", "plusieurs", "presque", "quatre",
    "selon", "sept", "seven", "several", "six", "some", "tell", "ten", "there", "three", "trois",
    "twelve", "two", "yes",
})  # fmt: skip
LINKS = frozenset({"d", "de", "des", "du", "l", "la", "le", "of", "on", "sur", "the"})
