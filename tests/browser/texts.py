"""What the tests put into the service, and what they ask about it; all of it invented."""

from typing import NamedTuple


class Text(NamedTuple):
    """A document to send as JSON."""

    source: str
    title: str
    text: str
    url: str | None = None
    published_at: str | None = None


# The emoji stand before every quote: each is one code point but two UTF-16 units.
LIGHTHOUSE = Text(
    source="phare.txt",
    title="Le phare de Pen Avel 🗼",
    url="https://phares.example/pen-avel",
    published_at="2024-09-01",
    text="""\
🌊🗼🌊 Le phare de Pen Avel 🐚

Le phare de Pen Avel a été allumé le 12 mai 1887 par l’ingénieur Armand Kerbrat. La tour de \
granit mesure 47 mètres de haut et sa lumière porte à 30 milles marins. Les travaux ont coûté \
1 200 000 francs et ont occupé quatre-vingts ouvriers pendant trois ans. Le gardien Yvon Le Goff \
y a vécu seul pendant vingt-six hivers. 🐟 Le phare de Pen Avel a été automatisé en 1983, et sa \
dernière gardienne, Soazig Tanguy, a remis les clés à la commune. Depuis, les visiteurs montent \
ses 217 marches chaque été, de juin à septembre.
""",
)

BAKERY = Text(
    source="bakery.md",
    title="The bakery of Hollow Street",
    published_at="2023-02-14",
    text="""\
The bakery of Hollow Street

Margaret Oakley opened the bakery of Hollow Street in 1952 with her two sisters. They baked \
three hundred loaves a day and delivered them by bicycle before dawn. The shop moved to Bridge \
Road in 1978 because the old oven had cracked beyond repair. Today her grandson Thomas runs it \
and still uses the recipe for rye bread that she wrote down in 1951. The bakery employs nine \
people and sells its bread in four towns of the valley.
""",
)

HOSTILE = Text(
    source="hostile.txt",
    title='<img src=x onerror="document.title=1">',
    text="""\
The museum of Dunmore keeps the silver compass of Captain Isobel Grant. \
<script>document.title = "run"</script> The compass of Captain Grant was found in 1911 under \
<b onclick="document.title=1">the floor</b> of a chapel, wrapped in sailcloth and quite dry. The \
museum shows the compass in a glass case, with a letter in which the captain asks her brother to \
keep it safe until she returns from the north.
""",
)

ALL = (LIGHTHOUSE, BAKERY)

WHO_LIT = "Qui a allumé le phare de Pen Avel ?"
WHEN_AUTOMATED = "Quand le phare de Pen Avel a-t-il été automatisé ?"
WHO_OPENED = "Who opened the bakery of Hollow Street?"
OFF_TOPIC = "Quelle est la température de fusion du tungstène ?"
