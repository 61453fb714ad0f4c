"""Words that exclude each other, in both languages: a table, and which sides of it words take.

Any form of a word will do that has its stem. Left out is what often means something else ("left",
« sur », « été »), and what is one event seen from two sides ("win", "lose").
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from documents.models import LANGUAGES, Language
from index.analyzer import terms


class Side(NamedTuple):
    """One of the sides of a pair of lines of the table."""

    pair: int
    side: int

    def excludes(self, other: "Side") -> bool:
        """Tell whether both cannot hold of one thing."""
        return self.pair == other.pair and self.side != other.side


def sides(said: Iterable[str], language: Language) -> frozenset[Side]:
    """Return the sides that the terms `said` take, which are of the analyzer."""
    known = _sides_of_terms()[language]
    return frozenset().union(*(known[term] for term in known.keys() & set(said)))


@cache
def _sides_of_terms() -> Mapping[Language, Mapping[str, frozenset[Side]]]:
    found: dict[Language, dict[str, frozenset[Side]]] = {language: {} for language in LANGUAGES}
    lines = _TABLE.split("\n")[1:-1]
    for pair, both in enumerate(zip(lines[::2], lines[1::2], strict=True)):
        for language, line in zip(_ORDER, both, strict=True):
            for number, words in enumerate(line.split("|")):
                for term in terms(words, language):
                    side = frozenset({Side(pair, number)})
                    found[language][term] = found[language].get(term, frozenset()) | side
    return found


# A line in each language; a bar between sides that exclude each other.
_ORDER: tuple[Language, Language] = ("en", "fr")
_TABLE = """
north northern northward northernmost | south southern southward southernmost
nord septentrional | sud méridional
east eastern eastward easternmost | west western westward westernmost
oriental | occidental ouest
northeast northeastern | northwest northwestern | southeast southeastern | southwest southwestern
-
first | last
premier première | dernier dernière
increase rise rose risen grow grew expand | decrease decline fall fell fallen drop reduce shrink
augmenter hausse croître progresser | diminuer baisse réduire réduit reculer
large larger largest big bigger biggest | small smaller smallest tiny
grand gros grosse | petit petite
high higher highest | low lower lowest
haut élevé | bas basse
long longer longest | short shorter shortest
long longue | court
fast faster fastest quick rapid | slow slower slowest
rapide | lent
light lighter lightest bright | dark darker darkest
clair | sombre foncé
heavy heavier heaviest | light lighter lightest
lourd | léger légère
old older oldest elder eldest | young younger youngest newest
vieux vieille ancien aîné | jeune récent
early earliest | late latest
tôt | tard
begin began begun start commence | end finish stop cease
commencer débuter | finir terminer cesser
accept approve endorse | reject refuse disapprove
accepter approuver | rejeter refuser
support favor favour | oppose
soutenir soutenu appuyer | opposer
allow permit authorize | forbid forbade forbidden prohibit ban block suspend
autoriser permettre permis | interdire interdit interdite bloquer suspendre
include | exclude
inclure inclus | exclure exclu
join | leave
rejoindre | quitter
arrive arrival | depart departure
arriver arrivée | partir départ
import | export
importer importation | exporter exportation
buy bought purchase | sell sold sale
acheter achat | vendre vendu vente
love | hate
aimer | détester
succeed success successful | fail failure
réussir réussi réussite succès | échouer échec
strengthen | weaken
renforcer | affaiblir
improve | worsen deteriorate
améliorer | aggraver détériorer
cause | prevent
causer provoquer | empêcher
open | close closure shut
ouvrir ouvert ouverte ouverture | fermer fermeture
build built construct erect | destroy demolish
construire construit bâtir | détruire détruit démolir
create establish found | abolish dissolve
créer fonder | abolir dissoudre dissous dissoute supprimer
release liberate | imprison arrest detain
libérer relâcher | emprisonner incarcérer
acquit | convict
acquitter | condamner
hire recruit | dismiss
embaucher recruter | licencier
lend lent | borrow
prêter | emprunter
immigrate immigrant | emigrate emigrant
immigrer immigré | émigrer émigré
ascend | descend
monter | descendre
unite merge | separate divide split
unir fusionner | séparer diviser
tighten | loosen
durcir | assouplir
born birth | die died death dead
naître naissance | mourir mort décès décédé
male man men | female woman women
homme masculin | femme féminin
husband | wife
mari | épouse
father | mother
père | mère
son | daughter
fils | fille
brother | sister
frère | sœur
king | queen
roi | reine
paternal | maternal
paternel | maternel
predecessor | successor
prédécesseur | successeur
ally allies | enemy
allié | ennemi
civilian | military
civil | militaire
professional | amateur
professionnel | amateur
rich richer richest wealthy | poor poorer poorest
riche | pauvre
strong stronger strongest | weak weaker weakest
puissant | faible
hot hottest warm warmest | cold coldest cool
chaud | froid
wet humid | dry arid
humide | sec sèche aride
thick | thin
épais épaisse | mince
wide wider widest broad | narrow
large | étroit
deep | shallow
profond | superficiel
full | empty
plein | vide
rural | urban
rural | urbain
public | private
public publique | privé
internal inner inside indoor | external outer outside outdoor
intérieur interne | extérieur externe
domestic | foreign
domestique | étranger
vertical | horizontal
vertical | horizontal
upper | lower
supérieur | inférieur
positive | negative
positif | négatif
major | minor
majeur | mineur
majority | minority
majorité | minorité
maximum maximal | minimum minimal
maximum maximal | minimum minimal
similar | different
semblable identique | différent
common frequent often | rare seldom uncommon
fréquent courant souvent | rare rarement
easy easier easiest simple | difficult hard harder hardest complex
facile simple | difficile complexe
cheap cheaper cheapest | expensive costly
abordable | coûteux cher
safe | dangerous
sûr | dangereux
best better good | worst worse bad
bon bonne meilleur | mauvais pire
advantage benefit | disadvantage drawback
avantage | inconvénient
profit | loss
bénéfice | perte
summer | winter
estival | hivernal hiver
morning | evening
matin | soir
ancient | modern
antique | moderne
former | current
précédent | actuel
"""
