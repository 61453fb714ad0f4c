"""What `api` may name of the packages below `rag`: their nouns and their errors, and no more.

`api` imports `rag` only; an import-linter contract holds it to that.
"""

from documents import errors as documents_errors
from documents.conditions import Comparison, Condition, Joined
from documents.errors import DocumentError, InvalidRecord, UnknownCollection
from documents.job_records import (
    JOB_STATES,
    DeliveryState,
    ItemPage,
    Job,
    JobItem,
    JobProblem,
    JobState,
    Outcome,
    Spooled,
)
from documents.models import DEFAULT_COLLECTION, Document, Language
from documents.normalization import normalize
from documents.records import Collection, DocumentSummary, Filters, Role, Stored, document_id
from index import errors as index_errors
from index.encoder import Vectors
from index.errors import IndexingError

__all__ = [
    "DEFAULT_COLLECTION",
    "JOB_STATES",
    "Collection",
    "Comparison",
    "Condition",
    "DeliveryState",
    "Document",
    "DocumentError",
    "DocumentSummary",
    "Filters",
    "IndexingError",
    "InvalidRecord",
    "ItemPage",
    "Job",
    "JobItem",
    "JobProblem",
    "JobState",
    "Joined",
    "Language",
    "Outcome",
    "Role",
    "Spooled",
    "Stored",
    "UnknownCollection",
    "Vectors",
    "document_id",
    "documents_errors",
    "index_errors",
    "normalize",
]
