"""Traces for those who collect them with OpenTelemetry: a span a request, and one a stage.

Sent as the standard ``OTEL_*`` variables say, which the SDK reads itself; by default over
OTLP/HTTP to port 4318 of this machine. Nothing is imported unless ``SOURCIER_OTEL`` asks.
"""

from collections.abc import Iterator, Mapping
from time import time_ns

from fastapi import FastAPI

from rag.errors import MissingExtra
from rag.models import Answer, Question
from rag.watching import Watcher

# In the order in which they follow one another.
_STAGES = ("analysis", "retrieval", "evidence", "generation")
_UNTRACED = "healthz,readyz,metrics,static"


def traced(app: FastAPI) -> Watcher:
    """Make a span of each request to `app`; return what makes those of an answer's stages.

    Raises:
        MissingExtra: the packages are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra(
            "SOURCIER_OTEL=true needs the packages of the extra `otel`: pip install "
            "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http "
            "opentelemetry-instrumentation-fastapi"
        ) from error
    resource = Resource.create({"service.name": "sourcier", "service.version": app.version})
    provider = TracerProvider(resource=resource)  # flushes when the process ends
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=_UNTRACED,
        exclude_spans=["receive", "send"],
    )
    tracer = provider.get_tracer("sourcier")

    def tell(_: Question, answer: Answer) -> None:
        for name, start, end in stage_times(answer.timings, now=time_ns()):
            tracer.start_span(name, start_time=start).end(end)

    return tell


def stage_times(timings: Mapping[str, float], *, now: int) -> Iterator[tuple[str, int, int]]:
    """Yield name, start and end of each stage, of which the last ends `now`; all nanoseconds."""
    lengths = {name: round(timings[name] * 1e6) for name in _STAGES if name in timings}
    start = now - sum(lengths.values())
    for name, length in lengths.items():
        yield name, start, start + length
        start += length
