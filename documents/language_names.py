"""Read the names and tags by which files say their language."""

from documents.models import Language

_NAMES: dict[str, Language] = {
    "fr": "fr", "fra": "fr", "fre": "fr", "french": "fr", "français": "fr", "francais": "fr",
    "en": "en", "eng": "en", "english": "en", "anglais": "en",
}  # fmt: skip


def parse_language(value: str | None) -> Language | None:
    """Return the language that `value` names ("fr", "fr-CH", "English"), else None."""
    tag = (value or "").strip().casefold().replace("_", "-")
    return _NAMES.get(tag) or _NAMES.get(tag.partition("-")[0])
