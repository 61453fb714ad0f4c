"""The domain: from a question to sentences that documents prove, and how documents come in.

`rag.bootstrap.bootstrap(settings)` opens a `rag.service.Sourcier`, which is everything one
can ask for. The nouns can be taken from here; everything else is imported from its module.
"""

from rag.errors import RagError
from rag.models import Answer, AnswerSentence, Citation, Hit, Mode, Query, Question

__all__ = [
    "Answer",
    "AnswerSentence",
    "Citation",
    "Hit",
    "Mode",
    "Query",
    "Question",
    "RagError",
]
