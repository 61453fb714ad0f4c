"""Names of models: ``sourcier/press`` answers from the collection `press`."""

from rag.vocabulary import DEFAULT_COLLECTION, UnknownCollection

EMBEDDING_MODEL = "sourcier-embedding"
_ALONE = "sourcier"
_PREFIX = f"{_ALONE}/"


def model_of(collection: str) -> str:
    """Return the name of the model that answers from `collection`."""
    return _PREFIX + collection


def collection_of(model: str) -> str:
    """Return the collection that `model` answers from; ``sourcier`` alone is the default one.

    Raises:
        UnknownCollection: no collection can be meant.
    """
    if model == _ALONE:
        return DEFAULT_COLLECTION
    if not model.startswith(_PREFIX):
        raise UnknownCollection(f"There is no model {model!r} here: GET /v1/models lists them.")
    return model.removeprefix(_PREFIX)
