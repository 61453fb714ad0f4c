"""French words: those that carry no meaning by themselves, and what prepares a word's stem.

A word is listed as it is spelt; the analyzer drops it typed without its accents too.
"""

import re

# Question words belong here: a passage that answers "combien" seldom contains it. An accent
# can make another word ("mais" and "maïs"): the accented form is dropped only if it is listed.
_STOP_WORDS = """
a à ai aie aient ait au aucun aucune aura auraient aurait auront aussi autre autres aux avaient
avais avait avant avec avez avoir avons ayant c ça car ce ceci cela celle celles celui ces cet
cette ceux chaque chez ci comme comment combien d dans de depuis des dès dessous dessus doit donc
dont du dû durant elle elles en encore entre es est et étaient étais était étant étante êtes être
eu eue eues eurent eus eut eux fait faut fûmes furent fus fut il ils j je jusque l la là laquelle
le lequel les lesquelles lesquels leur leurs lors lorsque lui m ma mais malgré me même mêmes mes
moi moins mon n ne ni nos notre nous ô on ont or où ou par parce parmi pas pendant peu peut
peuvent plus plusieurs pour pourquoi puis puisque qu quand que quel quelle quelles quels quelqu
quelque quelques quelquun qui quiconque quoi quoique s sa sans se selon sera serait seraient
seront ses si sien soi soient sois soit sommes son sont sous sur t ta tandis tant te tel telle
telles tels tes toi ton tous tout toute toutes très tu un une unes uns va vers via voici voilà
vont vos votre vous y
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# In capitals these are names: "AI Act", the "UN".
ACRONYMS = frozenset({"AI", "UN"})

# Snowball's French rules look for accents that readers often leave out. On folded words
# these endings stand for them: -ée(s) as -é, -ère(s) as -er, the past -èrent as -er. The
# plural -ers joins its singular (but univers, divers are no plurals).
_ENDINGS = (
    (re.compile(r"(?<=\w\w)e{2,}s?$"), "e"),
    (re.compile(r"(?<=\w{3})(?:eres?|(?<!v)ers)$"), "er"),
    (re.compile(r"(?<=\w\w)(?<!diff)(?<!adh)(?<!coh)(?<!inh)erent$"), "er"),
)


def prepare(word: str) -> str:
    """Return the folded `word` with the endings that Snowball knows only with an accent."""
    if "e" in word[-5:]:
        for ending, plain in _ENDINGS:
            prepared, count = ending.subn(plain, word)
            if count:
                return prepared
    return word
