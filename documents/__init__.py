"""What documents say, and the store that keeps it: the text side.

Loaders read files into text; sentences and passages are cut from it; the store keeps all of
it, with the vectors, and is the only authority. Nothing here knows what a vector means.

The nouns can be taken from here; everything else is imported from its module.
"""

from documents.errors import DocumentError
from documents.models import (
    DEFAULT_COLLECTION,
    LANGUAGES,
    Document,
    Heading,
    Language,
    Passage,
    Sentence,
    Span,
)

__all__ = [
    "DEFAULT_COLLECTION",
    "LANGUAGES",
    "Document",
    "DocumentError",
    "Heading",
    "Language",
    "Passage",
    "Sentence",
    "Span",
]
