"""What is counted for Prometheus [1]: requests, answers and their stages, how full all is.

Labels take few values and name nothing that anybody asked or stored. Each application has a
registry of its own. Several workers count in files of one folder, which whoever is asked adds up.

[1] Metric and label naming, https://prometheus.io/docs/practices/naming/
[2] Multiprocess mode, https://prometheus.github.io/client_python/multiprocess/
"""

import os
import platform
from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from api.processes import Processes
from api.served import Served
from rag.levels import Levels
from rag.models import Answer, Question
from rag.vocabulary import JOB_STATES

# Seconds. The default path answers in some ten milliseconds, a language model in many seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

_LEVELS = {
    "collections": "Collections in the store.",
    "documents": "Documents in the store.",
    "passages": "Passages in the store.",
    "indexed_passages": "Passages that the index holds.",
    "read_passages": "Passages whose sentences were read ahead.",
    "index_segments": "Segments that the index is made of.",
    "lag": "Changes of the store that the index has not taken in yet.",
    "database_bytes": "Bytes of the store on disk, its log included.",
}
_LEVEL_NAMES = {"lag": "index_lag_changes"}
_LAST_SAID: Final = "livemostrecent"  # of several workers, by the one that measured it just now


class Metrics:
    """Counts what it is told of; safe to share between threads.

    With a `folder`, what is told is of all workers whose variable PROMETHEUS_MULTIPROC_DIR names
    it: prometheus_client looks there itself [2].
    """

    def __init__(self, *, version: str, folder: Path | None = None) -> None:
        registry = CollectorRegistry()
        if folder is None:
            self._told = registry
            ProcessCollector(registry=registry)
            GCCollector(registry=registry)
        else:
            self._told = CollectorRegistry()
            MultiProcessCollector(self._told, path=str(folder))  # type: ignore[no-untyped-call]
            self._told.register(Processes(os.getppid()))
        Info("sourcier_build", "What is running.", registry=self._told).info(
            {"version": version, "python": platform.python_version()}
        )
        self._requests = Counter(
            "sourcier_http_requests",
            "Requests that are over.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "sourcier_http_request_seconds",
            "Seconds from a request's first byte to the last of its reply.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._answers = Counter(
            "sourcier_answers",
            "Answers, refusals among them; `degraded` says why one is less than it could be.",
            ("outcome", "degraded", "generator", "language"),
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "sourcier_answer_stage_seconds",
            "Seconds that a stage of answering took.",
            ("stage",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._tasks = Gauge(
            "sourcier_tasks",
            "Work for the threads of a pool: what runs, and what waits for its turn.",
            ("pool", "state"),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._store_up = Gauge(
            "sourcier_store_up",
            "1 where the store can be read.",
            registry=registry,
            multiprocess_mode=_LAST_SAID,
        )
        self._jobs = Gauge(
            "sourcier_jobs",
            "Jobs that can be looked up.",
            ("state",),
            registry=registry,
            multiprocess_mode=_LAST_SAID,
        )
        self._levels = {
            name: Gauge(
                f"sourcier_{_LEVEL_NAMES.get(name, name)}",
                about,
                registry=registry,
                multiprocess_mode=_LAST_SAID,
            )
            for name, about in _LEVELS.items()
        }

    def served(self, request: Served) -> None:
        """Count a request that is over."""
        status = str(request.status)
        self._requests.labels(request.method, request.route, status).inc()
        self._request_seconds.labels(request.method, request.route).observe(request.seconds)

    def answered(self, _: Question, answer: Answer) -> None:
        """Count an answer (`rag.watching.Watcher`)."""
        self._answers.labels(
            "answered" if answer.answered else "refused",
            answer.degraded or "none",
            answer.generator,
            answer.language,
        ).inc()
        for stage, milliseconds in answer.timings.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def take(self, levels: Levels | None, tasks: Mapping[str, tuple[int, int]]) -> None:
        """Note the levels, None where the store cannot be read, and what runs and waits by pool."""
        self.take_tasks(tasks)
        self._store_up.set(levels is not None)
        for name, gauge in self._levels.items():
            gauge.set(getattr(levels, name) if levels else nan)
        for state in JOB_STATES:
            self._jobs.labels(state).set(levels.jobs.get(state, 0) if levels else nan)

    def take_tasks(self, tasks: Mapping[str, tuple[int, int]]) -> None:
        """Note what runs and waits by pool."""
        for pool, (running, waiting) in tasks.items():
            self._tasks.labels(pool, "running").set(running)
            self._tasks.labels(pool, "waiting").set(waiting)

    def rendered(self, accept: str) -> tuple[bytes, str]:
        """Return everything in the format that `accept` asks for, and its media type."""
        render, media_type = choose_encoder(accept)
        return render(self._told), media_type
