"""What can go wrong in the domain; `DocumentError` and `IndexingError` stand beside it.

RagError
├── InvalidQuestion       empty, too long, or in a form that cannot be searched
├── EncoderChanged        the store holds vectors of another encoder: re-embed
├── NotReady              the index is not built yet
├── InvalidCalibration    a file of fitted weights is missing or is none
├── GeneratorUnavailable  the language model cannot be reached or wrote nothing usable
├── UnknownAnswer         feedback names an answer that is not remembered
└── InvalidDataset        a file of questions to evaluate cannot be read
"""


class RagError(Exception):
    """Root of all errors of this package; its message names the remedy."""


class InvalidQuestion(RagError):
    """The question cannot be searched as it stands."""


class EncoderChanged(RagError):
    """The stored vectors come from another encoder than the one configured."""


class NotReady(RagError):
    """The index is still being built."""


class InvalidDataset(RagError):
    """A file of questions to evaluate with cannot be read."""


class InvalidCalibration(RagError):
    """A file of weights is missing or is none."""


class GeneratorUnavailable(RagError):
    """The language model cannot be reached, took too long or wrote nothing usable."""


class UnknownAnswer(RagError):
    """No answer of this id is remembered."""
