"""What can go wrong in the domain; `DocumentError` and `IndexingError` stand beside it.

RagError
├── InvalidQuestion       empty, too long, or in a form that cannot be searched
├── EncoderChanged        the encoder that made the stored vectors cannot be loaded
├── NotReady              the index is not built yet
├── InvalidCalibration    a file of fitted weights is missing or is none
├── GeneratorUnavailable  the language model cannot be reached or wrote nothing usable
├── UnknownAnswer         feedback names an answer that is not remembered
├── NotAllowed            the caller's key does not reach this far
├── NoKeys                callers need a key, and there is none
├── InvalidKey            a key cannot be made as asked, or there is none of this id
├── MissingExtra          a setting asks for packages that are not installed
├── ClusterFailed         a cluster that was to read and encode cannot be used
├── BackupRefused         a backup cannot be made, is damaged, or would replace documents
├── InvalidWebhook        nobody can be told at this address, or nothing can be signed
└── InvalidDataset        a file of questions to evaluate cannot be read
"""


class RagError(Exception):
    """Root of all errors of this package; its message names the remedy."""


class InvalidQuestion(RagError):
    """The question cannot be searched as it stands."""


class EncoderChanged(RagError):
    """The encoder that made the stored vectors cannot be loaded, and so cannot serve."""


class NotReady(RagError):
    """The index is still being built."""


class NotAllowed(RagError):
    """The caller's key has too low a role, or is limited to other collections."""


class NoKeys(RagError):
    """The service would be open to callers who cannot have a key: none was made."""


class InvalidKey(RagError):
    """A key cannot be made as it is asked for, or there is none of this id."""


class MissingExtra(RagError):
    """A setting asks for optional packages that are not installed."""


class ClusterFailed(RagError):
    """The cluster that was to read and encode cannot be reached, or gave up."""


class BackupRefused(RagError):
    """A backup cannot be made or restored as asked; what was there before is unharmed."""


class InvalidWebhook(RagError):
    """A webhook cannot be called at this address, or cannot be signed."""


class InvalidDataset(RagError):
    """A file of questions to evaluate with cannot be read."""


class InvalidCalibration(RagError):
    """A file of weights is missing or is none."""


class GeneratorUnavailable(RagError):
    """The language model cannot be reached, took too long or wrote nothing usable."""


class UnknownAnswer(RagError):
    """No answer of this id is remembered."""
