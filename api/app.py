"""The HTTP application around one `Sourcier`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from starlette.types import Scope

from api.errors import register_errors
from api.failures import UnforeseenErrors
from api.headers import SecurityHeaders
from api.limits import BodyLimits
from api.openapi import describe
from api.routes import ask, collections, documents, feedback, health, page, search, uploads
from rag.service import Sourcier
from rag.settings import Settings

PAGE_FOLDER = Path(__file__).parent / "page"

# Questions take milliseconds of processor: more threads than this only take turns.
_QUESTION_THREADS = 8
_INGESTION_THREADS = 2
# What multipart form data adds around a file: boundaries, headers, the other fields.
_FORM_BYTES = 64 * 1024

_DESCRIPTION = """\
Answers questions asked in French or English from documents in French or English, and proves \
each sentence with an exact quote.

* **Offsets** are half-open `[start, end)` and count Unicode code points: in Python \
`text[start:end]`; in JavaScript `[...text].slice(start, end).join("")`.
* **Errors** are RFC 9457 problem documents.
* **Scores** run from 0 to 1 and compare within one reply.
"""
_TAGS = [
    {"name": "questions", "description": "Ask, say whether it helped, and search."},
    {"name": "documents", "description": "What questions are answered from."},
    {"name": "collections", "description": "Sets of documents that are searched apart."},
    {"name": "operation", "description": "For those who keep it running."},
]


def create_app(sourcier: Sourcier, *, page_folder: Path = PAGE_FOLDER) -> FastAPI:
    """Return the application; whoever opened `sourcier` closes it."""
    app = FastAPI(
        title="Sourcier",
        summary="Cited answers in French and English, from your documents.",
        description=_DESCRIPTION,
        version=sourcier.status().version,
        contact={"name": "The Sourcier maintainers"},
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=_TAGS,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan,
    )
    app.state.sourcier = sourcier
    app.state.ingestion = CapacityLimiter(_INGESTION_THREADS)
    register_errors(app)
    for resource in (ask, feedback, search, documents, uploads, collections, health):
        app.include_router(resource.router)
    page.serve_page(app, page_folder)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    # The last one added is the first to see a request.
    app.add_middleware(BodyLimits, limit_of=_body_limit(sourcier.settings))
    app.add_middleware(UnforeseenErrors)
    app.add_middleware(SecurityHeaders)
    return app


def _body_limit(settings: Settings) -> Callable[[Scope], int]:
    def limit_of(scope: Scope) -> int:
        adds = scope["path"] == uploads.router.prefix
        return settings.max_upload_bytes + _FORM_BYTES if adds else settings.max_body_bytes

    return limit_of


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = _QUESTION_THREADS
    yield
