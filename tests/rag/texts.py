"""A small bilingual corpus, written for these tests."""

LIGHTHOUSE = """\
Un phare pour l’île aux Moines

Le phare de l’île aux Moines a été allumé le 12 mai 1887 par l’ingénieur Armand Kerbrat. \
« Personne ne dormait cette nuit-là », racontait le maire de l’époque. La tour de granit \
mesure 47 mètres de haut et sa lumière porte à 30 milles marins. Les travaux ont coûté \
1\u202f200\u202f000 francs et ont occupé quatre-vingts ouvriers pendant trois ans. Le phare a été \
construit pour éviter les naufrages, fréquents dans ce détroit étroit où les courants \
changent toutes les six heures.
"""
LIBRARY = """\
La médiathèque de Valbrume rouvre ses portes

La médiathèque de Valbrume a rouvert en septembre 2019 après quatre ans de fermeture. La \
directrice, Solène Marchetti, a choisi d’y consacrer un étage entier à la musique. Le \
bâtiment abrite 86\u202f000 livres et 12\u202f000 disques. L’inscription est gratuite pour les \
enfants, parce que la commune veut que chacun puisse lire chez soi.
"""
BAKERY = """\
The bakery of Hollow Street

Margaret Oakley opened the bakery of Hollow Street in 1952 with her two sisters. They baked \
three hundred loaves a day and delivered them by bicycle before dawn. The shop moved to \
Bridge Road in 1978 because the old oven had cracked beyond repair. Today her grandson \
Thomas runs it and still uses the recipe for rye bread that she wrote down in 1951. The \
bakery employs nine people and sells its bread in four towns of the valley.
"""
OBSERVATORY = """\
The observatory on Mount Ardel

The observatory on Mount Ardel was finished in 1934 under the astronomer Helen Vasquez. Its \
main telescope weighs 21 tonnes and its mirror is 2.6 metres wide. In 1961 the team found a \
comet that now bears the name of the mountain. The dome was closed to visitors in 2003 \
because the road had become too dangerous in winter.
"""
CORPUS = {
    "phare.txt": LIGHTHOUSE,
    "mediatheque.txt": LIBRARY,
    "bakery.md": BAKERY,
    "observatory.txt": OBSERVATORY,
}
MENU = """\
Lire aussi : le marché du samedi
© 2024 Tous droits réservés
"""
