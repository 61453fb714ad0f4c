"""Words whose full stop need not end a sentence, in French and English.

All but one set are in lower case, and all without their last full stop. What follows decides:
nothing ends after a title, a counter goes on with its number, and the rest ends before a word
that usually opens a sentence.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# With a capital: a name follows, so never the end of a sentence.
TITLES: Final = _words(
    # French
    "m mm mme mmes mlle mlles dr drs pr prs me mgr ste vve gal cdt "
    # English
    "mr mrs ms prof gen gov sen rep lt col sgt capt cpl maj hon rev pres amb adm messrs mx "
    "st mt ft"
)

# As written here: an example, a comparison or a place follows, so never the end either.
INTRODUCERS: Final = _words(
    "cf Cf vs v e.g E.g i.e I.e c.-à-d p.ex P.ex ex Ex viz approx env bd boul fbg ave blvd"
)

# The end of a sentence, unless a number follows.
COUNTERS: Final = _words(
    "no nos n° nr art al p pp pag vol t fig figs tab chap ch sec sect par ed éd coll "
    "ann annexe tél tel réf ref app eq éq l ll num nb ca circa"
)

# Either: the end where a word follows that usually opens a sentence.
OPEN: Final = _words(
    "inc corp ltd co bros llc plc jr sr cie ets sté dept dép dpt univ assn a.m p.m av "
    "jan feb mar apr jun jul aug sept sep oct nov dec janv févr fév avr juil déc"
)

# Words that usually open a sentence and are seldom part of a name.
OPENERS: Final = _words(
    # French
    "le la les l un une des ce cet cette ces c il elle ils elles on nous vous je j tu mais et "
    "or donc car ni si s en dans sur sous pour par avec sans depuis selon après avant pendant "
    "lors lorsque quand comme au aux à d de du qu que qui quoi où pourquoi comment combien quel "
    "quelle quels quelles son sa ses leur leurs notre nos votre vos plus moins cela ça ainsi "
    "même toujours chacun chacune jamais alors enfin toutefois cependant néanmoins pourtant "
    "aussi puis ensuite parmi chez entre vers malgré grâce bien tout toute tous toutes chaque "
    "plusieurs certains autre autres aujourd hier demain face quant afin tandis "
    # English
    "the a an he she it they we i you this that these those in on at for from with by but and so "
    "if when while after before as its his her their our your there here however since under "
    "both some many most all not no other another each every who what which where why how to of "
    "during despite although though because until once then now today yesterday according such "
    "more is are was were did does do has have had"
)

# Those of them that also stand inside names: "J. Le Carré", "W. E. B. Du Bois".
PARTICLES: Final = _words("le la les l de du des d an a so no on en un do in si")
