"""What can go wrong with encoders and indexes.

IndexingError
├── EncoderUnavailable    the encoder asked for cannot be loaded
├── DimensionMismatch     vectors of another width than the index
├── IncompatibleIndex     built by another encoder: re-embed
└── CorruptIndex          a file does not match its checksum: rebuild
"""


class IndexingError(Exception):
    """Root of all errors of this package; its message names the remedy."""


class EncoderUnavailable(IndexingError):
    """The encoder that the settings ask for cannot be loaded."""


class DimensionMismatch(IndexingError):
    """Vectors do not have the width that the index or the encoder has."""


class IncompatibleIndex(IndexingError):
    """The stored vectors come from another encoder than the one configured."""


class CorruptIndex(IndexingError):
    """A file of the index is missing or is not what its manifest says."""
