"""What the official clients ask about; the emoji takes two UTF-16 units, and one code point."""

FRENCH = {
    "title": "L’horloge du port 🕰️",
    "text": "L’horloge du port de Brévannes a été construite en 1874 par l’artisan Émile Vasseur. "
    "Elle pèse 1 200 kilos et sonne toutes les heures. « On la règle à la main », dit le gardien. "
    "La commune l’a restaurée en 2019 pour 45 000 euros.",
}
ENGLISH = {
    "title": "The ferry of Aldersund",
    "url": "https://example.org/ferry",
    "text": "The ferry of Aldersund was launched in 1936 by the engineer Ruth Calloway. "
    "It carries forty cars and two hundred passengers across the sound. "
    "The crossing takes eighteen minutes when the sea is calm.",
}
FRENCH_QUESTION = "Quand l’horloge du port de Brévannes a-t-elle été construite ?"
ENGLISH_QUESTION = "Who launched the ferry of Aldersund?"
FOLLOW_UP = "Et par qui ?"
UNANSWERED = "Quelle est la température de fusion du tungstène ?"
