"""The HTTP application around one `Sourcier`."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Scope

from api.admission import Admission, Places, places_by_kind
from api.callers import Callers
from api.dify import route as dify
from api.errors import register_errors
from api.failures import UnforeseenErrors
from api.headers import SecurityHeaders
from api.limits import BodyLimits
from api.logs import log_question
from api.mcp import endpoint as mcp
from api.metrics import Metrics
from api.openai import (
    chat,
    embeddings,
    file_batches,
    files,
    models,
    responses,
    vector_store_files,
    vector_store_search,
    vector_stores,
)
from api.openai.errors import OpenAIErrors, UnsupportedParameter, refuse_parameter
from api.openapi import describe
from api.rate_limits import RateLimits
from api.routes import (
    ask,
    collections,
    documents,
    feedback,
    fetches,
    health,
    jobs,
    metrics,
    page,
    search,
    uploads,
    widget,
)
from api.served import WatchedRequests
from api.tracing import traced
from rag.access import Grant
from rag.seat import ALONE, Seat
from rag.service import Sourcier
from rag.settings import Settings
from rag.watching import Watcher

PAGE_FOLDER = Path(__file__).parent / "page"

# Questions take milliseconds of processor, and more threads than cores only take turns: the
# loop that turns others away would wait for them. Models on other machines are waited for.
_QUESTION_THREADS = 8
_SPARE_THREADS = 1
_INGESTION_THREADS = 2
# What multipart form data adds around a file: boundaries, headers, the other fields.
_FORM_BYTES = 64 * 1024

# For pages of other origins. A key travels in a header that scripts set, never in a cookie.
_ALLOWED_HEADERS = (
    *("Authorization", "Content-Type", "Prefer", "X-API-Key", "X-Request-ID"),
    *("Mcp-Method", "Mcp-Name", "Mcp-Protocol-Version"),
)
_EXPOSED_HEADERS = (
    *("ETag", "Location", "Preference-Applied", "Retry-After", "X-Request-ID"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
)

_DESCRIPTION = """\
Answers questions asked in French or English from documents in French or English, and proves \
each sentence with an exact quote.

* **Offsets** are half-open `[start, end)` and count Unicode code points: in Python \
`text[start:end]`; in JavaScript `[...text].slice(start, end).join("")`.
* **Keys** are asked for where the service is not only for its own machine.
* **Errors** are RFC 9457 problem documents, on OpenAI's routes errors in OpenAI's form.
* **Scores** run from 0 to 1 and compare within one reply.
"""
_TAGS = [
    {"name": "questions", "description": "Ask, say whether it helped, and search."},
    {"name": "documents", "description": "What questions are answered from."},
    {"name": "jobs", "description": "Documents taken at once, and read later."},
    {"name": "collections", "description": "Sets of documents that are searched apart."},
    {"name": "openai", "description": "The same questions, as OpenAI's clients ask them."},
    {"name": "operation", "description": "For those who keep it running."},
]


def create_app(
    sourcier: Sourcier, *, page_folder: Path = PAGE_FOLDER, seat: Seat = ALONE
) -> FastAPI:
    """Return the application; whoever opened `sourcier` closes it.

    Of several workers, each has its part of the places, and all count together.
    """
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
    app.state.seat = seat
    app.state.ingestion = CapacityLimiter(seat.most(_INGESTION_THREADS))
    app.state.leaving = lambda: False  # whether the service is about to stop
    app.state.metrics = Metrics(version=app.version, folder=seat.folder)
    app.state.note_tasks = lambda: metrics.note_tasks(app)
    app.state.mcp = mcp.McpEndpoint(sourcier.settings, version=app.version)
    register_errors(app)
    for resource in (ask, feedback, search, documents, uploads, fetches, jobs, collections):
        app.include_router(resource.router)
    for resource in (health, metrics):
        app.include_router(resource.router)
    for shape in (models, chat, responses, embeddings, dify, mcp):
        app.include_router(shape.router)
    for shape in (files, vector_stores, vector_store_files, file_batches, vector_store_search):
        app.include_router(shape.router)
    app.add_exception_handler(UnsupportedParameter, refuse_parameter)
    page.serve_page(app, page_folder)
    widget.serve_widget(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    # The last one added is the first to see a request.
    app.add_middleware(Admission, places_of=_places_of(sourcier.settings, seat))
    app.add_middleware(BodyLimits, limit_of=_body_limit(sourcier.settings))
    limits = sourcier.settings.rate_limit
    app.add_middleware(
        Callers,
        grant_of=_grant_of(sourcier),
        limits=RateLimits.of(limits, folder=seat.folder) if limits else None,
        folder=seat.folder,
    )
    app.add_middleware(UnforeseenErrors)
    if origins := sourcier.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("DELETE", "GET", "POST"),
            allow_headers=_ALLOWED_HEADERS,
            expose_headers=_EXPOSED_HEADERS,
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(OpenAIErrors)
    app.add_middleware(WatchedRequests, seen=app.state.metrics.served)
    app.state.watchers = _watchers(app, sourcier.settings)
    return app


def _watchers(app: FastAPI, settings: Settings) -> list[Watcher]:
    """Return who is told of each answer while the application runs."""
    watchers: list[Watcher] = [app.state.metrics.answered]
    if settings.log_questions:
        watchers.append(log_question)
    if settings.otel:
        watchers.append(traced(app))
    return watchers


def _grant_of(sourcier: Sourcier) -> Callable[[str], Grant | None] | None:
    return sourcier.keys.grant if sourcier.settings.asks_for_keys else None


def _body_limit(settings: Settings) -> Callable[[Scope], int]:
    def limit_of(scope: Scope) -> int:
        adds = scope["path"] in (uploads.router.prefix, files.router.prefix)
        return settings.max_upload_bytes + _FORM_BYTES if adds else settings.max_body_bytes

    return limit_of


def _question_threads(settings: Settings, seat: Seat) -> int:
    if settings.generator != "extractive" or "://" in settings.encoder:
        return seat.most(_QUESTION_THREADS)
    return seat.most(min(_QUESTION_THREADS, (os.cpu_count() or 1) + _SPARE_THREADS))


def _places_of(settings: Settings, seat: Seat) -> Callable[[Scope], Places | None]:
    waiting = seat.share(settings.max_waiting)
    return places_by_kind(
        questions=_question_threads(settings, seat) + waiting,
        ingestion=seat.most(_INGESTION_THREADS) + waiting,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sourcier: Sourcier = app.state.sourcier
    threads = _question_threads(sourcier.settings, app.state.seat)
    to_thread.current_default_thread_limiter().total_tokens = threads
    with sourcier.watchers.joined_by(*app.state.watchers):
        async with app.state.mcp.open():
            yield
