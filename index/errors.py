"""What can go wrong with encoders and indexes.

IndexingError
├── EncoderUnavailable    the encoder asked for cannot be loaded, or its server is away
├── TextRefused           the encoder's server does not take a text, too long for its model
├── DimensionMismatch     vectors of another width than the index
├── InvalidVectors        vectors that are not float32 unit vectors
├── InvalidRows           rows given twice, or unknown, or not one for each vector
├── IncompatibleIndex     built by another encoder: re-embed
├── IndexUnavailable      the engine that holds the index is away or refuses
├── IndexNotSaved         the snapshot cannot be written (disk full, no permission)
└── CorruptIndex          what lies on disk cannot be served: rebuild from the store
    ├── MissingIndex      there is nothing yet
    └── OutdatedIndex     written by other rules of analysis or in another format
"""


class IndexingError(Exception):
    """Root of all errors of this package; its message names the remedy."""


class EncoderUnavailable(IndexingError):
    """The encoder that the settings ask for cannot be loaded, or its server does not answer."""


class TextRefused(IndexingError):
    """The server of the encoder does not take a text, most likely too long for its model."""


class DimensionMismatch(IndexingError):
    """Vectors do not have the width that the index or the encoder has."""


class InvalidVectors(IndexingError):
    """Vectors are not float32 ``(n, dimension)`` with rows of norm 1."""


class InvalidRows(IndexingError):
    """Rows are given twice, or are not in the index, or do not match what comes with them."""


class IncompatibleIndex(IndexingError):
    """The stored vectors come from another encoder than the one configured."""


class IndexUnavailable(IndexingError):
    """The engine that holds the index cannot be reached; the store is unharmed."""


class IndexNotSaved(IndexingError):
    """The snapshot cannot be written; the index in memory and the last snapshot still serve."""


class CorruptIndex(IndexingError):
    """What lies on disk is damaged or incomplete, so it must be rebuilt from the store."""


class MissingIndex(CorruptIndex):
    """No index has been saved there yet."""


class OutdatedIndex(CorruptIndex):
    """The index was written by other rules of analysis, or in another format."""
