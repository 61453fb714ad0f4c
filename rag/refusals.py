"""What is said when the documents do not answer: that, and where was looked."""

from collections.abc import Mapping
from typing import NamedTuple

from documents.models import Language
from documents.records import Filters
from rag.models import Question


class _Wording(NamedTuple):
    refusal: str
    searched: str
    filtered: str
    empty: str
    none_fits: str


_WORDINGS: Mapping[Language, _Wording] = {
    "fr": _Wording(
        refusal="Les documents ne permettent pas de répondre à cette question.",
        searched="Recherche faite en français et en anglais dans la collection "
        "«\u00a0{collection}\u00a0»{filtered}\u00a0; les passages les plus proches sont joints.",
        filtered=", selon vos filtres",
        empty="La collection «\u00a0{collection}\u00a0» ne contient encore aucun document.",
        none_fits="Aucun document de la collection «\u00a0{collection}\u00a0» ne répond à vos "
        "filtres.",
    ),
    "en": _Wording(
        refusal="The documents do not answer this question.",
        searched="The collection “{collection}” was searched in French and in English"
        "{filtered}; the closest passages are attached.",
        filtered=", within your filters",
        empty="The collection “{collection}” holds no document yet.",
        none_fits="No document of the collection “{collection}” fits your filters.",
    ),
}


def refusal(question: Question, language: Language, *, found: bool) -> str:
    """Return the refusal of `question` in `language`; `found`: there are passages to show."""
    wording, collection = _WORDINGS[language], question.collection
    filtered = question.filters != Filters()
    if not found:
        alone = wording.none_fits if filtered else wording.empty
        return alone.format(collection=collection)
    where = wording.filtered if filtered else ""
    return f"{wording.refusal} {wording.searched.format(collection=collection, filtered=where)}"


def is_refusal(text: str) -> bool:
    """Tell whether `text` is, or begins as, what `refusal` returns where something was found."""
    return text.startswith(tuple(wording.refusal for wording in _WORDINGS.values()))
