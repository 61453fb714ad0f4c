"""French prepositions before names: "du Chili", "aux Pays-Bas", "d’Oslo"."""

from typing import Literal

from documents.normalization import fold

_MERGED = {"de": ("du", "des"), "à": ("au", "aux")}


def contracted(preposition: Literal["de", "à"], name: str) -> str:
    """Return `preposition` and `name`, which may start with its article."""
    lowered = name.lower()
    if lowered.startswith("le "):
        return f"{_MERGED[preposition][0]} {name[3:]}"
    if lowered.startswith("les "):
        return f"{_MERGED[preposition][1]} {name[4:]}"
    if preposition == "de" and fold(name)[:1] in set("aeiouy"):
        return f"d’{name}"
    return f"{preposition} {name}"
